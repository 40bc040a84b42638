"""Translating in several processes: the search is Python, which runs on one core at a time."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from typing import Any

from seq2seq.errors import UserError
from seq2seq.quiet import quiet_libraries
from seq2seq.translation.streams import Lines, Style, render
from seq2seq.translation.translator import Translator

_translator: Translator | None = None
"""Of a worker process."""

Rendered = tuple[list[str], list[tuple[int, str]]]
"""The lines, and the warnings about them."""


class Workers(AbstractContextManager["Workers"]):
    """Processes with a translator each, which run with one thread; they begin with the first lines and end with `with`.

    What a line becomes depends on no other line, so the output is that of a single process.
    """

    window_lines = 256

    def __init__(self, workers: int, load: dict[str, Any], decoding: dict[str, Any]) -> None:
        """Makes no process yet.

        Args:
            workers: how many.
            load: the arguments of `Translator.load`, of which `path` must be sound (open the folder before).
            decoding: what to put over the model's options.
        """
        self._workers = workers
        self._pool = ProcessPoolExecutor(
            workers,
            # A fork would share locks of whatever threads this process has.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=({**load, "threads": 1}, decoding),
        )

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def render_all(
        self, batches: Iterator[Lines], style: Style, warn: Callable[[Lines, int, str], None]
    ) -> Iterator[list[str]]:
        """See `seq2seq.translation.streams.Pool`. At most two batches per worker are under way."""
        under_way: queue.Queue[tuple[Lines, Future[Rendered]] | BaseException | None] = queue.Queue(2 * self._workers)

        def submit() -> None:
            try:
                for lines in batches:
                    under_way.put((lines, self._pool.submit(_render, lines, style)))
                under_way.put(None)
            except BaseException as error:  # is raised again where the results are taken
                under_way.put(error)

        # Beside the taking of results, so that these appear while no new line comes; a daemon for what waits for ever.
        threading.Thread(target=submit, daemon=True).start()
        while (item := under_way.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            lines, future = item
            try:
                rendered, warnings = future.result()
            except BrokenProcessPool as error:
                raise UserError(
                    "a worker process has died, perhaps for want of memory: try fewer --workers or a smaller "
                    "--batch-tokens"
                ) from error
            for n, text in warnings:
                warn(lines, n, text)
            yield rendered


def _start(load: dict[str, Any], decoding: dict[str, Any]) -> None:
    """Loads the model of this process."""
    global _translator
    # Ctrl-C reaches every process; the first one alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with quiet_libraries():
        _translator = Translator.load(**load)
    _translator.decoding |= decoding


def _render(lines: Lines, style: Style) -> Rendered:
    assert _translator is not None
    warnings: list[tuple[int, str]] = []
    rendered = render(_translator, lines, style, lambda n, text: warnings.append((n, text)))
    return rendered, warnings
