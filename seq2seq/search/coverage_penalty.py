"""The coverage penalty: outputs that attend to all of the source are better than those that leave a part out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import FloatArray, IntArray

FLOOR = 1e-9
"""What a source token is taken to have got at least, so that one that got nothing costs much and not everything."""


class Coverage:
    """How much attention every source token has got so far from each live hypothesis.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14:
    cp(X; Y) = beta * sum_i log min(sum_j p_ij, 1), where j runs over the output, EOS included.
    """

    def __init__(self, beta: float, source_lengths: IntArray, width: int) -> None:
        """Nothing is covered.

        Args:
            beta: weight of the penalty.
            source_lengths: [sentences].
            width: padded source length.
        """
        self._beta = beta
        self._lengths = source_lengths
        self._sums = np.zeros((len(source_lengths), 1, width))  # [sentences, beam, source]

    def add(self, attention: FloatArray) -> None:
        """Counts the attention of a step, [sentences, beam, source], perhaps narrower than the first."""
        self._sums[..., : attention.shape[-1]] += attention

    def penalties(self) -> NDArray[np.float64]:
        """What to take off the score of each hypothesis, if it ended now: [sentences, beam], at least 0."""
        logs = np.log(np.clip(self._sums, FLOOR, 1.0))
        logs[np.broadcast_to(np.arange(logs.shape[-1]) >= self._lengths[:, None, None], logs.shape)] = 0.0
        # A running sum adds in the order of the positions, so padding cannot change a bit of it.
        return -self._beta * np.cumsum(logs, axis=-1)[..., -1]

    def keep(self, sentences: IntArray, origins: IntArray) -> None:
        """Follows the search's choice, see `Rule.keep`."""
        self._lengths = self._lengths[sentences]
        self._sums = self._sums[sentences[:, None], origins]
