"""Words, as a report counts them: case ignored, punctuation left out."""

import re
from collections.abc import Sequence
from itertools import pairwise

# A run of letters and digits, with what joins compounds and contractions; where a script writes no spaces (Han, kana,
# Thai, Lao, Khmer, Burmese), every character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’\-][^\W_{_UNSPACED}]+)*")


def words(text: str) -> list[str]:
    """The words of a line, in lower case."""
    return [found[0].lower() for found in _WORD.finditer(text)]


def places(text: str) -> list[tuple[int, int]]:
    """Where each of those words begins and ends."""
    return [found.span() for found in _WORD.finditer(text)]


def repeated(line: Sequence[str]) -> list[bool]:
    """Which words say again what was said: the same word twice in a row, or the end of a pair of words seen before."""
    seen: set[tuple[str, str]] = set()
    found = [False] * min(1, len(line))
    for pair in pairwise(line):
        found.append(pair[0] == pair[1] or pair in seen)
        seen.add(pair)
    return found


def copied(hypothesis: Sequence[str], source: Sequence[str], references: Sequence[Sequence[str]]) -> list[bool]:
    """Which words of the hypothesis stand in the source but in no reference: left untranslated.

    Words of fewer than four letters are left out, for those of different languages look alike too often, and so are
    numbers; of a script that writes no spaces, where every character counts as a word, nothing is left.
    """
    wanted = {word for reference in references for word in reference}
    return [len(word) > 3 and not word.isdigit() and word in source and word not in wanted for word in hypothesis]
