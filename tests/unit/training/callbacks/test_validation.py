from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from seq2seq.evaluation import Score
from seq2seq.training.validator import ValidationResult


def test_listeners_get_the_result_in_their_order(make_session):
    session = make_session(last_step=10, scores=(3.0,))
    heard = []
    session.validation.listeners = [
        SimpleNamespace(validated=lambda event, n=n: heard.append((n, event))) for n in range(3)
    ]
    session.go(10)
    assert [n for n, _ in heard] == [0, 1, 2]
    event = heard[0][1]
    assert all(other is event for _, other in heard)
    assert (event.step, event.epochs, event.is_best, event.result.translations) == (10, 1.0, True, ["Ja.", ""])


def test_when(make_session):
    session = make_session(last_step=25, scores=(3.0, 1.0, 2.0))
    session.go()
    assert session.state.step == 25
    assert [step for step, _ in session.saved] == [10, 20, 25]
    assert session.state.finished
    assert session.state.last_validation == 25


def test_plateau_cuts(make_session, model):
    session = make_session(
        "training.schedule=plateau",
        "training.plateau_patience=2",
        "training.plateau_factor=0.5",
        "training.patience=null",
        last_step=100,
        scores=(50.0, 40.0, 40.0, 40.0, 40.0, 60.0, 50.0, 50.0, 50.0, 50.0),
    )
    cuts = []
    while not model.stop_training:
        session.update()
        if session.state.step % 10 == 0:
            cuts.append(session.state.plateau_cuts)
    assert cuts == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]
    assert session.clock.rate == pytest.approx(session.config.training.learning_rate * 0.5**3)


def test_a_lucky_start_ends_no_run(make_session):
    """BLEU near zero is noise: the loss, which falls, decides."""
    session = make_session("training.patience=2", last_step=60)
    numbers = iter(range(100))

    def measure():
        n = next(numbers)
        bleu = (0.14, 0.02, 0.05, 0.01, 0.03, 0.02)[n]
        scores = [Score("BLEU", bleu, "sig", ""), Score("chrF2", 8.0 + n, "sig", "")]
        return ValidationResult(5 - n / 2, scores, ["Ja."] * 99)

    session.validation.validator.run = measure
    session.go()
    assert (session.state.step, session.state.best_step) == (60, 60)


def test_it_is_the_averaged_model_that_is_saved(make_session, model):
    session = make_session(last_step=10)
    average = model.averages[[w is model.softmax_bias for w in model.trainable_variables].index(True)]
    average.assign(np.full(average.shape, 7.0))
    before = model.softmax_bias.numpy()
    session.go()
    assert session.saved == [(10, 7.0)]
    np.testing.assert_array_equal(model.softmax_bias.numpy(), before)
