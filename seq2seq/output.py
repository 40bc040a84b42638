"""Where output goes: the one room for everything that a user names as a place to write to.

A new file appears under its name when it is whole, and not at all if the work was stopped. What the name stands for is
kept: a link is written through, permissions stay, a device, a pipe or `/dev/stdout` is written to, and a file that no
rename can replace (mounted by itself, or in another user's folder) is written in place. Whether all that is possible is
found out before the work begins.
"""

import contextlib
import errno
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from seq2seq.errors import UserError
from seq2seq.files import beside, fsync, write_errors

STANDARD = Path("-")
"""The name that stands for standard input or standard output."""

_NO_RENAME = frozenset({errno.EACCES, errno.EBUSY, errno.EPERM, errno.EXDEV})


@contextlib.contextmanager
def output_stream(
    path: Path | None, *, sources: Sequence[Path | None] = (), partial: bool = False
) -> Iterator[IO[bytes]]:
    """Opens what a command's `--output` names, or standard output.

    Args:
        path: The name that was given; None or "-" for standard output.
        sources: Files that are read while the output is written; None and "-" among them are passed over.
        partial: Whether the lines so far stay under the final name if the block is left by an error.

    Yields:
        The output, open for bytes.

    Raises:
        UserError: The output cannot be written, or is one of the sources.
    """
    if path is None or path == STANDARD:
        if sys.stdout is None:
            raise UserError("standard output is closed: open it, or name a file with --output")
        try:
            yield sys.stdout.buffer
        except BrokenPipeError:
            raise  # the reader has gone: no mistake, and the command line handles it
        except OSError as error:
            raise standard_output_error(error) from error
        return
    refuse_sources(path, sources)
    with write_errors(path), open_output(path, partial=partial) as file:
        yield file


def standard_output_error(error: OSError) -> UserError:
    """What to tell a user whose standard output cannot be written."""
    reason = "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)
    return UserError(f"standard output cannot be written ({reason}): redirect it to another file or program")


def refuse_sources(path: Path, sources: Sequence[Path | None]) -> None:
    """Checks that a file to be written is none of those that are read.

    Raises:
        UserError: It is one of them, perhaps by another name.
    """
    for source in sources:
        if source is None or source == STANDARD or not source.is_file():
            continue
        with contextlib.suppress(OSError):
            if path.is_file() and path.samefile(source):
                same = "" if path == source else f" (it is {source})"
                raise UserError(f"{path} is read and cannot be written at the same time{same}: give another --output")


def write_output(path: Path, content: str | bytes) -> None:
    """Writes a whole file that the user has named, by the rules of this module; "-" is standard output.

    Raises:
        UserError: The file cannot be written.

    Example:
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_output(Path(folder) / "page.html", "Grüße")
        ...     print(sorted(path.name for path in Path(folder).iterdir()))
        ['page.html']
    """
    with output_stream(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()


def check_output(path: Path) -> None:
    """Finds out whether a file can be written, and leaves everything as it is.

    Raises:
        UserError: The file cannot be written.
    """
    if path == STANDARD or _descriptor(path) is not None:
        return
    with write_errors(path):
        real = Path(os.path.realpath(path))
        there = _existing(path, real)
        if there is None or (stat.S_ISREG(there.st_mode) and not _only_in_place(real, there)):
            # A file beside it shows that the folder takes files; it has no name, or loses it at once.
            tempfile.TemporaryFile(dir=real.parent).close()


@contextlib.contextmanager
def open_output(path: Path, *, partial: bool = False) -> Iterator[IO[bytes]]:
    """Opens a file to write, which appears under its name when the block ends without an error.

    Args:
        path: The file, a link to it, a device, a pipe, or a descriptor such as `/dev/stdout`.
        partial: Whether to write into the file itself from the start, so that the lines so far stay after an error,
            and even after a kill.

    Yields:
        The file, open for bytes.

    Raises:
        UserError: The folder of the file does not exist.
        OSError: The file cannot be written; `write_errors` makes a `UserError` of it.

    Example:
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "translations"
        ...     with open_output(path) as file:
        ...         _ = file.write(b"Hallo\\n")
        ...         print(path.exists())
        ...     print(path.read_text(), end="")
        False
        Hallo
    """
    descriptor = _descriptor(path)
    if descriptor is not None:  # opening it by its name would begin at the start of a file that others write to as well
        with os.fdopen(os.dup(descriptor), "wb") as file:
            yield file
        return
    real = Path(os.path.realpath(path))
    there = _existing(path, real)
    if partial or (there is not None and not stat.S_ISREG(there.st_mode)):
        # A rename would put a file in the place of a device or a named pipe.
        with real.open("wb") as file:
            yield file
    elif there is not None and _only_in_place(real, there):
        with real.open("r+b") as target, _temporary(real.parent) as spool:
            yield spool
            _copy(spool, target)
    else:
        with _renamed_at_the_end(real, there) as file:
            yield file


def _descriptor(path: Path) -> int | None:
    """The number of this process's open descriptor that a path stands for, as `/dev/stdout` and `/dev/fd/3` do."""
    descriptor = re.compile(rf"/dev/fd/(\d+)|/proc/(?:self|{os.getpid()})/fd/(\d+)")
    place = os.path.abspath(path)
    for _ in range(40):  # as many links as Linux follows
        place = os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place))
        match = descriptor.fullmatch(place)
        if match:
            return int(match[1] or match[2])
        if not os.path.islink(place):
            return None
        place = os.path.join(os.path.dirname(place), os.readlink(place))
    return None


def _existing(path: Path, real: Path) -> os.stat_result | None:
    """What stands at `real`, the end of all links of `path`; None if there is nothing yet.

    Raises:
        UserError: There is no folder for it.
        OSError: It is a folder, or may not be written.
    """
    try:
        there = real.stat()
    except FileNotFoundError:
        if not real.parent.is_dir():
            raise UserError(f"{path} cannot be written (there is no folder {real.parent}): make it first") from None
        return None
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return there


def _only_in_place(real: Path, there: os.stat_result) -> bool:
    """Whether a file cannot be replaced by a rename, or only so that it would change its owner."""
    foreign = os.geteuid() not in (0, there.st_uid)
    return foreign or not os.access(real.parent, os.W_OK | os.X_OK) or _is_mounted(real)


def _is_mounted(real: Path) -> bool:
    """Whether a file is a mount point, as files given to a container are."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return os.path.ismount(real)
    points = (line.split(b" ")[4] for line in mounts)  # blanks and the like in a name are \040 and the like
    return os.fsencode(real) in {re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), p) for p in points}


def _temporary(folder: Path) -> IO[bytes]:
    """A file without a name, in a folder if it takes one, otherwise in the system's folder for temporary files."""
    try:
        return tempfile.TemporaryFile(dir=folder)  # type: ignore[return-value]
    except OSError:
        return tempfile.TemporaryFile()  # type: ignore[return-value]


def _copy(spool: IO[bytes], target: IO[bytes]) -> None:
    """Puts what was written to `spool` in the place of all that is in `target`."""
    spool.flush()
    spool.seek(0)
    shutil.copyfileobj(spool, target)
    target.truncate()
    target.flush()
    os.fsync(target.fileno())


@contextlib.contextmanager
def _renamed_at_the_end(real: Path, there: os.stat_result | None) -> Iterator[IO[bytes]]:
    """A file beside `real` that takes its place, with its permissions and owner, when the block ends well."""
    part = beside(real)
    try:
        part.unlink(missing_ok=True)
        # Never more readable than what it replaces, not even for a moment.
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666 if there is None else 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            if there is not None:
                with contextlib.suppress(OSError):  # only root may give files away
                    os.fchown(descriptor, there.st_uid, there.st_gid)
                os.fchmod(descriptor, stat.S_IMODE(there.st_mode))
            yield file
            file.flush()
            os.fsync(descriptor)
            try:
                part.replace(real)
            except OSError as error:
                if there is None or error.errno not in _NO_RENAME:
                    raise
                with real.open("r+b") as target:
                    _copy(file, target)
        with contextlib.suppress(PermissionError):  # a folder may take files and not be readable
            fsync(real.parent)
    finally:
        part.unlink(missing_ok=True)
