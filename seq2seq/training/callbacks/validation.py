"""Validations during a training: when they are made, what is best, and who is told."""

import time
from collections.abc import Callable, Sequence

import keras

from seq2seq.config.schema import TrainingConfig
from seq2seq.model.weights import get_weights
from seq2seq.training.callbacks.events import Logs, Validated, ValidationListener
from seq2seq.training.judging import Judge, highest_of
from seq2seq.training.run.state import TrainingState
from seq2seq.training.validator import ValidationResult, Validator


class Validation(keras.callbacks.Callback):
    """Measures the model and publishes the result to listeners, in their order."""

    def __init__(
        self,
        state: TrainingState,
        config: TrainingConfig,
        validator: Validator,
        epochs_at: Callable[[int], float],
        last_step: int,
        listeners: Sequence[ValidationListener],
    ) -> None:
        """Validates every `config.validate_steps` updates and at `last_step`.

        Args:
            state: State of the run; best score and patience are kept in it.
            config: Options of the training.
            validator: Measures the model.
            epochs_at: Gives the number of passes over the text before a step.
            last_step: Number of updates of the whole run.
            listeners: Those that are told.
        """
        super().__init__()
        self.state = state
        self.config = config
        self.validator = validator
        self.epochs_at = epochs_at
        self.last_step = last_step
        self.listeners = listeners

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Validates if it is time."""
        step = self.state.step
        if step % self.config.validate_steps == 0 or step == self.last_step:
            self.validate()

    def validate(self) -> None:
        """Validates now."""
        began, is_first = time.monotonic(), self.state.last_validation == 0
        with self.model.averaged():
            result = self.validator.run()
            weights = get_weights(self.model)
        is_best = judge(self.state, self.config, result)
        step = self.state.step
        seconds = time.monotonic() - began
        event = Validated(step, self.epochs_at(step), result, weights, is_best, is_first, seconds)
        for listener in self.listeners:
            listener.validated(event)


def judge(state: TrainingState, config: TrainingConfig, result: ValidationResult) -> bool:
    """Compares a validation of step `state.step` with the best one so far, and notes the outcome in `state`.

    Returns:
        Whether it is the best one.
    """
    figures, name = result.figures(), {"bleu": "BLEU", "chrf": "chrF2", "loss": "loss"}[config.best]
    state.last_validation = state.step
    if state.best_score is not None and not state.best_figures:  # a run from before all of them were kept
        state.best_figures = {name: state.best_score}
    better = Judge(config.best, len(result.translations), result.words).is_better(
        figures, state.best_figures, state.highest
    )
    state.highest = highest_of(state.highest, figures)
    if better:
        state.best_score, state.best_figures = figures[name], dict(figures)
        state.best_step, state.stale, state.plateau_stale = state.step, 0, 0
    else:
        state.stale += 1
        state.plateau_stale += 1
        if config.schedule == "plateau" and state.plateau_stale >= config.plateau_patience:
            state.plateau_cuts += 1
            state.plateau_stale = 0
    return better
