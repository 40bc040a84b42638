"""N lines in, N lines out, while the input is still open."""

import io
import os
import threading
import time

import pytest

from seq2seq.errors import UserError
from seq2seq.translation import streams
from seq2seq.translation.pools.single import SinglePool
from seq2seq.translation.streams import raw_windows, translate_stream
from seq2seq.translation.translator import WINDOW_LINES


class Echo:
    """A translator that notes what it was given at once."""

    def __init__(self):
        self.calls = []

    def translate(self, lines, options, *, prefixes=None, first_line=0, warn=None):
        self.calls.append(list(lines))
        for n, line in enumerate(lines):
            if line.startswith("long"):
                warn(n, "too long")
        return [f"<{line}>" for line in lines]


def run(source, errors="strict", **options):
    sink = io.BytesIO()
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    translate_stream(SinglePool(Echo()), file, sink, name="text.en", errors=errors, **options)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (b"", b""),
        (b"\n", b"<>\n"),
        (b"a", b"<a>\n"),
        (b"a\r\n\r\nb\r\n", b"<a>\n<>\n<b>\n"),
        ("a\u2028b\x0bc\x85d\re\n".encode(), "<a\u2028b\x0bc\x85d\re>\n".encode()),
    ],
)
def test_lines_are_what_newlines_end(source, output):
    assert run(source) == output


@pytest.mark.parametrize("count", [1, WINDOW_LINES - 1, WINDOW_LINES, WINDOW_LINES + 1, 3 * WINDOW_LINES + 5])
def test_as_many_lines_come_out_as_go_in(count):
    source = b"".join(b"line %d\n" % n for n in range(count))
    assert run(source) == b"".join(b"<line %d>\n" % n for n in range(count))


def test_a_window_ends_when_it_is_full(monkeypatch):
    # Never tired of waiting: only what is full ends, and what is left at the end.
    monkeypatch.setattr(streams, "PATIENCE", 60)
    source = io.BytesIO(b"x\n" * (2 * WINDOW_LINES + 3))
    assert [len(window) for window in raw_windows(source, "name", WINDOW_LINES)] == [WINDOW_LINES, WINDOW_LINES, 3]


def test_a_translation_comes_while_the_input_is_open():
    source_end, typing_end = os.pipe()
    reading_end, sink_end = os.pipe()
    # Buffered, as standard input and output are: what is not flushed would not come.
    with (
        open(source_end, "rb") as source,
        open(sink_end, "wb") as sink,
        open(reading_end, "rb") as output,
        open(typing_end, "wb", buffering=0) as keyboard,
    ):
        work = threading.Thread(
            target=translate_stream,
            args=(SinglePool(Echo()), source, sink),
            kwargs={"name": "standard input"},
            daemon=True,
        )
        work.start()
        for n in range(3):
            keyboard.write(b"line %d\n" % n)
            assert output.readline() == b"<line %d>\n" % n
        # Half a line is no line yet.
        keyboard.write(b"ha")
        time.sleep(2 * streams.PATIENCE)
        keyboard.write(b"lf\nlast")
        assert output.readline() == b"<half>\n"
        keyboard.close()
        assert output.readline() == b"<last>\n"
        work.join(10)
        assert not work.is_alive()


def test_lines_that_come_together_are_translated_together():
    echo = Echo()
    translate_stream(SinglePool(echo), io.BytesIO(b"a\nb\nc\n"), io.BytesIO(), name="name")
    assert echo.calls == [["a", "b", "c"]]


@pytest.mark.parametrize("before", [0, 2, WINDOW_LINES, WINDOW_LINES + 1])
def test_invalid_utf_8_stops_after_what_came_before(before):
    sink = io.BytesIO()
    source = io.BytesIO(b"ok\n" * before + b"bad \xff\n" + b"never\n" * 3)
    with pytest.raises(UserError, match=rf"^text\.en, line {before + 1}: not valid UTF-8 \(byte 5 of the line\)"):
        translate_stream(SinglePool(Echo()), source, sink, name="text.en")
    assert sink.getvalue() == b"<ok>\n" * before


def test_replace_goes_on():
    assert run(b"ok\nbad \xff\nok\n", errors="replace") == "<ok>\n<bad \ufffd>\n<ok>\n".encode()


def test_what_cannot_be_read_stops_after_what_came_before():
    class Failing(io.BytesIO):
        def __next__(self):
            line = self.readline()
            if not line:
                raise OSError(5, "Input/output error")
            return line

    sink = io.BytesIO()
    with pytest.raises(UserError, match=r"text\.en cannot be read \(Input/output error\)"):
        translate_stream(SinglePool(Echo()), Failing(b"a\nb\n"), sink, name="text.en")
    assert sink.getvalue() == b"<a>\n<b>\n"


def test_warnings_name_the_line_of_the_file():
    warnings = []
    run(b"x\n" * (WINDOW_LINES + 1) + b"long\n", warn=warnings.append)
    assert warnings == [f"text.en, line {WINDOW_LINES + 2}: too long"]


def test_a_failure_is_not_waited_for():
    """The reader may wait for a terminal for ever; the error comes at once."""
    source_end, typing_end = os.pipe()
    with open(source_end, "rb") as source, open(typing_end, "wb", buffering=0) as keyboard:
        keyboard.write(b"\xff\n")
        with pytest.raises(UserError, match="line 1"):
            translate_stream(SinglePool(Echo()), source, io.BytesIO(), name="standard input")
        keyboard.close()
