"""Words: which tokens belong to one, and which languages write spaces between words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SPACE = "\u2581"
"""The character that stands for a space in the spelling of a token."""
_WITHOUT_SPACES = {"ja", "zh", "th", "lo", "km", "my"}


def spaced(language: str | None) -> bool:
    """Whether a language writes spaces between words; if not, every token counts as a word.

    Args:
        language: Code of the language, such as "de" or "zh-CN"; None if it is not known.

    Example:
        >>> spaced("de"), spaced("zh-CN"), spaced(None)
        (True, False, True)
    """
    return (language or "").lower().replace("_", "-").split("-")[0] not in _WITHOUT_SPACES


def join_pieces(pieces: Sequence[str]) -> str:
    """Joins the spellings of tokens to the text that they spell.

    Example:
        >>> join_pieces(["▁Guten", "▁Mor", "gen", "!"])
        'Guten Morgen!'
    """
    return "".join(pieces).replace(SPACE, " ").strip()


def word_numbers(pieces: Sequence[str], spaces: bool = True) -> NDArray[np.int64]:
    """Numbers the words of a line: a token that begins with a space begins a word.

    Args:
        pieces: Spelling of the line's tokens, without begin and end.
        spaces: Whether words are separated by spaces; if not, every token is a word.

    Returns:
        [tokens] number of the word, from 0, that each token belongs to.

    Example:
        >>> word_numbers(["▁Guten", "▁Mor", "gen", "!"]).tolist()
        [0, 1, 1, 1]
    """
    if not spaces:
        return np.arange(len(pieces))
    starts = np.array([piece.startswith(SPACE) for piece in pieces], np.int64)
    if len(starts):
        starts[0] = 1
    return np.cumsum(starts) - 1
