"""The comparison of two systems, sentence by sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHOWN = 5
"""Number of sentences of each kind that are shown."""
EQUAL = 0.05
"""Points of chrF by which two sentences may differ and still count as equally good."""


@dataclass(frozen=True)
class Difference:
    """How a system differs from the first, in chrF of single sentences.

    Attributes:
        first: Name of the first system.
        other: Name of the other system.
        better: Number of sentences that are better in the other system.
        worse: Number of sentences that are worse in the other system.
        equal: Number of sentences that are equally good.
        of_lines: The other system's chrF minus the first's, of each line.
        better_lines: The lines in which the other system is better by most, from 0.
        worse_lines: The lines in which the other system is worse by most, from 0.
    """

    first: str
    other: str
    better: int
    worse: int
    equal: int
    of_lines: list[float]
    better_lines: list[int]
    worse_lines: list[int]


def difference(first_chrf: Sequence[float], other_chrf: Sequence[float], first: str, other: str) -> Difference:
    """Compares two systems by the chrF of each line.

    Example:
        >>> compared = difference([50.0, 60.0, 70.0], [55.0, 60.0, 40.0], "a", "b")
        >>> compared.better, compared.worse, compared.equal, compared.worse_lines
        (1, 1, 1, [2])
    """
    gained = np.asarray(other_chrf) - np.asarray(first_chrf)
    better, worse = gained > EQUAL, gained < -EQUAL
    order = [int(n) for n in np.argsort(-gained, kind="stable")]
    return Difference(
        first,
        other,
        int(better.sum()),
        int(worse.sum()),
        int((~better & ~worse).sum()),
        gained.tolist(),
        [n for n in order if better[n]][:SHOWN],
        [n for n in order[::-1] if worse[n]][:SHOWN],
    )
