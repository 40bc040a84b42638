"""The state of a run beside its weights."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.files import write_file
from seq2seq.model_folder.run_models import steps_in

STATE = "state.json"
"""File of a snapshot that holds its state."""


@dataclass
class TrainingState:
    """Everything that callbacks remember, in one value, so that a snapshot holds it all."""

    step: int = 0
    """Number of updates so far: the clock of the run."""
    seconds: float = 0.0
    """Time of all sessions, validations included."""
    best_score: float | None = None
    """Score of the best validation."""
    best_step: int = 0
    """Step of the best validation."""
    best_figures: dict[str, float] = field(default_factory=dict)
    """All figures of the best validation; of a run that began before they were kept, only the one that decided."""
    highest: dict[str, float] = field(default_factory=dict)
    """The highest value of each figure so far."""
    stale: int = 0
    """Number of validations since the best one."""
    plateau_stale: int = 0
    """Number of validations since the best one or the last cut of the rate."""
    plateau_cuts: int = 0
    """How often the plateau schedule cut the rate."""
    last_validation: int = 0
    """Step of the newest validation."""
    log_bytes: int = 0
    """Length of log.jsonl at this state, in bytes."""
    finished: bool = False
    """Whether the run has come to its end."""

    def to_dict(self) -> dict[str, object]:
        """The state as a dictionary of what JSON can hold."""
        return dataclasses.asdict(self)


def read_state(folder: Path) -> TrainingState | None:
    """Reads the state of the newest snapshot, or gives None if there is none.

    Args:
        folder: The folder of a run's snapshots.

    Raises:
        UserError: The snapshot is damaged.
    """
    steps = steps_in(folder)
    if not steps:
        return None
    file = folder / str(steps[-1]) / STATE
    try:
        return TrainingState(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{file} is damaged: delete the folder {file.parent} or train into a new one") from error


def rewrite_state(folder: Path, state: TrainingState) -> None:
    """Puts a state into its snapshot again, whose variables stay; without such a snapshot, nothing is written.

    Args:
        folder: The folder of a run's snapshots.
        state: The state, of the same step as the snapshot.

    Raises:
        UserError: The disk is full or cannot be written.
    """
    snapshot = folder / str(state.step)
    if snapshot.is_dir():
        write_file(snapshot / STATE, json.dumps(state.to_dict(), indent=2) + "\n")
