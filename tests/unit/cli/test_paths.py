import importlib

import click
import pytest
from click.shell_completion import ShellComplete

from seq2seq.cli.main import cli
from seq2seq.cli.paths import FILE, MODEL, complete_corpora, complete_keys
from seq2seq.text.catalogue import card_paths


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    model = tmp_path / "run" / "models" / "5"
    model.mkdir(parents=True)
    (model / "metadata.json").touch()
    (tmp_path / "run" / "model").symlink_to("models/5")
    return tmp_path / "run"


def test_the_home_folder_has_its_sign(run, tmp_path):
    assert FILE.convert("~/text", None, None) == tmp_path / "text"
    assert str(FILE.convert("a~b", None, None)) == "a~b"


def test_a_run_folder_stands_for_its_best_model(run):
    assert str(MODEL.convert("run", None, None)) == "run/model"
    assert MODEL.convert("~/run", None, None) == run / "model"
    for path in ("run/model", "run/models/5", "run/models", "missing", "-"):
        assert str(MODEL.convert(path, None, None)) == path


def test_every_command_that_takes_a_model_takes_a_run():
    for name, parameter in (("translate", "models"), ("score", "models"), ("evaluate", "models"), ("export", "model")):
        command = importlib.import_module(f"seq2seq.cli.{name}").command
        assert next(one for one in command.params if one.name == parameter).type is MODEL, name


def test_corpora_and_keys_are_completed():
    context = click.Context(cli)
    parameter = click.Argument(["name"])
    names = [item.value for item in complete_corpora(context, parameter, "multi")]
    assert names == [name for name in card_paths() if name.startswith("multi")] != []
    assert "training.epochs=" in [item.value for item in complete_keys(context, parameter, "training.e")]


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [([], "tr", ["train", "translate"]), (["corpora", "fetch"], "multi30k-en-d", ["multi30k-en-de"])],
)
def test_the_shell_asks_and_gets_them(words, incomplete, offered):
    completion = ShellComplete(cli, {}, "seq2seq", "_SEQ2SEQ_COMPLETE")
    assert [item.value for item in completion.get_completions(words, incomplete)] == offered
