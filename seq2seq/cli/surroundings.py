"""What a process may find around it: closed streams, no home folder, another encoding, another Keras backend."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from types import FrameType

_STOPS = (signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGTERM,)


def prepare() -> None:
    """Makes the surroundings such that no part of the program has to think of them."""
    # The errors explain themselves; what the libraries beneath log while they load does not help a user.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Keras reads it when it is first imported, which any library may do.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    _open_streams()
    _choose_encoding()
    _find_home()


@contextlib.contextmanager
def stops_clear_up() -> Iterator[None]:
    """Lets SIGTERM and SIGHUP end this block like Ctrl-C, so that temporary files are removed.

    A training handles these signals itself. A signal that is ignored, as under nohup, stays ignored.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {}
    with contextlib.suppress(ValueError):  # not the main thread: none of its business
        before = {
            number: signal.signal(number, stop) for number in _STOPS if signal.getsignal(number) == signal.SIG_DFL
        }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _open_streams() -> None:
    """Takes the numbers of closed standard streams, before a file that is opened gets one and receives what is printed.

    What reads a closed standard input, or writes to a closed standard output, gets the error that it would have got;
    what is written to a closed standard error is lost.
    """
    for number, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8", write_through=True)
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)


def _choose_encoding() -> None:
    """UTF-8 into files and pipes, whatever the locale: what one command writes, the next one reads.

    A terminal shows its own encoding, with ? for what it lacks.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        elif sys.stdout.encoding.lower().replace("-", "") != "utf8":
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _find_home() -> None:
    """Names a home folder where there is none: libraries would make one named ~ in the current folder."""
    if os.path.expanduser("~") != "~":
        return
    home = os.path.join(tempfile.gettempdir(), f"seq2seq-{os.getuid()}")
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        if os.lstat(home).st_uid != os.getuid() or os.path.islink(home):
            raise PermissionError(home)
    except OSError:  # somebody else's: never share a cache with strangers
        home = tempfile.mkdtemp(prefix="seq2seq-")
    os.environ["HOME"] = home
