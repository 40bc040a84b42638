"""Lexical constraints in a search: words that must not be said, and words that must.

A hypothesis is pruned in the step that completes a word to avoid, whatever tokens spell it. Those that have said such
a word and may yet turn it into a longer one hold at most half of the beam, none of a beam of one and none in the last
step, so that other hypotheses are there when they have to go.

For words to require, every sentence has a beam for each number of their tokens that was said (grid beam search: Hokamp
and Liu 2017, "Lexically Constrained Decoding for Sequence Generation Using Grid Beam Search"); an output ends only when
it has said all of them, or at its length limit, in breach of the rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import Choice
from seq2seq.search.constraint_lexicon import Lexicon
from seq2seq.search.interface import IntArray
from seq2seq.search.rules import Rule
from seq2seq.tokenization.ids import EOS


class Words(Rule):
    """Forbids what a `Lexicon` does."""

    def __init__(self, lexicon: Lexicon, limits: ArrayLike, beam_size: int, required: ArrayLike | None = None) -> None:
        """Begins with empty outputs.

        Args:
            lexicon: the words.
            limits: [sentences] in output tokens.
            beam_size: of the search; 1 for sampling.
            required: [sentences] whether the sentence must say the required words; None for all.
        """
        self.lexicon = lexicon
        self._left = np.asarray(limits, np.int64)  # [sentences] tokens before the limit
        self._risks = beam_size // 2
        exempt = np.zeros(len(self._left), np.int64) if required is None else 1 - np.asarray(required, np.int64)
        self.states: IntArray = np.array(lexicon.starts)[exempt][:, None]  # [sentences, beam]

    def extra(self) -> int:
        """See `Rule`.

        A hypothesis at risk is refused almost every token, and needs no others while its sentence has better ones.
        """
        at_risk = self.lexicon.at_risk(self.states)
        counted = ~at_risk | at_risk.all(axis=1, keepdims=True)
        return int(self.lexicon.refused(self.states[counted]).max(initial=0))

    def forbid(self, candidates: NDArray[np.float64], tokens: IntArray) -> None:
        """See `Rule`."""
        states = self.states[..., None]
        candidates[self.lexicon.forbidden(states, tokens)] = -np.inf
        risky = self.lexicon.at_risk(self.lexicon.next(states, tokens)) & (tokens != EOS) & (candidates > -np.inf)
        for n in np.flatnonzero(risky.any(axis=(1, 2))):
            at = np.nonzero(risky[n])
            worst_first = np.argsort(candidates[n][at], kind="stable")
            over = worst_first[: max(0, len(worst_first) - (self._risks if self._left[n] > 1 else 0))]
            candidates[n][at[0][over], at[1][over]] = -np.inf

    def may_end(self) -> NDArray[np.bool_]:
        """See `Rule`."""
        return self.lexicon.may_end(self.states)

    def keep(self, sentences: IntArray, origins: IntArray, tokens: IntArray) -> None:
        """See `Rule`."""
        self.states = self.lexicon.next(self.states[sentences[:, None], origins], tokens)
        self._left = self._left[sentences] - 1


class Banks:
    """A `Selection` with a beam for every number of required tokens that were said."""

    def __init__(self, words: Words, beam_size: int, vocabulary_size: int) -> None:
        """Takes the rule that follows the hypotheses, which must be among the search's rules, and the width."""
        self._words = words
        self.slots = beam_size
        self.candidates_per_row = vocabulary_size  # required tokens may be anywhere

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`: each bank takes its best, the one whose outputs may end as many as are free."""
        lexicon = self._words.lexicon
        states = self._words.states
        values = candidates.reshape(ids.shape)
        banks = np.where(ids == EOS, lexicon.full, lexicon.banks(lexicon.next(states[..., None], ids)))
        # The best of each row, and whatever brings it nearer to saying all.
        count = min(self.slots, int(ids.shape[-1]))
        least = np.partition(values, -count, axis=-1)[..., -count, None]
        worth = (values > -np.inf) & ((values >= least) | (banks > lexicon.banks(states)[..., None]))
        chosen: list[list[int]] = []
        for row, row_values, row_banks, slots in zip(worth, values, banks, free, strict=True):
            numbers = np.flatnonzero(row) if slots else np.zeros(0, np.int64)
            numbers = numbers[np.argsort(-row_values.ravel()[numbers], kind="stable")]
            left = {lexicon.full: int(slots)}
            taken: list[int] = []
            for number, bank in zip(numbers.tolist(), row_banks.ravel()[numbers].tolist(), strict=True):
                if left.setdefault(bank, self.slots):
                    left[bank] -= 1
                    taken.append(number)
            chosen.append(taken)
        width = max(1, *(len(taken) for taken in chosen))
        valid = np.arange(width) < np.array([len(taken) for taken in chosen])[:, None]
        order = np.array([taken + [0] * (width - len(taken)) for taken in chosen], np.int64)
        at = (np.arange(len(order))[:, None], order)
        return Choice(
            tokens=ids.reshape(candidates.shape)[at].astype(np.int32),
            origins=(order // ids.shape[2]).astype(np.int32),
            log_probs=log_probs.reshape(candidates.shape)[at],
            totals=np.where(valid, candidates[at], -np.inf),
            valid=valid,
        )

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`."""
