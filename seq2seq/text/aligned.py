"""Files whose lines correspond: line i of one belongs to line i of each other."""

from collections.abc import Sequence
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.text.lines import read_lines

RULE = "line i of one must belong to line i of the other"
"""What is said wherever numbers of lines differ."""


def check_aligned(names: Sequence[str | Path], counts: Sequence[int]) -> None:
    """Checks that files have as many lines as the first of them.

    Args:
        names: What the files are called in an error.
        counts: Number of lines of each file.

    Raises:
        UserError: A count differs from the first.

    Example:
        >>> check_aligned(["a.en", "a.de"], [3, 3])
        >>> check_aligned(["a.en", "a.de"], [3, 2])
        Traceback (most recent call last):
        seq2seq.errors.UserError: a.en has 3 lines but a.de has 2: line i of one must belong to line i of the other
    """
    for name, count in zip(names, counts, strict=True):
        if count != counts[0]:
            raise UserError(f"{names[0]} has {counts[0]} lines but {name} has {count}: {RULE}")


def read_aligned(paths: Sequence[Path]) -> list[list[str]]:
    """Reads files that must have as many lines as the first.

    Args:
        paths: UTF-8 files, plain or gzip; at least one.

    Returns:
        Their lines, in the order of `paths`.

    Raises:
        UserError: A file cannot be read, or the counts differ.
    """
    texts: list[list[str]] = []
    for path in paths:
        texts.append(read_lines(path))
        check_aligned([paths[0], path], [len(texts[0]), len(texts[-1])])
    return texts
