"""Keeps what libraries write to standard error while they load from the user, to whom it is noise."""

import contextlib
import os
import sys
from collections.abc import Iterator

from seq2seq.errors import UserError


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Holds back what native code writes to standard error in this block, and shows it if the block fails.

    TensorFlow announces instruction sets and missing GPUs before its own log level applies. A `UserError` explains
    itself, so that nothing is shown with it.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    read, write = os.pipe()
    # A full pipe would block the writer: beyond its few tens of kilobytes, noise is lost, not waited for.
    os.set_blocking(write, False)
    os.dup2(write, 2)
    os.close(write)
    failed = True
    try:
        yield
        failed = False
    except UserError:
        failed = False
        raise
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.set_blocking(read, False)
        if failed:
            with contextlib.suppress(BlockingIOError):
                os.write(2, os.read(read, 65536))
        os.close(read)
