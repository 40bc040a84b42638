import io
import json

import numpy as np
import pytest

from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    model, tokenizer, _ = trained
    path = tmp_path_factory.mktemp("inspect") / "model"
    ModelFolder.write(
        path,
        get_weights(model),
        TokenizerPair.of(tokenizer, languages=("en", "de")),
        model.settings,
        decoding={"beam_size": 2},
    )
    return path


def test_a_page_is_written_where_it_is_asked_for(run_cli, folder, tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_cli("inspect", folder, "Where is my room?") == 0
    said = capfd.readouterr()
    assert said.out.splitlines()[-1] == "inspect.html" and said.err == ""
    html = (tmp_path / "inspect.html").read_text()
    assert html.startswith("<!DOCTYPE html>") and "Where is my room?" in html
    assert run_cli("inspect", folder, "Where is my room?", "--format", "npz", "-o", "seen.npz") == 0
    assert "decoder/lstm_1/forget" in np.load(tmp_path / "seen.npz", allow_pickle=False).files


def test_a_page_is_written_through_a_link(run_cli, folder, tmp_path, capfd):
    page, link = tmp_path / "page.json", tmp_path / "link.json"
    page.write_text("before")
    page.chmod(0o600)
    link.symlink_to(page.name)
    assert run_cli("inspect", folder, "Where is my room?", "--format", "json", "-o", link) == 0
    assert link.is_symlink() and json.loads(page.read_text())["source"] == "Where is my room?"
    assert page.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_options_have_their_effect(run_cli, folder, tmp_path, capfdbinary):
    lines = tmp_path / "lines.en"
    lines.write_text("We would like to pay.\nWhere is the station?\nI have a room.\n")
    options = ["--format", "json", "-o", "-", "--reference", "Wo ist mein Zimmer?", "--beam-size", 4, "--max-length", 6]
    more = ["--length-penalty", 0.5, "--compare", folder, "--text", lines, "--lines", 2]
    assert run_cli("inspect", folder, "Where is my room?", *options, *more) == 0
    told = json.load(io.BytesIO(capfdbinary.readouterr().out))
    assert told["reference"] == told["target"] == "Wo ist mein Zimmer?"
    search = told["search"]
    assert (search["beam_size"], search["limit"], search["length_penalty"]) == (4, 6, 0.5)
    assert told["sentences"] == 3
    assert {name for name in told["arrays"] if name.endswith("strengths")} == {
        "curves/lstm/strengths",
        "curves/lstm 2/strengths",
    }


def test_mistakes_are_one_sentence(run_cli, folder, tmp_path, capfd):
    for arguments, words in (
        ([tmp_path / "none", "Hello."], "does not exist: give a model folder"),
        ([folder, "  "], "the sentence has nothing in it"),
        ([folder, "Hello.", "-o", tmp_path / "no" / "where.html"], "cannot be written"),
        ([folder, "Hello.", "--text", tmp_path / "no.en"], "no.en"),
    ):
        assert run_cli("inspect", *arguments) == 1
        said = capfd.readouterr()
        assert said.err.startswith("error: ") and words in said.err and said.err.count("\n") == 1
        assert said.out == ""
    assert run_cli("inspect", folder, "Hello.", "--beam-size", 0) == 2


def test_parts_are_held_and_features_probed(run_cli, folder, tmp_path, capfdbinary, short_text):
    lines, labels = tmp_path / "lines.en", tmp_path / "labels"
    lines.write_text("\n".join(short_text.sources[:20]) + "\n")
    labels.write_text("\n".join("question" if "?" in line else "none" for line in short_text.sources[:20]) + "\n")
    options = ["--ablate", "attention=uniform", "--ablate", "decoder/lstm_0:forget=0"]
    options += ["--text", lines, "--lines", 16, "--feature", f"kind={labels}", "--format", "json", "-o", "-"]
    assert run_cli("inspect", folder, "Where is my room?", *options) == 0
    told = json.load(io.BytesIO(capfdbinary.readouterr().out))
    assert told["ablated"]["ablations"] == ["attention=uniform", "decoder/lstm_0:forget=0"]
    assert told["features"][0]["name"] == "kind" and len(told["features"][0]["labels"]) == 16


def test_mistakes_in_ablations_and_features_are_one_sentence(run_cli, folder, tmp_path, capfd):
    lines, labels = tmp_path / "lines.en", tmp_path / "labels"
    lines.write_text("One.\nTwo.\n")
    labels.write_text("a\n")
    for arguments, words in (
        (
            ["--ablate", "decoder/lstm_9:forget=0"],
            "choose one of encoder/forward_0, encoder/backward_0, decoder/lstm_0",
        ),
        (["--feature", "number"], "must be NAME=FILE"),
        (["--feature", f"number={labels}"], "--feature needs --text FILE"),
        (["--feature", f"number={labels}", "--text", lines], "has 1 lines and"),
        (["--feature", f"number={tmp_path}/no", "--text", lines], "no"),
    ):
        assert run_cli("inspect", folder, "Hello.", *arguments) == 1
        said = capfd.readouterr()
        assert said.err.startswith("error: ") and words in said.err and said.err.count("\n") == 1
