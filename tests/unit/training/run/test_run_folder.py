from __future__ import annotations

import json
import os

import pytest

from seq2seq.config.filling import fill
from seq2seq.errors import UserError
from seq2seq.training.run.run_folder import RunFolder


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path / "runs" / "mine")


@pytest.fixture
def claimed(run, make_config):
    with run.claim(make_config()):
        yield run


def add_models(run, *steps):
    for step in steps:
        folder = run.models / str(step)
        folder.mkdir()
        (folder / "metadata.json").write_text(str(step))


def models_of(run):
    return sorted(int(path.name) for path in run.models.iterdir())


def test_a_new_folder(run, make_config):
    config = make_config("training.seed=5")
    with run.claim(config):
        assert run.config.read_text() == config.to_yaml()
        assert run.models.is_dir() and run.snapshots.is_dir()
    with run.claim(config):  # and again: the same run
        pass


def test_an_empty_folder_will_do(run, make_config):
    run.path.mkdir(parents=True)
    with run.claim(make_config()):
        assert run.config.is_file()


def test_another_config_names_the_key(run, make_config):
    with run.claim(make_config()):
        run.save_facts({})
    before = run.config.read_bytes()
    with pytest.raises(UserError) as caught, run.claim(make_config("model.layer_dropout=0.25")):
        pass
    said = str(caught.value)
    assert "model.layer_dropout" in said and "0.4" in said and "0.25" in said and str(run.path) in said
    assert run.config.read_bytes() == before


def test_some_options_may_change(run, make_config):
    with run.claim(make_config()) as (_, changes):
        run.save_facts({})
        assert changes == {}
    before = run.config.read_bytes()
    longer = make_config("training.max_steps=150", "training.keep_models=9")
    with run.claim(longer) as (_, changes):
        assert changes == {
            "training.keep_models": "training.keep_models was 3, is 9",
            "training.max_steps": "training.max_steps was 100, is 150",
        }
        assert run.config.read_bytes() == before, "they hold before it is known whether the run goes on"
        run.save_config(longer)
    with run.claim(longer) as (_, changes):
        assert changes == {}


def test_what_was_chosen_when_it_began_stays(run, make_config):
    config = make_config()
    with run.claim(config):
        chosen = {"training.warmup_steps": 7, "training.validate_steps": 8}
        run.begin(fill(config, chosen), {"chosen": chosen})
    with run.claim(config) as (filled, changes):
        assert (filled.training.warmup_steps, filled.training.validate_steps) == (7, 8) and changes == {}
    with run.claim(make_config("training.validate_steps=9")) as (filled, changes):
        assert (filled.training.warmup_steps, filled.training.validate_steps) == (7, 9)
        assert list(changes) == ["training.validate_steps"]


def test_what_has_not_begun_can_be_corrected(run, make_config):
    with run.claim(make_config()):
        pass
    other = make_config("model.layer_dropout=0.25")
    with run.claim(other):
        pass
    assert run.config.read_text() == other.to_yaml()


def test_somebody_elses_folder(run, make_config):
    run.path.mkdir(parents=True)
    (run.path / "letters.txt").write_text("Dear Ann")
    with pytest.raises(UserError, match="not empty"), run.claim(make_config()):
        pass
    assert [path.name for path in run.path.iterdir()] == ["letters.txt"]


def test_a_file_in_its_place(run, make_config):
    run.path.parent.mkdir(parents=True)
    run.path.write_text("Dear Ann")
    with pytest.raises(UserError, match="mine"), run.claim(make_config()):
        pass
    assert run.path.read_text() == "Dear Ann"


def test_a_damaged_config(run, make_config):
    run.path.mkdir(parents=True)
    run.config.write_text("data: {train")
    run.save_facts({})
    with pytest.raises(UserError, match=r"config\.yaml"), run.claim(make_config()):
        pass


def test_two_at_once(claimed, make_config):
    with pytest.raises(UserError, match="another process"), RunFolder(claimed.path).claim(make_config()):
        pass


def test_the_lock_ends_with_an_error(run, make_config):
    with pytest.raises(ZeroDivisionError), run.claim(make_config()):
        raise ZeroDivisionError
    with run.claim(make_config()):
        pass


def test_leftovers_of_a_kill_are_cleared(run, make_config):
    with run.claim(make_config()):
        add_models(run, 10)
    (run.models / "10").rename(run.models / ".10.4711.old")
    (run.models / ".10.4711.part").mkdir()
    (run.snapshots / ".20.4711.part").mkdir()
    (run.path / ".config.yaml.4711.part").write_text("da")
    with run.claim(make_config()):
        assert models_of(run) == [10], "the model that was being replaced is lost"
        assert list(run.snapshots.iterdir()) == []
        assert not [name for name in os.listdir(run.path) if name.endswith(".part")]


def test_choose_model(claimed):
    add_models(claimed, 10, 20)
    for step in (10, 20, 10):
        claimed.choose_model(step)
        assert (claimed.model / "metadata.json").read_text() == str(step)
    assert not os.path.isabs(os.readlink(claimed.model)), "a moved run must keep its model"
    claimed.path.rename(claimed.path.with_name("moved"))
    assert (claimed.path.with_name("moved") / "model" / "metadata.json").read_text() == "10"


@pytest.mark.parametrize(
    ("best", "keep", "left"), [(30, 1, [30, 100]), (100, 1, [100]), (9, 2, [9, 50, 100]), (10, 9, [9, 10, 30, 50, 100])]
)
def test_prune(claimed, best, keep, left):
    add_models(claimed, 9, 10, 30, 50, 100)
    claimed.choose_model(best)
    claimed.prune_models(best, keep)
    assert models_of(claimed) == left


def test_what_the_link_names_is_never_pruned(claimed):
    """After a kill, the link may name a best model that is later than the snapshot the run goes on from."""
    add_models(claimed, 20, 30, 50, 60, 70)
    claimed.choose_model(30)
    claimed.prune_models(10, 3)
    assert 30 in models_of(claimed)
    assert (claimed.model / "metadata.json").read_text() == "30"


def test_facts(claimed):
    assert claimed.load_facts() is None
    claimed.save_facts({"threads": 2, "precision": "float32"})
    assert claimed.load_facts() == {"threads": 2, "precision": "float32"}
    assert json.loads(claimed.facts.read_text())["threads"] == 2
