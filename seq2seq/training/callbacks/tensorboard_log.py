"""TensorBoard's files of a run: figures of updates and validations, and the gates' values."""

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from seq2seq.files import write_errors
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.events import Logs, Validated
from seq2seq.training.monitoring.gates import saturation
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState

EVERY = 10
"""Number of updates between two points of a curve."""


class TensorBoardLog(keras.callbacks.Callback):
    """Writes what TensorBoard shows; nothing else depends on it."""

    def __init__(self, run: RunFolder, state: TrainingState, clock: Clock) -> None:
        """Begins a new file in the run's folder."""
        super().__init__()
        self.state = state
        self.clock = clock
        self.path = run.tensorboard
        with write_errors(self.path):
            self.writer = tf.summary.create_file_writer(str(self.path))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Adds a point to the curves of the training."""
        assert logs is not None
        if self.state.step % EVERY == 0:
            loss = float(logs["loss_sum"]) / int(logs["tokens"])
            norm = float(logs["gradient_norm"])
            self._scalars({"loss": loss, "gradient_norm": norm, "rate": self.clock.rate}, "training")

    def validated(self, event: Validated) -> None:
        """Adds a point to the curves of the validations."""
        self._scalars(event.result.figures(), "validation")

    def gates(self, values: Mapping[str, NDArray[np.float32]]) -> None:
        """Adds the distribution of each gate's values, and the shares of those that are nearly closed or open."""
        with self.writer.as_default(step=self.state.step):
            for name, array in values.items():
                low, high = saturation(array)
                tf.summary.histogram(f"gates/{name}", array)
                tf.summary.scalar(f"saturation/{name}/below_0.1", low)
                tf.summary.scalar(f"saturation/{name}/above_0.9", high)

    def _scalars(self, values: Mapping[str, float], group: str) -> None:
        with self.writer.as_default(step=self.state.step):
            for name, value in values.items():
                tf.summary.scalar(f"{group}/{name}", value)

    def flush(self) -> None:
        """Puts all figures on the disk."""
        with write_errors(self.path):
            self.writer.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Closes the file."""
        self.flush()
        self.writer.close()
