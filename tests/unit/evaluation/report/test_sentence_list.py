import json

from seq2seq.evaluation.report import make_report
from seq2seq.evaluation.report.sentence_list import sentence_data


def test_every_line_is_there_and_nothing_ends_the_script(lines, flawed):
    sources, references = list(lines[0]), lines[1]
    sources[0] = "</script><b>&amp; \u2028"
    report = make_report(
        flawed, [references], sources=sources, samples=5, inspect={"first": ["seq2seq", "inspect", "m"]}
    )
    text = str(sentence_data(report))
    assert "<" not in text
    data = json.loads(text)
    assert data["sources"] == sources and data["references"] == [references] and len(data["words"]) == 30
    first, second = data["systems"]
    assert (first["letter"], second["letter"]) == ("A", "B")
    assert first["outputs"] == flawed["first"] and first["inspect"] == ["seq2seq", "inspect", "m"]
    assert second["inspect"] is None and second["missing"] == [1] * 30
    assert len(first["chrf"]) == 30 and first["chrf"][0] == 100


def test_without_a_source_nothing_can_be_inspected(lines, flawed):
    report = make_report({"m": flawed["first"]}, [lines[1]], samples=5, inspect={"m": ["seq2seq", "inspect", "m"]})
    data = json.loads(str(sentence_data(report)))
    assert data["sources"] is None and data["systems"][0]["inspect"] is None
