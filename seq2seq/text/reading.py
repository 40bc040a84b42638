"""How a text is opened: plain, packed, in UTF-16, or from standard input. Its first bytes tell the form, not a name."""

import bz2
import codecs
import contextlib
import gzip
import importlib
import io
import lzma
import re
import sys
from pathlib import Path
from typing import Any, BinaryIO

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.output import STANDARD

PACKED = (".gz", ".xz", ".bz2", ".zst")
"""Endings of names of packed texts."""

# What is no text, by its first bytes, with what it probably is and what to do.
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive (as .docx, .xlsx and .odt are, too): unpack it, or save its text as plain text",
    b"%PDF-": "a PDF file: save its text as plain text",
    b"\x89HDF": "an HDF5 file: give a text",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive: unpack it",
    b"PAR1\x15": "a Parquet file: write its columns to a .csv or .tsv",
    b"\xd0\xcf\x11\xe0": "a file of an office program (.doc, .xls): save its text as plain text",
}
# UTF-32 before UTF-16, whose mark of the little-endian order is the beginning of UTF-32's.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def source_name(path: Path | None) -> str:
    """What a text is called in messages.

    Example:
        >>> source_name(Path("a.en")), source_name(Path("-"))
        ('a.en', 'standard input')
    """
    return "standard input" if path is None or path == STANDARD else str(path)


def standard_input() -> BinaryIO:
    """Opens standard input for bytes.

    The file is one of its own: a thread that waits in `sys.stdin` for a terminal would keep the lock of it, and the
    interpreter would die when it ends ("could not acquire lock … at interpreter shutdown").

    Raises:
        UserError: Standard input is closed.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise UserError("standard input is closed: give a file, or text through a pipe")
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError):  # something else stands in its place, as in tests
        return sys.stdin.buffer  # type: ignore[return-value]
    return open(descriptor, "rb", closefd=False)


def open_bytes(path: Path) -> BinaryIO:
    """Opens a text for reading: plain, or packed by gzip, xz or bzip2; UTF-16 and UTF-32 become UTF-8.

    Args:
        path: The file; "-" is standard input.

    Raises:
        UserError: There is no such file, it cannot be read, or it is no text.
    """
    name = source_name(path)
    with contextlib.ExitStack() as stack, read_errors(name):
        raw = stack.enter_context(standard_input() if path == STANDARD else path.open("rb"))
        opened = _unpacked(raw, name)
        stack.pop_all()  # the caller closes it
        return opened


def is_plain(file: BinaryIO) -> bool:
    """Whether a file that `open_bytes` gave shows the bytes as they are on the disk."""
    return isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO)


def _unpacked(raw: BinaryIO, name: str) -> BinaryIO:
    """The content of a file that may be packed, in UTF-8."""
    # Waiting for the first bytes is right even at a terminal: nothing can be done before they come.
    start = raw.peek(16)[:16] if hasattr(raw, "peek") else b""
    file: Any = raw
    if start.startswith(b"\x1f\x8b"):
        file = gzip.GzipFile(fileobj=raw)
    elif start.startswith(b"\xfd7zXZ\x00"):
        file = lzma.LZMAFile(raw)  # noqa: SIM115  # the caller closes it
    elif re.match(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", start):
        file = bz2.BZ2File(raw)
    elif start.startswith(b"\x28\xb5\x2f\xfd"):
        file = _zstandard(raw, name)
    return _checked(file, name)


def _zstandard(raw: BinaryIO, name: str) -> Any:
    try:
        return importlib.import_module("compression.zstd").ZstdFile(raw)
    except ModuleNotFoundError:
        raise UserError(
            f"{name} is packed with Zstandard, which Python reads from version 3.14 on: unpack it (zstd -d)"
        ) from None


def _checked(file: BinaryIO, name: str) -> BinaryIO:
    """The file itself if it can be UTF-8, a UTF-8 view of a wide encoding, or an error that says what it is."""
    start = file.peek(64)[:64] if hasattr(file, "peek") else b""
    for mark, encoding in _WIDE.items():
        if start.startswith(mark):
            return io.BufferedReader(_Recoded(file, encoding, name))  # type: ignore[return-value]
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise UserError(f"{name} is {what}")
    # In UTF-16 without a mark every other byte of a Western text is 0, which no text in UTF-8 holds.
    evens, odds = start[::2], start[1::2]
    if len(start) > 3 and ((all(evens) and not any(odds)) or (all(odds) and not any(evens))):
        raise UserError(
            f"{name} is no UTF-8, it looks like UTF-16: convert it (iconv -f utf-16le -t utf-8, or utf-16be)"
        )
    return file


class _Recoded(io.RawIOBase):
    """A text in a wide encoding, as UTF-8 without a mark."""

    def __init__(self, file: BinaryIO, encoding: str, name: str) -> None:
        self._file = file
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._name = name
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        while not self._ready:
            block = self._file.read1(1 << 16)  # type: ignore[attr-defined]
            try:
                self._ready = self._decoder.decode(block, final=not block).encode()
            except UnicodeError as error:
                raise UserError(
                    f"{self._name} begins as {self._encoding.upper()} but is not valid throughout: convert it to UTF-8"
                ) from error
            if not block:
                break
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
