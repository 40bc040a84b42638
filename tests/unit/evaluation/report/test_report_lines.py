from seq2seq.evaluation.report import make_report
from seq2seq.evaluation.report.report_lines import SystemLines, shown_line
from seq2seq.evaluation.report.word_faults import words


def test_what_is_missing_is_marked_in_the_reference(lines, flawed):
    report = make_report(flawed, [lines[1]], sources=lines[0], samples=5)
    for one in SystemLines(report, 1, None).missing:
        (reference,) = one.references
        last = words(lines[1][one.line - 1])[-1]
        assert one.note == "1 missing word" and reference.count("<mark>") == 1
        assert f"<mark>{last}</mark>".lower() in str(reference).lower()
    (repeating, *_) = SystemLines(report, 0, None).superfluous
    assert repeating.line == 5 and "<mark>und</mark>" in repeating.outputs[0].text
    assert repeating.note.endswith("superfluous words")


def test_the_command_fits_the_line(lines, flawed):
    report = make_report(
        flawed, [lines[1]], sources=lines[0], samples=5, inspect={"first": ["seq2seq", "inspect", "runs/m/model"]}
    )
    line = shown_line(report, 2, [("A", report.systems[0], "x"), ("B", report.systems[1], "y")])
    assert line.outputs[0].command.startswith("seq2seq inspect runs/m/model ")
    assert line.outputs[1].command is None
