"""When snapshots of a run are saved."""

import time
from collections.abc import Sequence
from typing import Protocol

import keras

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.callbacks.events import Logs, SnapshotListener
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import save_snapshot
from seq2seq.training.run.state import TrainingState


class FlushedLog(Protocol):
    """A log whose lines can be put on the disk."""

    def flush(self) -> None:
        """Puts all lines on the disk."""


class SnapshotSaver(keras.callbacks.Callback):
    """Saves all that a run needs to go on: by the clock, by the step, on a signal, and at the end."""

    def __init__(
        self,
        run: RunFolder,
        state: TrainingState,
        config: TrainingConfig,
        logs: Sequence[FlushedLog],
        interrupts: Interrupts,
        listeners: Sequence[SnapshotListener] = (),
    ) -> None:
        """Saves into `run.snapshots`; `logs` are flushed before, `listeners` are told after."""
        super().__init__()
        self.run = run
        self.state = state
        self.config = config
        self.logs = logs
        self.interrupts = interrupts
        self.listeners = listeners
        self.saved = self.ticked = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Saves if it is time."""
        now = time.monotonic()
        self.state.seconds += now - self.ticked
        self.ticked = now
        steps = self.config.snapshot_steps
        due = now - self.saved >= 60 * self.config.snapshot_minutes or (steps and self.state.step % steps == 0)
        interrupted = self.interrupts.signal is not None
        if due or interrupted or self.state.finished:
            for log in self.logs:
                log.flush()
            save_snapshot(self.run.snapshots, self.model, self.state)
            for listener in self.listeners:
                listener.snapshot_saved(self.model)
            self.saved = time.monotonic()
        if interrupted:
            self.model.stop_training = True
