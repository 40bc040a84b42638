"""Parallel text: sentence pairs from two files, or from the two columns of one."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.errors import UserError
from seq2seq.text.aligned import check_aligned
from seq2seq.text.mapped_lines import MappedLines, blocks, select, spool_columns


@dataclass(frozen=True)
class ParallelText:
    """Sentence pairs.

    Attributes:
        sources: Source sentences.
        targets: Their translations, in the same order.
        corpora: Number of the corpus of each pair, if there are several. Shape [pairs].

    Example:
        >>> text = ParallelText(["a", "b", "c"], ["A", "B", "C"])
        >>> list(text.select([2, 0]).pairs())
        [('c', 'C'), ('a', 'A')]
    """

    sources: Sequence[str]
    targets: Sequence[str]
    corpora: NDArray[np.uint16] | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.sources)

    def select(self, rows: ArrayLike) -> "ParallelText":
        """Gives the pairs at `rows`, in that order; of mapped lines it is a view."""
        numbers = np.asarray(rows, np.int64)
        return ParallelText(
            select(self.sources, numbers),
            select(self.targets, numbers),
            None if self.corpora is None else self.corpora[numbers],
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Gives all pairs in order, with few of them in memory at a time."""
        return zip(self.sources, self.targets, strict=True)

    def fingerprint(self) -> str:
        """Gives a SHA-256 over all pairs, which shows whether a resumed run reads the text that it began with."""
        digest = hashlib.sha256()
        for side in (self.sources, self.targets):
            for block in blocks(side):
                digest.update("".join(f"{line}\n" for line in block).encode())
            digest.update(b"\0")
        if self.corpora is not None:
            digest.update(np.bincount(self.corpora).astype("<i8").tobytes())
        return digest.hexdigest()


def _join(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    mapped = [lines for lines in parts if isinstance(lines, MappedLines)]
    return MappedLines.join(mapped) if len(mapped) == len(parts) else [line for lines in parts for line in lines]


def read_parallel(source: Path, target: Path | None = None, folder: Path | None = None) -> ParallelText:
    """Reads two files whose lines correspond, or one with two columns: source, tab, target.

    The text stays on the disk (see `seq2seq.text.mapped_lines`): its files must not change while it is in use.

    Args:
        source: File of the source, or of both sides.
        target: File of the target; None if `source` holds both sides.
        folder: Folder for unnamed temporary files, which may be as large as the uncompressed text.

    Raises:
        UserError: A file cannot be read, the counts differ, a line has not two columns, or there is no pair at all.
    """
    if target is None:
        text = ParallelText(*spool_columns(source, folder))
    else:
        text = ParallelText(MappedLines.read(source, folder), MappedLines.read(target, folder))
    check_aligned([source, target or source], [len(text.sources), len(text.targets)])
    if not len(text):
        empty = f"{source} is empty" if target is None else f"{source} and {target} are empty"
        raise UserError(f"{empty}: there is no pair of lines to read")
    return text


def join_parallel(texts: Sequence[ParallelText]) -> ParallelText:
    """Joins several corpora, one after the other; `corpora` of the result tells them apart."""
    if len(texts) == 1:
        return texts[0]
    return ParallelText(
        _join([text.sources for text in texts]),
        _join([text.targets for text in texts]),
        np.repeat(np.arange(len(texts), dtype=np.uint16), [len(text) for text in texts]),
    )
