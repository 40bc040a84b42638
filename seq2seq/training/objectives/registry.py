"""The objectives by the names that a config gives them."""

from collections.abc import Callable, Mapping

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy
from seq2seq.training.objectives.objective import Objective

OBJECTIVES: Mapping[str, Callable[[TrainingConfig], Objective]] = {
    "cross_entropy": lambda options: CrossEntropy(options.label_smoothing),
}
"""Name in `training.objective` → what makes the objective of the training options."""


def make_objective(options: TrainingConfig) -> Objective:
    """Makes the objective that `options.objective` names."""
    return OBJECTIVES[options.objective](options)
