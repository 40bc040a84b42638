"""Two systems, sentence by sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHOWN = 5
"""Sentences of each kind that are shown."""
EQUAL = 0.05
"""Points of chrF by which two sentences may differ and still count as equally good."""


@dataclass(frozen=True)
class Difference:
    """How a system differs from the first, in chrF of single sentences."""

    first: str
    other: str
    better: int
    """Sentences that are better in the other one."""
    worse: int
    equal: int
    of_lines: list[float]
    """The other's chrF less the first's."""
    better_lines: list[int]
    """Where the other is better by most, from 0."""
    worse_lines: list[int]


def difference(first_chrf: Sequence[float], other_chrf: Sequence[float], first: str, other: str) -> Difference:
    """Compares two systems by the chrF of each line."""
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
