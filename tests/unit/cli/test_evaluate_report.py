import json

import pytest
from click.testing import CliRunner

from seq2seq.cli.evaluate import command
from seq2seq.errors import UserError


def run(*arguments):
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def texts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, lines in {
        "source.en": ["a dog runs", "two cats sleep", "no"],
        "one.de": ["ein Hund läuft", "zwei Katzen", "nein"],
        "two.de": ["ein Hund", "zwei Katzen schlafen", "nein nein"],
        "reference.de": ["ein Hund läuft", "zwei Katzen schlafen", "nein"],
        "training.en": ["a dog", "a cat"],
    }.items():
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    return tmp_path


def test_page_and_numbers_of_files(texts):
    plain = run("--hypothesis", "one.de", "--hypothesis", "two.de", "--reference", "reference.de")
    result = run(
        *("--hypothesis", "one.de", "--hypothesis", "two.de", "--source", "source.en", "--reference", "reference.de"),
        *("--report", "report.html", "--report", "report.json", "--report-training", "training.en"),
    )
    assert result.stderr == "report: report.html\nreport: report.json\n"
    assert result.stdout.splitlines()[1:] == plain.stdout.splitlines()[1:]
    page = (texts / "report.html").read_text()
    assert "Evaluation of one.de and 1 more" in page and "was counted in training.en" in page
    record = json.loads((texts / "report.json").read_text())
    assert [system["name"] for system in record["systems"]] == ["one.de", "two.de"]
    assert record["what"] == "source.en" and record["counted_in"] == "training.en"


def test_a_comparison_that_was_asked_for_is_the_reports_too(texts):
    run(
        *("--hypothesis", "one.de", "--hypothesis", "two.de", "--reference", "reference.de", "--report", "report.json"),
        *("--significance", "randomization", "--samples", "20"),
    )
    assert json.loads((texts / "report.json").read_text())["significance"]["test"] == "randomization"


def test_a_model_shows_its_attention(tmp_path, tiny_models, source):
    place = tmp_path / "report.html"
    result = run(tiny_models[0], "--source", source, "--reference", source, "--report", place, "--format", "jsonl")
    assert len(result.stdout.splitlines()) == 5, "the report goes with every format"
    page = place.read_text()
    assert "mean over the heads" in page


def test_a_folder_that_is_not_there_is_found_first(texts):
    with pytest.raises(UserError, match=r"nowhere/report\.html cannot be written \(there is no folder nowhere\)"):
        run("--hypothesis", "one.de", "--reference", "reference.de", "--report", "nowhere/report.html")
    with pytest.raises(UserError, match=r"missing\.en cannot be read"):
        run(
            *("--hypothesis", "one.de", "--reference", "reference.de", "--source", "source.en"),
            *("--report", "report.html", "--report-training", "missing.en"),
        )


def test_seven_systems_are_too_many(texts):
    files = [f"{n}.de" for n in range(7)]
    for name in files:
        (texts / name).write_text("a\nb\nc\n")
    options = [word for name in files for word in ("--hypothesis", name)]
    result = run(*options, "--reference", "reference.de", "--report", "report.html")
    assert result.exit_code == 2 and "up to 6 systems" in result.stderr
