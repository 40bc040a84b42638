"""A stream of lines through a translator, while the stream is still open."""

import functools
import queue
import threading
from collections.abc import Callable, Iterator
from typing import IO, Literal, NamedTuple, Protocol, runtime_checkable

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.text.lines import decode_line
from seq2seq.translation.translator import Translator, Warn

WINDOW_LINES = 1024
"""Lines that are sorted and batched together: enough that batches are of like lengths, few enough to be bounded."""
PATIENCE = 0.05
"""Seconds without a new line after which what has come is translated."""


class Lines(NamedTuple):
    """Lines that are translated together."""

    texts: list[str]
    prefixes: list[str] | None
    """What each translation must begin with."""
    first: int
    """Number of the first line in the whole input, from 0."""


class Style(NamedTuple):
    """How a translation becomes a line."""

    json: bool = False
    n_best: bool = False
    """Whether JSON lists all outputs."""


TEXT = Style()


def render(translator: Translator, lines: Lines, style: Style, warn: Warn) -> list[str]:
    """Translates lines to lines."""
    texts, prefixes, first = lines
    if not style.json:
        return translator.translate(texts, prefixes=prefixes, first_line=first, warn=warn)
    found = translator.translations(texts, prefixes=prefixes, first_line=first, warn=warn)
    return [translation.to_json(style.n_best) for translation in found]


@runtime_checkable
class Pool(Protocol):
    """Several processes that translate, see `seq2seq.translation.pools.processes`."""

    window_lines: int

    def render_all(
        self, batches: Iterator[Lines], style: Style, warn: Callable[[Lines, int, str], None]
    ) -> Iterator[list[str]]:
        """`render` for every batch, in their order; what `batches` raises comes after the results before it."""
        ...


def translate_stream(
    translator: Translator | Pool,
    source: IO[bytes],
    sink: IO[bytes],
    *,
    name: str,
    errors: str = "strict",
    style: Style = TEXT,
    prefixes: Iterator[str] | Literal["column"] | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> None:
    """Translates every line of `source` to one line of `sink`, in order; the sink is flushed after every window.

    Args:
        translator: what translates.
        source: UTF-8 lines.
        sink: where translations go.
        name: of the source, for errors and warnings.
        errors: what to do with bytes that are not UTF-8: "strict" or "replace".
        style: how a translation becomes a line.
        prefixes: what each line's translation must begin with; "column": it follows the line, after a tab.
        warn: told what was done about a line that is too long.

    Raises:
        UserError: a line is not UTF-8, the source cannot be read or the prefixes are not as many as the lines; all
            lines before it are translated and flushed.
    """

    def warn_of(lines: Lines, n: int, text: str) -> None:
        warn(f"{name}, line {lines.first + n + 1}: {text}")

    size = translator.window_lines if isinstance(translator, Pool) else WINDOW_LINES
    batches = _batches(windows(source, name, size), name, errors, prefixes)
    found: Iterator[list[str]]
    if isinstance(translator, Pool):
        found = translator.render_all(batches, style, warn_of)
    else:
        found = (render(translator, lines, style, functools.partial(warn_of, lines)) for lines in batches)
    for translations in found:
        sink.write("".join(f"{translation}\n" for translation in translations).encode())
        sink.flush()


def _batches(
    raw_windows: Iterator[list[bytes | UserError]],
    name: str,
    errors: str,
    prefixes: Iterator[str] | Literal["column"] | None,
) -> Iterator[Lines]:
    """Windows as text, with their prefixes; an error comes after the lines before it."""
    done = 0
    for window in raw_windows:
        lines = Lines([], None if prefixes is None else [], done)
        failure: UserError | None = None
        for number, raw in enumerate(window, start=done + 1):
            try:
                if isinstance(raw, UserError):
                    raise raw
                text, prefix = decode_line(raw, name, number, errors), ""
                if prefixes == "column":
                    text, _, prefix = text.partition("\t")
                elif prefixes is not None:
                    prefix = _next(prefixes, name, number)
            except UserError as error:
                failure = error
                break
            lines.texts.append(text)
            if lines.prefixes is not None:
                lines.prefixes.append(prefix)
        yield lines
        if failure is not None:
            raise failure
        done += len(window)
    if prefixes is not None and prefixes != "column" and next(prefixes, None) is not None:
        raise UserError(f"{name} has {done} lines, but there are more prefixes: give as many, blank ones for no prefix")


def _next(prefixes: Iterator[str], name: str, number: int) -> str:
    prefix = next(prefixes, None)
    if prefix is None:
        raise UserError(f"{name}, line {number}: there are only {number - 1} prefixes: give one for each line")
    return prefix


def windows(source: IO[bytes], name: str, size: int = WINDOW_LINES) -> Iterator[list[bytes | UserError]]:
    """Lines as they come, in lists that end when full or after `PATIENCE` without a new line.

    What cannot be read is the last item of the last list.
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
