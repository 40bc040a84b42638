"""A training run from config to model: prepare, set up, begin or resume, fit, export.

What needs no TensorFlow is done before it is loaded, which takes seconds.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seq2seq.config.schema import Config
from seq2seq.quiet import quiet_libraries
from seq2seq.tokenization.tokenizer import tokenizer_names
from seq2seq.training.monitoring.page_renewal import renew_page
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.run_status import RunStatus, status_at_rest
from seq2seq.training.preparation import Preparation, prepare
from seq2seq.training.prolonging import go_on
from seq2seq.training.run.changes import LENGTH
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState, read_state

if TYPE_CHECKING:
    from seq2seq.training.setup import Setup


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

    @property
    def scores(self) -> dict[str, Any]:
        """What is known of the model: its step, its loss on the dev set, and scores with their signatures.

        Raises:
            UserError: There is no model, or it is damaged.
        """
        from seq2seq.model_folder.folder import ModelFolder

        return dict(ModelFolder.open(self.model).metadata["scores"])


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
    with run.claim(config) as (config, changes):
        state = read_state(run.snapshots) or TrainingState()
        prepared = None
        if not state.finished or changes.keys() & LENGTH:
            renew_page(run.path, reporter, RunStatus("preparing"))
            with _page_of_failure(run):
                prepared = prepare(config, run, reporter)
                if go_on(prepared, state, changes, reporter):
                    run.save_config(prepared.config)  # after the state, which says that the run is not finished
        if state.finished or prepared is None:
            renew_page(run.path, reporter)
            if prepared is None:
                run.save_config(config)  # options of what is done after the end may have changed
            outcome = Outcome(run.model, state, already_finished=True)
        else:
            with _page_of_failure(run):
                outcome = Outcome(run.model, state, _session(prepared, state, reporter))
        if state.finished:
            export_best(config, run, reporter)
        return outcome


@contextlib.contextmanager
def _page_of_failure(run: RunFolder) -> Iterator[None]:
    """Has the page tell that the run stopped if this block fails."""
    try:
        yield
    except BaseException:
        renew_page(run.path, Reporter(1, quiet=True), status_at_rest(run.path))
        raise


def _session(prepared: Preparation, state: TrainingState, reporter: Reporter) -> int | None:
    """Trains until the end or a signal, whose number it returns."""
    setup = _set_up(prepared, reporter)
    plan = _report_plan(setup, str(prepared.run.path), state.step, reporter)
    from seq2seq.training.fitting import begin_or_resume, fit

    begin_or_resume(setup, state, reporter)
    return fit(setup, state, reporter, plan)


def plan_training(config: Config, output: Path | str) -> None:
    """Reports on standard error what `train` would do, measured with a few updates; nothing is written.

    Args:
        config: Config of the run.
        output: Run folder that `train` would write, or go on with.

    Raises:
        UserError: The text cannot be read, the folder holds another run, …
    """
    own = RunFolder(Path(output))
    own.refuse_foreign()
    reporter = Reporter(config.training.report_steps)
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        if own.begun:
            run.path.mkdir()
            names = {*tokenizer_names(joint=True).values(), *tokenizer_names(joint=False).values()}
            for file in (own.config, own.facts, *(own.path / name for name in sorted(names))):
                if file.is_file():
                    shutil.copyfile(file, run.path / file.name)
        with run.claim(config) as (config, changes):
            state = read_state(own.snapshots) or TrainingState()
            prepared = prepare(config, run, reporter)
            if not go_on(prepared, state, changes, reporter):
                return
            setup = _set_up(prepared, reporter)
            _report_plan(setup, str(output), state.step, reporter)
            from seq2seq.training.fitting import measure

            measure(setup, prepared.last_step - state.step, reporter)


def _set_up(prepared: Preparation, reporter: Reporter) -> "Setup":
    reporter.stage("loading TensorFlow")
    with quiet_libraries():
        from seq2seq.training.setup import set_up
    reporter.stage("building the model")
    return set_up(prepared)


def _report_plan(setup: "Setup", output: str, step: int, reporter: Reporter) -> dict[str, str]:
    from seq2seq.training.plan import doubts, plan

    lines = plan(setup, output, step)
    for doubt in doubts(setup.prepared):
        reporter.say(doubt, "bold yellow")
    for name, line in lines.items():
        reporter.say(f"  {name:<13} {line}")
    return lines


def export_best(config: Config, run: RunFolder, reporter: Reporter) -> None:
    """Exports the best model of a finished run as `training.export` says, unless that is done."""
    precision = config.training.export
    if precision is None:
        return
    from seq2seq.exporting.exporting import export_model
    from seq2seq.model_folder.folder import ModelFolder

    model = ModelFolder.open(run.model)
    if not model.exported:
        reporter.stage(f"exporting the best model in {precision}")
        export_model(model, quantize="int8" if precision == "int8" else "none")
