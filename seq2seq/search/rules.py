"""Rules: which tokens an output must not have next. A search asks these small objects at every step.

A rule keeps its state for every live hypothesis in arrays [sentences, beam] and follows the search's choices. It serves
one search; each batch needs new ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.interface import IntArray
from seq2seq.tokenization.ids import EOS


class Rule:
    """The base of all rules; it forbids nothing."""

    def extra(self) -> int:
        """Upper limit of the number of tokens that are forbidden to any live hypothesis.

        The search asks the engine for this number of candidates more.
        """
        return 0

    def forbid(self, candidates: NDArray[np.float64], tokens: IntArray) -> None:
        """Sets the candidates that must not be chosen to -inf, in place.

        Args:
            candidates: [sentences, beam, k] log-probabilities of the output with the token.
            tokens: [sentences, beam, k] the tokens.
        """

    def may_end(self) -> NDArray[np.bool_] | None:
        """Whether each output keeps the rule if it ends here, [sentences, beam]; None if every output does.

        The search asks it about outputs that the length limit ends: those that break a rule rank below all others.
        """
        return None

    def keep(self, sentences: IntArray, origins: IntArray, tokens: IntArray) -> None:
        """Follows the search's choice.

        Args:
            sentences: [kept] the sentences that go on.
            origins: [kept, beam] the slot that each live hypothesis continues.
            tokens: [kept, beam] the token that is appended to it.
        """


class MinimumLength(Rule):
    """No output ends before a minimum number of tokens, EOS not counted."""

    def __init__(self, minimums: ArrayLike) -> None:
        """Takes the minimum of each sentence: [sentences]."""
        self._missing = np.asarray(minimums, np.int64)  # [sentences]

    def extra(self) -> int:
        """See `Rule`."""
        return int((self._missing > 0).any())

    def forbid(self, candidates: NDArray[np.float64], tokens: IntArray) -> None:
        """See `Rule`."""
        candidates[(tokens == EOS) & (self._missing > 0)[:, None, None]] = -np.inf

    def keep(self, sentences: IntArray, origins: IntArray, tokens: IntArray) -> None:
        """See `Rule`."""
        self._missing = self._missing[sentences] - 1


class NoRepeat(Rule):
    """No n-gram of tokens occurs twice in an output."""

    def __init__(self, size: int, sentences: int) -> None:
        """Takes the n of the n-grams, at least 1, and the number of sentences."""
        self._size = size
        self._tokens: IntArray = np.zeros((sentences, 1, 0), np.int32)  # [sentences, beam, length]
        self._followers = self._completions()

    def _completions(self) -> IntArray:
        """Tokens that would repeat an n-gram: [sentences, beam, positions], one for each earlier n-gram, else -1."""
        length = self._tokens.shape[-1]
        if length < self._size:
            return np.full((*self._tokens.shape[:2], 0), -1, np.int32)
        grams = sliding_window_view(self._tokens, self._size, axis=-1)  # [sentences, beam, positions, n]
        latest = self._tokens[:, :, length - self._size + 1 :]  # [sentences, beam, n - 1]
        same = (grams[..., :-1] == latest[:, :, None]).all(axis=-1)  # [sentences, beam, positions]
        return np.where(same, grams[..., -1], -1)

    def extra(self) -> int:
        """See `Rule`."""
        return int((self._followers >= 0).sum(axis=-1).max(initial=0))

    def forbid(self, candidates: NDArray[np.float64], tokens: IntArray) -> None:
        """See `Rule`."""
        for position in range(self._followers.shape[-1]):
            candidates[tokens == self._followers[:, :, position, None]] = -np.inf

    def keep(self, sentences: IntArray, origins: IntArray, tokens: IntArray) -> None:
        """See `Rule`."""
        self._tokens = np.concatenate([self._tokens[sentences[:, None], origins], tokens[:, :, None]], axis=-1)
        self._followers = self._completions()


class Prefixes:
    """The tokens that outputs must begin with. This is no rule: rules do not apply to a forced token."""

    def __init__(self, prefixes: Sequence[Sequence[int]]) -> None:
        """Takes the tokens that each output must begin with, an empty list for none."""
        self.lengths = np.array([len(prefix) for prefix in prefixes], np.int32)
        self._tokens = np.full((len(prefixes), int(self.lengths.max(initial=0)) + 1), -1, np.int32)
        for row, prefix in zip(self._tokens, prefixes, strict=True):
            row[: len(prefix)] = prefix

    def at(self, sentences: IntArray, position: int) -> IntArray:
        """The token that must come next in each sentence, -1 for any: [sentences]."""
        return self._tokens[sentences, min(position, self._tokens.shape[1] - 1)]
