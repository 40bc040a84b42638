"""What a word is: which pieces belong to one, and which languages write spaces between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SPACE = "\u2581"
_WITHOUT_SPACES = {"ja", "zh", "th", "lo", "km", "my"}


def spaced(language: str | None) -> bool:
    """Whether a language ("de", "zh-CN") writes spaces between words; where not, every piece counts as a word."""
    return (language or "").lower().replace("_", "-").split("-")[0] not in _WITHOUT_SPACES


def word_numbers(pieces: Sequence[str], spaces: bool = True) -> NDArray[np.int64]:
    """The word, from 0, that each piece belongs to: a piece that begins with a space begins a word.

    Args:
        pieces: of a line, without begin and end.
        spaces: whether words are separated by spaces; if not, every piece is a word.
    """
    if not spaces:
        return np.arange(len(pieces))
    starts = np.array([piece.startswith(SPACE) for piece in pieces], np.int64)
    if len(starts):
        starts[0] = 1
    return np.cumsum(starts) - 1
