import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seq2seq.cli.evaluate import command
from seq2seq.cli.evaluate_output import print_text
from seq2seq.evaluation import Score
from seq2seq.evaluation.evaluating import Evaluation

TEXT = (Path(__file__).parents[3] / "corpora/traveller/test.de").read_text().splitlines()[:30]


@pytest.fixture
def place(tmp_path, monkeypatch):
    texts = {
        "reference": TEXT,
        "good": [line.replace("der", "die") for line in TEXT],
        "bad": [" ".join(line.split()[::-1]) for line in TEXT],
    }
    for name, lines in texts.items():
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["--reference", "reference", *arguments], catch_exceptions=False)


def test_several_systems_are_a_plain_table_with_signatures(place):
    lines = run("--hypothesis", "good", "--hypothesis", "bad").stdout.splitlines()
    assert lines[0] == "30 lines of reference"
    assert [line.split() for line in lines[1:2]] == [["system", "BLEU", "chrF2", "TER"]]
    assert [line.split()[0] for line in lines[2:]] == ["good", "bad", "BLEU", "chrF2", "TER"]
    assert len(lines[2].split()) == len(lines[3].split()) == 4
    assert all("|version:" in line for line in lines[4:])
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("test", "key", "full"),
    [("bootstrap", "bs", "paired bootstrap resampling"), ("randomization", "ar", "paired approximate randomization")],
)
def test_significance_is_marked_and_explained(place, test, key, full):
    both = ("--hypothesis", "bad", "--hypothesis", "good")
    text = run(*both, "--significance", test, "--samples", "99").stdout
    first, second = (next(line for line in text.splitlines() if line.startswith(name)) for name in ("bad", "good"))
    assert "p=" not in first and second.count("p=0.0100*") == 3
    assert f"* differs from bad with p ≤ 0.05 ({full}, 99 samples)" in text
    assert text.count(f"|{key}:99|seed:12345|") == 3
    assert ("±" in first and "In brackets" in text) == (test == "bootstrap")


def test_significance_as_json(place):
    both = ("--hypothesis", "bad", "--hypothesis", "good")
    result = json.loads(run(*both, "--significance=bootstrap", "--samples=99", "--format=json").stdout)
    assert result["significance"] == {
        "test": "bootstrap",
        "against": "bad",
        "samples": 99,
        "seed": "12345",
        "level": 0.05,
    }
    bad, good = result["systems"]
    for score in bad["scores"]:
        assert set(score) == {"name", "score", "signature", "mean", "interval"}
    for score in good["scores"]:
        assert score["p_value"] == 0.01 and score["significant"] is True
    equal = json.loads(run(*both, "--format=json").stdout)
    assert "significance" not in equal and set(equal["systems"][0]["scores"][0]) == {"name", "score", "signature"}


def test_a_difference_by_chance_is_not_marked(capsys):
    scores = {"a": [Score("BLEU", 30.0, "sig")], "b": [Score("BLEU", 30.5, "sig", p_value=0.2)]}
    print_text(Evaluation("x", systems={}, references=[[""] * 5], scores=scores))
    assert "30.50 p=0.2000\n" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_drawn_table(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    scores = {"[bold]a": [Score("BLEU", 30.0, "sig")], "b": [Score("BLEU", 30.5, "sig", p_value=0.01)]}
    print_text(Evaluation("x", systems={}, references=[[""] * 5], scores=scores))
    text = terminal.getvalue()
    assert "│" in text and "[bold]a" in text and "30.50 p=0.0100*" in text and "sig" in text


def test_jsonl_is_a_line_per_sentence_and_system(place):
    (place / "second").write_text((place / "good").read_text())
    (place / "source").write_text("".join(f"source {n}\n" for n in range(30)))
    more = ("--reference", "second", "--source", "source", "--format", "jsonl")
    found = [json.loads(line) for line in run("--hypothesis", "bad", "--hypothesis", "good", *more).stdout.splitlines()]
    assert [(line["system"], line["line"]) for line in found] == [
        (s, n + 1) for s in ("bad", "good") for n in range(30)
    ]
    bad, good = found[3], found[33]
    assert good["source"] == "source 3" and good["hypothesis"] == (place / "good").read_text().splitlines()[3]
    assert good["references"] == [TEXT[3], good["hypothesis"]]
    assert good["BLEU"] == pytest.approx(100) and good["TER"] == 0 and bad["TER"] > 0
    assert set(good["signatures"]) == {"BLEU", "chrF2", "TER"}
    assert "nrefs:2" in good["signatures"]["BLEU"] and "eff:yes" in good["signatures"]["BLEU"]


def test_jsonl_without_a_source_and_with_other_metrics(place):
    result = run("--hypothesis", "good", "--format", "jsonl", "--metric", "chrf++", "--lowercase")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 30
    assert lines[0]["source"] is None and "BLEU" not in lines[0] and 0 < lines[0]["chrF2++"] <= 100
    assert "case:lc" in lines[0]["signatures"]["chrF2++"]


def test_jsonl_keeps_letters_and_odd_line_separators(place):
    (place / "reference").write_text("Käse\u2028\n")
    (place / "odd").write_text("Käse\u2028\n")
    (line,) = run("--hypothesis", "odd", "--format", "jsonl").stdout.removesuffix("\n").split("\n")
    assert "Käse" in line and json.loads(line)["hypothesis"] == "Käse\u2028"
