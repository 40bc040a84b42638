"""A line on a terminal that says how far a long translation is, how fast it is, and how long it will still take."""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from seq2seq.text.reading import is_plain, open_bytes

_EVERY = 0.5
"""Seconds between two states of the line."""


@contextmanager
def progress_line(sink: IO[bytes], source: Path | None) -> Iterator[IO[bytes]]:
    """Counts the lines that are written to `sink`, and shows them on standard error if it is a terminal.

    Args:
        sink: File that gets a line for each line of the source.
        source: File of the source; None if it is standard input, for which nothing is shown.

    Yields:
        What to write to in place of `sink`.
    """
    if source is None or not sys.stderr.isatty() or sink.isatty():
        yield sink
        return
    counting = _Counting(sink, _lines_in(source))
    try:
        yield counting  # type: ignore[misc]
    finally:
        counting.end()


class _Counting:
    """A file that counts lines and shows their number now and then."""

    def __init__(self, sink: IO[bytes], total: int | None) -> None:
        self._sink = sink
        self._total = total
        self._lines = 0
        self._began = self._shown = time.monotonic()

    def write(self, text: bytes) -> int:
        self._lines += text.count(b"\n")
        now = time.monotonic()
        if now - self._shown >= _EVERY:
            self._shown = now
            sys.stderr.write(f"\r\x1b[K{progress_text(self._lines, self._total, now - self._began)}")
            sys.stderr.flush()
        return self._sink.write(text)

    def end(self) -> None:
        if self._shown > self._began:  # nothing was shown of what took no time
            seconds = time.monotonic() - self._began
            sys.stderr.write(f"\r\x1b[K{progress_text(self._lines, None, seconds)}\n")
            sys.stderr.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sink, name)


def progress_text(lines: int, total: int | None, seconds: float) -> str:
    """Says how far a translation is.

    Args:
        lines: Number of lines that are done.
        total: Number of all lines, if it is known.
        seconds: Seconds since the first line was begun.

    Example:
        >>> progress_text(1500, 6000, 10.0)
        '1,500 of 6,000 lines (25 %), 150 lines/s, 0:30 left'
        >>> progress_text(1500, None, 10.0)
        '1,500 lines, 150 lines/s'
    """
    speed = lines / seconds if seconds else 0.0
    shown_speed = f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
    if not total or not lines:
        return f"{lines:,} lines, {shown_speed} lines/s"
    minutes, left = divmod(round((total - lines) / speed), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{lines:,} of {total:,} lines ({100 * lines // total} %), {shown_speed} lines/s, {clock} left"


def _lines_in(path: Path) -> int | None:
    """Number of lines of a plain file; None if it is packed or no file, and counting would take long or eat it."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None
    with open_bytes(path) as file:
        if not is_plain(file):
            return None
        lines, last = 0, b"\n"
        while block := file.read(1 << 20):
            lines, last = lines + block.count(b"\n"), block
        return lines + (not last.endswith(b"\n"))
