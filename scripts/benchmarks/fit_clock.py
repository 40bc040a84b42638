"""How long the updates of a `fit` take."""

import math
import time
from typing import Any

import keras


class FitClock(keras.callbacks.Callback):
    """Times updates from the beginning of `fit` to the end of the last one, and reads each one's loss as a log would.

    What `fit` does after the last update is left out: closing a `tf.data` pipeline takes up to five seconds, once in a
    training of hours, but would be half of a round.
    """

    def __init__(self, loss: str) -> None:
        """Watches the loss of this name."""
        super().__init__()
        self._loss = loss
        self.losses: list[float] = []
        self.seconds = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self.losses = []
        self._begun = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Takes the time and the loss."""
        self.losses.append(float((logs or {})[self._loss]))
        self.seconds = time.perf_counter() - self._begun
        if not math.isfinite(self.losses[-1]):
            raise FloatingPointError(f"the loss is {self.losses[-1]}")
