"""A stream of lines through a pool of translators, while the stream is still open."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Literal

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.text.lines import decode_line
from seq2seq.translation.pools.pool import TEXT, OutputFormat, Pool, Window

PATIENCE = 0.05
"""Seconds without a new line after which the lines that have come are translated."""


def translate_stream(
    pool: Pool,
    source: Iterable[bytes],
    sink: IO[bytes],
    *,
    name: str,
    errors: str = "strict",
    style: OutputFormat = TEXT,
    prefixes: Iterator[str] | Literal["column"] | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> None:
    """Translates every line of `source` to one line of `sink`, in order; the sink is flushed after every window.

    Args:
        pool: Translates windows of lines.
        source: UTF-8 lines.
        sink: File that translations are written to.
        name: Name of the source, for errors and warnings.
        errors: Treatment of bytes that are not UTF-8: "strict" or "replace".
        style: How a translation becomes a line.
        prefixes: Text that each line's translation must begin with; "column" if it follows the line, after a tab.
        warn: Called with a sentence about each line that is too long.

    Raises:
        UserError: A line is not UTF-8, the source cannot be read or the prefixes are not as many as the lines; all
            lines before it are translated and flushed.
    """

    def warn_of(window: Window, n: int, text: str) -> None:
        warn(f"{name}, line {window.first_line + n + 1}: {text}")

    windows = _windows(raw_windows(source, name, pool.window_lines), name, errors, prefixes)
    for translations in pool.render_all(windows, style, warn_of):
        sink.write("".join(f"{translation}\n" for translation in translations).encode())
        sink.flush()


def _windows(
    raw: Iterator[list[bytes | UserError]],
    name: str,
    errors: str,
    prefixes: Iterator[str] | Literal["column"] | None,
) -> Iterator[Window]:
    """Decodes windows and adds their prefixes; an error comes after the lines before it."""
    done = 0
    for raw_lines in raw:
        window = Window([], None if prefixes is None else [], done)
        failure: UserError | None = None
        for number, line in enumerate(raw_lines, start=done + 1):
            try:
                if isinstance(line, UserError):
                    raise line
                text, prefix = decode_line(line, name, number, errors), ""
                if prefixes == "column":
                    text, _, prefix = text.partition("\t")
                elif prefixes is not None:
                    prefix = _next_prefix(prefixes, name, number)
            except UserError as error:
                failure = error
                break
            window.texts.append(text)
            if window.prefixes is not None:
                window.prefixes.append(prefix)
        yield window
        if failure is not None:
            raise failure
        done += len(raw_lines)
    if prefixes is not None and prefixes != "column" and next(prefixes, None) is not None:
        raise UserError(f"{name} has {done} lines, but there are more prefixes: give as many, blank ones for no prefix")


def _next_prefix(prefixes: Iterator[str], name: str, number: int) -> str:
    prefix = next(prefixes, None)
    if prefix is None:
        raise UserError(f"{name}, line {number}: there are only {number - 1} prefixes: give one for each line")
    return prefix


def raw_windows(source: Iterable[bytes], name: str, size: int) -> Iterator[list[bytes | UserError]]:
    """Reads lines as they come, in lists that end when full or after `PATIENCE` without a new line.

    An error of reading is the last item of the last list.
    """
    lines: queue.Queue[bytes | UserError | None] = queue.Queue(2 * size)

    def read() -> None:
        try:
            with read_errors(name):
                for raw in source:
                    lines.put(raw)
        except UserError as error:
            lines.put(error)
        lines.put(None)

    # A daemon: a reader that waits for a terminal must not keep a program that has failed from ending.
    threading.Thread(target=read, daemon=True).start()
    item = lines.get()
    while item is not None:
        window = [item]
        while len(window) < size:
            try:
                item = lines.get(timeout=PATIENCE)
            except queue.Empty:
                break
            if item is None:
                break
            window.append(item)
        yield window
        if item is not None:
            item = lines.get()
