"""The files of an evaluation, whose lines correspond."""

from collections.abc import Sequence
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.text.lines import read_lines


def read_aligned(paths: Sequence[Path]) -> list[list[str]]:
    """Reads files that must have as many lines as the first.

    Returns:
        Their lines, in the order of `paths`.

    Raises:
        UserError: a file cannot be read, the counts differ, or there is no line at all.
    """
    texts: list[list[str]] = []
    for path in paths:
        texts.append(read_lines(path))
        if len(texts[-1]) != len(texts[0]):
            raise UserError(
                f"{paths[0]} has {len(texts[0])} lines but {path} has {len(texts[-1])}: "
                "line i of one must belong to line i of the other"
            )
    if not texts[0]:
        are = "is" if len(paths) == 1 else "are"
        raise UserError(f"{' and '.join(map(str, paths))} {are} empty: give text to score, a line or more")
    return texts
