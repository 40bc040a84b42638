from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from seq2seq.errors import UserError
from seq2seq.model_folder.run_models import steps_in
from seq2seq.training.data.batch import Batch
from seq2seq.training.run.snapshots import restore_snapshot, save_snapshot, variables_of
from seq2seq.training.run.state import TrainingState, read_state


def contents(model):
    return {name: variable.numpy() for name, variable in variables_of(model).items()}


@pytest.fixture(scope="module")
def model(make_training_model, random_ids, all_dropouts, update_of):
    """One that has made some updates, so that no variable is as it began."""
    model = make_training_model(**all_dropouts)
    update = update_of(model)
    for seed in range(3):
        update(random_ids([4, 3], seed=seed), random_ids([3, 5], seed=seed))
    return model


@pytest.fixture
def saved(model, tmp_path):
    state = TrainingState(step=3, seconds=1.5, best_score=12.25, best_step=2, stale=1)
    save_snapshot(tmp_path, model, state)
    return state


def test_round_trip_to_the_bit(model, saved, tmp_path, make_training_model, random_ids, all_dropouts):
    expected, fresh = contents(model), make_training_model(**all_dropouts | {"seed": 2})
    unlike = [name for name, value in contents(fresh).items() if (value != expected[name]).any()]
    # The optimizer's rate alone is the same in both.
    assert set(expected) - set(unlike) <= {n for n in expected if "learning_rate" in n}

    state = read_state(tmp_path)
    assert state == saved
    restore_snapshot(tmp_path, fresh, state)
    restored = contents(fresh)
    assert restored.keys() == expected.keys()
    for name, value in expected.items():
        assert restored[name].dtype == value.dtype
        assert restored[name].tobytes() == value.tobytes(), name

    batch = (Batch(random_ids([4, 3], seed=9), random_ids([3, 5], seed=9)),)
    for _ in range(2):
        logs, there = model.train_step(batch), fresh.train_step(batch)
        assert {k: float(v) for k, v in logs.items()} == {k: float(v) for k, v in there.items()}
    for name, value in contents(model).items():
        assert contents(fresh)[name].tobytes() == value.tobytes(), name


def test_it_holds_everything_that_changes(model, all_dropouts):
    names = set(variables_of(model))
    trainable = len(model.trainable_variables)
    assert len([n for n in names if n.startswith("average/")]) == trainable
    assert len([n for n in names if n.startswith("optimizer/")]) == 2 * trainable + 2  # moments, iterations, rate
    assert len([n for n in names if n.startswith("model/")]) == trainable + len(model.non_trainable_variables)
    assert len(model.non_trainable_variables) > len(all_dropouts)


def test_without_averages(make_training_model, tmp_path):
    model = make_training_model(ema_decay=0.0)
    save_snapshot(tmp_path, model, TrainingState(step=1))
    restore_snapshot(tmp_path, make_training_model(ema_decay=0.0), TrainingState(step=1))
    with pytest.raises(UserError, match="average/"):
        restore_snapshot(tmp_path, make_training_model(), TrainingState(step=1))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda values: values.pop("average/softmax_bias"), "average/softmax_bias"),
        (lambda values: values.update({"model/extra": np.zeros(2, np.float32)}), "model/extra"),
        (lambda values: values.update({"model/softmax_bias": np.zeros(7, np.float32)}), "model/softmax_bias"),
    ],
    ids=["missing", "extra", "misshapen"],
)
def test_other_variables(model, saved, tmp_path, change, named):
    file = tmp_path / "3" / "variables.safetensors"
    values = load_file(file)
    change(values)
    save_file(values, file)
    before = contents(model)
    with pytest.raises(UserError, match=named) as caught:
        restore_snapshot(tmp_path, model, saved)
    assert str(file) in str(caught.value)
    for name, value in contents(model).items():
        assert value.tobytes() == before[name].tobytes(), "something was restored before the error"


def test_damaged(model, saved, tmp_path):
    file = tmp_path / "3" / "variables.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(UserError, match="damaged"):
        restore_snapshot(tmp_path, model, saved)
    (tmp_path / "3" / "state.json").write_text('{"step": 3')
    with pytest.raises(UserError, match=r"state\.json"):
        read_state(tmp_path)
    (tmp_path / "3" / "state.json").write_text('{"step": 3, "unknown": 4}')
    with pytest.raises(UserError, match=r"state\.json"):
        read_state(tmp_path)


def test_one_is_kept(model, tmp_path):
    assert read_state(tmp_path) is None
    for step in (5, 9, 10, 100):
        save_snapshot(tmp_path, model, TrainingState(step=step))
        assert steps_in(tmp_path) == [step]
        assert [path.name for path in tmp_path.iterdir()] == [str(step)], "something was left behind"
    assert read_state(tmp_path).step == 100


def test_the_newest_counts(model, tmp_path):
    """A kill may come between the new one's appearance and the removal of the older."""
    save_snapshot(tmp_path, model, TrainingState(step=90))
    (tmp_path / "90").rename(tmp_path / "kept")
    save_snapshot(tmp_path, model, TrainingState(step=100))
    (tmp_path / "kept").rename(tmp_path / "90")
    (tmp_path / ".110.123.part").mkdir()
    assert steps_in(tmp_path) == [90, 100]
    assert read_state(tmp_path).step == 100


def test_a_full_disk_leaves_the_last_one(model, saved, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UserError, match="No space left"):
        save_snapshot(tmp_path, model, dataclasses.replace(saved, step=4))
    assert [path.name for path in tmp_path.iterdir()] == ["3"]
    assert json.loads((tmp_path / "3" / "state.json").read_text())["step"] == 3
