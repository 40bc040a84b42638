from __future__ import annotations

import pytest

from seq2seq.training.run.state import TrainingState
from seq2seq.training.schedules import learning_rate


def test_counts_and_sets_the_rate_of_each_update(make_session, model):
    session = make_session(last_step=30)
    for step in range(1, 31):
        session.update()
        assert session.state.step == step
        expected = learning_rate(session.config.training, step, 30, 0)
        assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)


def test_goes_on_where_the_state_stands(make_session, model):
    session = make_session(last_step=30, state=TrainingState(step=20))
    session.update()
    assert session.state.step == 21
    expected = learning_rate(session.config.training, 21, 30, 0)
    assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)
