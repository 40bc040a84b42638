"""What a run knows about itself beside its weights."""

import dataclasses
from dataclasses import dataclass


@dataclass
class TrainingState:
    """Everything that callbacks remember, in one place, so that a snapshot cannot forget a callback."""

    step: int = 0
    """Updates done: the clock of the run."""
    seconds: float = 0.0
    """Time spent, validations included, over all sessions."""
    best_score: float | None = None
    best_step: int = 0
    stale: int = 0
    """Validations since the best one."""
    plateau_stale: int = 0
    """Validations since the best one or the last cut of the rate."""
    plateau_cuts: int = 0
    """How often the plateau schedule cut the rate."""
    last_validation: int = 0
    """Step of the newest validation."""
    log_bytes: int = 0
    """Length of log.jsonl at this state."""
    finished: bool = False

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return dataclasses.asdict(self)
