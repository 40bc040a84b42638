"""Contract 9: scores have their metric's name and sacrebleu's signature."""

import json

import pytest

from seq2seq.translator import Translator


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, lines in files.items():
            (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    return write


@pytest.fixture
def loaded(copying_translator, monkeypatch):
    """The translator that any model folder is."""
    translator = copying_translator()
    monkeypatch.setattr(Translator, "load", lambda path: translator)
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


def test_search_options_go_to_the_model(write, run_cli, loaded):
    write(source=SAME, theirs=SAME)
    run_cli("evaluate", "model", "--source", "source", "--reference", "theirs", "--beam-size", 2, "--length-penalty", 0)
    assert loaded.decoding["beam_size"] == 2
    assert loaded.decoding["length_penalty"] == 0


@pytest.mark.parametrize("first", [["--hypothesis", "three"], ["model", "--source", "three"]])
def test_unequal_counts_are_one_sentence_that_names_both(write, run_cli, capsys, monkeypatch, first):
    # Before the model is loaded, too: the counts are known by then.
    monkeypatch.setattr(Translator, "load", lambda path: pytest.fail("the work comes after the check"))
    write(three=["a", "b", "c"], two=["a", "b"])
    assert run_cli("evaluate", *first, "--reference", "two") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: three has 3 lines but two has 2: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--hypothesis", "missing", "--reference", "two"], "missing does not exist"),
        (["--hypothesis", "two", "--reference", "missing"], "missing does not exist"),
        (["--hypothesis", "none", "--reference", "none"], "none and none are empty"),
        (["model", "--source", "two", "--reference", "two"], "model does not exist"),
        (["--hypothesis", ".", "--reference", "two"], ". cannot be read (Is a directory)"),
    ],
)
def test_a_mistake_is_one_sentence(write, run_cli, capsys, arguments, said):
    write(two=["a", "b"], none=[])
    assert run_cli("evaluate", *arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reference", "r"], "Give a MODEL or --hypothesis"),
        (["model", "--hypothesis", "h", "--reference", "r"], "Give a MODEL or --hypothesis"),
        (["model", "--reference", "r"], "Give --source"),
        (["--hypothesis", "h", "--reference", "r", "--beam-size", "2"], "go with a MODEL"),
        (["--hypothesis", "h", "--reference", "r", "--length-penalty", "0"], "go with a MODEL"),
        (["--hypothesis", "h"], "--reference"),
    ],
)
def test_options_that_do_not_fit_are_refused(run_cli, capsys, arguments, said):
    assert run_cli("evaluate", *arguments) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
