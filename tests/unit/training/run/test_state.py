from __future__ import annotations

import dataclasses
import json

from seq2seq.training.run.state import TrainingState


def test_round_trip_through_json():
    """Every field, at a value that is not its default."""
    state = TrainingState()
    for number, field in enumerate(dataclasses.fields(TrainingState), start=3):
        value = getattr(state, field.name)
        setattr(state, field.name, True if value is False else number + 0.5 if value is None else number)
    assert state != TrainingState()
    values = json.loads(json.dumps(state.to_dict()))
    assert set(values) == {field.name for field in dataclasses.fields(TrainingState)}
    assert TrainingState(**values) == state


def test_floats_are_kept_to_the_bit():
    state = TrainingState(seconds=0.1 + 0.2, best_score=1 / 3)
    assert TrainingState(**json.loads(json.dumps(state.to_dict()))) == state
