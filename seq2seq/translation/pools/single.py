"""A pool of one: a translator in this process."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.pools.pool import OutputFormat, WarnOfWindow, Window, render
from seq2seq.translation.translator import WINDOW_LINES, Translator


@dataclass(frozen=True)
class SinglePool:
    """Translates windows one after the other.

    Attributes:
        translator: The translator.
        options: Options for translating; None for the translator's own.
        window_lines: Maximum number of lines in a window.
    """

    translator: Translator
    options: DecodingOptions | None = None
    window_lines: int = WINDOW_LINES

    def render_all(self, windows: Iterator[Window], style: OutputFormat, warn: WarnOfWindow) -> Iterator[list[str]]:
        """See `seq2seq.translation.pools.pool.Pool`."""
        for window in windows:
            yield render(self.translator, window, style, self.options, functools.partial(warn, window))
