import gzip
import io
import json
import sys

import pytest

from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.sentences import segmenter
from seq2seq.translation.translator import Translator


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def loaded(copying_translator, identity_tokenizer, monkeypatch, here):
    """The translator that any model folder is."""
    translator = copying_translator(identity_tokenizer)
    monkeypatch.setattr(Translator, "load", lambda path, **options: translator)
    ModelFolder.write(
        here / "model", {}, TokenizerPair.of(identity_tokenizer), ModelSettings(vocabulary_size=len(identity_tokenizer))
    )
    return translator


@pytest.fixture
def type_in(monkeypatch):
    return lambda text: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


TEXT = b"Where is the station?\n\n \r\nA\xe2\x80\xa8b\nlast"
EXPECTED = b"Where is the station?\n\n\nA\xe2\x80\xa8b\nlast\n"


def test_standard_input_to_standard_output(run_cli, capfdbinary, loaded, type_in):
    type_in(TEXT)
    assert run_cli("translate", "model") == 0
    assert capfdbinary.readouterr() == (EXPECTED, b"")


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_file_to_a_file(run_cli, capfdbinary, loaded, here, compress):
    (here / "in").write_bytes(compress(TEXT))
    assert run_cli("translate", "model", "in", "--output", "out") == 0
    assert (here / "out").read_bytes() == EXPECTED
    assert capfdbinary.readouterr() == (b"", b"")


def test_an_empty_file_is_an_empty_file(run_cli, capfdbinary, loaded, here):
    (here / "in").touch()
    assert run_cli("translate", "model", "in", "-o", "out") == 0
    assert (here / "out").read_bytes() == b""


def test_invalid_utf_8_is_one_sentence_after_what_came_before(run_cli, capfdbinary, loaded, here):
    (here / "in").write_bytes(b"good\nBad \xff\nnever\n")
    assert run_cli("translate", "model", "in") == 1
    out, err = capfdbinary.readouterr()
    assert out == b"good\n"
    assert err.startswith(b"error: in, line 2: not valid UTF-8") and err.count(b"\n") == 1
    assert err.endswith(b"or go on with --errors replace\n")
    assert run_cli("translate", "model", "in", "-o", "out") == 1
    assert not (here / "out").exists()
    assert run_cli("translate", "model", "in", "-o", "out", "--partial") == 1
    assert (here / "out").read_bytes() == b"good\n"
    assert run_cli("translate", "model", "in", "-o", "out", "--errors", "replace") == 0
    assert (here / "out").read_text("utf-8") == "good\nBad \ufffd\nnever\n"


def test_a_long_line_is_warned_about(run_cli, capfdbinary, loaded, here, identity_tokenizer, type_in):
    ModelFolder.write(
        here / "model",
        {},
        TokenizerPair.of(identity_tokenizer),
        ModelSettings(vocabulary_size=len(identity_tokenizer)),
        decoding={"max_source_tokens": 20},
    )
    type_in(b"short\nOne sentence is here. Another one is there.\n")
    assert run_cli("translate", "model", "--one-sentence") == 0
    out, err = capfdbinary.readouterr()
    assert out == b"short\nOne sentence is here. Another one is there.\n"
    assert err.startswith(b"warning: standard input, line 2: ") and err.count(b"\n") == 1


def test_lines_are_cut_into_sentences_and_evened_out_unless_told(run_cli, capfdbinary, loaded, type_in):
    line = b"one sentence is here.  another One.\n"
    type_in(line)
    assert run_cli("translate", "model", "--format", "jsonl") == 0
    (record,) = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert record["translation"] == "One sentence is here.  another One."
    assert [segment["source"] for segment in record["segments"]] == ["one sentence is here.", "another One."]
    type_in(line)
    assert run_cli("translate", "model", "--format", "jsonl", "--one-sentence", "--literal") == 0
    (record,) = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert "segments" not in record and record["translation"].startswith("one sentence is here. ")


def test_without_the_segmenter_one_warning(run_cli, capfdbinary, loaded, type_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentencex", None)
    segmenter.cache_clear()
    try:
        for options, warnings in (((), 1), (("--one-sentence",), 0)):
            type_in(b"One is here. Another One.\n")
            assert run_cli("translate", "model", *options) == 0
            out, err = capfdbinary.readouterr()
            assert out == b"One is here. Another One.\n"
            assert (err.count(b"\n"), err.count(b"warning: sentencex is not installed")) == (warnings, warnings)
    finally:
        segmenter.cache_clear()


def test_search_options_go_to_the_model(run_cli, loaded, type_in, monkeypatch):
    type_in(b"a\n")
    given = []
    monkeypatch.setattr(Translator, "translate", lambda self, lines, options, **others: given.append(options) or lines)
    assert run_cli("translate", "model", "--beam-size", 3, "--length-penalty", 0) == 0
    assert given == [DecodingOptions(beam_size=3, length_penalty=0)]
    assert loaded.options == DecodingOptions()


def test_a_text_that_is_not_there(run_cli, capfdbinary, loaded):
    assert run_cli("translate", "model", "text") == 1
    assert capfdbinary.readouterr().err.startswith(b"error: text does not exist")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing"], b"missing does not exist: give a model folder"),
        (["."], b". holds no metadata.json: give a model folder"),
        (["missing", "text"], b"missing does not exist"),
    ],
)
def test_a_mistake_is_one_sentence(run_cli, capfdbinary, type_in, arguments, said):
    type_in(b"text\n")
    assert run_cli("translate", *arguments) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert err.startswith(b"error: " + said) and err.count(b"\n") == 1


@pytest.mark.parametrize("output", [".", "nowhere/out"])
def test_an_output_that_cannot_be_written_is_said_before_the_work(run_cli, capfdbinary, loaded, type_in, output):
    type_in(b"text\n")
    assert run_cli("translate", "model", "-o", output) == 1
    err = capfdbinary.readouterr().err
    assert err.startswith(f"error: {output} cannot be written".encode()) and err.count(b"\n") == 1
    assert loaded.engine.batches == []


def test_pairs_are_warned_about(run_cli, capfdbinary, loaded, here):
    (here / "pairs.tsv").write_bytes(b"a\tb\n")
    assert run_cli("translate", "model", "pairs.tsv") == 0
    assert b"warning: pairs.tsv holds pairs" in capfdbinary.readouterr().err
    assert run_cli("translate", "model", "pairs.tsv", "--prefix-column") == 0
    assert capfdbinary.readouterr().err == b""


@pytest.mark.parametrize("output", [["-o", "in"], ["-o", "link"]])
def test_the_source_is_no_output(run_cli, capfdbinary, loaded, here, output):
    (here / "in").write_bytes(TEXT)
    (here / "link").symlink_to("in")
    assert run_cli("translate", "model", "in", *output) == 1
    assert b"cannot be written at the same time" in capfdbinary.readouterr().err
    assert (here / "in").read_bytes() == TEXT


def test_a_dash_is_standard_input_and_output(run_cli, capfdbinary, loaded, type_in):
    type_in(TEXT)
    assert run_cli("translate", "model", "-", "-o", "-") == 0
    assert capfdbinary.readouterr() == (EXPECTED, b"")
