import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.text.lines import decode_line, decode_lines, read_lines
from seq2seq.text.parallel import ParallelText, read_parallel
from seq2seq.text.reading import open_bytes

# Everything that some reader takes for the end of a line.
INSIDE = "a\u2028b\u2029c\x0bd\x0ce\x1cf\x85g\rh"
any_line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n")).filter(
    lambda line: not line.endswith("\r")
)


@pytest.fixture
def write(tmp_path):
    def write(content, name="text.en"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_lines_end_at_newlines_only(write):
    assert read_lines(write(f"{INSIDE}\nnext\n")) == [INSIDE, "next"]


def test_a_windows_ending_is_accepted_and_no_more_than_it(write):
    assert read_lines(write("one\r\ntwo\r\r\n\r\nlast\r")) == ["one", "two\r", "", "last\r"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [("", []), ("\n", [""]), ("a", ["a"]), ("a\nb", ["a", "b"]), ("a\nb\n", ["a", "b"]), ("a\n\n", ["a", ""])],
)
def test_the_last_line_needs_no_end(write, content, lines):
    assert read_lines(write(content)) == lines


@given(st.lists(any_line), st.sampled_from(["\n", "\r\n"]))
def test_any_lines_are_read_as_they_were(tmp_path_factory, lines, ending):
    path = tmp_path_factory.getbasetemp() / "any_lines"
    path.write_bytes("".join(line + ending for line in lines).encode())
    assert read_lines(path) == lines


def test_gzip_is_known_by_its_content_and_not_by_its_name(write):
    assert read_lines(write(gzip.compress(b"one\ntwo\n"), "named.txt")) == ["one", "two"]
    assert read_lines(write(b"plain\n", "named.gz")) == ["plain"]


@pytest.mark.parametrize("damage", ["cut", "header", "body", "checksum"])
def test_a_damaged_gzip_is_named(write, damage):
    whole = bytearray(gzip.compress(os.urandom(1000).hex().encode()))
    if damage == "cut":
        whole = whole[:500]
    else:
        at = {"header": 2, "body": 12, "checksum": len(whole) - 8}[damage]
        whole[at] ^= 0xFF
    with pytest.raises(UserError, match=r"text.gz is damaged"):
        read_lines(write(bytes(whole), "text.gz"))


def test_what_is_not_utf_8_is_named_with_file_and_line(write):
    with pytest.raises(UserError, match=r"text.en, line 2: not valid UTF-8 \(byte 4 of the line\)"):
        read_lines(write(b"one\ntwo\xff\nthree\n"))


def test_replace_goes_on():
    assert decode_line(b"two\xff\n", "name", 2, "replace") == "two\ufffd"


def test_lines_before_a_bad_one_still_come():
    lines = decode_lines([b"one\n", b"\xff\n"], "name")
    assert next(lines) == "one"
    with pytest.raises(UserError, match="name, line 2"):
        next(lines)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"missing.en does not exist"):
        read_lines(tmp_path / "missing.en")


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UserError, match=f"{tmp_path.name} cannot be read \\(Is a directory\\)"):
        read_lines(tmp_path)
    with pytest.raises(UserError, match=r"cannot be read \(File name too long\)"):
        open_bytes(tmp_path / ("x" * 300))


def test_other_errors_are_defects_and_pass():
    with pytest.raises(ZeroDivisionError), read_errors("name"):
        raise ZeroDivisionError


def test_pairs_are_read_in_order(write):
    text = read_parallel(write("a\nb\nc\n"), write("A\nB\nC\n", "text.de"))
    assert (text.sources, text.targets, len(text)) == (["a", "b", "c"], ["A", "B", "C"], 3)
    chosen = text.select([2, 0])
    assert (chosen.sources, chosen.targets) == (["c", "a"], ["C", "A"])


def test_unequal_counts_name_both(write):
    with pytest.raises(UserError, match=r"text.en has 3 lines but .*text.de has 2"):
        read_parallel(write("a\nb\nc\n"), write("A\nB", "text.de"))


def test_no_pair_is_an_error(write):
    with pytest.raises(UserError, match=r"text.en and .*text.de are empty"):
        read_parallel(write(""), write("", "text.de"))


@given(st.lists(st.tuples(any_line, any_line), max_size=4), st.lists(st.tuples(any_line, any_line), max_size=4))
def test_a_fingerprint_tells_texts_apart(one, other):
    texts = [ParallelText([a for a, _ in pairs], [b for _, b in pairs]) for pairs in (one, other)]
    assert (texts[0].fingerprint() == texts[1].fingerprint()) == (one == other)


def test_a_fingerprint_tells_sides_and_borders_apart():
    texts = [(["a", "b"], ["c"]), (["a"], ["b", "c"]), (["ab"], ["c"]), (["c"], ["a", "b"])]
    assert len({ParallelText(*text).fingerprint() for text in texts}) == len(texts)
