"""The end of a training: at its last step, or when validations have not improved for long."""

import keras

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.callbacks.events import Validated
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.run.state import TrainingState


class EarlyStopping(keras.callbacks.Callback):
    """Ends a run; every run ends with a validation."""

    def __init__(self, state: TrainingState, config: TrainingConfig, reporter: Reporter, last_step: int) -> None:
        """Ends the run at `last_step`, or after `config.patience` validations without a better model."""
        super().__init__()
        self.state = state
        self.patience = config.patience
        self.reporter = reporter
        self.last_step = last_step

    def validated(self, event: Validated) -> None:
        """Ends the run if it is time."""
        stale = self.state.stale
        exhausted = self.patience is not None and stale >= self.patience
        if exhausted:
            self.reporter.say(f"no better model in {stale} validations: stopping early")
        if exhausted or event.step == self.last_step:
            self.state.finished = True
            self.model.stop_training = True
