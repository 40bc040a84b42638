"""An exported folder, used as its users do: without the libraries that training needs."""

import json
import os
import subprocess
import sys

import pytest

# What a small install lacks, by the names of the imports.
ABSENT = (
    *("tensorflow", "keras", "pydantic", "rich", "sacrebleu", "onnx", "yaml", "safetensors"),
    *("tensorboard", "matplotlib", "jinja2"),
)
BLOCKED = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT!r}:
            raise ModuleNotFoundError(f"No module named '{{name}}'", name=name)
sys.meta_path.insert(0, Absent())
from seq2seq.cli import main
main()
"""


@pytest.fixture(scope="module")
def exported(seq2seq, sort_run, tmp_path_factory):
    place = tmp_path_factory.mktemp("exported") / "sorter"
    out = seq2seq("export", sort_run.model, "--output", place, cwd=place.parent).stdout.decode()
    assert out.startswith(f"{place}: ONNX graphs in int8, ") and out.endswith(" MB in all\n")
    return place


@pytest.fixture
def small_install(project_root):
    """Runs the program where only click, numpy, onnxruntime, sentencepiece and sentencex are."""

    def run(*arguments, input=b"", status=0):
        environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
        found = subprocess.run(
            [sys.executable, "-c", BLOCKED, *map(str, arguments)],
            env=environment | {"PYTHONPATH": str(project_root)},
            input=input,
            capture_output=True,
            timeout=120,
        )
        assert found.returncode == status, found.stderr.decode()
        return found

    return run


def test_translates_without_what_training_needs(seq2seq, small_install, exported, sort_run, tmp_path):
    """Contract 8, for every way of translating; and a training's own export gives what the model gives."""
    lines = b"3 1 0 2\n\n2 0\n1 1 0 3 3 2 0\n"
    found = small_install("translate", exported, input=lines)
    assert found.stderr == b""
    assert found.stdout == seq2seq("translate", sort_run.model, cwd=tmp_path, input=lines).stdout
    assert found.stdout.splitlines()[0] == b"0 1 2 3"
    record = json.loads(
        small_install("translate", exported, "--format", "jsonl", "--n-best", 2, input=lines).stdout.splitlines()[0]
    )
    assert record["translation"] == "0 1 2 3" and record["alignment"]
    small_install("translate", exported, "--workers", 2, "--beam-size", 1, input=lines)
    small_install("translate", exported, "--sample", "--top-k", 3, input=lines)
    small_install("translate", exported, "--require", "7", "--avoid", "1", input=b"4 2\n")
    (tmp_path / "text").write_bytes(b"1 2\n")
    small_install("score", exported, "--source", tmp_path / "text", "--target", tmp_path / "text")


def test_a_trained_model_comes_exported(seq2seq, sort_run, tmp_path):
    assert json.loads((sort_run.model / "metadata.json").read_text())["onnx"] == {"quantize": "none"}
    lines = b"3 1 0 2\n2 0 1 1\n"
    found = [
        seq2seq("translate", sort_run.model, "--engine", engine, "--format", "jsonl", cwd=tmp_path, input=lines).stdout
        for engine in ("auto", "onnx", "keras")
    ]
    assert found[0] == found[1]
    for one, other in zip(found[0].splitlines(), found[2].splitlines(), strict=True):
        one, other = json.loads(one), json.loads(other)
        assert one["translation"] == other["translation"]
        assert one["score"] == pytest.approx(other["score"], abs=1e-4)


def test_mistakes_are_one_sentence(small_install, exported, sort_run, tmp_path, seq2seq):
    told = small_install("translate", exported, "--engine", "keras", status=1).stderr.decode()
    assert told.count("\n") == 1 and "export" in told
    told = seq2seq("export", exported, "--output", tmp_path / "again", cwd=tmp_path, status=1).stderr
    assert told.count("\n") == 1 and "model.safetensors" in told
    step = exported.parent / "broken"
    step.mkdir()
    for file in exported.iterdir():
        (step / file.name).write_bytes(file.read_bytes()[: -20 if file.suffix == ".safetensors" else None])
    told = small_install("translate", step, status=1).stderr.decode()
    assert told.count("\n") == 1 and "int8.safetensors is not the file" in told


def test_the_requirements_are_what_it_needs(exported, project_root):
    import tomllib

    project = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]
    needed = [
        line for line in project["dependencies"] if line.startswith(("click", "numpy", "onnxruntime", "sentence"))
    ]
    lines = (exported / "requirements.txt").read_text().splitlines()
    names = ["click", "numpy", "onnxruntime", "sentencepiece", "sentencex"]
    # A bare name where the project is not installed but lies in the path, or was before it needed the package.
    assert len(lines) == len(names)
    assert all(line in pair for line, *pair in zip(lines, needed, names, strict=True))
