"""Which words of a reference a translation lacks, which of its own are superfluous, and which stand in another's place.

Both are aligned word by word. Where they differ, words of one side that outnumber those of the other have nothing
opposite: of the reference they are missing, of the translation superfluous, unless the same word stands elsewhere on
the other side, since then it was only moved.

What this counts was measured by deleting words on purpose (docs/explanation/reports.md has the figures): the share of
missing words rises by the share that was deleted, and is next to nothing in a good translation.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WIDE = 2_500
"""Product of the sizes of both sides up to which words that differ are paired by their letters."""


@dataclass(frozen=True)
class WordAlignment:
    """The words of a reference and of a translation that are not the same.

    Attributes:
        missing: Positions in the reference of words that have nothing opposite.
        superfluous: Positions in the translation of words that have nothing opposite.
        replaced: Pairs of positions, in the reference and in the translation, of words that stand opposite another.

    Example:
        >>> found = align_words("he sold the old house".split(), "he bought the house today".split())
        >>> found.missing, found.superfluous, found.replaced
        ([3], [4], [(1, 1)])
    """

    missing: list[int]
    superfluous: list[int]
    replaced: list[tuple[int, int]]


def align_words(reference: Sequence[str], hypothesis: Sequence[str]) -> WordAlignment:
    """Aligns the words of a translation with those of a reference.

    Args:
        reference: Words of the reference.
        hypothesis: Words of the translation.
    """
    missing: list[int] = []
    superfluous: list[int] = []
    replaced: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, reference, hypothesis, autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = list(_pairs(reference[first:last], hypothesis[begin:end]))
        replaced += [(first + i, begin + j) for i, j in pairs]
        missing += sorted({*range(first, last)} - {first + i for i, _ in pairs})
        superfluous += sorted({*range(begin, end)} - {begin + j for _, j in pairs})
    wanted = Counter(reference[i] for i in [*missing, *(i for i, _ in replaced)])
    given = Counter(hypothesis[j] for j in [*superfluous, *(j for _, j in replaced)])
    return WordAlignment(
        _not_moved(missing, reference, given.copy()), _not_moved(superfluous, hypothesis, wanted), replaced
    )


def _not_moved(positions: list[int], words: Sequence[str], elsewhere: Counter[str]) -> list[int]:
    """The positions whose words do not stand elsewhere on the other side."""
    left = []
    for position in positions:
        if elsewhere[words[position]] > 0:
            elsewhere[words[position]] -= 1
        else:
            left.append(position)
    return left


def _pairs(own: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs all words of the shorter side, in order, so that the paired words are as alike as possible."""
    if len(own) > len(other):
        yield from ((i, j) for j, i in _pairs(other, own))
        return
    if len(own) == len(other) or len(own) * len(other) > _WIDE:
        yield from ((i, i) for i in range(len(own)))
        return
    rows, columns = len(own), len(other)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]  # [own words left, other words left]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - (rows - i), -1, -1):
            taken = _likeness(own[i], other[j]) + best[i + 1][j + 1]
            best[i][j] = max(taken, best[i][j + 1] if columns - j > rows - i else taken)
    i = j = 0
    while i < rows:
        if columns - j > rows - i and best[i][j] == best[i][j + 1]:
            j += 1
            continue
        yield i, j
        i, j = i + 1, j + 1


def _likeness(one: str, other: str) -> float:
    """The share of two words' letters that they have in common at their beginning."""
    common = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common / max(len(one), len(other), 1)
