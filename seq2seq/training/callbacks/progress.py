"""What a person sees of each update and validation."""

import keras

from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.events import Logs, Validated
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.run.state import TrainingState


class Progress(keras.callbacks.Callback):
    """Hands figures of updates and validations to the reporter."""

    def __init__(self, state: TrainingState, clock: Clock, reporter: Reporter) -> None:
        """Reports to `reporter`."""
        super().__init__()
        self.state = state
        self.clock = clock
        self.reporter = reporter

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Reports an update."""
        assert logs is not None
        self.reporter.update(self.state.step, float(logs["loss_sum"]), int(logs["tokens"]), self.clock.rate)

    def validated(self, event: Validated) -> None:
        """Reports a validation, whose time does not count as training."""
        self.reporter.validation(event.step, event.result.figures(), event.is_best, event.seconds)
        self.reporter.pause()
