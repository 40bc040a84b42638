"""Translating in several processes: the search is Python, which runs on one core at a time."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from typing import Any

from seq2seq.errors import UserError
from seq2seq.quiet import quiet_libraries
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.pools.pool import OutputFormat, WarnOfWindow, Window, render
from seq2seq.translation.sentences import missing_segmenter
from seq2seq.translation.translator import Translator

_worker: tuple[Translator, DecodingOptions | None] | None = None
"""The translator of this worker process and the options for translating. It is global because a pool of processes has
no other way to keep something between two of its calls."""

Rendered = tuple[list[str], list[tuple[int, str]]]
"""The lines of a window, and its warnings: the index of a line and a sentence about it."""


class Workers(AbstractContextManager["Workers"]):
    """A pool of processes, each with a translator that runs with one thread.

    The processes start with the first lines and end with the `with` block. What a line becomes depends on no other
    line, so the output is that of a single process.

    Attributes:
        window_lines: Maximum number of lines in a window.
    """

    def __init__(self, workers: int, load: dict[str, Any], options: DecodingOptions | None = None) -> None:
        """Starts no process yet.

        Args:
            workers: Number of processes.
            load: Arguments of `Translator.load`; the folder at `path` must be sound (open it before).
            options: Options for translating; None for the model's own.
        """
        self.window_lines = 256
        self._workers = workers
        self._pool = ProcessPoolExecutor(
            workers,
            # A fork would share locks of whatever threads this process has.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=({**load, "threads": 1}, options),
        )

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def render_all(self, windows: Iterator[Window], style: OutputFormat, warn: WarnOfWindow) -> Iterator[list[str]]:
        """See `seq2seq.translation.pools.pool.Pool`. At most two windows per worker are under way."""
        under_way: queue.Queue[tuple[Window, Future[Rendered]] | BaseException | None] = queue.Queue(2 * self._workers)

        def submit() -> None:
            try:
                for window in windows:
                    under_way.put((window, self._pool.submit(_render, window, style)))
                under_way.put(None)
            except BaseException as error:  # raised again by the reader of the results
                under_way.put(error)

        # In a thread, so that results appear while no new line comes; a daemon, since the input may never end.
        threading.Thread(target=submit, daemon=True).start()
        while (item := under_way.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            window, future = item
            try:
                rendered, warnings = future.result()
            except BrokenProcessPool as error:
                raise UserError(
                    "a worker process has died, perhaps for want of memory: try fewer --workers or a smaller "
                    "--batch-tokens"
                ) from error
            for n, text in warnings:
                warn(window, n, text)
            yield rendered


def _start(load: dict[str, Any], options: DecodingOptions | None) -> None:
    """Loads the model of this process."""
    global _worker
    # Ctrl-C reaches every process; the first one alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    missing_segmenter()  # who started this process has said so already
    with quiet_libraries():
        _worker = Translator.load(**load), options


def _render(window: Window, style: OutputFormat) -> Rendered:
    assert _worker is not None
    translator, options = _worker
    warnings: list[tuple[int, str]] = []
    rendered = render(translator, window, style, options, lambda n, text: warnings.append((n, text)))
    return rendered, warnings
