from __future__ import annotations

import pytest

from seq2seq.model_folder.run_models import steps_in
from seq2seq.training.run.state import read_state
from seq2seq.training.schedules import learning_rate


def test_a_line_for_each_update(make_session):
    session = make_session()
    session.go(3)
    session.end()
    lines = session.lines()
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert all(line["loss_sum"] == 12.5 and line["tokens"] == 5 and line["source_tokens"] == 4 for line in lines)
    assert lines[0]["rate"] == pytest.approx(learning_rate(session.config.training, 1, 100, 0))


def test_further_sums_of_an_objective_follow(make_session):
    session = make_session()
    session.update(divergence_sum=0.25)
    session.end()
    line = session.lines()[0]
    assert list(line)[-2:] == ["seconds", "divergence_sum"] and line["divergence_sum"] == 0.25


def test_what_came_after_the_snapshot_is_cut_off(make_session):
    first = make_session("training.snapshot_steps=4")
    first.go(6)
    first.log.flush()
    second = make_session("training.snapshot_steps=4", state=read_state(first.run.snapshots))
    assert second.state.step == 4
    second.go(3)
    second.end()
    assert [line["step"] for line in second.lines()] == [1, 2, 3, 4, 5, 6, 7]


def test_a_log_that_was_deleted(make_session):
    first = make_session("training.snapshot_steps=4")
    first.go(4)
    first.end()
    first.run.log.unlink()
    second = make_session("training.snapshot_steps=4", state=read_state(first.run.snapshots))
    second.go(2)
    second.end()
    assert b"\0" not in second.run.log.read_bytes()
    assert [line["step"] for line in second.lines()] == [5, 6]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_run(make_session, loss):
    session = make_session("training.snapshot_steps=1")
    session.go(2)
    with pytest.raises(FloatingPointError, match=r"step 3.*training\.learning_rate"):
        session.update(loss)
    assert steps_in(session.run.snapshots) == [2], "a snapshot of a broken model"
