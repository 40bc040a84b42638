"""`seq2seq evaluate` against the command `sacrebleu` on the same files: numbers and signatures."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from seq2seq.cli.evaluate import command

TEXT = (Path(__file__).parents[3] / "corpora/traveller/test.de").read_text().splitlines()[:40]
ALL = ["-m", "bleu", "chrf", "ter"]


def _damaged(share: float, seed: int) -> str:
    chance = random.Random(seed)
    words = [[w.lower() if chance.random() < share / 2 else w for w in line.split()] for line in TEXT]
    return "".join(" ".join(w for w in line if chance.random() > share) + "\n" for line in words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "one").write_text("".join(f"{line}\n" for line in TEXT))
    for name, share, seed in (("two", 0.1, 1), ("a", 0.15, 2), ("b", 0.2, 3), ("c", 0.3, 4)):
        (folder / name).write_text(_damaged(share, seed))
    return folder


@pytest.fixture
def ours(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return lambda *options: CliRunner().invoke(command, list(options), catch_exceptions=False).stdout


@pytest.fixture
def theirs(folder):
    def run(*options: str) -> str:
        program = [sys.executable, "-m", "sacrebleu", *options, "-w", "10", "--no-color", "--quiet"]
        return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=True).stdout

    return run


@pytest.mark.parametrize(
    ("options", "sacrebleu_options"),
    [
        ([], ALL),
        (["--reference", "two"], ALL),
        (["--lowercase", "--tokenize", "intl"], [*ALL, "-lc", "--chrf-lowercase", "-tok", "intl"]),
        (["--metric", "chrf++"], ["-m", "chrf", "--chrf-word-order", "2"]),
        (["--metric", "bleu", "--tokenize", "char"], ["-m", "bleu", "-tok", "char"]),
        (["--metric", "bleu", "--tokenize", "zh"], ["-m", "bleu", "-tok", "zh"]),
    ],
)
def test_corpus_scores(ours, theirs, options, sacrebleu_options):
    found = json.loads(ours("--hypothesis", "a", "--reference", "one", *options, "--format", "json"))["scores"]
    references = ["one", "two"] if "two" in options else ["one"]
    expected = json.loads(theirs(*references, "-i", "a", *sacrebleu_options, "-f", "json"))
    expected = expected if isinstance(expected, list) else [expected]
    assert [score["name"] for score in found] == [score["name"] for score in expected]
    for own, other in zip(found, expected, strict=True):
        assert own["score"] == pytest.approx(other["score"], abs=1e-9)
        assert own["signature"] == other["signature"]


@pytest.mark.parametrize(
    ("options", "sacrebleu_options"),
    [
        (["bootstrap", "--samples", "150"], ["--paired-bs", "--paired-bs-n", "150"]),
        (["bootstrap"], ["--paired-bs"]),
        (["randomization", "--samples", "300"], ["--paired-ar", "--paired-ar-n", "300"]),
    ],
)
def test_significance(ours, theirs, options, sacrebleu_options):
    systems = [word for name in "abc" for word in ("--hypothesis", name)]
    files = [*systems, "--reference", "one", "--reference", "two"]
    found = json.loads(ours(*files, "--significance", *options, "--format", "json"))["systems"]
    # Not its JSON, which fails on a paired bootstrap (sacrebleu 2.6: "float32 is not JSON serializable").
    text = theirs("one", "two", "-i", "a", "b", "c", *ALL, *sacrebleu_options, "-f", "latex")
    rows = [line.split("&")[1:] for line in text.splitlines() if "&" in line][1:]
    signatures = re.findall(r"^ - (\S+) +(nrefs:\S+)$", text, re.MULTILINE)
    for system, row in zip(found, rows, strict=True):
        assert [(score["name"], score["signature"]) for score in system["scores"]] == signatures
        for score, cell in zip(system["scores"], row, strict=True):
            p_value = [score["p_value"]] if "p_value" in score else []
            numbers = [score["score"], *([score["mean"], score["interval"]] if "mean" in score else []), *p_value]
            assert numbers == pytest.approx([float(n) for n in re.findall(r"\d+\.\d+", cell)], abs=5.1e-5)
            assert score.get("significant", False) == ("*" in cell)
    assert any(score["significant"] for score in found[2]["scores"])


@pytest.mark.parametrize("metric", ["bleu", "ter"])
def test_sentence_scores(ours, theirs, metric):
    references = ("--reference", "one", "--reference", "two")
    lines = ours("--hypothesis", "c", *references, "--metric", metric, "--format", "jsonl").splitlines()
    found = [json.loads(line) for line in lines]
    expected = theirs("one", "two", "-i", "c", "-m", metric, "--sentence-level", "-f", "text").splitlines()
    assert len(found) == len(expected) == len(TEXT)
    for own, other in zip(found, expected, strict=True):
        name, signature, number = re.match(r"(\w+)\|(\S+) = ([\d.]+)", other).groups()
        assert own[name] == pytest.approx(float(number), abs=1e-9)
        assert own["signatures"][name] == signature
