"""Words that a model carries through unchanged, found by trying: what masks stand for in its input."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence

from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.words import SPACE

TRIED = 400
"""Number of words that are tried."""
_NAME = re.compile(rf"{SPACE}[A-Z][a-z]{{2,11}}")

Search = Callable[[Sequence[str]], Sequence[tuple[str, float]]]
"""Gives the translation of each text and its score."""


class Carriers:
    """Finds a model's carriers when they are first needed, for any number of threads."""

    def __init__(self, tokenizers: TokenizerPair) -> None:
        """Takes the tokenizers, whose vocabularies have the words."""
        self._tokenizers = tokenizers
        self._lock = threading.Lock()
        self._words: list[str] | None = None

    def get(self, search: Search) -> list[str]:
        """Returns the carriers, those first that the model is surest of.

        Args:
            search: Translates; called once in the life of this object.
        """
        with self._lock:
            if self._words is None:
                self._words = carriers(candidates(self._tokenizers), search)
            return self._words


def candidates(tokenizers: TokenizerPair) -> list[str]:
    """Lists words that are one token on both sides and begin with a capital, as names do."""
    source, target = tokenizers.source.tokenizer, tokenizers.target.tokenizer
    pieces = source.pieces(range(len(source)))
    if not tokenizers.joint:
        both = set(target.pieces(range(len(target))))
        pieces = [piece for piece in pieces if piece in both]
    return [piece[1:] for piece in pieces if _NAME.fullmatch(piece)][:TRIED]


def carriers(words: Sequence[str], search: Search) -> list[str]:
    """Keeps the words that come back when they are translated alone, with a full stop and without.

    Those that come back with nothing else are first; a weak model, which makes a sentence of a word, may have no other.

    Example:
        >>> carriers(["Anna", "Haus"], lambda texts: [(text.replace("Haus", "house"), -1.0) for text in texts])
        ['Anna']
    """
    forms = search([form for word in words for form in (word, f"{word}.")]) if words else []
    kept = []
    for word, (plain, score), (with_stop, other) in zip(words, forms[::2], forms[1::2], strict=True):
        if all(re.search(rf"\b{word}\b", text) for text in (plain, with_stop)):
            alone = plain.rstrip(".?!") == with_stop.rstrip(".?!") == word
            kept.append((not alone, -min(score, other), word))
    return [word for _, _, word in sorted(kept)]
