"""A training run from config to model: set up, begin or resume, fit, export."""

from dataclasses import dataclass
from pathlib import Path

from seq2seq.config.schema import Config
from seq2seq.exporting.exporting import export_model
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.training.callbacks.assembly import make_callbacks
from seq2seq.training.callbacks.display import renew_page
from seq2seq.training.data.update_data import update_data
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import read_state, restore_snapshot
from seq2seq.training.run.state import TrainingState
from seq2seq.training.setup import Setup, set_up
from seq2seq.training.warm_start import take_weights


@dataclass(frozen=True)
class Outcome:
    """How a session of a run ended.

    Attributes:
        model: Link to the best model so far.
        state: State of the run.
        signal: Number of the signal that ended the session early, or None.
        already_finished: Whether there was nothing left to do.
    """

    model: Path
    state: TrainingState
    signal: int | None = None
    already_finished: bool = False


def train(config: Config, output: Path | str, *, quiet: bool = False) -> Outcome:
    """Trains a model, or goes on with the run in `output`.

    Args:
        config: Config of the run: what it learns from, and how.
        output: Run folder (see `seq2seq.training.run.run_folder`).
        quiet: Whether to report nothing on standard error.

    Raises:
        UserError: The text cannot be read, the folder holds another run, the disk is full, …

    Example:
        >>> from seq2seq import load_config, train
        >>> outcome = train(load_config("configs/quickstart.yaml"), "runs/quickstart")  # doctest: +SKIP
        >>> outcome.state.finished  # doctest: +SKIP
        True
    """
    run = RunFolder(Path(output))
    reporter = Reporter(config.training.report_steps, quiet)
    with run.claim(config):
        state = read_state(run.snapshots) or TrainingState()
        if state.finished:
            renew_page(run, reporter)
            outcome = Outcome(run.model, state, already_finished=True)
        else:
            setup = set_up(config, run, reporter)
            begin_or_resume(setup, state, reporter)
            signal = fit(setup, state, reporter)
            outcome = Outcome(run.model, state, signal)
        if state.finished:
            export_best(config, run, reporter)
        return outcome


def begin_or_resume(setup: Setup, state: TrainingState, reporter: Reporter) -> None:
    """Puts the weights into the model that the next update needs: a snapshot's, another model's, or its own.

    Raises:
        UserError: The snapshot is damaged, or the model of `initialize_from` does not fit.
    """
    reporter.say(setup.describe())
    parent = setup.config.training.initialize_from
    if state.step:
        restore_snapshot(setup.run.snapshots, setup.model, state)
        reporter.say(f"going on from step {state.step:,}")
    elif parent is not None:
        take_weights(Path(parent), setup.model)
        reporter.say(f"beginning with the model {parent}")


def fit(setup: Setup, state: TrainingState, reporter: Reporter) -> int | None:
    """Makes all updates that are left, with Keras's `fit`.

    Returns:
        The number of the signal that ended it early, or None.
    """
    interrupts = Interrupts()
    callbacks = make_callbacks(setup, state, reporter, interrupts)
    with interrupts.watched(), reporter.training(state.step, setup.last_step):
        # One endless epoch of a known number of steps: `fit` would remember a shorter first epoch's length.
        setup.model.fit(
            update_data(setup.stream, state.step, setup.config.training.accumulate),
            epochs=1,
            steps_per_epoch=setup.last_step - state.step,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )
    return interrupts.signal


def export_best(config: Config, run: RunFolder, reporter: Reporter) -> None:
    """Exports the best model of a finished run as `training.export` says, unless that is done."""
    precision = config.training.export
    if precision is None:
        return
    model = ModelFolder.open(run.model)
    if not model.exported:
        reporter.say(f"exporting the best model in {precision}")
        export_model(model, quantize="int8" if precision == "int8" else "none")
