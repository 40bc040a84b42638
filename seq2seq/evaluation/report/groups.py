"""Quality by sentence length, by rarity of the source words, and by position in the sentence."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.report.intervals import Interval, mean_interval, ratio_intervals

GROUPS = 5
"""Number of groups of sentences."""
PARTS = 5
"""Number of parts of a sentence, from its beginning to its end."""


@dataclass(frozen=True)
class Group:
    """Sentences that have something in common, about a fifth of all.

    Attributes:
        name: What they have in common, such as "7–9" words.
        sentences: Number of sentences.
        chrf: Mean of the sentences' chrF.
    """

    name: str
    sentences: int
    chrf: Interval


@dataclass(frozen=True)
class Positions:
    """The share of right words in each part of the sentences, from the beginning to the end.

    Attributes:
        precision: Share of a part's hypothesis words that occur in the references.
        recall: Share of the words in a part of the first reference that occur in the hypothesis.
    """

    precision: list[Interval]
    recall: list[Interval]


def split(values: Sequence[float], groups: int = GROUPS) -> list[NDArray[np.int64]]:
    """Cuts sentences into groups of about equal size by a value; equal values stay together.

    Example:
        >>> [group.tolist() for group in split([3, 9, 4, 9], groups=2)]
        [[0, 2], [1, 3]]
    """
    array = np.asarray(values, np.float64)
    ordered = np.sort(array)
    edges = np.unique(ordered[[max(0, len(array) * n // groups - 1) for n in range(1, groups)]])
    numbers = np.searchsorted(edges, array, side="left")
    return [np.flatnonzero(numbers == n) for n in range(len(edges) + 1) if (numbers == n).any()]


def by_length(lengths: Sequence[int], chrf: NDArray[np.float64]) -> list[Group]:
    """Groups sentences by their number of words."""
    return [
        Group(_range(min(own), max(own)), len(rows), mean_interval(chrf[rows]))
        for rows in split(lengths)
        for own in [[lengths[n] for n in rows]]
    ]


def by_rarity(rarities: Sequence[float], chrf: NDArray[np.float64]) -> list[Group]:
    """Groups sentences by the mean rarity of their words, see `rarity`."""
    return [
        Group(f"{min(own):.1f}–{max(own):.1f}", len(rows), mean_interval(chrf[rows]))
        for rows in split(rarities)
        for own in [[rarities[n] for n in rows]]
    ]


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def rarity(line: Sequence[str], counts: Counter[str], total: int) -> float:
    """The mean over a line's words of −log₂ of their relative frequency, with one added to each count.

    Args:
        line: The words of the line.
        counts: How often each word occurs in the training text.
        total: The sum of all counts.

    Returns:
        The mean in bits; 0 for a line without words.

    Example:
        >>> rarity(["the"], Counter(the=2, cat=1), 3)
        1.0
    """
    if not line:
        return 0.0
    kinds = len(counts) + 1  # one for all that never occurred
    return sum(-math.log2((counts[word] + 1) / (total + kinds)) for word in line) / len(line)


def positions(hypotheses: Sequence[list[str]], references: Sequence[Sequence[list[str]]]) -> Positions:
    """Computes precision and recall of words by their relative position.

    A word is right if it occurs anywhere on the other side. A word that occurs more often than on the other side is
    right for its first occurrences only (like BLEU's clipped counts, Papineni et al., 2002).

    Args:
        hypotheses: Words of each hypothesis.
        references: Words of each reference, for each list of references.
    """
    most: list[Counter[str]] = []
    for lines in zip(*references, strict=True):
        most.append(Counter())
        for line in lines:
            most[-1] |= Counter(line)
    precision = _shares(hypotheses, most)
    recall = _shares(references[0], [Counter(line) for line in hypotheses])
    return Positions(precision, recall)


def _shares(lines: Sequence[list[str]], others: Sequence[Counter[str]]) -> list[Interval]:
    right, all_of_them = np.zeros((len(lines), PARTS)), np.zeros((len(lines), PARTS))
    for n, (line, other) in enumerate(zip(lines, others, strict=True)):
        left = Counter(other)
        for at, word in enumerate(line):
            part = at * PARTS // len(line)
            all_of_them[n, part] += 1
            if left[word] > 0:
                left[word] -= 1
                right[n, part] += 1
    return ratio_intervals(right, all_of_them)
