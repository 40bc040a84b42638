"""What callbacks of a training tell each other: the result of a validation, published to listeners."""

from dataclasses import dataclass
from typing import Any, Protocol

from seq2seq.model.weights import Weights
from seq2seq.training.training_model import TrainingModel
from seq2seq.training.validator import ValidationResult

Logs = dict[str, Any]
"""What Keras hands to a callback: the figures of one update."""


@dataclass(frozen=True)
class Validated:
    """A validation has been made.

    Attributes:
        step: Number of updates that the model has learnt from.
        epochs: Number of passes over the training text up to that step.
        result: Loss, scores and translations.
        weights: Copies of the weights that were measured, which are the moving averages if there are any.
        is_best: Whether the model is the best one so far.
        is_first: Whether it is the run's first validation.
        seconds: Time that measuring took.
    """

    step: int
    epochs: float
    result: ValidationResult
    weights: Weights
    is_best: bool
    is_first: bool
    seconds: float


class ValidationListener(Protocol):
    """Something that acts on a validation's result."""

    def validated(self, event: Validated) -> None:
        """Acts on a validation that has just been made; the model holds its raw weights again."""


class SnapshotListener(Protocol):
    """Something that acts on a snapshot."""

    def snapshot_saved(self, model: TrainingModel) -> None:
        """Acts on a snapshot of this model that is on the disk now; the model's weights must come out unchanged."""
