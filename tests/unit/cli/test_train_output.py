from __future__ import annotations

import shlex

import pytest
from click.testing import CliRunner

from seq2seq.cli.main import cli
from seq2seq.cli.train_output import print_next_commands, print_scores


def test_scores_have_name_and_signature(capsys):
    """Contract 9."""
    print_scores({"step": 4, "loss": 2.3456, "BLEU": {"score": 12.34, "signature": "nrefs:1|version:2"}})
    assert capsys.readouterr().err.splitlines() == [
        "On the dev set: loss 2.346 nats per token",
        "  BLEU 12.3   nrefs:1|version:2",
    ]
    print_scores({"step": 4})
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("sentence", ["Where's it?", None])
def test_next_commands_are_commands(capsys, tmp_path, sentence):
    run = tmp_path / "my run"
    (run / "validation").mkdir(parents=True)
    if sentence:
        (run / "validation" / "source.txt").write_text(f"\n{'long ' * 30}\n{sentence}\n")
    print_next_commands(run / "model", ("en", None))
    lines = capsys.readouterr().err.splitlines()
    commands = [shlex.split(line.partition("seq2seq ")[2]) for line in lines if "seq2seq " in line]
    assert [command[0] for command in commands] == ["translate", "evaluate", "inspect", "export"]
    assert all(command[1] == str(run / "model") for command in commands)
    assert commands[2][2] == (sentence or "a sentence") and commands[1][3:6] == [
        "test.en",
        "--reference",
        "test.target",
    ]
    for name, *arguments in commands:
        # Each is parsed; what it names is not there.
        result = CliRunner().invoke(cli, [name, *arguments], obj={})
        assert "No such option" not in result.output and "Missing" not in result.output and result.exit_code != 0
    assert lines[-1].endswith("training.html")
