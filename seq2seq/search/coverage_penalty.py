"""The coverage penalty: outputs that attend to all of the source are better than those that leave a part out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import FloatArray, IntArray

FLOOR = 1e-9
"""Least attention that a source token counts with, so that a token that was never attended to costs much, but not
infinitely much."""


class CoveragePenalty:
    """Sums up the attention that every source token has got so far from each live hypothesis.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14:
    cp(X; Y) = beta * sum_i log min(sum_j p_ij, 1), where j runs over the output, EOS included.

    Example:
        >>> penalty = CoveragePenalty(1.0, np.array([2]), width=3)
        >>> penalty.add(np.array([[[1.0, 0.5, 0.0]]]))
        >>> penalty.penalties().round(3).tolist()
        [[0.693]]
    """

    def __init__(self, beta: float, source_lengths: IntArray, width: int) -> None:
        """Begins with no token covered.

        Args:
            beta: Weight of the penalty.
            source_lengths: [sentences] unpadded source lengths.
            width: Padded source length.
        """
        self._beta = beta
        self._lengths = source_lengths
        self._sums = np.zeros((len(source_lengths), 1, width))  # [sentences, beam, source]

    def add(self, attention: FloatArray) -> None:
        """Adds the attention of a step, [sentences, beam, source], perhaps narrower than the first."""
        self._sums[..., : attention.shape[-1]] += attention

    def penalties(self) -> NDArray[np.float64]:
        """What the score of each hypothesis loses if it ends now: [sentences, beam], at least 0."""
        logs = np.log(np.clip(self._sums, FLOOR, 1.0))
        logs[np.broadcast_to(np.arange(logs.shape[-1]) >= self._lengths[:, None, None], logs.shape)] = 0.0
        # A running sum adds in the order of the positions, so padding cannot change a bit of it.
        return -self._beta * np.cumsum(logs, axis=-1)[..., -1]

    def keep(self, sentences: IntArray, origins: IntArray) -> None:
        """Follows the search's choice, see `Rule.keep`."""
        self._lengths = self._lengths[sentences]
        self._sums = self._sums[sentences[:, None], origins]
