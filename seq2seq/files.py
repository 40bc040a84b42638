"""Files that are whole or absent: everything is written to a temporary name beside its path, fsynced and renamed.

A rename within one file system is atomic (POSIX `rename`), so a kill at any moment leaves either the old or
the new state; the fsyncs extend that to a loss of power.
"""

import contextlib
import errno
import gzip
import hashlib
import lzma
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from seq2seq.errors import UserError


def fsync(path: Path) -> None:
    """Waits until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def beside(path: Path) -> Path:
    """The temporary name, in the same folder, under which this process writes what becomes `path`."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _remove(path: Path) -> None:
    """Removes the folder, file or link at `path`, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def read_errors(name: str) -> Iterator[None]:
    """Turns the errors of reading a file in this block into a `UserError`.

    Args:
        name: Name of the file for the message.

    Raises:
        UserError: The file is missing, damaged, or cannot be read.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{name} does not exist: check the path (it is relative to the current folder)") from error
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
        raise UserError(f"{name} is damaged ({error}): fetch or compress it again") from error
    except OSError as error:
        if error.errno is None:  # bzip2's way to say it
            raise UserError(f"{name} is damaged ({error}): fetch or compress it again") from error
        raise UserError(f"{name} cannot be read ({error.strerror}): check its kind and permissions") from error


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turns the errors of writing `path` in this block into a `UserError`.

    Raises:
        UserError: The path cannot be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has gone: no mistake, and the command line handles it
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{path} cannot be written ({reason}): free the disk or choose another path") from error


def write_file(path: Path, content: str | bytes) -> None:
    """Writes a file whole, in place of the one at `path` if there is one.

    Raises:
        UserError: The file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_file(Path(folder) / "note", "Grüße\\n")
        ...     print(sorted(path.name for path in Path(folder).iterdir()))
        ['note']
    """
    part = beside(path)
    with write_errors(path):
        try:
            part.write_bytes(content.encode() if isinstance(content, str) else content)
            fsync(part)
            part.replace(path)
            fsync(path.parent)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yields an empty folder that becomes `path` when the block ends without an error.

    A folder that is at `path` already is renamed first and removed afterwards.

    Raises:
        UserError: The folder cannot be written, or `path` is a file.
    """
    part = beside(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.old")
    with write_errors(path):
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        try:
            _remove(part)
            part.mkdir(parents=True)
            yield part
            for file in part.iterdir():
                fsync(file)
            fsync(part)
            if path.exists():
                path.rename(aside)
            part.rename(path)
            fsync(path.parent)
        finally:
            # An error or Ctrl-C between the two renames must not cost the old state.
            if aside.exists() and not path.exists():
                aside.rename(path)
            _remove(part)
            _remove(aside)


def replace_link(link: Path, target: str) -> None:
    """Makes a symbolic link point to another target, in one step.

    Args:
        link: The link.
        target: What it points to, relative to the link's folder.

    Raises:
        UserError: The link cannot be written.
    """
    part = beside(link)
    with write_errors(link):
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(link)
        fsync(link.parent)


def remove_leftovers(folder: Path) -> None:
    """Removes the temporary files and folders that killed writers left in `folder`.

    A kill between the two renames of `new_folder` leaves the old folder under its temporary name and none at its path:
    the old folder is renamed back.
    """
    # With a process id in the name, as ours have: a `.profile.old` is somebody else's.
    for aside in folder.glob(".*.[0-9]*.old"):
        path = folder / aside.name[1:].rsplit(".", 2)[0]
        if path.exists():
            _remove(aside)
        else:
            aside.rename(path)
    for part in folder.glob(".*.[0-9]*.part"):
        _remove(part)


def remove_folder(path: Path) -> None:
    """Removes a folder in one step: a kill leaves it whole or absent, never a part of it under its name."""
    aside = beside(path)
    path.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
