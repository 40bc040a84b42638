import json
import math

import pytest

from seq2seq.training.monitoring.training_history import TrainingHistory


def update(step, **more):
    return {"step": step, "loss_sum": 6.0, "tokens": 3, "source_tokens": 4, "gradient_norm": 0.5, "rate": 0.1} | more


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"

    def add(*lines, end="\n"):
        with path.open("a") as file:
            file.write("\n".join(map(json.dumps, lines)) + end)

    add.path = path
    return add


def test_what_a_log_tells(log):
    log({"sitting": "now", "from_step": 0}, update(1, seconds=0.5), update(2), {"validation": 2, "loss": 1.5})
    log({"gates": 2, "saturated": {}})
    history = TrainingHistory(log.path)
    history.read_on()
    assert list(history.steps) == [1, 2] and list(history.loss) == [2.0, 2.0]
    assert history.speed[0] == 6.0 and math.isnan(history.speed[1])
    assert (history.tokens, history.seconds) == (6, 0.5)
    assert (len(history.sessions), len(history.validations), len(history.gates)) == (1, 1, 1)


def test_it_is_read_on_and_half_a_line_waits(log):
    history = TrainingHistory(log.path)
    history.read_on()
    log(update(1), end="\n" + json.dumps(update(2))[:20])
    history.read_on()
    history.read_on()
    assert list(history.steps) == [1]
    log(end=json.dumps(update(2))[20:] + "\n")
    history.read_on()
    assert list(history.steps) == [1, 2]
