"""`seq2seq average`: the mean of weights, and of which models."""

import json
import subprocess
import sys

import numpy as np
import pytest

from seq2seq.cli.average import command
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import METADATA, ModelFolder
from tests.unit.cli.conftest import save

STEPS = (90, 100, 120, 200)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory, tiny_tokenizer):
    run = tmp_path_factory.mktemp("run")
    (run / "models").mkdir()
    for step in STEPS:
        save(run / "models" / str(step), tiny_tokenizer, step)
    (run / "models" / ".300.1.part").mkdir()
    (run / "model").symlink_to("models/120")
    return run


def mean(run, steps):
    every = [ModelFolder.open(run / "models" / str(step)).weights() for step in steps]
    return {name: np.mean([weights[name] for weights in every], axis=0) for name in every[0]}


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        (["--last", 1], [200]),
        (["--last", 3], [100, 120, 200]),
        (["--around-best", 1], [120]),
        (["--around-best", 2], [100, 120]),
        (["--around-best", 3], [90, 100, 120]),
        (["--around-best", 4], [90, 100, 120, 200]),
    ],
)
def test_the_mean_of_which(call, run_folder, tmp_path, options, steps):
    result = call(command, run_folder, *options, "--output", tmp_path / "new")
    assert f"the mean of the models of steps {', '.join(map(str, steps))}\n" in result.stdout
    folder = ModelFolder.open(tmp_path / "new")
    expected = mean(run_folder, steps)
    weights = folder.weights()
    assert weights.keys() == expected.keys()
    for name, array in weights.items():
        assert array.dtype == np.float32
        assert array == pytest.approx(expected[name], abs=1e-6)
    assert folder.metadata["averaged"] == [str(step) for step in steps]
    before = ModelFolder.open(run_folder / "models" / "200")
    assert folder.tokenizer().same_as(before.tokenizer())
    assert {key: folder.metadata[key] for key in ("model", "decoding", "target_language")} == {
        key: before.metadata[key] for key in ("model", "decoding", "target_language")
    }
    assert folder.metadata["scores"] == {}


def test_it_can_translate(call, run_folder, source):
    from seq2seq.translation.translator import Translator

    call(command, run_folder, "--last", 2)
    call(command, run_folder, "--last", 2)  # again: in place of the first
    assert len(Translator.load(run_folder / "averaged").translate(["der hund", "ab"])) == 2


def test_what_cannot_be_averaged(call, run_folder, tiny_models, tmp_path):
    for options in ([], ["--last", "2", "--around-best", "2"]):
        result = call(command, run_folder, *options)
        assert result.exit_code == 2 and "one of the two" in result.stderr
    with pytest.raises(UserError, match=r"holds 4 models, fewer than 5: .*training\.keep_models"):
        call(command, run_folder, "--last", 5)
    with pytest.raises(UserError, match="holds no models: give a run folder"):
        call(command, tmp_path, "--last", 1)
    with pytest.raises(UserError, match="is one of the models"):
        call(command, run_folder, "--last", 2, "--output", run_folder / "models" / "200")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine").touch()
    with pytest.raises(UserError, match="is no model folder"):
        call(command, run_folder, "--last", 2, "--output", tmp_path / "letters")
    assert (tmp_path / "letters" / "mine").exists()


def test_models_that_differ_in_more_than_weights(call, run_folder, tiny_models, tmp_path):
    run = tmp_path / "run"
    (run / "models").mkdir(parents=True)
    (run / "models" / "1").symlink_to(tiny_models[0])
    (run / "models" / "2").symlink_to(tiny_models[2])
    with pytest.raises(UserError, match="differ in more than weights"):
        call(command, run, "--last", 2)
    with pytest.raises(UserError, match="no best model yet"):
        call(command, run, "--around-best", 2)


def test_without_tensorflow(run_folder, tmp_path):
    program = (
        "import sys; from pathlib import Path; from seq2seq.model_folder.averaging import *;"
        f"average_models(last_models(Path({str(run_folder)!r}), 2), Path({str(tmp_path / 'new')!r}));"
        "assert not {'tensorflow', 'keras', 'pydantic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert json.loads((tmp_path / "new" / METADATA).read_text())["averaged"] == ["120", "200"]
