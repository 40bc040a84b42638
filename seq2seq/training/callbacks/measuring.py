"""What a training takes, in time and memory, measured over its first updates."""

import resource
import sys

import keras

from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.events import Logs
from seq2seq.training.monitoring.reporter import Reporter, duration

MEASURED = 20
"""Number of updates that are made for the measurement …"""
WARM_UP = 4
"""… and how many of them, the first, do not count: they trace graphs and fetch memory."""


class Measuring(keras.callbacks.Callback):
    """Reports time and memory once, after the first updates of a session; it follows the clock."""

    def __init__(self, clock: Clock, updates: int, reporter: Reporter) -> None:
        """Measures for `updates` updates that are to be made from here on."""
        super().__init__()
        self.clock = clock
        self.updates = updates
        self.reporter = reporter
        self.made = self.tokens = 0
        self.seconds = 0.0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Counts an update."""
        assert logs is not None
        self.made += 1
        if self.made > MEASURED:
            return
        if self.made > WARM_UP:
            self.seconds += self.clock.seconds
            self.tokens += int(logs["tokens"])
        if self.made == MEASURED:
            self.reporter.say(self.describe())

    def describe(self) -> str:
        """One line about what was measured."""
        counted = max(1, self.made - WARM_UP)
        left = self.seconds / counted * self.updates
        return (
            f"measured over updates {WARM_UP + 1} to {self.made} of this session: "
            f"{self.tokens / max(1e-9, self.seconds):,.0f} target tokens a second, so that {self.updates:,} updates "
            f"take about {duration(left)} without validations; {peak_memory() / 1e9:.1f} GB of memory at most so far"
        )


def peak_memory() -> int:
    """Largest memory of this process so far, in bytes.

    Example:
        >>> peak_memory() > 1_000_000
        True
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
