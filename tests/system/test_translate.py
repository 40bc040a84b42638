"""Contract 1 and the table "input × command", through a pipe."""

from __future__ import annotations

import json
import shutil
import time

import pytest


@pytest.fixture(scope="module")
def translate(seq2seq, sort_run):
    def run(*arguments, **options):
        return seq2seq("translate", sort_run.model, *arguments, cwd=sort_run.folder, **options)

    return run


def test_lines_in_lines_out(translate):
    """One line for each, in order; only \\n ends a line; standard error stays empty."""
    lines = ["3 1 2", "", "7 5", "   ", "9", "4\u20281", "2\x0b1", "6\x855", "8\r7", "1 0\r", "\t", "5 4 3 2 1", "2"]
    result = translate(input="\n".join(lines).encode())  # the last line has no end
    outputs = result.stdout.decode().split("\n")
    assert outputs.pop() == "", "the last line of the output has no end"
    assert len(outputs) == len(lines)
    assert result.stderr == ""
    for line, output in zip(lines, outputs, strict=True):
        assert bool(output) == bool(line.strip()), (line, output)
    assert outputs[0] == "1 2 3" and outputs[2] == "5 7" and outputs[4] == "9" and outputs[11] == "1 2 3 4 5"
    assert outputs[12] == "2"


def test_output_appears_while_input_is_open(seq2seq, sort_run):
    process = seq2seq.start("translate", sort_run.model, cwd=sort_run.folder, bufsize=0)
    try:
        for sent, expected in (b"3 1 2\n", b"1 2 3\n"), (b"\n", b"\n"), (b"7 5\n", b"5 7\n"):
            process.stdin.write(sent)
            assert process.stdout.readline() == expected
            assert process.poll() is None
        process.stdin.write(b"9 8")
        began = time.monotonic()
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 20
        assert (process.returncode, out, err) == (0, b"8 9\n", b"")
    finally:
        process.kill()


def test_files_beam_one_and_a_foreign_backend(translate, sort_run):
    """-o FILE, --beam-size 1; a KERAS_BACKEND of the user's does no harm."""
    result = translate("test.source", "-o", "sorted.txt", "--beam-size", "1", env={"KERAS_BACKEND": "torch"})
    assert (result.stdout, result.stderr) == (b"", "")
    outputs = (sort_run.folder / "sorted.txt").read_text().splitlines()
    expected = (sort_run.folder / "test.target").read_text().splitlines()
    assert len(outputs) == len(expected)
    assert sum(a == b for a, b in zip(outputs, expected, strict=True)) > 0.4 * len(expected)


def test_a_long_line_is_split_with_a_warning(translate):
    """200 pieces, where the model's limit is 128; the lines around it are as ever."""
    long = "3 1 2 0 4 " * 40
    result = translate(input=f"3 1 2\n{long}\n7 5\n".encode())
    first, middle, last = result.stdout.decode().splitlines()
    assert (first, last) == ("1 2 3", "5 7")
    assert len(middle.split()) > 10
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("warning: standard input, line 2:") and "200 pieces" in result.stderr


def test_bytes_that_are_no_utf8(translate, assert_one_sentence):
    """It stops there, after what came before; or goes on where it is told to."""
    given = b"3 1 2\n\xff 1\n7 5\n"
    result = translate(input=given, status=1)
    assert result.stdout == b"1 2 3\n"
    assert_one_sentence(result.stderr, "standard input", "line 2", "UTF-8")
    result = translate("--errors", "replace", input=given)
    outputs = result.stdout.decode().splitlines()
    assert (len(outputs), outputs[0], outputs[2], result.stderr) == (3, "1 2 3", "5 7", "")


class TestAModelFolderThatIsNotWhole:
    @pytest.fixture
    def folder(self, sort_run, tmp_path):
        return shutil.copytree(sort_run.model, tmp_path / "model")

    def damage_nothing(self, folder):
        shutil.rmtree(folder)
        return ("does not exist",)

    def empty(self, folder):
        for file in folder.iterdir():
            file.unlink()
        return ("metadata.json",)

    def remove_weights(self, folder):
        (folder / "model.safetensors").unlink()
        return ("model.safetensors",)

    def remove_tokenizer(self, folder):
        (folder / "tokenizer.model").unlink()
        return ("tokenizer.model",)

    def truncate_weights(self, folder):
        file = folder / "model.safetensors"
        file.write_bytes(file.read_bytes()[:-1])
        return ("model.safetensors",)

    def truncate_metadata(self, folder):
        file = folder / "metadata.json"
        file.write_bytes(file.read_bytes()[:-20])
        return ("metadata.json",)

    def swap_tokenizer(self, folder):
        (folder / "tokenizer.model").write_bytes((folder / "model.safetensors").read_bytes())
        return ("tokenizer.model",)

    def newer_format(self, folder):
        file = folder / "metadata.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 99}))
        return ("99", "update")

    def other_shape(self, folder):
        file = folder / "metadata.json"
        metadata = json.loads(file.read_text())
        metadata["model"]["embedding_size"] += 1
        file.write_text(json.dumps(metadata))
        return ("shape",)

    def unknown_option(self, folder):
        file = folder / "metadata.json"
        metadata = json.loads(file.read_text())
        metadata["model"]["attention_span"] = 3
        file.write_text(json.dumps(metadata))
        return ("attention_span", "update")

    @pytest.mark.parametrize(
        "damage",
        [
            "damage_nothing",
            "empty",
            "remove_weights",
            "remove_tokenizer",
            "truncate_weights",
            "truncate_metadata",
            "swap_tokenizer",
            "newer_format",
            "other_shape",
            "unknown_option",
        ],
    )
    def test_gives_one_sentence(self, seq2seq, folder, tmp_path, assert_one_sentence, damage):
        named = getattr(self, damage)(folder)
        # The graphs of an export hold the shape of the model in themselves.
        result = seq2seq("translate", folder, "--engine", "keras", cwd=tmp_path, input=b"3 1 2\n", status=1)
        assert result.stdout == b""
        assert_one_sentence(result.stderr, folder, *named)


def test_a_missing_input(translate, assert_one_sentence):
    result = translate("nowhere.txt", status=1)
    assert_one_sentence(result.stderr, "nowhere.txt")


def test_an_output_that_cannot_be_written(translate, assert_one_sentence):
    result = translate("-o", "nowhere/out.txt", input=b"3 1 2\n", status=1)
    assert_one_sentence(result.stderr, "nowhere/out.txt")
