"""Lexical constraints in a search: words that an output must not contain, and words that it must contain.

A hypothesis is pruned in the step that completes a word to avoid, whatever tokens spell it. Those that end with such a
word and may yet turn it into a longer one ("Hund" into "Hunde") are at risk: they hold at most half of the beam, none
of a beam of one and none in the last step, so that other hypotheses are left when they have to go.

For words to require, every sentence has a beam for each number of their tokens that were generated (grid beam search:
Hokamp and Liu 2017, "Lexically Constrained Decoding for Sequence Generation Using Grid Beam Search"); an output ends
only when it contains all of them, or at its length limit, in breach of the rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import Choice
from seq2seq.search.constraint_lexicon import ConstraintLexicon
from seq2seq.search.interface import IntArray
from seq2seq.search.rules import Rule
from seq2seq.tokenization.ids import EOS


class WordConstraints(Rule):
    """Forbids what a `ConstraintLexicon` forbids."""

    def __init__(
        self, lexicon: ConstraintLexicon, limits: ArrayLike, beam_size: int, required: ArrayLike | None = None
    ) -> None:
        """Begins with empty outputs.

        Args:
            lexicon: The words.
            limits: [sentences] limits in output tokens.
            beam_size: Beam size of the search; 1 for sampling.
            required: [sentences] whether the required words must occur in the sentence; None if in all.
        """
        self.lexicon = lexicon
        self._left = np.asarray(limits, np.int64)  # [sentences] tokens before the limit
        self._risks = beam_size // 2
        exempt = np.zeros(len(self._left), np.int64) if required is None else 1 - np.asarray(required, np.int64)
        self.states: IntArray = np.array(lexicon.starts)[exempt][:, None]  # [sentences, beam]

    def extra(self) -> int:
        """See `Rule`.

        A hypothesis at risk may continue with few tokens only. It is not counted as long as its sentence has others:
        these have candidates enough, and it need not see tokens that it may not take.
        """
        at_risk = self.lexicon.at_risk(self.states)
        counted = ~at_risk | at_risk.all(axis=1, keepdims=True)
        return int(self.lexicon.refused(self.states[counted]).max(initial=0))

    def forbid(self, candidates: NDArray[np.float64], tokens: IntArray) -> None:
        """See `Rule`."""
        states = self.states[..., None]  # [sentences, beam, 1]
        candidates[self.lexicon.forbidden(states, tokens)] = -np.inf
        # Candidates that complete a word to avoid, which the next token may still turn into another word.
        risky = self.lexicon.at_risk(self.lexicon.next(states, tokens)) & (tokens != EOS) & (candidates > -np.inf)
        for n in np.flatnonzero(risky.any(axis=(1, 2))):
            at = np.nonzero(risky[n])
            worst_first = np.argsort(candidates[n][at], kind="stable")
            # In the last step before the limit no token is left that could rescue them.
            allowed = self._risks if self._left[n] > 1 else 0
            over = worst_first[: max(0, len(worst_first) - allowed)]
            candidates[n][at[0][over], at[1][over]] = -np.inf

    def may_end(self) -> NDArray[np.bool_]:
        """See `Rule`."""
        return self.lexicon.may_end(self.states)

    def keep(self, sentences: IntArray, origins: IntArray, tokens: IntArray) -> None:
        """See `Rule`."""
        self.states = self.lexicon.next(self.states[sentences[:, None], origins], tokens)
        self._left = self._left[sentences] - 1


class GridSelection:
    """A `Selection` with a beam for every number of required tokens that were generated (grid beam search)."""

    def __init__(self, constraints: WordConstraints, beam_size: int, vocabulary_size: int) -> None:
        """Makes the grid.

        Args:
            constraints: The rule that follows the hypotheses; it must be among the search's rules.
            beam_size: Width of each beam.
            vocabulary_size: Number of target tokens.
        """
        self._constraints = constraints
        self.slots = beam_size
        self.candidates_per_row = vocabulary_size  # required tokens may be anywhere

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`: each beam takes its best; the beam of complete outputs takes as many as are free."""
        lexicon, states = self._constraints.lexicon, self._constraints.states
        values = candidates.reshape(ids.shape)  # [sentences, beam, k]
        progress = np.where(ids == EOS, lexicon.complete, lexicon.progress(lexicon.next(states[..., None], ids)))
        # Sorting all candidates would take long. A beam needs the best of each row and those that make progress.
        count = min(self.slots, int(ids.shape[-1]))
        least = np.partition(values, -count, axis=-1)[..., -count, None]
        eligible = (values > -np.inf) & ((values >= least) | (progress > lexicon.progress(states)[..., None]))
        chosen = [
            self._best_of_sentence(*of_sentence, lexicon.complete)
            for of_sentence in zip(eligible, values, progress, free, strict=True)
        ]
        # Sentences chose different numbers of candidates: columns beyond a sentence's own are invalid.
        width = max(1, *(len(taken) for taken in chosen))
        valid = np.arange(width) < np.array([len(taken) for taken in chosen])[:, None]
        order = np.array([taken + [0] * (width - len(taken)) for taken in chosen], np.int64)  # [sentences, chosen]
        at = (np.arange(len(order))[:, None], order)
        return Choice(
            tokens=ids.reshape(candidates.shape)[at].astype(np.int32),
            origins=(order // ids.shape[2]).astype(np.int32),
            log_probs=log_probs.reshape(candidates.shape)[at],
            totals=np.where(valid, candidates[at], -np.inf),
            valid=valid,
        )

    def _best_of_sentence(
        self,
        eligible: NDArray[np.bool_],
        values: NDArray[np.float64],
        progress: NDArray[np.int64],
        free: int,
        complete: int,
    ) -> list[int]:
        """The indices of a sentence's candidates, best first, that find room in the beam of their progress."""
        numbers = np.flatnonzero(eligible) if free else np.zeros(0, np.int64)
        numbers = numbers[np.argsort(-values.ravel()[numbers], kind="stable")]
        room = {complete: int(free)}
        taken: list[int] = []
        for number, stage in zip(numbers.tolist(), progress.ravel()[numbers].tolist(), strict=True):
            if room.setdefault(stage, self.slots):
                room[stage] -= 1
                taken.append(number)
        return taken

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`. The rule follows the hypotheses, so there is nothing to follow here."""
