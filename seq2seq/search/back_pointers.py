"""Back-pointers: one record per step, followed backwards when the outputs are wanted.

Keeping a back-pointer per step and following it once is cheaper than copying every prefix at every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import ProbabilityError
from seq2seq.search.hypothesis import Hypothesis, length_normalizer
from seq2seq.search.interface import FloatArray, IntArray


class _Step(NamedTuple):
    """The rows of one call of the engine."""

    sentences: IntArray  # [active] ascending numbers in the whole batch
    tokens: IntArray  # [active, beam] fed to the engine: the token before the one that this call scores
    origins: IntArray  # [active, beam] slot of the hypothesis in the step before
    log_probs: NDArray[np.float64]  # [active, beam] log p of `tokens`
    attention: FloatArray | None  # [active, beam, source]


class _Ended(NamedTuple):
    """Hypotheses that ended in the same step, all [ended]."""

    sentences: IntArray
    lengths: IntArray  # in tokens without EOS, which is also the number of the step
    slots: IntArray
    log_probs: NDArray[np.float64]  # log p of EOS
    totals: NDArray[np.float64]  # log p of the whole output
    penalties: NDArray[np.float64]  # subtracted from the score
    breaks_rule: NDArray[np.bool_]  # ended by the limit in breach of a rule


@dataclass
class BackPointers:
    """Records of all steps of one batch, and of the hypotheses that ended."""

    _steps: list[_Step] = field(default_factory=list)
    _ended: list[_Ended] = field(default_factory=list)

    def add_step(
        self,
        sentences: IntArray,
        tokens: IntArray,
        origins: IntArray,
        log_probs: NDArray[np.float64],
        attention: FloatArray | None,
    ) -> None:
        """Records the rows of a call of the engine; for the shapes see `_Step`."""
        self._steps.append(_Step(sentences, tokens, origins, log_probs, attention))

    def add_ended(
        self,
        sentences: IntArray,
        slots: IntArray,
        log_probs: NDArray[np.float64],
        totals: NDArray[np.float64],
        penalties: NDArray[np.float64] | None = None,
        breaks_rule: NDArray[np.bool_] | None = None,
    ) -> None:
        """Records that EOS was appended to these rows of the last step; all [ended], see `_Ended`."""
        number = len(sentences)
        lengths = np.full(number, len(self._steps) - 1)
        penalties = np.zeros(number) if penalties is None else penalties
        breaks_rule = np.zeros(number, np.bool_) if breaks_rule is None else breaks_rule
        self._ended.append(_Ended(sentences, lengths, slots, log_probs, totals, penalties, breaks_rule))

    def best(self, source_lengths: IntArray, length_penalty: float, n_best: int) -> list[list[Hypothesis]]:
        """The outputs of every sentence, at most `n_best`, best score first.

        Equal scores are ordered by when they ended, then by rank in the beam. Those that break a rule come last.

        Args:
            source_lengths: [sentences] unpadded source lengths.
            length_penalty: Alpha of `length_normalizer`.
            n_best: Number of outputs to return per sentence.

        Raises:
            FloatingPointError: A sentence has no hypothesis at all.
        """
        ended = _Ended._make(np.concatenate(parts) for parts in zip(*self._ended, strict=True))
        scores = ended.totals / length_normalizer(ended.lengths + 1, length_penalty) - ended.penalties
        order = np.lexsort((-scores, ended.breaks_rule, ended.sentences))  # stable, so that ties stay as they ended
        counts = np.bincount(ended.sentences, minlength=len(source_lengths))
        if not counts.all():
            raise ProbabilityError(
                "The engine gives probability zero to every output of a sentence, or the rules leave none: change the "
                "options, or take another model"
            )
        starts = np.cumsum(counts) - counts
        ranks = np.arange(len(order)) - np.repeat(starts, counts)
        order = order[ranks < n_best]
        ended, scores = _Ended._make(values[order] for values in ended), scores[order]

        tokens, log_probs, attention = self._trace(ended)
        result: list[list[Hypothesis]] = [[] for _ in source_lengths]
        for i, (sentence, length) in enumerate(zip(ended.sentences, ended.lengths, strict=True)):
            weights = None if attention is None else attention[i, : length + 1, : source_lengths[sentence]]
            hypothesis = Hypothesis(
                tokens=tokens[i, :length].copy(),
                log_probability=float(ended.totals[i]),
                score=float(scores[i]),
                token_log_probabilities=log_probs[i, : length + 1].copy(),
                attention=None if weights is None else weights.copy(),
                breaks_rule=bool(ended.breaks_rule[i]),
            )
            result[sentence].append(hypothesis)
        return result

    def _trace(self, ended: _Ended) -> tuple[NDArray[np.int32], NDArray[np.float64], FloatArray | None]:
        """Follows the back-pointers of all hypotheses at once, from the last step to the first.

        Returns:
            Tokens [ended, longest], log p [ended, longest + 1] with EOS, and attention
            [ended, longest + 1, source] or None; undefined beyond each length.
        """
        number, longest = len(ended.sentences), int(ended.lengths.max())
        tokens = np.zeros((number, longest), np.int32)
        log_probs = np.zeros((number, longest + 1))
        log_probs[np.arange(number), ended.lengths] = ended.log_probs
        first = self._steps[0].attention
        attention = None if first is None else np.zeros((number, longest + 1, first.shape[-1]), first.dtype)
        slots = ended.slots.copy()
        for t in range(longest, -1, -1):
            step = self._steps[t]
            here = np.flatnonzero(ended.lengths >= t)
            at = (np.searchsorted(step.sentences, ended.sentences[here]), slots[here])
            if attention is not None and step.attention is not None:
                weights = step.attention[at]  # [here, source], perhaps narrower than the first
                attention[here, t, : weights.shape[-1]] = weights
            if t > 0:
                tokens[here, t - 1] = step.tokens[at]
                log_probs[here, t - 1] = step.log_probs[at]
                slots[here] = step.origins[at]
        return tokens, log_probs, attention
