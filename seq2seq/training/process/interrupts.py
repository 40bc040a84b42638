"""Ctrl-C and SIGTERM: finish the update, save, and say how to go on."""

import contextlib
import signal
import threading
from collections.abc import Iterator


class Interrupts:
    """Remembers a signal that came.

    Attributes:
        signal: Number of the signal, or None.
    """

    def __init__(self) -> None:
        """Begins without a signal."""
        self.signal: int | None = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Catches SIGINT and SIGTERM in this block; a second one acts as if nothing were caught."""
        if threading.current_thread() is not threading.main_thread():
            # Only the main thread may set handlers; a caller in another thread has its own means to stop.
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def remember(number: int, _frame: object) -> None:
            self.signal = number
            restore()

        def restore() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        for number in before:
            signal.signal(number, remember)
        try:
            yield
        finally:
            restore()
