"""A text is read in the forms that people have, or refused by the name of its form."""

import bz2
import codecs
import gzip
import io
import lzma
import os
import sys
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.text.lines import EncodingError, decode_lines, read_lines
from seq2seq.text.mapped_lines import MappedLines
from seq2seq.text.reading import is_plain, open_bytes, source_name, standard_input

TEXT = "Grüße\n\nzwei\u2028Zeilen\nein ganz langer Rest " + "ä" * 70000 + "\n🚂"
LINES = TEXT.split("\n")
FORMS = {
    "plain": str.encode,
    "with a mark": lambda text: text.encode("utf-8-sig"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "xz": lambda text: lzma.compress(text.encode()),
    "bzip2": lambda text: bz2.compress(text.encode()),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big end first": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-16 in gzip": lambda text: gzip.compress(text.encode("utf-16")),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("read", [read_lines, MappedLines.read])
def test_every_form_gives_the_same_lines(tmp_path, form, read):
    (tmp_path / "text").write_bytes(FORMS[form](TEXT))
    assert list(read(tmp_path / "text")) == LINES


@pytest.mark.parametrize("form", sorted(FORMS.keys() - {"with a mark"}))
def test_an_empty_text_has_no_lines(tmp_path, form):
    (tmp_path / "text").write_bytes(FORMS[form](""))
    assert read_lines(tmp_path / "text") == []


@pytest.mark.parametrize("packed", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("damage", [lambda data: data[:-5], lambda data: data[:30] + b"\xff" * 9 + data[39:]])
def test_a_damaged_file_is_one_sentence(tmp_path, packed, damage):
    (tmp_path / "text").write_bytes(damage(packed(os.urandom(5000).hex().encode())))
    with pytest.raises(UserError, match="text is damaged"):
        read_lines(tmp_path / "text")


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x28\xb5\x2f\xfd\x04\x00", "packed with Zstandard"),
        (b"PK\x03\x04\x14\x00", "ZIP archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7-Zip"),
        ("Hello\n".encode("utf-16-le"), "looks like UTF-16"),
        ("Hello\n".encode("utf-16-be"), "looks like UTF-16"),
        (b"\xff\xfea\x00\x00\xd8b\x00", "not valid throughout"),
        (b"\xff\xfea\x00b", "not valid throughout"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path, start, what):
    if "Zstandard" in what and sys.version_info >= (3, 14):
        pytest.skip("Python reads it")
    (tmp_path / "text").write_bytes(start)
    with pytest.raises(UserError, match=rf"text .*{what}"):
        read_lines(tmp_path / "text")


@pytest.mark.parametrize("text", ["PARIS\n", "BZh\n", "%PDF\n", "PK\n", "7z\n", "a\n", "\x00\x00\x00\x00\n"])
def test_a_text_that_begins_like_something_else_is_a_text(tmp_path, text):
    (tmp_path / "text").write_text(text)
    assert read_lines(tmp_path / "text") == [text[:-1]]


def test_an_error_about_bytes_offers_no_option_that_a_command_may_lack():
    with pytest.raises(EncodingError) as caught:
        list(decode_lines([b"caf\xe9\n"], "a.fr"))
    assert str(caught.value).startswith("a.fr, line 1: not valid UTF-8 (byte 4 of the line)")
    assert "--errors" not in str(caught.value)


def test_a_dash_is_standard_input(monkeypatch):
    reading, writing = os.pipe()
    os.write(writing, gzip.compress(b"one\ntwo\n"))
    os.close(writing)
    with open(reading) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert read_lines(Path("-")) == ["one", "two"]
    assert source_name(Path("-")) == source_name(None) == "standard input"


def test_standard_input_that_is_no_file_is_read_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\n")))
    assert standard_input().read() == b"one\n"


def test_a_closed_standard_input_is_a_users_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UserError, match="standard input is closed"):
        open_bytes(Path("-"))


def test_plain_is_what_can_be_mapped(tmp_path):
    for form, plain in (("plain", True), ("gzip", False), ("UTF-16", False)):
        (tmp_path / "text").write_bytes(FORMS[form](TEXT))
        with open_bytes(tmp_path / "text") as file:
            assert is_plain(file) == plain
