"""Going on with a run under options that have changed: longer, shorter, or with another patience."""

from collections.abc import Mapping

from seq2seq.errors import UserError
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.monitoring.training_history import TrainingHistory
from seq2seq.training.preparation import Preparation
from seq2seq.training.run.changes import LENGTH
from seq2seq.training.run.state import TrainingState, rewrite_state
from seq2seq.training.schedules import learning_rate


def go_on(prepared: Preparation, state: TrainingState, changes: Mapping[str, str], reporter: Reporter) -> bool:
    """Opens a finished run again if its options say so now, and reports what changes.

    Args:
        prepared: What the session works with.
        state: State of the run; of a run that goes on, it is no longer finished.
        changes: What differs from the config of the run so far (see `RunFolder.claim`).
        reporter: Is told of changes, and of the schedule.

    Returns:
        Whether there is something left to do.

    Raises:
        UserError: The run is to end before the update at which it stands.
    """
    options, last_step = prepared.config.training, prepared.last_step
    if state.finished:
        exhausted = options.patience is not None and state.stale >= options.patience
        if last_step <= state.step or (exhausted and changes.keys() & LENGTH == {"training.patience"}):
            return False
    elif last_step <= state.step:
        key = "training.max_steps" if options.max_steps else "training.epochs"
        raise UserError(
            f"the run in {prepared.run.path} stands at update {state.step:,}, and {key} lets it end at "
            f"{last_step:,}: give {key} more"
        )
    for text in changes.values():
        reporter.say(text)
    if changes.keys() & LENGTH:
        state.finished = False
        state.stale = 0
        if state.step:
            rewrite_state(prepared.run.snapshots, state)  # now, so that a kill before the next snapshot changes nothing
            reporter.say(_describe_schedule(prepared, state))
    return True


def _describe_schedule(prepared: Preparation, state: TrainingState) -> str:
    """One line about the length of the run and its learning rate."""
    options = prepared.config.training
    rate = learning_rate(options, state.step + 1, prepared.last_step, state.plateau_cuts)
    history = TrainingHistory(prepared.run.log)
    history.read_on()
    before = f", where it was {history.rate[-1]:.1e}" if len(history.rate) else ""
    return (
        f"the run goes on from update {state.step:,} to update {prepared.last_step:,}; its {options.schedule} schedule "
        f"is drawn anew over that length: the learning rate goes on at {rate:.1e}{before}"
    )
