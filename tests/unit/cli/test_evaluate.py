"""Contract 9: scores have their metric's name and sacrebleu's signature. Its options: `test_evaluate_options`."""

import json

import pytest

from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.translator import Translator


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, lines in files.items():
            (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    return write


@pytest.fixture
def loaded(copying_translator, tmp_path, monkeypatch):
    """The translator that the folder `model` is."""
    translator = copying_translator()
    ModelFolder.write(
        tmp_path / "model",
        {},
        TokenizerPair.of(translator.tokenizers.source.tokenizer),
        ModelSettings(vocabulary_size=len(translator.tokenizers.source.tokenizer)),
    )
    monkeypatch.setattr(Translator, "load", lambda path, engine, threads=None: translator)
    return translator


SAME = ["The cat sat on the mat .", "A dog ran away from it ."]


def test_text_has_names_scores_and_signatures(write, run_cli, capsys):
    write(mine=SAME, theirs=SAME)
    assert run_cli("evaluate", "--hypothesis", "mine", "--reference", "theirs") == 0
    out, err = capsys.readouterr()
    counted, *scores = out.splitlines()
    assert (counted, err) == ("2 lines of mine", "")
    for line, name, score in zip(scores, ["BLEU", "chrF2", "TER"], ["100.00", "100.00", "0.00"], strict=True):
        assert line.split()[:2] == [name, score]
        signature = line.split()[2]
        assert "nrefs:1|case:" in signature and "|version:" in signature


def test_json_has_them_too(write, run_cli, capsys):
    write(mine=SAME, theirs=SAME)
    assert run_cli("evaluate", "--hypothesis", "mine", "--reference", "theirs", "--format", "json") == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert (result["lines"], err) == (2, "")
    assert [score["name"] for score in result["scores"]] == ["BLEU", "chrF2", "TER"]
    assert [score["score"] for score in result["scores"]] == pytest.approx([100, 100, 0])
    assert all("|version:" in score["signature"] for score in result["scores"])


def test_a_model_s_translations_are_scored_and_kept(write, run_cli, capsys, loaded):
    write(source=SAME, theirs=[SAME[0], "Something else altogether ."])
    arguments = [
        "evaluate",
        "model",
        "--source",
        "source",
        "--reference",
        "theirs",
        "--output",
        "out",
        "--format",
        "json",
    ]
    assert run_cli(*arguments) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert 0 < scores[0]["score"] < 100
    with open("out", encoding="utf-8") as file:
        assert file.read().splitlines() == loaded.translate(SAME)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--hypothesis", "missing", "--reference", "two"], "missing does not exist"),
        (["--hypothesis", "two", "--reference", "missing"], "missing does not exist"),
        (["--hypothesis", "none", "--reference", "none"], "none and none are empty"),
        (["--hypothesis", "three", "--reference", "two"], "two has 2 lines but three has 3: "),
        (["model", "--source", "two", "--reference", "two"], "model does not exist"),
        (["--hypothesis", ".", "--reference", "two"], ". cannot be read (Is a directory)"),
    ],
)
def test_a_mistake_is_one_sentence(write, run_cli, capsys, arguments, said):
    write(two=["a", "b"], three=["a", "b", "c"], none=[])
    assert run_cli("evaluate", *arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {said}")
    assert err.count("\n") == 1
