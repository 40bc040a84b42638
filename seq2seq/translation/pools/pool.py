"""What a stream of lines asks of a pool: windows of lines in, translated lines out, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.segments import Warn
from seq2seq.translation.translator import Translator


class Window(NamedTuple):
    """Lines that are translated together."""

    texts: list[str]
    prefixes: list[str] | None
    """What each translation must begin with."""
    first_line: int
    """Number of the first line in the whole input, from 0."""


class OutputFormat(NamedTuple):
    """How a translation becomes a line."""

    json: bool = False
    n_best: bool = False
    """Whether JSON lists all outputs."""


TEXT = OutputFormat()

WarnOfWindow = Callable[[Window, int, str], None]
"""Takes a window, the index of a line in it, and a sentence about what was done with the line."""


class Pool(Protocol):
    """One or more translators that work on a stream of windows."""

    @property
    def window_lines(self) -> int:
        """Maximum number of lines in a window."""
        ...

    def render_all(self, windows: Iterator[Window], style: OutputFormat, warn: WarnOfWindow) -> Iterator[list[str]]:
        """Translates windows to lines, see `render`.

        Args:
            windows: What to translate; it is read while results are taken.
            style: How a translation becomes a line.
            warn: Called for each line about which something is to be said.

        Yields:
            The lines of each window, in order; what `windows` raises comes after the results before it.
        """
        ...


def render(
    translator: Translator, window: Window, style: OutputFormat, options: DecodingOptions | None, warn: Warn
) -> list[str]:
    """Translates a window to lines."""
    texts, prefixes, first_line = window
    if not style.json:
        return translator.translate(texts, options, prefixes=prefixes, first_line=first_line, warn=warn)
    found = translator.translations(texts, options, prefixes=prefixes, first_line=first_line, warn=warn)
    return [translation.to_json(style.n_best) for translation in found]
