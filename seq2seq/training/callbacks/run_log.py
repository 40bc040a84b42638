"""log.jsonl: one line for each update, validation and session of a run."""

import json
import math
import os
import time
from collections.abc import Mapping
from typing import Any, BinaryIO

import keras

from seq2seq.files import write_errors
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.events import Logs, Validated
from seq2seq.training.monitoring.training_history import SESSION
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState


class RunLog(keras.callbacks.Callback):
    """Writes log.jsonl, and ends a run whose loss is no longer a number."""

    def __init__(self, run: RunFolder, state: TrainingState, clock: Clock) -> None:
        """Cuts off what was logged after the snapshot that `state` comes from."""
        super().__init__()
        self.state = state
        self.clock = clock
        self.path = run.log
        with write_errors(self.path):
            self.file: BinaryIO = self.path.open("ab")
            # Never beyond the file's end, should someone have deleted it: `truncate` would fill it up with zero bytes.
            self.file.truncate(min(state.log_bytes, self.file.tell()))

    def session(self, facts: Mapping[str, Any]) -> None:
        """Logs that a session begins, what its results depend on, and what it is going to do."""
        self.write({SESSION: time.strftime("%Y-%m-%dT%H:%M:%S%z"), "from_step": self.state.step, **facts})

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Logs an update: summed loss (unsmoothed, in nats), tokens, gradient norm, learning rate and duration.

        Raises:
            FloatingPointError: The loss is not finite.
        """
        assert logs is not None
        loss_sum = float(logs["loss_sum"])
        if not math.isfinite(loss_sum):
            raise FloatingPointError(
                f"the loss of step {self.state.step} is {loss_sum}: lower training.learning_rate or "
                "training.clip_norm and train into a new folder"
            )
        # Further sums come from the objective; they follow the keys that every line has.
        figures = {"loss_sum": loss_sum, "tokens": int(logs["tokens"]), "source_tokens": int(logs["source_tokens"])}
        figures |= {"gradient_norm": float(logs["gradient_norm"])}
        figures |= {"rate": self.clock.rate, "seconds": round(self.clock.seconds, 4)}
        figures |= {name: float(value) for name, value in logs.items() if name not in figures}
        self.write({"step": self.state.step, **figures})

    def validated(self, event: Validated) -> None:
        """Logs a validation."""
        signatures = {score.name: score.signature for score in event.result.scores}
        figures = event.result.figures()
        line = {"validation": event.step, **figures, "best": event.is_best, "signatures": signatures}
        self.write({**line, "epochs": event.epochs})

    def write(self, line: dict[str, Any]) -> None:
        """Appends one line."""
        with write_errors(self.path):
            self.file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self.state.log_bytes = self.file.tell()

    def flush(self) -> None:
        """Puts all lines on the disk: a snapshot must not count lines that are lost."""
        with write_errors(self.path):
            self.file.flush()
            os.fsync(self.file.fileno())

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Closes the file."""
        self.flush()
        self.file.close()
