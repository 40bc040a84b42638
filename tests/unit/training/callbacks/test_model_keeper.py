from __future__ import annotations

import json
import os

import numpy as np
import pytest

from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.training.run.state import TrainingState


@pytest.mark.parametrize(
    ("best", "scores", "expected"), [("bleu", (30.0, 10.0, 40.0, 20.0), 30), ("loss", (3.0, 1.0, 4.0, 2.0), 20)]
)
def test_best(make_session, best, scores, expected):
    session = make_session(f"training.best={best}", "training.keep_models=1", last_step=40, scores=scores)
    session.go()
    session.end()
    assert session.state.best_step == expected
    metadata = json.loads((session.run.model / "metadata.json").read_text())
    assert metadata["scores"]["step"] == expected and metadata["target_language"] == "de"
    assert sorted(int(path.name) for path in session.run.models.iterdir()) == [expected, 40]
    validations = [line for line in session.lines() if "validation" in line]
    assert [line["validation"] for line in validations] == [10, 20, 30, 40]
    assert [line["BLEU"] for line in validations] == list(scores)
    assert validations[0]["signatures"]["BLEU"] == "sig" and validations[1]["epochs"] == 2.0
    assert (session.run.validation / "20.txt").read_text() == "Ja.\n\n"


class TestBeforeTheFirstValidation:
    def test_a_snapshot_leaves_the_averaged_weights_as_the_model(self, make_session, model):
        session = make_session("training.snapshot_steps=4")
        model.averages[0].assign_add(model.averages[0] * 0 + 1)
        before = [w.numpy() for w in model.trainable_variables]
        session.go(4)
        folder = ModelFolder.open(session.run.model)
        assert os.readlink(session.run.model) == "models/4" and folder.metadata["scores"] == {"step": 4}
        with model.averaged():
            for name, array in get_weights(model).items():
                np.testing.assert_array_equal(folder.weights()[name], array)
        for w, value in zip(model.trainable_variables, before, strict=True):
            np.testing.assert_array_equal(w.numpy(), value)

    def test_the_newest_alone_is_kept_and_the_first_validation_replaces_it(self, make_session):
        session = make_session("training.snapshot_steps=4", scores=(0.0, 0.0))
        session.go(8)
        assert models_of(session) == [8] == [session.run.model_step()]
        session.go(2)
        assert models_of(session) == [10] == [session.run.model_step()]
        session.go(2)
        assert models_of(session) == [10] == [session.run.model_step()]

    def test_a_signal_leaves_one(self, make_session):
        session = make_session()
        session.interrupts.signal = 2
        session.go(3)
        assert session.run.model_step() == 1

    def test_a_validated_model_that_is_newer_than_the_snapshot_stays(self, make_session):
        killed = make_session("training.snapshot_steps=4")
        killed.go(10)
        again = make_session("training.snapshot_steps=4", state=TrainingState(step=4, log_bytes=0))
        again.go(4)
        assert models_of(again) == [10] == [again.run.model_step()]
        again.go(2)
        assert models_of(again) == [10] == [again.run.model_step()]


def models_of(session):
    return sorted(int(path.name) for path in session.run.models.iterdir())
