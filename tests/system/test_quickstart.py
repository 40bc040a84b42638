"""The quickstart's model: what it must reach, and every sentence that the project shows.

Training it takes minutes; SEQ2SEQ_QUICKSTART names the folder of a run that is already there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

# What README, the docs and the commands' help give to translate.
SHOWN = {
    "Where is the station?": "Wo ist der Bahnhof?",
    "We would like to pay.": "Wir möchten bezahlen.",
    "We cannot leave yet because my sister forgot her camera in the hotel.": (
        "Wir können noch nicht abreisen, weil meine Schwester ihre Kamera im Hotel vergessen hat."
    ),
}
LEAST = {"test": 90.0, "test-long": 75.0, "test-open": 45.0}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    if place := os.environ.get("SEQ2SEQ_QUICKSTART"):
        return Path(place) / "model"
    from click.testing import CliRunner

    from seq2seq.cli.main import main

    run = tmp_path_factory.mktemp("quickstart")
    result = CliRunner().invoke(
        main, ["train", str(ROOT / "configs" / "quickstart.yaml"), "--output", str(run / "run")]
    )
    assert result.exit_code == 0, result.output
    return run / "run" / "model"


@pytest.fixture(scope="module")
def translator(model):
    from seq2seq import Translator

    return Translator.load(model)


def shown_sentences() -> set[str]:
    """What stands in quotes before a `seq2seq translate`, after a `seq2seq inspect`, or in a `translate([...])`."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "seq2seq" / "cli").glob("*.py")]
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines()]
    commands = [line for line in lines if re.search(r"echo .*seq2seq translate|seq2seq inspect|\.translate\(\[", line)]
    commands = [line for line in commands if not line.startswith(chr(34) * 3)]  # docstrings of modules
    found = {text for line in commands for text in re.findall(r"[\"']([A-Z][^\"']*[.?!])[\"']", line)}
    return found - set(SHOWN.values())  # references, which --reference shows


def test_every_sentence_shown_is_known_here():
    assert shown_sentences() - set(SHOWN) == set()


@pytest.mark.parametrize("sentence", SHOWN)
def test_every_sentence_shown_is_translated_right(translator, sentence):
    assert translator.translate([sentence])[0] == SHOWN[sentence]


@pytest.mark.parametrize("sentence", ["where is the station", "where is the station?", "Where is the station"])
def test_a_careless_source_is_translated_as_well(translator, sentence):
    assert translator.translate([sentence])[0] == "Wo ist der Bahnhof?"


@pytest.mark.parametrize("split", LEAST)
def test_bleu(translator, split):
    import sacrebleu

    sources, references = (
        (ROOT / "corpora" / "traveller" / f"{split}.{language}").read_text(encoding="utf-8").split("\n")[:-1]
        for language in ("en", "de")
    )
    hypotheses = list(translator.translate(sources))
    assert sacrebleu.corpus_bleu(hypotheses, [references]).score >= LEAST[split]
