"""What happens around each update: Keras callbacks keyed by the step.

They keep no state of their own but the shared `TrainingState`. Their order in `fit` matters: the log first, then
validation (which decides what is best and when to stop), then the snapshot that holds all of it.
"""

import json
import math
import os
import time
from collections.abc import Callable
from typing import Any, BinaryIO

import keras
import tensorflow as tf

from seq2seq.config.options import Config
from seq2seq.files import write_errors, write_file
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import save_snapshot
from seq2seq.training.run.state import TrainingState
from seq2seq.training.schedules import learning_rate
from seq2seq.training.validator import Result, Validator, averaged

Logs = dict[str, Any]


class Clock(keras.callbacks.Callback):
    """Counts updates and sets each one's learning rate."""

    def __init__(self, state: TrainingState, config: Config, last_step: int) -> None:
        """Goes on from `state.step`."""
        super().__init__()
        self.state = state
        self.config = config.training
        self.last_step = last_step

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Sets the rate of the update to come."""
        rate = learning_rate(self.config, self.state.step + 1, self.last_step, self.state.plateau_cuts)
        self.model.optimizer.learning_rate.assign(rate)
        self.rate = rate
        self.began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Counts the update."""
        self.state.step += 1
        self.seconds = time.monotonic() - self.began


class RunLog(keras.callbacks.Callback):
    """log.jsonl and TensorBoard: a line for every update."""

    def __init__(
        self, run: RunFolder, state: TrainingState, clock: Clock, reporter: Reporter, epochs_at: Callable[[int], float]
    ) -> None:
        """Cuts off what was logged after the snapshot that `state` comes from."""
        super().__init__()
        self.state = state
        self.clock = clock
        self.reporter = reporter
        self.epochs_at = epochs_at
        with write_errors(run.log):
            self.file: BinaryIO = run.log.open("ab")
            # No longer than it is, should someone have deleted it: `truncate` would fill up with zero bytes.
            self.file.truncate(min(state.log_bytes, self.file.tell()))
            self.board = tf.summary.create_file_writer(str(run.tensorboard))
        self.path = run.log

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Logs an update: its summed loss (unsmoothed, nats), tokens, gradient norm, rate and duration."""
        assert logs is not None
        loss_sum, tokens = float(logs["loss_sum"]), int(logs["tokens"])
        if not math.isfinite(loss_sum):
            raise FloatingPointError(
                f"the loss of step {self.state.step} is {loss_sum}: lower training.learning_rate or "
                "training.clip_norm and train into a new folder"
            )
        self.reporter.update(self.state.step, loss_sum, tokens, self.clock.rate)
        norm = float(logs["gradient_norm"])
        figures: dict[str, float] = {
            "loss_sum": loss_sum,
            "tokens": tokens,
            "source_tokens": int(logs["source_tokens"]),
        }
        figures |= {"gradient_norm": norm, "rate": self.clock.rate, "seconds": round(self.clock.seconds, 4)}
        self.write({"step": self.state.step, **figures})
        if self.state.step % 10 == 0:
            self.scalars(
                {"training/loss": loss_sum / tokens, "training/gradient_norm": norm, "training/rate": self.clock.rate}
            )

    def write(self, line: dict[str, Any]) -> None:
        """Appends one line to log.jsonl."""
        with write_errors(self.path):
            self.file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self.state.log_bytes = self.file.tell()

    def scalars(self, values: dict[str, float]) -> None:
        """Sends values of this step to TensorBoard."""
        with self.board.as_default(step=self.state.step):
            for name, value in values.items():
                tf.summary.scalar(name, value)

    def flush(self) -> None:
        """Puts all lines on the disk; a snapshot must not know of lines that are lost."""
        with write_errors(self.path):
            self.file.flush()
            os.fsync(self.file.fileno())
            self.board.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Closes the files."""
        self.flush()
        self.file.close()
        self.board.close()


class Validation(keras.callbacks.Callback):
    """Measures the model, keeps the best, cuts the rate (plateau) and stops early."""

    def __init__(
        self,
        run: RunFolder,
        state: TrainingState,
        config: Config,
        log: RunLog,
        validator: Validator,
        save: Callable[[TrainingState, Result], None],
        last_step: int,
    ) -> None:
        """Validates every `validate_steps` updates and at `last_step`; `save` writes the model folder of a step."""
        super().__init__()
        self.run = run
        self.state = state
        self.config = config.training
        self.log = log
        self.validator = validator
        self.save = save
        self.last_step = last_step

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Validates where it is time."""
        step = self.state.step
        if step % self.config.validate_steps == 0 or step == self.last_step:
            self.validate()

    def validate(self) -> None:
        """Validates now."""
        began = time.monotonic()
        state = self.state
        with averaged(self.model):
            result = self.validator.run()
            figures = result.figures()
            is_best = self._judge(figures[{"bleu": "BLEU", "chrf": "chrF2", "loss": "loss"}[self.config.best]])
            self.save(state, result)
        if is_best:
            self.run.choose_model(state.step)
        self.run.prune_models(state.best_step, self.config.keep_models)
        write_file(self.run.validation / f"{state.step}.txt", "".join(f"{line}\n" for line in result.translations))
        signatures = {score.name: score.signature for score in result.scores}
        self.log.write(
            {"validation": state.step, **figures, "signatures": signatures, "epochs": self.log.epochs_at(state.step)}
        )
        self.log.scalars({f"validation/{name}": value for name, value in figures.items()})
        self.log.reporter.validation(state.step, figures, is_best, time.monotonic() - began)
        self.log.reporter.pause()
        if self.config.patience is not None and state.stale >= self.config.patience:
            self.log.reporter.say(f"no better model in {state.stale} validations: stopping early")
            self._finish()

    def _judge(self, score: float) -> bool:
        """Compares with the best so far."""
        state = self.state
        state.last_validation = state.step
        better = state.best_score is None or (
            score < state.best_score if self.config.best == "loss" else score > state.best_score
        )
        # BLEU stays at 0 while a model learns its first words: then the newer model is the better one.
        better = better or score == state.best_score == 0
        if better:
            state.best_score, state.best_step, state.stale, state.plateau_stale = score, state.step, 0, 0
        else:
            state.stale += 1
            state.plateau_stale += 1
            if self.config.schedule == "plateau" and state.plateau_stale >= self.config.plateau_patience:
                state.plateau_cuts += 1
                state.plateau_stale = 0
        if state.step == self.last_step:
            self._finish()
        return better

    def _finish(self) -> None:
        self.state.finished = True
        self.model.stop_training = True


class Snapshots(keras.callbacks.Callback):
    """Saves all that the run needs to go on: by the clock, by the step, on a signal, and at the end."""

    def __init__(
        self, run: RunFolder, state: TrainingState, config: Config, log: RunLog, interrupts: Interrupts
    ) -> None:
        """Saves into `run.snapshots`."""
        super().__init__()
        self.run = run
        self.state = state
        self.config = config.training
        self.log = log
        self.interrupts = interrupts
        self.saved = self.ticked = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Saves where it is time."""
        now = time.monotonic()
        self.state.seconds += now - self.ticked
        self.ticked = now
        steps = self.config.snapshot_steps
        due = now - self.saved >= 60 * self.config.snapshot_minutes or (steps and self.state.step % steps == 0)
        interrupted = self.interrupts.signal is not None
        if due or interrupted or self.state.finished:
            self.log.flush()
            save_snapshot(self.run.snapshots, self.model, self.state)
            self.saved = time.monotonic()
        if interrupted:
            self.model.stop_training = True
