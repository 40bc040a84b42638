"""Missing and superfluous content: words of references and of translations that have nothing opposite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seq2seq.evaluation.report.intervals import Interval, ratio_intervals
from seq2seq.evaluation.report.word_alignment import WordAlignment, align_words

EXAMPLES = 5
"""Number of sentences of each kind that are shown."""


@dataclass(frozen=True)
class Content:
    """Words that are missing from a system's lines, and words that are superfluous there.

    Of several references, the one with the fewest such words is taken in each line.

    Attributes:
        missing: Share of the references' words that have nothing opposite in the translation.
        superfluous: Share of the translations' words that have nothing opposite in the reference.
        missing_lines: The lines with the most missing words, superfluous ones subtracted, from 0.
        superfluous_lines: The lines with the most superfluous words, missing ones subtracted, from 0.
        missing_words: Number of missing words in each line.
        superfluous_words: Number of superfluous words in each line.
    """

    missing: Interval
    superfluous: Interval
    missing_lines: list[int]
    superfluous_lines: list[int]
    missing_words: list[int]
    superfluous_words: list[int]


def content(hypotheses: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]) -> Content:
    """Counts missing and superfluous words.

    Args:
        hypotheses: Words of each translation.
        references: Words of each reference, for each list of references.

    Example:
        >>> found = content([["he", "ran"], ["so", "we", "slept"]], [[["he", "ran", "away"], ["we", "slept"]]])
        >>> found.missing_words, found.superfluous_words, found.missing.value
        ([1, 0], [0, 1], 0.2)
    """
    missing, superfluous, wanted = [], [], []
    for line, candidates in zip(hypotheses, zip(*references, strict=True), strict=True):
        _, aligned, reference = closest(line, candidates)
        missing.append(len(aligned.missing))
        superfluous.append(len(aligned.superfluous))
        wanted.append(len(reference))
    given = [len(line) for line in hypotheses]
    return Content(
        ratio_intervals([[n] for n in missing], [[n] for n in wanted])[0],
        ratio_intervals([[n] for n in superfluous], [[n] for n in given])[0],
        _most(missing, superfluous, wanted),
        _most(superfluous, missing, given),
        missing,
        superfluous,
    )


def closest(line: Sequence[str], references: Sequence[Sequence[str]]) -> tuple[int, WordAlignment, Sequence[str]]:
    """The reference of which a line has the fewest words missing and superfluous: its number, alignment and words."""
    found = [(n, align_words(reference, line), reference) for n, reference in enumerate(references)]
    return min(found, key=lambda one: len(one[1].missing) + len(one[1].superfluous))


def _most(counts: Sequence[int], opposite: Sequence[int], sizes: Sequence[int]) -> list[int]:
    """The lines with the most of such words; of equally many, the shorter ones.

    Words of the opposite kind in the same line are subtracted: they may be a wrong translation at another position.
    """
    having = [n for n in range(len(counts)) if counts[n]]
    return sorted(having, key=lambda n: (opposite[n] - counts[n], sizes[n], n))[:EXAMPLES]
