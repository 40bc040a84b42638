"""What a line of text is, and how files of lines are read.

A line ends at `\\n` and nowhere else. Python's text mode also ends lines at a lone `\\r`, and `str.splitlines` at
U+2028, U+0085, `\\x0b` and more; either would silently shift one side of a corpus against the other.
"""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.text.reading import open_bytes, source_name


class EncodingError(UserError):
    """A line that is not UTF-8."""


def decode_line(raw: bytes, name: str, number: int, errors: str = "strict") -> str:
    """Decodes one line of UTF-8, without its end (`\\n` or `\\r\\n`).

    Args:
        raw: The line as it was read, with or without its end.
        name: What the file is called in an error.
        number: Number of the line, from 1.
        errors: "strict", or "replace" to put U+FFFD in place of bytes that are not UTF-8.

    Raises:
        EncodingError: The bytes are not UTF-8 (with `errors="strict"`).

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
        raise EncodingError(
            f"{name}, line {number}: not valid UTF-8 (byte {error.start + 1} of the line): convert the text to UTF-8, "
            "such as with iconv -f latin1 -t utf-8"
        ) from error


def decode_lines(raw_lines: Iterable[bytes], name: str, errors: str = "strict") -> Iterator[str]:
    """Decodes the lines of a file as `decode_line` does: line i of the input is string i of the output."""
    for number, raw in enumerate(raw_lines, start=1):
        yield decode_line(raw, name, number, errors)


def read_lines(path: Path) -> list[str]:
    """Reads all lines of a text in one of the forms that `seq2seq.text.reading.open_bytes` reads.

    Raises:
        UserError: The file is missing, unreadable, damaged or not UTF-8.
    """
    name = source_name(path)
    with open_bytes(path) as file, read_errors(name):
        return list(decode_lines(file, name))
