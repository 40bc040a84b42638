"""The files of an evaluation."""

from collections.abc import Sequence
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.text.aligned import read_aligned


def read_texts(paths: Sequence[Path]) -> list[list[str]]:
    """Reads the files of an evaluation, whose lines correspond.

    Args:
        paths: UTF-8 files, plain or gzip; at least one.

    Returns:
        Their lines, in the order of `paths`.

    Raises:
        UserError: A file cannot be read, the counts differ, or there is no line at all.
    """
    texts = read_aligned(paths)
    if not texts[0]:
        are = "is" if len(paths) == 1 else "are"
        raise UserError(f"{' and '.join(map(str, paths))} {are} empty: give text to score, a line or more")
    return texts
