"""Contracts 7 and 8: one clear sentence for a mistake, and nothing heavy for a question."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from seq2seq.cli.main import COMMANDS, cli
from seq2seq.errors import ConfigError, UserError
from seq2seq.version import __version__

PROJECT = Path(__file__).parents[3]
main = importlib.import_module("seq2seq.cli.main")


def python(program, *arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, **options
    )


@pytest.fixture
def failing(monkeypatch):
    """Puts a command in place of all that raises the given error."""

    def fail(error):
        @click.command("train")
        def command():
            raise error

        monkeypatch.setattr(main._Commands, "get_command", lambda self, context, name: command)

    return fail


def test_importing_and_asking_for_help_loads_nothing_heavy():
    done = python(
        """
import contextlib, importlib.abc, io, sys
HEAVY = {"tensorflow", "keras", "numpy", "pydantic", "rich", "sacrebleu", "sentencepiece", "safetensors"}

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        assert name.split(".")[0] not in HEAVY, f"{name} is imported"

sys.meta_path.insert(0, Blocker())
import seq2seq
from seq2seq.cli.main import COMMANDS, cli
with contextlib.redirect_stdout(io.StringIO()) as said:
    for arguments in ([], *([name] for name in COMMANDS)):
        assert cli([*arguments, "--help"], standalone_mode=False) == 0
assert said.getvalue().count("Usage:") == 1 + len(COMMANDS)
assert not HEAVY & sys.modules.keys()
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_python_api_is_there_when_asked_for():
    done = python(
        """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None
import seq2seq
for name in seq2seq.__all__:
    if name not in ("train", "__version__"):  # training needs what is blocked here
        assert getattr(seq2seq, name).__name__ == name, name
try:
    seq2seq.nothing
except AttributeError as error:
    print(error)
"""
    )
    assert (done.returncode, done.stdout) == (0, "module 'seq2seq' has no attribute 'nothing'\n"), done.stderr


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_help_has_an_example(name):
    said = CliRunner().invoke(cli, [*filter(None, [name]), "--help"], prog_name="seq2seq")
    assert said.exit_code == 0
    usage, _, rest = said.output.partition("\n")
    assert usage.startswith("Usage: seq2seq")
    assert f"  seq2seq {name}".rstrip() in rest


def test_every_option_is_described():
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        commands = command.commands.values() if isinstance(command, click.Group) else [command]
        for inner in commands:
            for option in inner.params:
                obvious = isinstance(option, click.Option) and isinstance(option.type, click.Choice)
                assert isinstance(option, click.Argument) or option.help or obvious, f"{name} {option.name}"


def test_the_version(run_cli, capsys):
    assert run_cli("--version") == 0
    assert capsys.readouterr().out == f"seq2seq, version {__version__}\n"


def test_an_unknown_command_or_option_is_a_usage_error(run_cli, capsys):
    for arguments, said in ((["tain"], "tain"), (["train", "--sets"], "--sets")):
        assert run_cli(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert said in err.splitlines()[-1]
        assert "Traceback" not in err


def test_a_misspelt_command_gets_a_suggestion(run_cli, capsys):
    assert run_cli("trian") == 2
    assert capsys.readouterr().err.endswith("No such command 'trian': did you mean 'train'?\n")


def test_the_list_of_commands_has_whole_sentences():
    corpora = cli.get_command(click.Context(cli), "corpora")
    assert isinstance(corpora, click.Group)
    for group in (cli, corpora):
        shown = " ".join(CliRunner().invoke(group, ["--help"]).output.partition("Commands:")[2].split())
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            assert f"{name} {command.get_short_help_str(1000)}" in shown
        assert "..." not in shown


@pytest.mark.parametrize(
    ("arguments", "library"),
    [
        (["train", "my.yaml"], "pydantic"),
        (["config"], "pydantic"),
        (["evaluate", "--hypothesis", "a", "--reference", "b"], "sacrebleu"),
        (["corpora", "list"], "pydantic"),
        (["inspect", "model", "a sentence"], "keras"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_a_small_install_says_what_has_the_command(arguments, library, tmp_path):
    absent = (
        "tensorflow",
        "keras",
        "pydantic",
        "yaml",
        "rich",
        "sacrebleu",
        "jinja2",
        "matplotlib",
        "safetensors",
        "onnx",
    )
    program = f"""
import sys
sys.modules.update(dict.fromkeys({absent}))
from seq2seq.cli.main import main
main()
"""
    done = python(program, *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "" and done.stderr.count("\n") == 1
    if arguments[0] != "inspect":  # which says first that there is no such model
        assert done.stderr.startswith(f"error: 'seq2seq {arguments[0]}' needs {library}, which is not installed: ")


@pytest.mark.parametrize(("kind", "status"), [(UserError, 1), (ConfigError, 2), (FloatingPointError, 1)])
def test_a_mistake_is_one_sentence(run_cli, capsys, failing, kind, status):
    failing(kind("say what to do"))
    assert run_cli("train") == status
    assert capsys.readouterr() == ("", "error: say what to do\n")


@pytest.mark.parametrize(
    "arguments", [["--debug", "train"], ["train", "--debug"], ["--debug", "train", "--debug"]], ids=" ".join
)
def test_debug_shows_where_a_mistake_comes_from(monkeypatch, failing, arguments):
    failing(UserError("say what to do"))
    monkeypatch.setattr(sys, "argv", ["seq2seq", *arguments])
    with pytest.raises(UserError):
        main.main()


@pytest.mark.parametrize(
    "arguments",
    [
        ["corpora", "show", "nothing", "--debug"],
        ["corpora", "--debug", "show", "nothing"],
        ["evaluate", "--hypothesis", "nowhere", "--debug", "--reference", "nowhere"],
    ],
    ids=" ".join,
)
def test_debug_may_stand_anywhere(monkeypatch, arguments):
    monkeypatch.setattr(sys, "argv", ["seq2seq", *arguments])
    with pytest.raises(UserError, match=r"nothing|nowhere"):
        main.main()


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["evaluate", "--hypothesis", "--debug", "--reference", "nowhere"], "nowhere"),
        (["evaluate", "--hypothesis", "nowhere", "--reference", "--debug"], "--debug"),
        (["corpora", "show", "--", "--debug"], "--debug"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_value_that_reads_like_debug_is_a_value(run_cli, capsys, tmp_path, monkeypatch, arguments, value):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing").touch()
    assert run_cli(*arguments) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("error: ") and value in err and err.count("\n") == 1


def test_a_defect_shows_where_it_is(monkeypatch, failing):
    failing(ZeroDivisionError())
    monkeypatch.setattr(sys, "argv", ["seq2seq", "train"])
    with pytest.raises(ZeroDivisionError):
        main.main()


def test_ctrl_c_is_no_traceback(run_cli, capsys, failing):
    failing(KeyboardInterrupt())
    assert run_cli("train") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_has_gone_ends_it_quietly(tmp_path):
    (tmp_path / "text").write_text("a line of text\n")
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    with open(writing_end, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "seq2seq", "evaluate", "--hypothesis", "text", "--reference", "text"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=pipe,
            stderr=subprocess.PIPE,
        )
    # As a shell says of a program that SIGPIPE ended.
    assert (done.returncode, done.stderr) == (141, b"")
