import pytest

from seq2seq.config.loading import build_config
from seq2seq.errors import ConfigError
from seq2seq.training.schedules import learning_rate


def rates(last_step=700, **options):
    options = {"epochs": 1.0, "learning_rate": 1.0, "final_learning_rate": 0.1, "warmup_steps": 0} | options
    config = build_config({"data": {"train": {"source": "a", "target": "b"}}, "training": options}, "test").training
    return [learning_rate(config, step, last_step, 0) for step in range(1, last_step + 1)]


def test_each_cycle_falls_to_the_end_and_is_twice_as_long():
    found = rates(restarts=2)  # cycles of 100, 200 and 400 steps
    rises = [n + 1 for n in range(1, 700) if found[n] > found[n - 1]]
    assert rises == [101, 301] or rises == [100, 300]  # the step at a boundary belongs to either
    assert found[-1] == pytest.approx(0.1)
    assert found[200 - 1] == pytest.approx(0.55)  # half-way through the second cycle
    assert max(found) <= 1.0 and min(found) >= 0.1


def test_without_restarts_it_is_half_a_cosine():
    found = rates()
    assert found == sorted(found, reverse=True)
    assert found[350 - 1] == pytest.approx(0.55)


def test_restarts_are_of_the_cosine():
    with pytest.raises(ConfigError, match="restarts are of the cosine schedule, not of plateau"):
        rates(schedule="plateau", restarts=1)
