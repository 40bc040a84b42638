from typing import get_args

import pytest

from seq2seq.config.schema import TrainingConfig
from seq2seq.errors import ConfigError
from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy
from seq2seq.training.objectives.registry import OBJECTIVES, make_objective


def test_every_objective_of_the_config_can_be_made(make_config):
    names = get_args(TrainingConfig.model_fields["objective"].annotation)
    assert set(names) == OBJECTIVES.keys()
    for name in names:
        assert make_objective(make_config(f"training.objective={name}").training).loss


def test_cross_entropy_is_the_default_and_smooths_labels(make_config):
    objective = make_objective(make_config("training.label_smoothing=0.2").training)
    assert isinstance(objective, CrossEntropy) and objective.smoothing == 0.2


def test_an_unknown_objective_is_an_error(make_config):
    with pytest.raises(ConfigError, match=r"training\.objective"):
        make_config("training.objective=guessing")
