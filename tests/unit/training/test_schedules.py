from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.schedules import learning_rate

SCHEDULES = ("constant", "cosine", "inverse_square_root", "plateau")


def options(**values):
    return TrainingConfig(**{"max_steps": 1000, "learning_rate": 0.004, "warmup_steps": 100} | values)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_warm_up_rises_linearly_to_the_peak(schedule):
    config = options(schedule=schedule)
    assert learning_rate(config, 1, 1000, 0) == pytest.approx(0.004 / 100)
    assert learning_rate(config, 50, 1000, 0) == pytest.approx(0.002)
    assert learning_rate(config, 100, 1000, 0) == pytest.approx(0.004)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_without_warm_up_it_begins_at_the_peak(schedule):
    assert learning_rate(options(schedule=schedule, warmup_steps=0), 1, 1000, 0) == pytest.approx(0.004, rel=1e-5)


def test_constant():
    assert {learning_rate(options(schedule="constant"), step, 1000, 0) for step in range(100, 1001)} == {0.004}


def test_cosine():
    config = options(schedule="cosine", final_learning_rate=0.0004)
    assert learning_rate(config, 550, 1000, 0) == pytest.approx((0.004 + 0.0004) / 2)
    assert learning_rate(config, 1000, 1000, 0) == pytest.approx(0.0004)
    quarter = 0.0004 + (0.004 - 0.0004) * (1 + 2**-0.5) / 2
    assert learning_rate(config, 325, 1000, 0) == pytest.approx(quarter)


def test_inverse_square_root():
    config = options(schedule="inverse_square_root")
    assert learning_rate(config, 400, 1000, 0) == pytest.approx(0.002)
    assert learning_rate(config, 900, 1000, 0) == pytest.approx(0.004 / 3)


def test_plateau():
    config = options(schedule="plateau", plateau_factor=0.5, final_learning_rate=0.0003)
    rates = [learning_rate(config, 500, 1000, cuts) for cuts in range(6)]
    assert rates == pytest.approx([0.004, 0.002, 0.001, 0.0005, 0.0003, 0.0003])
    # During warm-up nothing is cut yet.
    assert learning_rate(config, 50, 1000, 3) == pytest.approx(0.002)


@given(
    schedule=st.sampled_from(SCHEDULES),
    peak=st.floats(1e-6, 1),
    final=st.floats(1e-9, 1),
    warmup=st.integers(0, 50),
    last=st.integers(1, 100),
    cuts=st.integers(0, 60),
    data=st.data(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_rate_is_positive_and_at_most_the_peak(schedule, peak, final, warmup, last, cuts, data):
    config = options(schedule=schedule, learning_rate=peak, final_learning_rate=final, warmup_steps=warmup)
    step = data.draw(st.integers(1, last))
    rate = learning_rate(config, step, last, cuts)
    assert 0 < rate <= peak * (1 + 1e-12)
    if step > warmup and step < last:
        assert learning_rate(config, step + 1, last, cuts) <= rate * (1 + 1e-12), "it rises after the warm-up"
