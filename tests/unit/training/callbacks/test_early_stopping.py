from __future__ import annotations

from seq2seq.model_folder.run_models import steps_in
from seq2seq.training.run.state import read_state


def test_patience(make_session):
    session = make_session("training.patience=3", last_step=1000, scores=(10.0, 20.0, 15.0, 19.0, 20.0, 90.0))
    session.go()
    assert session.state.step == 50, "an equal score is no better one"
    assert session.state.finished and session.state.best_step == 20
    assert steps_in(session.run.snapshots) == [50]
    assert read_state(session.run.snapshots).finished


def test_patience_survives_a_kill(make_session):
    scores = (50.0, 10.0, 10.0, 10.0, 90.0)
    first = make_session("training.patience=3", "training.snapshot_steps=5", last_step=1000, scores=scores)
    first.go(37)
    second = make_session(
        "training.patience=3",
        "training.snapshot_steps=5",
        last_step=1000,
        scores=scores,
        state=read_state(first.run.snapshots),
    )
    assert second.state.step == 35 and second.state.stale == 2
    second.go()
    assert second.state.step == 40


def test_without_patience(make_session):
    session = make_session("training.patience=null", last_step=300, scores=(1.0,) * 30)
    session.go()
    assert session.state.step == 300
