import gzip
import io
import os
from types import SimpleNamespace

import pytest

from seq2seq.cli import progress_line as module
from seq2seq.cli.progress_line import progress_line, progress_text


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    """A terminal, and a clock that goes on by a second whenever it is looked at."""
    screen = Screen()
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=screen))
    ticks = iter(range(1000))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(ticks))
    return screen


def test_it_counts_what_is_written(screen, tmp_path):
    (tmp_path / "in").write_bytes(b"a\n" * 9 + b"last")
    sink = io.BytesIO()
    with progress_line(sink, tmp_path / "in") as file:
        file.write(b"A\n" * 5)
        file.flush()
        file.write(b"A\n" * 5)
    assert sink.getvalue() == b"A\n" * 10
    first, second, end = screen.getvalue().split("\r\x1b[K")[1:]
    assert first == "5 of 10 lines (50 %), 5.0 lines/s, 0:01 left"
    assert second.startswith("10 of 10 lines (100 %)")
    assert end == "10 lines, 3.3 lines/s\n"


def test_a_packed_file_has_no_end_that_is_known(screen, tmp_path):
    (tmp_path / "in").write_bytes(gzip.compress(b"a\n" * 10))
    with progress_line(io.BytesIO(), tmp_path / "in") as file:
        file.write(b"A\n" * 5)
    assert "5 lines, 5.0 lines/s" in screen.getvalue() and "of" not in screen.getvalue()


def test_a_pipe_is_not_eaten(screen, tmp_path):
    os.mkfifo(tmp_path / "in")
    with progress_line(io.BytesIO(), tmp_path / "in"):
        assert screen.getvalue() == ""


def test_without_a_terminal_or_with_standard_input_there_is_none(screen, monkeypatch, tmp_path):
    sink = io.BytesIO()
    with progress_line(sink, None) as file:
        assert file is sink
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=io.StringIO()))
    with progress_line(sink, tmp_path) as file:
        assert file is sink


def test_hours_are_written_as_such():
    assert progress_text(10, 100_010, 10.0).endswith("27:46:40 left")
    assert progress_text(0, 10, 0.0) == "0 lines, 0.0 lines/s"
