"""One `seq2seq train` from its start to its end, watched."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from scripts.recipes.ledger import Ledger, cpu_seconds_of
from scripts.recipes.program import ROOT, last_line
from seq2seq.errors import UserError

POLL_SECONDS = 0.2
SAVE_SECONDS = 2.0
_PR_SET_PDEATHSIG = 1  # prctl(2)
# Loaded here, because between fork and exec as little as possible should happen.
_C_LIBRARY = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(Exception):
    """A signal ended the work; the same command goes on with it."""

    def __init__(self, number: int) -> None:
        """Keeps the signal's number."""
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.number = number


class NotNeeded(Exception):
    """The training turned out to be one that was paid for already, and was ended before it began."""


def supervise(command: list[str], log: Path, ledger: Ledger, lock: int, is_paid: Callable[[], bool | None]) -> None:
    """Runs a training and keeps account of it.

    Args:
        command: the command line.
        log: gets what it prints, after what stands there.
        ledger: gets a session, renewed every few seconds.
        lock: descriptor of the machine's lock, which the training inherits.
        is_paid: tells whether this very training was paid for, or None as long as that cannot be known.

    Raises:
        NotNeeded: it was paid for.
        Stopped: a signal asked for the end; the training was given the same one and has saved its state.
        UserError: the training failed.
    """
    ledger.begin()
    with log.open("ab") as output, _forwarding() as received:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches it through us, and once only
            pass_fds=(lock,),
            preexec_fn=_end_with_parent,
        )
        received.process = process.pid
        try:
            paid = _watch(process, ledger, is_paid)
        except BaseException:
            process.terminate()  # nobody would watch it any more
            raise
        received.process = None
    ledger.trained = process.returncode == 0
    if process.returncode and not received.signals and not paid:
        ledger.failure = last_line(log.read_text("utf-8", "replace"))
    ledger.save()
    if paid:
        raise NotNeeded
    if received.signals:
        raise Stopped(received.signals[0])
    if ledger.failure is not None:
        raise UserError(f"the training failed ({ledger.failure}): see {log} for all that it printed")


def _watch(process: subprocess.Popen[bytes], ledger: Ledger, is_paid: Callable[[], bool | None]) -> bool:
    """Waits for the end, keeps account, and tells whether the training was ended because it was paid for already."""
    session = ledger.sessions[-1]
    start = saved = time.monotonic()
    paid: bool | None = None
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        session.wall_seconds = time.monotonic() - start
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            session.cpu_seconds = usage.ru_utime + usage.ru_stime
            return bool(paid)
        session.cpu_seconds = cpu_seconds_of(process.pid) or session.cpu_seconds
        if paid is None and (paid := is_paid()):
            process.send_signal(signal.SIGTERM)
        if time.monotonic() - saved > SAVE_SECONDS:
            ledger.save()
            saved = time.monotonic()
        time.sleep(POLL_SECONDS)


class _Received:
    """The signals that came, and whom they are passed on to."""

    def __init__(self) -> None:
        self.signals: list[int] = []
        self.process: int | None = None

    def take(self, number: int, frame: FrameType | None) -> None:
        self.signals.append(number)
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, number)


@contextlib.contextmanager
def _forwarding() -> Iterator[_Received]:
    received = _Received()
    before = {number: signal.signal(number, received.take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with_parent() -> None:
    """In the child: has the system send SIGTERM when the workbench is gone, at which a training saves its state.

    Elsewhere than on Linux the training goes on, holds the machine's lock, and the next command waits for it.
    """
    if _C_LIBRARY is not None:
        _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
