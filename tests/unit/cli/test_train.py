"""Mistakes that are known before TensorFlow is loaded; what training does is tested elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

GOOD = "data:\n  train: {source: a, target: b}\ntraining:\n  epochs: 1\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "arguments", "status", "said"),
    [
        (GOOD + "  sed: 5\n", [], 2, "my.yaml, line 5: unknown key 'training.sed': did you mean 'seed'?"),
        (GOOD + "  seed: x\n", [], 2, "my.yaml, line 5: training.seed: input should be a valid integer, not 'x'"),
        (GOOD, ["--set", "training.sed=1"], 2, "--set training.sed=1: unknown key 'training.sed'"),
        (GOOD, ["--set", "seed"], 2, "--set seed: write it as section.key=value"),
        ("a: [1", [], 2, "my.yaml, line 1: not valid YAML"),
        (None, [], 1, "my.yaml does not exist"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(run_cli, capsys, here, text, arguments, status, said):
    if text is not None:
        (here / "my.yaml").write_text(text)
    assert run_cli("train", "my.yaml", *arguments) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: {said}") and err.count("\n") == 1


def test_a_mistake_without_a_config_names_the_command_line(run_cli, capsys):
    arguments = ["train", "--source", "a.en", "--target", "a.de", "--output", "run", "--set"]
    assert run_cli(*arguments, "training.max_steps=0") == 2
    err = capsys.readouterr().err
    assert err.startswith("error: --set training.max_steps=0: training.max_steps: input should be")


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ([], "--source and --target, two files of text (or --source alone, a .tsv or .csv of pairs), and --output."),
        (["--source", "a"], "--target, the translation of a line by line and --output, the folder for the run."),
        (["--source", "a", "--target", "b"], "--output, the folder for the run."),
        (["--source", "a.csv"], "--output, the folder for the run."),
        (["--source", "a", "--output", "o"], "--target, the translation of a line by line."),
        (["my.yaml", "--source", "a"], "--source and --target, not both."),
        (["my.yaml", "--target", "b"], "--source and --target, not both."),
    ],
)
def test_what_to_train_on_is_said_in_one_way(run_cli, capsys, arguments, missing):
    assert run_cli("train", *arguments) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"Error: Give a CONFIG, or {missing}"


@pytest.mark.parametrize("name", ["a.tsv", "a.en.tsv.gz"])
def test_one_file_of_pairs_is_enough(run_cli, capsys, name):
    arguments = ["train", "--source", name, "--output", "run"]
    assert run_cli(*arguments, "--set", "data.dev=7") == 2
    assert "data.dev" in capsys.readouterr().err
    assert run_cli(*arguments) == 1
    assert capsys.readouterr().err.startswith(f"reading the text …\nerror: {name} does not exist")


def test_one_file_of_pairs_has_no_target_beside_it(run_cli, capsys):
    assert run_cli("train", "--source", "a.tsv", "--target", "b", "--output", "run") == 2
    assert "a.tsv holds both sides: write {pairs: a.tsv}" in capsys.readouterr().err


TEXT = "Where is the station? The train leaves at nine.\n" * 40


@pytest.fixture
def two_files(here):
    for language in ("en", "de"):
        lines = [f"{word} {number} {language}" for number in range(20) for word in TEXT.split()[:9]]
        (here / f"a.{language}").write_text("".join(f"{line}\n" for line in lines))
    return [
        "train",
        "--source",
        "a.en",
        "--target",
        "a.de",
        "--output",
        "run",
        "--set",
        "tokenizer.vocabulary_size=300",
    ]


@pytest.mark.parametrize("dry", [True, False])
def test_what_needs_no_tensorflow_is_done_and_said_before_it_is_loaded(here, two_files, dry):
    """In a process of its own, in which TensorFlow cannot be loaded."""
    (here / "blocked" / "tensorflow").mkdir(parents=True)
    (here / "blocked" / "tensorflow" / "__init__.py").write_text("raise ImportError('tensorflow is loaded now')")
    done = subprocess.run(
        [sys.executable, "-m", "seq2seq", *two_files, *(["--dry-run"] if dry else [])],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{here / 'blocked'}{os.pathsep}{ROOT}"},
    )
    lines = done.stderr.splitlines()
    assert [line for line in lines if line.endswith(" …")] == [
        "reading the text …",
        "learning the tokenizer tokenizer.model …",
        "counting tokens …",
        "loading TensorFlow …",
    ]
    assert done.returncode == 1 and "tensorflow is loaded now" in lines[-1]
    assert (here / "run").exists() != dry
    if not dry:
        assert "was stopped" in (here / "run" / "training.html").read_text()
