"""Quality by sentence length, by rarity of the source words, by position in the sentence."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.report.intervals import Interval, mean_interval, ratio_intervals

GROUPS = 5
PARTS = 5
"""Of a sentence, from its beginning to its end."""


@dataclass(frozen=True)
class Group:
    """Sentences that have something in common, about a fifth of all."""

    name: str
    sentences: int
    chrf: Interval
    """Mean of the sentences' chrF."""


@dataclass(frozen=True)
class Positions:
    """How many words are right in each part of the sentences, from the beginning to the end."""

    precision: list[Interval]
    """Share of a part's hypothesis words that the references say too."""
    recall: list[Interval]
    """Share of a part's reference words that the hypothesis says too; of the first reference."""


def split(values: Sequence[float], groups: int = GROUPS) -> list[NDArray[np.int64]]:
    """Cuts sentences into groups of about equal size by a value; equal values stay together."""
    array = np.asarray(values, np.float64)
    ordered = np.sort(array)
    edges = np.unique(ordered[[max(0, len(array) * n // groups - 1) for n in range(1, groups)]])
    numbers = np.searchsorted(edges, array, side="left")
    return [np.flatnonzero(numbers == n) for n in range(len(edges) + 1) if (numbers == n).any()]


def by_length(lengths: Sequence[int], chrf: NDArray[np.float64]) -> list[Group]:
    """Groups of sentences of so many words."""
    return [
        Group(_range(min(own), max(own)), len(rows), mean_interval(chrf[rows]))
        for rows in split(lengths)
        for own in [[lengths[n] for n in rows]]
    ]


def by_rarity(rarities: Sequence[float], chrf: NDArray[np.float64]) -> list[Group]:
    """Groups of sentences whose words are, on the mean, so rare; see `rarity`."""
    return [
        Group(f"{min(own):.1f}–{max(own):.1f}", len(rows), mean_interval(chrf[rows]))
        for rows in split(rarities)
        for own in [[rarities[n] for n in rows]]
    ]


def _range(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low}–{high}"


def rarity(line: Sequence[str], counts: Counter[str], total: int) -> float:
    """The mean over a line's words of −log₂ of their relative frequency, one added to each count; 0 without words."""
    if not line:
        return 0.0
    kinds = len(counts) + 1  # one for all that never occurred
    return sum(-math.log2((counts[word] + 1) / (total + kinds)) for word in line) / len(line)


def positions(hypotheses: Sequence[list[str]], references: Sequence[Sequence[list[str]]]) -> Positions:
    """Precision and recall of words by their relative position.

    A word is right if the other side says it too, at whatever place; one that is said more often than the other side
    says it is right for its first occurrences only (as BLEU's clipped counts, Papineni et al., 2002).

    Args:
        hypotheses: words of each line.
        references: for each reference list, words of each line.
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
