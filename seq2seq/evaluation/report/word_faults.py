"""Words as a report counts them, without case and punctuation, and words that repeat others or were copied."""

import re
from collections.abc import Sequence
from itertools import pairwise

# A run of letters and digits, with the characters that join compounds and contractions. In scripts that write no spaces
# (Han, kana, Thai, Lao, Khmer, Burmese), every character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’\-][^\W_{_UNSPACED}]+)*")


def words(text: str) -> list[str]:
    """The words of a line, in lower case.

    Example:
        >>> words("Don't walk -- run!")
        ["don't", 'walk', 'run']
    """
    return [match[0].lower() for match in _WORD.finditer(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word of a line."""
    return [match.span() for match in _WORD.finditer(text)]


def repeated(line: Sequence[str]) -> list[bool]:
    """Marks words that repeat others: the same word twice in a row, or the second of a pair that occurred before.

    Example:
        >>> repeated(["a", "cat", "cat", "sees", "a", "cat"])
        [False, False, True, False, False, True]
    """
    seen: set[tuple[str, str]] = set()
    marks = [False] * min(1, len(line))
    for pair in pairwise(line):
        marks.append(pair[0] == pair[1] or pair in seen)
        seen.add(pair)
    return marks


def copied(hypothesis: Sequence[str], source: Sequence[str], references: Sequence[Sequence[str]]) -> list[bool]:
    """Marks words of the hypothesis that occur in the source but in no reference: they were left untranslated.

    Words of fewer than four letters never count, since those of different languages look alike too often, and neither
    do numbers. So none counts in a script that writes no spaces, where every character is a word.

    Example:
        >>> copied(["das", "weather", "heute"], ["the", "weather", "today"], [["das", "wetter", "heute"]])
        [False, True, False]
    """
    expected = {word for reference in references for word in reference}
    return [len(word) > 3 and not word.isdigit() and word in source and word not in expected for word in hypothesis]
