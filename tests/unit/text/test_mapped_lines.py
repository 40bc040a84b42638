"""Mapped lines are the lines that `read_lines` reads."""

import codecs
import gzip
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.text import mapped_lines
from seq2seq.text.lines import read_lines
from seq2seq.text.mapped_lines import MappedLines, blocks, spool_columns

# What lines, their ends and their borders are made of.
PIECES = [b"\n", b"\r", b"\r\n", codecs.BOM_UTF8, b"a", b" ", b"\t", "ü".encode(), "\u2028".encode(), "😀".encode()]
contents = st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)
any_bytes = st.lists(st.sampled_from([*PIECES, b"\xff", b"\xc3", b"\xf0\x9f"]), max_size=30).map(b"".join)


@pytest.fixture
def small_blocks(monkeypatch):
    """Borders of blocks fall everywhere, inside of characters, too."""
    monkeypatch.setattr(mapped_lines, "BLOCK_BYTES", 3)
    monkeypatch.setattr(mapped_lines, "BLOCK_LINES", 2)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A file that is another one whenever it is written."""

    class Place(type(tmp_path_factory.getbasetemp())):
        def write_bytes(self, content):
            self.unlink(missing_ok=True)
            return super().write_bytes(content)

    return Place(tmp_path_factory.mktemp("mapped") / "text.en")


@pytest.fixture
def lines_of(tmp_path):
    def make(*contents):
        parts = []
        for n, content in enumerate(contents):
            (tmp_path / f"{n}.en").write_bytes(content.encode())
            parts.append(MappedLines.read(tmp_path / f"{n}.en"))
        return MappedLines.join(parts) if len(parts) > 1 else parts[0]

    return make


@given(contents, st.sampled_from([bytes, gzip.compress]))
@example(b"", bytes)
@example(codecs.BOM_UTF8, bytes)
@example(codecs.BOM_UTF8 * 2 + b"\r\n", bytes)
@example(b"one\r\ntwo\r\r\n\r\nlast\r", bytes)
def test_any_file_has_the_lines_that_read_lines_reads(place, contents, pack):
    place.write_bytes(pack(contents))
    expected = read_lines(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapped_lines, "BLOCK_BYTES", 3)
        patch.setattr(mapped_lines, "BLOCK_LINES", 2)
        mapped = MappedLines.read(place)
        assert list(mapped) == expected
    assert len(mapped) == len(expected)
    assert [mapped[n] for n in range(len(mapped))] == expected
    assert list(mapped) == expected
    assert mapped == expected and expected == mapped


@given(any_bytes)
def test_what_is_not_utf_8_is_said_as_read_lines_says_it(place, contents):
    place.write_bytes(contents)
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapped_lines, "BLOCK_BYTES", 3)
        for read in (read_lines, MappedLines.read):
            try:
                lines = read(place)
            except UserError as error:
                said.append(str(error))
            else:
                said.append(list(lines))
    assert said[0] == said[1]


@given(contents, contents, st.data())
def test_views_of_views_of_several_files(place, one, other, data):
    files = []
    for content in (one, other):
        place.write_bytes(content)
        files.append(MappedLines.read(place))
    both = MappedLines.join(files)
    expected = [*files[0], *files[1]]
    assert both == expected
    for _ in range(2):
        if expected:
            rows = data.draw(st.lists(st.integers(0, len(expected) - 1), max_size=8))
            both, expected = both.select(rows), [expected[row] for row in rows]
        assert list(both) == expected
        assert [both[n] for n in range(-len(expected), len(expected))] == expected * 2
        assert both[1:5:2] == expected[1:5:2] and both[::-1] == expected[::-1]
        assert MappedLines.join([files[1], both, files[0]]) == [*files[1], *expected, *files[0]]


@pytest.mark.usefixtures("small_blocks")
def test_where_a_view_leaves_out_little_or_much(lines_of):
    lines = lines_of("".join(f"{n}\r\n" for n in range(50)), "x\ny", "z\n")
    expected = [*map(str, range(50)), "x", "y", "z"]
    for rows in ([0, 1, 2], [2, 1, 0], [48, 49, 50, 51, 52], [0, 52, 25], [7, 7, 8], [3, 4, 6, 7]):
        assert list(lines.select(rows)) == [expected[row] for row in rows]
    assert [*blocks(lines, 20)] == [expected[:20], expected[20:40], expected[40:]]


def test_a_view_copies_no_text_and_little_else(lines_of):
    lines = lines_of("some line\n" * 1000)
    assert lines.select(range(900)).select([5])._files == lines._files
    assert lines.select(np.arange(900))._rows.dtype == np.int32


def test_indices_outside_are_errors(lines_of):
    lines = lines_of("a\nb\n")
    for index in (2, -3):
        with pytest.raises(IndexError, match="2 lines"):
            lines[index]
    assert "a" in lines and "c" not in lines
    assert lines != ["a"] and lines != "ab" and lines != ["a", "c"]


@pytest.mark.parametrize("damage", ["cut", "body"])
def test_a_damaged_gzip_is_named(place, damage):
    whole = bytearray(gzip.compress(os.urandom(1000).hex().encode()))
    if damage == "cut":
        whole = whole[:500]
    else:
        whole[12] ^= 0xFF
    place.write_bytes(whole)
    with pytest.raises(UserError, match=r"text.en is damaged"):
        MappedLines.read(place)


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(UserError, match=r"missing.en does not exist"):
        MappedLines.read(tmp_path / "missing.en")
    with pytest.raises(UserError, match=r"cannot be read \(Is a directory\)"):
        MappedLines.read(tmp_path)


def test_a_pipe_is_read_as_well(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[b"a\nb"])
    writer.start()
    assert MappedLines.read(tmp_path / "pipe") == ["a", "b"]
    writer.join()


def test_temporary_files_are_in_the_folder_and_have_no_name(tmp_path, place):
    place.write_bytes(gzip.compress(b"a\tb\n"))
    lines = spool_columns(place, tmp_path)
    assert (lines[0][0], lines[1][0]) == ("a", "b")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError, match="nowhere cannot be written"):
        MappedLines.read(place, tmp_path / "nowhere")


@given(st.lists(st.tuples(*[st.text(st.sampled_from("a\r \ufeff\u2028ü"), max_size=4)] * 2), min_size=1, max_size=6))
def test_columns_come_back_as_they_are(place, pairs):
    place.write_bytes(codecs.BOM_UTF8 + "".join(f"{one}\t{other}\r\n" for one, other in pairs).encode())
    sides = spool_columns(place)
    assert all(isinstance(side, MappedLines) for side in sides)
    expected = [(one, other) if (one + other).strip() else ("", "") for one, other in pairs]
    assert list(zip(*sides, strict=True)) == expected


def test_a_file_that_is_written_to_meanwhile_is_named(tmp_path):
    path = tmp_path / "text.en"
    path.write_bytes(b"one\ntwo\n")
    lines = MappedLines.read(path)
    with path.open("r+b") as file:
        file.write(b"one\nt\xffo\n")
    for read in (list, lambda lines: lines[1]):
        with pytest.raises(UserError, match=r"text.en, line 2: not valid UTF-8 \(byte 2"):
            read(lines)
    for content in (b"one\n", b"one\ntwo\nthree\n"):
        path.write_bytes(content)
        for read in (list, lambda lines: lines[1]):
            with pytest.raises(UserError, match=r"text.en has been written to since it was read"):
                read(lines)


@pytest.mark.slow
def test_a_long_text_takes_no_memory_of_the_process_s_own(tmp_path):
    """100 MB of text in a million lines: what grows is shared with the system's cache of the disk, or small."""
    path = tmp_path / "text.en"
    path.write_bytes((b"x" * 99 + b"\n") * 1_000_000)
    program = f"""
from pathlib import Path
from seq2seq.text.mapped_lines import MappedLines
def own():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))
before = own()
lines = MappedLines.read(Path({str(path)!r}))
assert sum(map(len, lines)) == 99_000_000
view = lines.select(range(0, 1_000_000, 3))
assert sum(map(len, view)) == 333_334 * 99
print(own() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20_000, "kB"
