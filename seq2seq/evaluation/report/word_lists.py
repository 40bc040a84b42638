"""Words that a system gets wrong: of the references, of its own, and rare or unknown ones of the source."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.report.intervals import Interval, mean_interval
from seq2seq.evaluation.report.word_alignment import align_words

MOST = 50
"""Number of words that a list holds."""
INSTEAD = 3
"""Number of words shown that a system wrote in place of another."""
RARE = 5
"""Number of occurrences in the training text up to which a word is rare."""

Words = Sequence[Sequence[str]]
"""The words of each line."""


@dataclass(frozen=True)
class MissedWord:
    """A word of the references that translations often lack.

    Attributes:
        word: The word, in lower case.
        count: How often it stands in the first reference.
        missed: How often a translation lacks it, wherever it might stand.
        instead: Words that stood in its place, with their numbers, most often first.
        in_training: How often it stands in the target side of the training text, if that is known.
    """

    word: str
    count: int
    missed: int
    instead: list[tuple[str, int]]
    in_training: int | None = None


@dataclass(frozen=True)
class WrongWord:
    """A word of the translations that is often in no reference.

    Attributes:
        word: The word, in lower case.
        count: How often it stands in the translations.
        wrong: How often no reference of the line has it.
    """

    word: str
    count: int
    wrong: int


@dataclass(frozen=True)
class SourceWord:
    """A rare word of the source, and how well its sentences were translated.

    Attributes:
        word: The word, in lower case.
        in_training: How often it stands in the training text.
        count: How many lines have it.
        chrf: Mean chrF of these lines.
    """

    word: str
    in_training: int
    count: int
    chrf: float


@dataclass(frozen=True)
class RareWords:
    """Rare words of the source, known by a training text.

    Attributes:
        counted_in: Name of the training text.
        rare: Words that stand there `RARE` times at most; those first that cost most chrF.
        unseen: Words that do not stand there at all, in the same order.
        kinds: Number of different words that do not stand there.
        share: Share of all words of the source that do not stand there.
        lines: Number of lines with such a word.
        chrf_with: Mean chrF of the lines that have such a word.
        chrf_without: Mean chrF of all other lines.
    """

    counted_in: str
    rare: list[SourceWord]
    unseen: list[SourceWord]
    kinds: int
    share: float
    lines: int
    chrf_with: Interval
    chrf_without: Interval


def missed_words(
    hypotheses: Words, references: Words, counts_in_training: Counter[str] | None = None, rare: bool = False
) -> list[MissedWord]:
    """The words of the references that are missed most often, and what stands in their place.

    A word is missed as often as a line's translation has it less often than the reference, so that word order does
    not matter (the complement of a clipped recall).

    Args:
        hypotheses: Words of each translation.
        references: Words of the first reference of each line.
        counts_in_training: How often each word stands in the target side of the training text, if that is known.
        rare: Whether only words are listed that stand there `RARE` times at most.

    Example:
        >>> missed_words([["a", "red", "hat"]], [["a", "blue", "hat"]])
        [MissedWord(word='blue', count=1, missed=1, instead=[('red', 1)], in_training=None)]
    """
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    instead: dict[str, Counter[str]] = defaultdict(Counter)
    for line, reference in zip(hypotheses, references, strict=True):
        counts.update(reference)
        lacking = Counter(reference) - Counter(line)
        missed.update(lacking)
        if lacking:
            strange = Counter(line) - Counter(reference)
            for i, j in align_words(reference, line).replaced:
                if lacking[reference[i]] and strange[line[j]]:
                    instead[reference[i]][line[j]] += 1
    known = counts_in_training
    order = sorted(missed, key=lambda word: (-missed[word], counts[word], word))
    chosen = [word for word in order if not rare or (known is not None and known[word] <= RARE)]
    return [
        MissedWord(
            word, counts[word], missed[word], instead[word].most_common(INSTEAD), None if known is None else known[word]
        )
        for word in chosen[:MOST]
    ]


def wrong_words(hypotheses: Words, references: Sequence[Words]) -> list[WrongWord]:
    """The words of the translations that most often stand there although no reference of the line has them.

    Args:
        hypotheses: Words of each translation.
        references: Words of each reference, for each list of references.

    Example:
        >>> wrong_words([["a", "red", "hat"]], [[["a", "blue", "hat"]]])
        [WrongWord(word='red', count=1, wrong=1)]
    """
    counts: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line, candidates in zip(hypotheses, zip(*references, strict=True), strict=True):
        most: Counter[str] = Counter()
        for reference in candidates:
            most |= Counter(reference)
        counts.update(line)
        wrong.update(Counter(line) - most)
    order = sorted(wrong.items(), key=lambda one: (-one[1], counts[one[0]], one[0]))
    return [WrongWord(word, counts[word], count) for word, count in order[:MOST]]


def rare_words(sources: Words, chrf: NDArray[np.float64], counts: Counter[str], counted_in: str) -> RareWords:
    """Rare and unknown words of the source, and how well the sentences that have them were translated.

    Args:
        sources: Words of each source line.
        chrf: The chrF of each line. [lines]
        counts: How often each word stands in the training text.
        counted_in: Name of the training text.
    """
    lines_of: dict[str, list[int]] = defaultdict(list)
    for n, line in enumerate(sources):
        for word in set(line):
            if counts[word] <= RARE:
                lines_of[word].append(n)
    mean = float(chrf.mean()) if len(chrf) else 0.0

    def listed(chosen: Iterable[str]) -> list[SourceWord]:
        found = [SourceWord(w, counts[w], len(lines_of[w]), float(chrf[lines_of[w]].mean())) for w in chosen]
        return sorted(found, key=lambda one: (one.count * (one.chrf - mean), one.word))[:MOST]

    unseen = {word for word in lines_of if not counts[word]}
    having = np.array([any(word in unseen for word in line) for line in sources], bool)
    total = sum(map(len, sources))
    return RareWords(
        counted_in,
        listed(word for word in lines_of if counts[word]),
        listed(unseen),
        len(unseen),
        sum(word in unseen for line in sources for word in line) / total if total else 0.0,
        int(having.sum()),
        mean_interval(chrf[having]),
        mean_interval(chrf[~having]),
    )
