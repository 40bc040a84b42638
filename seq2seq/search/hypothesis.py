"""A finished hypothesis, and how hypotheses of different lengths are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import FloatArray, IntArray


# Not comparable by `==`: equality of arrays is an array.
@dataclass(frozen=True, eq=False, slots=True)
class Hypothesis:
    """One output of a search.

    Attributes:
        tokens: [length] int32, without bos and eos.
        log_probability: Natural logarithm of the probability of the whole output, its EOS included.
        score: `log_probability` after the length penalty, less the coverage penalty; higher is better.
        token_log_probabilities: [length + 1] log-probability of each token given those before it, EOS last.
        attention: [length + 1, source] weights over the unpadded source at each token, EOS last; None unless asked
            for.
        breaks_rule: Whether the length limit ended it in breach of a rule, for example before a required word.
    """

    tokens: NDArray[np.int32]
    log_probability: float
    score: float
    token_log_probabilities: NDArray[np.float64]
    attention: FloatArray | None = None
    breaks_rule: bool = False


def length_normalizer(lengths: IntArray | int, length_penalty: float) -> NDArray[np.float64]:
    """The divisor that makes a score of a log-probability: ((5 + |y|) / 6) ^ alpha.

    Wu et al. 2016, "Google's Neural Machine Translation System", equation 14.

    Args:
        lengths: Lengths |y| in tokens, EOS counted; any shape.
        length_penalty: Alpha. 0 compares plain log-probabilities, 1 is close to the mean per token.

    Returns:
        The normalizers, shaped like `lengths`.

    Example:
        >>> float(length_normalizer(7, 1.0))
        2.0
    """
    result: NDArray[np.float64] = ((5.0 + np.asarray(lengths, np.float64)) / 6.0) ** length_penalty
    return result


def score_bound(log_probabilities: FloatArray, max_lengths: IntArray, length_penalty: float) -> NDArray[np.float64]:
    """The best score that unfinished hypotheses can still reach.

    A log-probability only falls as tokens are added, and being at most 0 it loses least when divided by the greatest
    length (for `length_penalty` >= 0). So nothing beats probability 1 for every token to come, up to the limit.

    Args:
        log_probabilities: [sentences] log-probabilities of the hypotheses so far.
        max_lengths: [sentences] limits in tokens, EOS not counted.
        length_penalty: Alpha, at least 0.

    Returns:
        [sentences] upper bounds of the score.

    Example:
        >>> score_bound(np.array([-3.0]), np.array([6]), 1.0).tolist()
        [-1.5]
    """
    bound: NDArray[np.float64] = log_probabilities / length_normalizer(max_lengths + 1, length_penalty)
    return bound
