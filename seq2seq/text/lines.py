"""What a line of text is, and how files of lines are read.

A line ends at `\\n` and nowhere else. Python's text mode also ends lines at a lone `\\r`, and `str.splitlines` at
U+2028, U+0085, `\\x0b` and more; either would silently shift one side of a corpus against the other.
"""

import codecs
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from seq2seq.errors import UserError
from seq2seq.files import read_errors


def decode_line(raw: bytes, name: str, number: int, errors: str = "strict") -> str:
    """Decodes one line of UTF-8, without its end (`\\n` or `\\r\\n`).

    Args:
        raw: The line as it was read, with or without its end.
        name: What the file is called in an error.
        number: Number of the line, from 1.
        errors: "strict", or "replace" to put U+FFFD in place of bytes that are not UTF-8.

    Raises:
        UserError: The bytes are not UTF-8 (with `errors="strict"`).

    Example:
        >>> decode_line("Grüße\\r\\n".encode(), "a.de", 1)
        'Grüße'
    """
    raw = raw.removesuffix(b"\r\n" if raw.endswith(b"\r\n") else b"\n")
    if number == 1:
        raw = raw.removeprefix(
            codecs.BOM_UTF8
        )  # a mark of the encoding that some editors write; it is no part of the text
    try:
        return raw.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise UserError(
            f"{name}, line {number}: not valid UTF-8 (byte {error.start + 1} of the line): convert the file to "
            "UTF-8, or pass --errors replace where the command has it"
        ) from error


def decode_lines(raw_lines: Iterable[bytes], name: str, errors: str = "strict") -> Iterator[str]:
    """Decodes the lines of a file as `decode_line` does: line i of the input is string i of the output."""
    for number, raw in enumerate(raw_lines, start=1):
        yield decode_line(raw, name, number, errors)


def open_bytes(path: Path) -> BinaryIO:
    """Opens a plain or gzip file for reading; its first two bytes tell which, not its name.

    Raises:
        UserError: There is no such file, or it cannot be read.
    """
    with read_errors(str(path)):
        file = path.open("rb")
        if file.peek(2)[:2] == b"\x1f\x8b":
            return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
        return file


def read_lines(path: Path) -> list[str]:
    """Reads all lines of a UTF-8 file, plain or gzip.

    Raises:
        UserError: The file is missing, unreadable, damaged or not UTF-8.
    """
    with open_bytes(path) as file, read_errors(str(path)):
        return list(decode_lines(file, str(path)))
