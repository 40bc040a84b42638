from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from seq2seq.errors import UserError
from seq2seq.training.prolonging import go_on
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState, read_state

EPOCHS = {"training.max_steps": "training.max_steps was 100, is 200"}
PATIENCE = {"training.patience": "training.patience was 3, is 4"}


@pytest.fixture
def run(tmp_path):
    run = RunFolder(tmp_path / "run")
    (run.snapshots / "100").mkdir(parents=True)
    run.log.write_text(json.dumps({"step": 100, "tokens": 9, "loss_sum": 9, "gradient_norm": 1, "rate": 1e-5}) + "\n")
    return run


@pytest.fixture
def begin(run, make_config):
    """Goes on with a run at update 100; gives whether there is something to do, what was said, and the state."""

    def go(last_step, changes, *overrides, finished=True, stale=0):
        config = make_config("training.warmup_steps=0", "training.final_learning_rate=0.0", *overrides)
        prepared = SimpleNamespace(config=config, run=run, last_step=last_step)
        state, said = TrainingState(step=100, finished=finished, stale=stale), []
        return go_on(prepared, state, changes, SimpleNamespace(say=said.append)), said, state

    return go


def test_a_finished_run_is_prolonged_and_the_schedule_is_told(begin, run):
    goes_on, said, state = begin(200, EPOCHS, "training.learning_rate=0.002")
    assert goes_on and not state.finished and said[0] == EPOCHS["training.max_steps"]
    assert "from update 100 to update 200" in said[1] and "cosine schedule is drawn anew" in said[1]
    assert "goes on at 9.8e-04, where it was 1.0e-05" in said[1]
    assert read_state(run.snapshots) == state, "a kill now would lose that the run goes on"


@pytest.mark.parametrize("last_step", [100, 60])
def test_no_longer_than_it_is(begin, run, last_step):
    goes_on, said, state = begin(last_step, EPOCHS)
    assert not goes_on and state.finished and said == []
    assert not list((run.snapshots / "100").iterdir())


def test_a_run_that_stopped_early(begin):
    assert not begin(200, PATIENCE, "training.patience=3", stale=3)[0]
    goes_on, _, state = begin(200, PATIENCE, "training.patience=4", stale=3)
    assert goes_on and state.stale == 0
    assert begin(200, EPOCHS, "training.patience=3", stale=3)[0], "more updates, the same patience"


def test_one_that_is_not_finished(begin):
    assert begin(150, {}, finished=False)[:2] == (True, [])
    changed = {"training.keep_models": "training.keep_models was 3, is 1"}
    assert begin(150, changed, finished=False)[1] == list(changed.values())
    with pytest.raises(UserError, match=r"stands at update 100, and training.max_steps lets it end at 90: give"):
        begin(90, EPOCHS, finished=False)
