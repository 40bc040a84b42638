"""The updates of a session, made by Keras's `fit`."""

import os
from collections.abc import Mapping
from pathlib import Path

from seq2seq.evaluation.tokenizers import CHARACTERS, validation_tokenizer
from seq2seq.training.callbacks.assembly import make_callbacks
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.measuring import MEASURED, Measuring
from seq2seq.training.data.update_data import update_data
from seq2seq.training.judging import Judge
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.training_history import TrainingHistory
from seq2seq.training.monitoring.verdict import Course, verdict
from seq2seq.training.preparation import Preparation
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.snapshots import restore_snapshot
from seq2seq.training.run.state import TrainingState
from seq2seq.training.setup import Setup
from seq2seq.training.warm_start import take_weights


def begin_or_resume(setup: Setup, state: TrainingState, reporter: Reporter) -> None:
    """Puts the weights into the model that the next update needs: a snapshot's, another model's, or its own.

    Raises:
        UserError: The snapshot is damaged, or the model of `initialize_from` does not fit.
    """
    parent = setup.prepared.config.training.initialize_from
    if state.step:
        restore_snapshot(setup.prepared.run.snapshots, setup.model, state)
        reporter.say(f"going on from step {state.step:,}")
    elif parent is not None:
        take_weights(Path(os.path.expanduser(parent)), setup.model)
        reporter.say(f"beginning with the model {parent}")


def fit(setup: Setup, state: TrainingState, reporter: Reporter, plan: Mapping[str, str]) -> int | None:
    """Makes all updates that are left, with `plan` on the run's page.

    Returns:
        The number of the signal that ended it early, or None.
    """
    interrupts = Interrupts()
    prepared = setup.prepared
    callbacks = make_callbacks(setup, state, reporter, interrupts, plan)
    with interrupts.watched(), reporter.training(state.step, prepared.last_step):
        # One endless epoch of a known number of steps: `fit` would remember a shorter first epoch's length.
        setup.model.fit(
            update_data(prepared.stream, state.step, prepared.config.training.accumulate),
            epochs=1,
            steps_per_epoch=prepared.last_step - state.step,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )
    if state.finished:
        reporter.say(verdict(course_of(prepared, state)))
    return interrupts.signal


def course_of(prepared: Preparation, state: TrainingState) -> Course:
    """The validations of a run, with what judges them."""
    options, dev = prepared.config.training, prepared.dev
    history = TrainingHistory(prepared.run.log)
    history.read_on()
    tokenizer = validation_tokenizer(prepared.tokenizers.target.language, dev.targets)
    judge = Judge(options.best, min(options.validation_sentences, len(dev)), tokenizer != CHARACTERS)
    stopped_early = options.patience is not None and state.stale >= options.patience
    return Course(history.validations, judge, options.max_steps is None, stopped_early)


def measure(setup: Setup, updates: int, reporter: Reporter) -> None:
    """Makes a few updates on random weights that nobody keeps, and reports what a training would take.

    Args:
        setup: What the training would work with.
        updates: Number of updates that the training has to make.
        reporter: Is told time and memory.
    """
    prepared = setup.prepared
    options = prepared.config.training
    clock = Clock(TrainingState(), options, prepared.last_step)
    setup.model.fit(
        update_data(prepared.stream, 0, options.accumulate),
        epochs=1,
        steps_per_epoch=MEASURED,
        callbacks=[clock, Measuring(clock, updates, reporter)],
        shuffle=False,
        verbose=0,
    )
