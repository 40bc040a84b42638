from __future__ import annotations

import pytest
import tensorflow as tf


def test_tensorboard(make_session):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    session = make_session()
    session.go(20)
    session.end()
    board = EventAccumulator(str(session.run.tensorboard)).Reload()
    tags = set(board.Tags()["tensors"])
    assert {"training/loss", "training/rate", "validation/BLEU", "validation/loss"} <= tags
    event = board.Tensors("training/loss")[-1]
    assert event.step == 20
    assert tf.make_ndarray(event.tensor_proto) == pytest.approx(2.5)


def test_without_tensorboard(make_session):
    session = make_session(last_step=10)
    session.callbacks.remove(session.board)
    session.validation.listeners.remove(session.board)
    session.go()
    assert session.state.finished and [line["validation"] for line in session.lines() if "validation" in line] == [10]
