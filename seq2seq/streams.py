"""A stream of lines through a translator, while the stream is still open."""

import functools
import queue
import threading
from collections.abc import Callable, Iterator
from typing import IO

from seq2seq.corpora import decode_line, read_errors
from seq2seq.errors import UserError
from seq2seq.translator import Translator

WINDOW_LINES = 1024
"""Lines that are sorted and batched together: enough that batches are of like lengths, few enough to be bounded."""
PATIENCE = 0.05
"""Seconds without a new line after which what has come is translated."""


def translate_stream(
    translator: Translator,
    source: IO[bytes],
    sink: IO[bytes],
    *,
    name: str,
    errors: str = "strict",
    warn: Callable[[str], None] = lambda text: None,
) -> None:
    """Translates every line of `source` to one line of `sink`, in order; the sink is flushed after every window.

    Args:
        translator: what translates.
        source: UTF-8 lines.
        sink: where translations go.
        name: of the source, for errors and warnings.
        errors: what to do with bytes that are not UTF-8: "strict" or "replace".
        warn: told what was done about a line that is too long.

    Raises:
        UserError: a line is not UTF-8, or the source cannot be read; all lines before it are translated and flushed.
    """
    done = 0
    for window in windows(source, name):
        lines: list[str] = []
        failure: UserError | None = None
        for raw in window:
            try:
                if isinstance(raw, UserError):
                    raise raw
                lines.append(decode_line(raw, name, done + len(lines) + 1, errors))
            except UserError as error:
                failure = error
                break
        translations = translator.translate(lines, warn=functools.partial(_warn, warn, name, done))
        sink.write("".join(f"{translation}\n" for translation in translations).encode())
        sink.flush()
        if failure is not None:
            raise failure
        done += len(lines)


def _warn(warn: Callable[[str], None], name: str, before: int, n: int, text: str) -> None:
    """Names the line: number n (from 0) of a window that `before` lines come before."""
    warn(f"{name}, line {before + n + 1}: {text}")


def windows(source: IO[bytes], name: str) -> Iterator[list[bytes | UserError]]:
    """Lines as they come, in lists that end when full or after `PATIENCE` without a new line.

    What cannot be read is the last item of the last list.
    """
    lines: queue.Queue[bytes | UserError | None] = queue.Queue(2 * WINDOW_LINES)

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
        while len(window) < WINDOW_LINES:
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
