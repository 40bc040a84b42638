"""Lines of text that stay on the disk: mapped into memory, and decoded when they are needed.

A plain file is mapped as it is. Text that is packed, has two columns or comes through a pipe is first written as plain
text to a temporary file without a name, which ends with the process. Where the lines end is kept in an array that is
mapped as well. So a text of any size takes next to no memory of the process's own.
"""

import codecs
import contextlib
import mmap
import os
import stat
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import BinaryIO, NoReturn, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.errors import UserError
from seq2seq.files import read_errors, write_errors
from seq2seq.text.columns import pairs_of
from seq2seq.text.lines import decode_line
from seq2seq.text.reading import is_plain, open_bytes, source_name

BLOCK_BYTES = 1 << 20
BLOCK_LINES = 4096


def blocks(lines: Sequence[str], size: int = BLOCK_LINES) -> Iterator[list[str]]:
    """Gives all lines in order, `size` at a time.

    Example:
        >>> list(blocks(["a", "b", "c"], 2))
        [['a', 'b'], ['c']]
    """
    for start in range(0, len(lines), size):
        yield list(lines[start : start + size])


def select(lines: Sequence[str], rows: NDArray[np.integer]) -> Sequence[str]:
    """Gives the lines at `rows`, in that order; of mapped lines it is a view."""
    return lines.select(rows) if isinstance(lines, MappedLines) else [lines[row] for row in rows.tolist()]


@contextlib.contextmanager
def temporary_file(folder: Path | None = None) -> Iterator[BinaryIO]:
    """Makes a file without a name, in `folder` or in the system's folder for temporary files.

    What maps the file may outlive the block.

    Raises:
        UserError: The folder cannot be written.
    """
    with write_errors(folder or Path(tempfile.gettempdir())), tempfile.TemporaryFile(dir=folder) as file:
        yield file  # type: ignore[misc]


class LineFile:
    """A plain UTF-8 file, mapped and checked."""

    def __init__(self, file: BinaryIO, name: str, folder: Path | None = None) -> None:
        """Maps a file, which may be closed afterwards, and finds its lines in one pass.

        Args:
            file: A regular file.
            name: What it is called in an error.
            folder: Folder for a file without a name that holds where the lines end.

        Raises:
            UserError: The file is not UTF-8 (file and line are named), or `folder` is full.
        """
        self.name = name
        empty = os.fstat(file.fileno()).st_size == 0  # cannot be mapped
        self._data: bytes | mmap.mmap = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._ends = self._find_ends(folder)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def line(self, row: int) -> str:
        """Decodes line `row`, from 0."""
        return decode_line(self._bytes(int(self._ends[row]), int(self._ends[row + 1])), self.name, row + 1)

    def lines(self, start: int, stop: int) -> list[str]:
        """Decodes the lines from `start` up to `stop`, faster than `line` one by one."""
        first, last = int(self._ends[start]), int(self._ends[stop])
        try:
            text = self._bytes(first, last).decode()
        except UnicodeDecodeError:  # the file has been written to: `line` names the place
            return [self.line(row) for row in range(start, stop)]
        self._release(first, last)
        lines = text.split("\n")
        if text.endswith("\n"):
            lines.pop()
        if "\r\n" in text:
            ends = len(lines) - (not text.endswith("\n"))  # a last line without an end keeps its \r
            lines[:ends] = [line.removesuffix("\r") for line in lines[:ends]]
        if start == 0 and lines:
            lines[0] = lines[0].removeprefix("\ufeff")
        return lines

    def _bytes(self, first: int, last: int) -> bytes:
        """Reads a range of the file, whose length must be unchanged: to touch bytes that were cut off is fatal."""
        if isinstance(self._data, mmap.mmap) and self._data.size() != len(self._data):
            raise UserError(
                f"{self.name} has been written to since it was read: bring the old text back and go on, or begin again"
            )
        return self._data[first:last]

    def _release(self, first: int, last: int) -> None:
        """Gives back the memory of bytes that have been read; they stay in the system's cache of the disk."""
        if isinstance(self._data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            first -= first % mmap.PAGESIZE
            self._data.madvise(mmap.MADV_DONTNEED, first, last - first)

    def _find_ends(self, folder: Path | None) -> NDArray[np.int64]:
        """Finds where each line ends, its end included, after a leading 0. Shape [lines + 1]; mapped as well."""
        size, whole, count = len(self._data), 0, 0
        decoder = codecs.getincrementaldecoder("utf-8")()
        with temporary_file(folder) as file:
            file.write(np.zeros(1, np.int64).tobytes())
            for start in range(0, size, BLOCK_BYTES):
                block = self._data[start : start + BLOCK_BYTES]
                try:
                    decoder.decode(block, final=start + BLOCK_BYTES >= size)
                except UnicodeDecodeError:
                    self._name_bad_line(whole, count + 1)
                ends = np.flatnonzero(np.frombuffer(block, np.uint8) == 10) + (start + 1)
                if len(ends):
                    file.write(ends.astype(np.int64).tobytes())
                    whole, count = int(ends[-1]), count + len(ends)
                self._release(start, start + len(block))
            if whole < size:
                file.write(np.array([size]).tobytes())
            file.flush()
            return np.asarray(np.memmap(file, np.int64, "r"))

    def _name_bad_line(self, position: int, number: int) -> NoReturn:
        """Raises the error of `decode_line` for the first line from `position` on that is not UTF-8."""
        while True:
            end = self._data.find(b"\n", position) + 1 or len(self._data)
            decode_line(self._data[position:end], self.name, number)
            position, number = end, number + 1


class MappedLines(Sequence[str]):
    """Lines of one file or of several: all of them, or a selection in any order."""

    def __init__(self, files: Sequence[LineFile], rows: NDArray[np.integer] | None = None) -> None:
        """Shows the lines `rows`, numbered through all files; all lines if there are no `rows`."""
        self._files = list(files)
        self._starts = list(accumulate(map(len, files), initial=0))
        self._rows = rows

    @classmethod
    def read(cls, path: Path, folder: Path | None = None) -> "MappedLines":
        """Maps all lines of a text in one of the forms that `seq2seq.text.reading.open_bytes` reads.

        Raises:
            UserError: The file is missing, unreadable, damaged or not UTF-8.
        """
        name = source_name(path)
        with open_bytes(path) as file:
            if is_plain(file) and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                with read_errors(name):
                    return cls([LineFile(file, name, folder)])
            with temporary_file(folder) as plain:
                while block := _read_block(file, name):
                    plain.write(block)
                plain.flush()
                return cls([LineFile(plain, name, folder)])

    @classmethod
    def join(cls, parts: Sequence["MappedLines"]) -> "MappedLines":
        """Joins lines, one part after the other."""
        files = [file for part in parts for file in part._files]
        if all(part._rows is None for part in parts):
            return cls(files)
        starts = accumulate((part._starts[-1] for part in parts), initial=0)
        rows = [part._numbers(0, len(part)) + start for part, start in zip(parts, starts, strict=False)]
        return cls(files, _compact(np.concatenate(rows)))

    def select(self, rows: ArrayLike) -> "MappedLines":
        """Gives a view of the lines at `rows`, in that order."""
        numbers = np.asarray(rows, np.int64)
        return MappedLines(self._files, _compact(numbers if self._rows is None else self._rows[numbers]))

    def __len__(self) -> int:
        return self._starts[-1] if self._rows is None else len(self._rows)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> "MappedLines": ...

    def __getitem__(self, index: int | slice) -> "str | MappedLines":
        if isinstance(index, slice):
            return self.select(np.arange(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} lines: none has index {index}")
        index %= len(self)
        return self._line(index if self._rows is None else int(self._rows[index]))

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), BLOCK_LINES):
            yield from self._block(start, min(start + BLOCK_LINES, len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self):,} lines of {', '.join(file.name for file in self._files)}>"

    def _numbers(self, start: int, stop: int) -> NDArray[np.int64]:
        """The numbers of the files' lines that a range of this view shows."""
        return np.arange(start, stop) if self._rows is None else self._rows[start:stop].astype(np.int64)

    def _line(self, row: int) -> str:
        number = bisect_right(self._starts, row) - 1
        return self._files[number].line(row - self._starts[number])

    def _block(self, start: int, stop: int) -> list[str]:
        """Decodes a range of this view; if the range leaves out little of the files, all of it is read at once."""
        rows = self._numbers(start, stop)
        low, high = int(rows.min()), int(rows.max()) + 1
        if high - low > 2 * len(rows):
            return [self._line(row) for row in rows.tolist()]
        lines: list[str] = []
        for file, first in zip(self._files, self._starts, strict=False):
            if (begin := max(low - first, 0)) < (end := min(high - first, len(file))):
                lines += file.lines(begin, end)
        in_order = high - low == len(rows) and bool((np.diff(rows) == 1).all())
        return lines if in_order else [lines[n] for n in (rows - low).tolist()]


def spool_columns(path: Path, folder: Path | None = None) -> tuple[MappedLines, MappedLines]:
    """Splits a file with a pair a line into its two sides, by the rules of `seq2seq.text.columns.pairs_of`.

    Raises:
        UserError: The file cannot be read, or a line does not hold a pair.
    """
    with temporary_file(folder) as one, temporary_file(folder) as other:
        for file in (one, other):
            # Reading removes one BOM at the beginning and one \r at each line's end. Writing them here means that a
            # column which itself begins with a BOM or ends in \r comes back unchanged.
            file.write(codecs.BOM_UTF8)
        empty = True
        pairs = pairs_of(MappedLines.read(path, folder), str(path))
        while block := list(islice(pairs, BLOCK_LINES)):
            empty = False
            for file, side in zip((one, other), zip(*block, strict=True), strict=True):
                file.write("".join(f"{line}\r\n" for line in side).encode())
        files = []
        for file in (one, other):
            if empty:
                file.truncate(0)  # a BOM alone would count as a line
            file.flush()
            files.append(MappedLines([LineFile(file, str(path), folder)]))
        return files[0], files[1]


def _read_block(file: BinaryIO, name: str) -> bytes:
    with read_errors(name):
        return file.read(BLOCK_BYTES)


def _compact(rows: NDArray[np.integer]) -> NDArray[np.integer]:
    """Row numbers in half the memory, if they fit."""
    return rows.astype(np.int32) if not len(rows) or rows.max() < 2**31 else rows
