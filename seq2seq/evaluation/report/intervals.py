"""Percentile bootstrap intervals over sentences (Efron, 1979; for translation Koehn, 2004)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

SAMPLES = 1000
"""Number of bootstrap samples, sacrebleu's default."""
SEED = 12345
"""Random seed, sacrebleu's default."""


@dataclass(frozen=True)
class Interval:
    """A number and its 95 % interval; all NaN if there was nothing to count."""

    value: float
    low: float
    high: float


def ratio_intervals(numerators: ArrayLike, denominators: ArrayLike, samples: int = SAMPLES) -> list[Interval]:
    """Computes ratios of sums over sentences, with intervals from resampling the sentences.

    Args:
        numerators: Each sentence's share of the numerators. [sentences, ratios]
        denominators: Each sentence's share of the denominators. [sentences, ratios]
        samples: Number of bootstrap samples.

    Returns:
        An interval for each ratio.

    Example:
        >>> [half] = ratio_intervals([[1], [2], [3]], [[2], [4], [6]])
        >>> half
        Interval(value=0.5, low=0.5, high=0.5)
    """
    above, below = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    both = np.concatenate([above, below], axis=1)  # [sentences, 2 · ratios]
    random = np.random.default_rng(SEED)
    count, columns = len(both), above.shape[1]
    drawn = np.empty((samples, columns))
    for n in range(samples):
        # The sum over a sample is the sum over all sentences, each times the number of its draws.
        times = np.bincount(random.integers(0, count, count), minlength=count)
        sums = times @ both
        drawn[n] = _divide(sums[:columns], sums[columns:])
    values = _divide(above.sum(0), below.sum(0))
    return [_interval(value, column[np.isfinite(column)]) for value, column in zip(values, drawn.T, strict=True)]


def mean_interval(values: ArrayLike, samples: int = SAMPLES) -> Interval:
    """Computes the mean of a value per sentence, with its interval."""
    column = np.asarray(values, np.float64)[:, None]
    return ratio_intervals(column, np.ones_like(column), samples)[0]


def _interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    if not len(drawn):
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(value), float(low), float(high))


def _divide(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
