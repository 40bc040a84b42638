"""The clock of a run: it counts updates and sets the learning rate of each."""

import time

import keras

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.callbacks.events import Logs
from seq2seq.training.run.state import TrainingState
from seq2seq.training.schedules import learning_rate


class Clock(keras.callbacks.Callback):
    """Counts updates and sets each one's learning rate.

    Attributes:
        rate: Learning rate of the newest update.
        seconds: Duration of the newest update.
    """

    def __init__(self, state: TrainingState, config: TrainingConfig, last_step: int) -> None:
        """Goes on from `state.step`."""
        super().__init__()
        self.state = state
        self.config = config
        self.last_step = last_step
        self.rate = self.seconds = 0.0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Sets the rate of the update to come."""
        self.rate = learning_rate(self.config, self.state.step + 1, self.last_step, self.state.plateau_cuts)
        self.model.optimizer.learning_rate.assign(self.rate)
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Counts the update."""
        self.state.step += 1
        self.seconds = time.monotonic() - self.began
