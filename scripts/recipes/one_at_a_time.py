"""One training at a time on a machine, whoever started it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from seq2seq.errors import UserError
from seq2seq.files import write_errors


def default_lock() -> Path:
    """The lock file that all checkouts of one user share."""
    return Path(tempfile.gettempdir()) / f"seq2seq-recipes-{os.getuid()}.lock"


@contextlib.contextmanager
def machine_lock(path: Path, what: str, *, wait: bool, report: Callable[[str], None]) -> Iterator[int]:
    """Holds the machine while the block runs.

    The lock belongs to the open file, which a training inherits: where the workbench is killed, the machine is free
    only when the training that it had started has ended.

    Args:
        path: the lock file.
        what: what is done meanwhile; whoever waits is told.
        wait: whether to wait for another holder.
        report: gets a line of text when there is something to wait for.

    Yields:
        The file descriptor, for a child to inherit.

    Raises:
        UserError: somebody else holds it, and `wait` is False.
    """
    with write_errors(path):
        file = path.open("a+")
    with file:
        if not _take(file):
            holder = _holder(file)
            if not wait:
                raise UserError(f"the machine is taken by {holder}: leave --no-wait out to wait for it")
            report(f"waiting for {holder}")
            while not _take(file):
                time.sleep(0.2)
        file.seek(0)
        file.truncate()
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        yield file.fileno()


def holder_of(path: Path) -> str | None:
    """What holds the lock now, or None."""
    if not path.exists():
        return None
    with path.open("a+") as file:
        return None if _take(file) else _holder(file)


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read() or "another workbench"
