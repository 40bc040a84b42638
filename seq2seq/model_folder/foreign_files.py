"""Opens files of a folder that somebody else wrote: regular files inside it, of a bounded size, and nothing else.

A name that leads elsewhere, a link, a device and a named pipe are refused before anything is read from them.
"""

from __future__ import annotations

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.files import read_errors

LONGEST_NAME = 100
"""Characters of a file's name."""


def is_plain_name(name: object) -> bool:
    """Whether this is the name of a file in a folder itself: no path, nothing hidden, nothing unprintable.

    Example:
        >>> [is_plain_name(name) for name in ("tokenizer.model", "..", "/dev/zero", "a/b", "", 5)]
        [True, False, False, False, False, False]
    """
    return (
        isinstance(name, str)
        and 0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and not name.startswith(".")
        and not set(name) & set('/\\:*?"<>|')
    )


def open_inside(folder: Path, name: str, largest: int) -> BufferedReader:
    """Opens a file of a folder for reading.

    Args:
        folder: The folder; a link to it is followed.
        name: Name of the file in it.
        largest: The most bytes that the file may have.

    Raises:
        UserError: The name is no plain name, or the file is missing, is a link or no regular file, or is too large.
    """
    path = folder / name
    if not is_plain_name(name):
        raise UserError(f"{folder} names a file outside itself: use folders of people you trust")
    # Neither a link is followed nor a named pipe waited for; what was opened is what is then looked at.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    with read_errors(str(path)):
        kind = path.lstat()
        if not stat.S_ISREG(kind.st_mode):
            raise UserError(f"{path} is no regular file: copy the model folder again, with files in place of links")
        if kind.st_size > largest:
            raise UserError(
                f"{path} has {kind.st_size:,} bytes, but the model that the folder describes needs at most "
                f"{largest:,}: copy the model folder again"
            )
        return os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")


def read_inside(folder: Path, name: str, largest: int) -> bytes:
    """Reads a file of a folder, see `open_inside`."""
    with open_inside(folder, name, largest) as file, read_errors(str(folder / name)):
        return file.read(largest + 1)


def sha256_inside(folder: Path, name: str, largest: int) -> str:
    """Computes the SHA-256 of a file of a folder, see `open_inside`."""
    with open_inside(folder, name, largest) as file, read_errors(str(folder / name)):
        return hashlib.file_digest(file, "sha256").hexdigest()
