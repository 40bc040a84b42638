"""What a run is doing at the moment that its page is drawn."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from seq2seq.errors import UserError
from seq2seq.training.run.state import read_state

RELOAD_SECONDS = 20
"""The page of a run that is at work reloads itself after this time."""
TITLES = {
    "preparing": "is being prepared",
    "running": "is running",
    "stopped": "was stopped; the same command goes on",
    "finished": "is finished",
}


@dataclass(frozen=True)
class RunStatus:
    """What a run is doing.

    Attributes:
        state: Whether a process is preparing it or training, or it was stopped, or it has come to its end.
        step: Number of updates so far.
        last_step: Number of updates of the whole run, if it is known.
        seconds_left: Estimate of the time that updates and validations will take, if there is one.
        drawn: When that was so, in seconds since 1970.
    """

    state: Literal["preparing", "running", "stopped", "finished"]
    step: int = 0
    last_step: int | None = None
    seconds_left: float | None = None
    drawn: float = field(default_factory=time.time)

    @property
    def at_work(self) -> bool:
        """Whether the page will be drawn anew, so that a reader's copy has to be loaded again."""
        return self.state in ("preparing", "running")

    @property
    def title(self) -> str:
        """The state in words.

        Example:
            >>> RunStatus("stopped").title
            'was stopped; the same command goes on'
        """
        return TITLES[self.state]


def status_at_rest(run_folder: Path, last_step: int | None = None) -> RunStatus:
    """The status of a run that no process trains, by its newest snapshot."""
    try:
        state = read_state(run_folder / "snapshots")
    except UserError:
        state = None
    if state is None:
        return RunStatus("stopped", 0, last_step)
    return RunStatus("finished" if state.finished else "stopped", state.step, last_step)
