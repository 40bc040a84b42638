from __future__ import annotations

from seq2seq.model_folder.run_models import steps_in
from seq2seq.training.run.state import TrainingState, read_state


def test_by_the_step(make_session):
    session = make_session("training.snapshot_steps=4")
    seen = []
    for _ in range(9):
        session.update()
        seen.append(steps_in(session.run.snapshots))
    assert seen == [[], [], [], [4], [4], [4], [4], [8], [8]]


def test_by_the_clock(make_session):
    often = make_session("training.snapshot_minutes=0.000001")
    often.go(3)
    assert steps_in(often.run.snapshots) == [3]


def test_not_without_a_reason(make_session):
    session = make_session()
    session.go(9)
    assert steps_in(session.run.snapshots) == []


def test_on_a_signal(make_session, model):
    session = make_session()
    session.go(3)
    session.interrupts.signal = 15
    session.go()
    assert model.stop_training
    assert session.state.step == 4
    state = read_state(session.run.snapshots)
    assert state.step == 4 and not state.finished


def test_it_comes_after_the_validation_of_its_step(make_session):
    session = make_session("training.snapshot_steps=10", scores=(3.0, 2.0))
    session.go(10)
    state = read_state(session.run.snapshots)
    assert (state.last_validation, state.best_score, state.best_step) == (10, 3.0, 10)
    session.log.flush()
    assert state.log_bytes == len(session.run.log.read_bytes())


def test_time_adds_up_over_sessions(make_session):
    session = make_session(state=TrainingState(step=5, seconds=100.0))
    session.go(2)
    assert 100 < session.state.seconds < 110
