"""`seq2seq train`: what a run leaves behind, how it ends, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from seq2seq.config.loading import load_config
from seq2seq.config.presets import TextSize, choose
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.schedules import learning_rate

TINY = {
    "max_steps": 30,
    "batch_tokens": 300,
    "learning_rate": 0.01,
    "warmup_steps": 5,
    "validate_steps": 10,
    "validation_sentences": 4,
    "report_steps": 10,
}
SHORT = {"max_length_ratio": 1.0, "max_length_offset": 3}


def log_of(run):
    return [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def train_tiny(seq2seq, write_config, tiny_text, tiny_model, tmp_path_factory):
    """Trains something tiny on the bundled corpus; keywords change the training section."""

    def train(status=0, env=None, arguments=("--output", "run"), **training):
        folder = tmp_path_factory.mktemp("tiny")
        write_config(
            folder / "tiny.yaml",
            data=tiny_text(folder),
            tokenizer={"vocabulary_size": 400},
            model=tiny_model,
            training=TINY | training,
            decoding=SHORT,
        )
        return folder, seq2seq("train", "tiny.yaml", *arguments, cwd=folder, status=status, env=env)

    return train


@pytest.fixture(scope="module")
def plateau(train_tiny):
    """A run with a rate that no validation ever finds good enough, so that it is cut, and ends early."""
    folder, result = train_tiny(
        max_steps=1000,
        # What is trained with next to no rate gets no better.
        learning_rate=1e-12,
        final_learning_rate=1e-15,
        warmup_steps=0,
        schedule="plateau",
        plateau_patience=1,
        plateau_factor=0.1,
        patience=3,
        best="loss",
        ema_decay=0.0,
        keep_models=1,
    )
    return folder / "run", result


class TestWhatARunLeavesBehind:
    def test_log(self, sort_run):
        lines = log_of(sort_run.path)
        assert lines[0]["from_step"] == 0 and {"threads", "precision", "tensorflow", "keras"} <= lines[0].keys()
        updates = [line for line in lines if "step" in line]
        assert [line["step"] for line in updates] == list(range(1, 601))
        assert all(line["loss_sum"] > 0 and 0 < line["tokens"] <= 600 for line in updates)
        config = load_config(sort_run.folder / "sort.yaml")
        for line in updates:
            assert line["rate"] == pytest.approx(learning_rate(config.training, line["step"], 600, 0))
        validations = [line for line in lines if "validation" in line]
        assert [line["validation"] for line in validations] == [200, 400, 600]
        assert all("version:" in line["signatures"]["BLEU"] for line in validations)
        assert validations[0]["loss"] > validations[-1]["loss"]

    def test_tensorboard(self, sort_run):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        board = EventAccumulator(str(sort_run.path / "tensorboard")).Reload()
        tags = board.Tags()["tensors"]
        assert {"training/loss", "validation/BLEU", "validation/loss"} <= set(tags)
        assert [event.step for event in board.Tensors("validation/BLEU")] == [200, 400, 600]

    def test_model(self, sort_run):
        """The link leads to the best model, and the folder's metadata say how good it is."""
        validations = {line["validation"]: line["BLEU"] for line in log_of(sort_run.path) if "validation" in line}
        best = max(validations, key=validations.get)
        assert os.readlink(sort_run.model) == f"models/{best}"
        metadata = ModelFolder.open(sort_run.model).metadata
        assert metadata["scores"]["step"] == best
        assert metadata["scores"]["BLEU"]["score"] == pytest.approx(validations[best])
        assert metadata["source_language"] is None
        kept = {int(path.name) for path in (sort_run.path / "models").iterdir()}
        assert kept == {best, 600}

    def test_validation_translations(self, sort_run):
        lines = (sort_run.path / "validation" / "600.txt").read_text().split("\n")
        assert len(lines) == 100 + 1 and lines[-1] == ""

    def test_the_config_is_resolved(self, sort_run):
        resolved = load_config(sort_run.path / "config.yaml")
        assert resolved == load_config(sort_run.folder / "sort.yaml")
        assert "beta_2" in (sort_run.path / "config.yaml").read_text()

    def test_standard_output_names_the_model(self, sort_run):
        out = sort_run.result.stdout.decode()
        assert out.count("\n") == 1 and "run/model" in out

    def test_standard_error_is_ours_alone(self, sort_run, assert_no_noise):
        err = sort_run.result.stderr
        assert_no_noise(err)
        assert [line.split()[1] for line in err.splitlines() if line.startswith("step ")] == [
            f"{step}/600" for step in range(100, 601, 100)
        ]
        assert err.count("validation at step") == 3
        assert "281 pieces" in err, "how many pieces the text gives is said"


def test_a_finished_run_says_so(seq2seq, sort_run):
    log = (sort_run.path / "log.jsonl").read_bytes()
    result = seq2seq("train", "sort.yaml", "--output", "run", cwd=sort_run.folder)
    assert "finished already" in result.stderr and result.stderr.count("\n") == 1
    assert result.stdout.decode().startswith("run/model:")
    assert (sort_run.path / "log.jsonl").read_bytes() == log


def test_another_runs_folder(seq2seq, sort_run, assert_one_sentence):
    given = ("train", "sort.yaml", "--output", "run", "--set", "training.clip_norm=2.5")
    result = seq2seq(*given, cwd=sort_run.folder, status=1)
    assert_one_sentence(result.stderr, "run", "training.clip_norm", "2.5")


def test_early_stopping_and_plateau(plateau, assert_no_noise):
    run, result = plateau
    validations = [line["validation"] for line in log_of(run) if "validation" in line]
    losses = [line["loss"] for line in log_of(run) if "validation" in line]
    best = min(range(len(losses)), key=losses.__getitem__)
    assert len(losses) == best + 1 + 3 < 30
    assert validations[-1] < 1000
    assert os.readlink(run / "model") == f"models/{validations[best]}"
    rates = [line["rate"] for line in log_of(run) if "step" in line]
    assert rates[0] == 1e-12
    assert rates[-1] < 0.05 * rates[0], "the rate was not cut"
    assert "stopping early" in result.stderr
    assert_no_noise(result.stderr)
    assert json.loads((run / "snapshots" / str(validations[-1]) / "state.json").read_text())["finished"]


def test_without_a_config(seq2seq, tiny_text, tiny_model, tmp_path, assert_no_noise):
    """Two files and a folder are enough; dev pairs are held out; a foreign KERAS_BACKEND does no harm."""
    tiny_text(tmp_path)
    changes = {f"model.{key}": value for key, value in tiny_model.items()}
    changes |= {f"decoding.{key}": value for key, value in SHORT.items()}
    changes |= {"tokenizer.vocabulary_size": 400, "training.max_steps": 3, "training.batch_tokens": 300}
    command = (
        *("train", "--source", "train.en", "--target", "train.de", "--output", "runs/mine"),
        *(part for key, value in changes.items() for part in ("--set", f"{key}={value}")),
    )
    result = seq2seq(*command, cwd=tmp_path, env={"KERAS_BACKEND": "torch"})
    assert_no_noise(result.stderr)
    assert "preset small (300 pairs of " in result.stderr, "what was chosen is said, and why"
    assert "270 pairs, 30 to validate on (30 held out)" in result.stderr
    assert "1 validation cannot tell whether the model was still getting better" in result.stderr
    resolved = load_config(tmp_path / "runs/mine/config.yaml")
    small = choose("small", TextSize(300, 10_000)).values
    assert resolved.preset == "auto" and resolved.training.learning_rate == small["training.learning_rate"]
    assert (resolved.training.max_steps, resolved.training.epochs) == (3, None)
    assert "finished already" in seq2seq(*command, cwd=tmp_path).stderr, "the same command is the same run"
    metadata = ModelFolder.open(tmp_path / "runs/mine/model").metadata
    assert (metadata["source_language"], metadata["target_language"]) == ("en", "de")
    assert [line["step"] for line in log_of(tmp_path / "runs/mine") if "step" in line] == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.parametrize("schedule", ["constant", "cosine", "inverse_square_root"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_schedules_and_precisions(train_tiny, schedule, precision):
    folder, _ = train_tiny(schedule=schedule, precision=precision)
    config = load_config(folder / "tiny.yaml")
    updates = [line for line in log_of(folder / "run") if "step" in line]
    assert [line["rate"] for line in updates] == pytest.approx(
        [learning_rate(config.training, step, 30, 0) for step in range(1, 31)]
    )
    assert log_of(folder / "run")[0]["precision"] == precision
    losses = [line["loss_sum"] / line["tokens"] for line in updates]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])


@pytest.mark.slow
def test_epochs(train_tiny):
    """Two passes show every piece of the text twice."""
    folder, _ = train_tiny(max_steps=None, epochs=2.0)
    lines = log_of(folder / "run")
    tokenizer = Tokenizer.load(folder / "run" / "tokenizer.model")
    for side, name in (("tokens", "train.de"), ("source_tokens", "train.en")):
        text = tokenizer.encode((folder / name).read_text().splitlines())
        seen = sum(line[side] for line in lines if "step" in line)
        assert seen == 2 * sum(len(ids) + 1 for ids in text)
    assert [line for line in lines if "validation" in line][-1]["epochs"] == 2.0


@pytest.mark.slow
@pytest.mark.parametrize("type", ["bpe", "unigram"])
def test_sampling_teaches_and_changes_with_the_epoch(seq2seq, write_config, tiny_text, tiny_model, tmp_path, type):
    write_config(
        tmp_path / "tiny.yaml",
        data=tiny_text(tmp_path, train=60),
        tokenizer={"vocabulary_size": 400, "sampling": 0.2, "type": type},
        model=tiny_model,
        training=TINY,
        decoding=SHORT,
    )
    seq2seq("train", "tiny.yaml", "--output", "run", cwd=tmp_path)
    tokens = [line["tokens"] for line in log_of(tmp_path / "run") if "step" in line]
    assert len(set(tokens)) > 15


def test_a_run_that_is_stopped_early_translates(seq2seq, write_config, tiny_text, tiny_model, wait_for, tmp_path):
    """Ctrl-C before the first validation leaves a model."""
    folder = tmp_path
    options = {"max_steps": 10**5, "validate_steps": 10**5, "snapshot_steps": 5}
    sections = {"data": tiny_text(folder), "tokenizer": {"vocabulary_size": 400}, "model": tiny_model}
    write_config(folder / "tiny.yaml", **sections, training=TINY | options, decoding=SHORT)
    process = seq2seq.start("train", "tiny.yaml", "--output", "run", cwd=folder)
    try:
        wait_for(lambda: (folder / "run" / "model").exists(), process, "the first snapshot's model")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=300)
    finally:
        process.kill()
    last = err.decode().splitlines()[-1]
    assert process.returncode == 130 and "no validation has measured yet" in last and "run/model" in last
    translated = seq2seq("translate", "run/model", cwd=folder, input=b"Hello.\nWhere?\n")
    assert translated.stdout.count(b"\n") == 2
    step = int(os.readlink(folder / "run" / "model").split("/")[1])
    assert ModelFolder.open(folder / "run" / "model").metadata["scores"] == {"step": step}
    assert [path.name for path in (folder / "run" / "models").iterdir()] == [str(step)]


def test_a_finished_run_is_prolonged(seq2seq, train_tiny, assert_no_noise):
    folder, _ = train_tiny(max_steps=12, export=None)
    run = folder / "run"
    longer = (
        "train",
        "tiny.yaml",
        "--output",
        "run",
        "--set",
        "training.export=null",
        "--set",
        "training.max_steps=25",
    )
    seen = (run / "log.jsonl").read_bytes(), (run / "snapshots" / "12" / "state.json").read_bytes()
    planned = seq2seq(*longer, "--dry-run", cwd=folder)
    assert "25 updates" in planned.stderr and "12 are done" in planned.stderr and "measured over" in planned.stderr
    assert ((run / "log.jsonl").read_bytes(), (run / "snapshots" / "12" / "state.json").read_bytes()) == seen
    result = seq2seq(*longer, cwd=folder)
    assert_no_noise(result.stderr)
    assert "could not" not in result.stderr
    assert "training.max_steps was 12, is 25" in result.stderr and "from update 12 to update 25" in result.stderr
    lines = log_of(run)
    assert [line["step"] for line in lines if "step" in line] == list(range(1, 26))
    assert [line["validation"] for line in lines if "validation" in line] == [10, 12, 20, 25]
    assert load_config(run / "config.yaml").training.max_steps == 25
    config = load_config(run / "config.yaml").training
    rates = {line["step"]: line["rate"] for line in lines if "step" in line}
    assert rates[13] > rates[12] and rates[13] == pytest.approx(learning_rate(config, 13, 25, 0))
    html = (run / "training.html").read_text()
    assert "<strong>is finished</strong>: update 25 of 25" in html


def test_a_dry_run_leaves_nothing(seq2seq, write_config, tiny_text, tiny_model, tmp_path, assert_no_noise):
    sections = {"data": tiny_text(tmp_path), "tokenizer": {"vocabulary_size": 400}, "model": tiny_model}
    write_config(tmp_path / "tiny.yaml", **sections, training=TINY | {"max_steps": 2}, decoding=SHORT)
    before = sorted(tmp_path.iterdir())
    result = seq2seq("train", "tiny.yaml", "--output", "run", "--dry-run", cwd=tmp_path)
    assert sorted(tmp_path.iterdir()) == before and result.stdout == b""
    assert_no_noise(result.stderr)
    for said in ("300 pairs, 20 to validate on", "2 updates", "GB of memory", "target tokens a second"):
        assert said in result.stderr


class TestMistakes:
    """One sentence each, and no traceback."""

    @pytest.fixture
    def place(self, tmp_path, write_config, tiny_text, tiny_model):
        write_config(
            tmp_path / "tiny.yaml",
            data=tiny_text(tmp_path, train=50),
            tokenizer={"vocabulary_size": 400},
            model=tiny_model,
            training=TINY,
        )
        return tmp_path

    def test_unequal_line_counts(self, seq2seq, place, assert_one_sentence):
        with (place / "train.de").open("a") as file:
            file.write("Noch eine Zeile.\n")
        result = seq2seq("train", "tiny.yaml", "--output", "run", cwd=place, status=1)
        assert_one_sentence(result.stderr, "train.en", "train.de", "50", "51")

    def test_text_without_characters(self, seq2seq, place, assert_one_sentence):
        for side in ("en", "de"):
            (place / f"train.{side}").write_text("\n \n\n")
        result = seq2seq("train", "tiny.yaml", "--output", "run", cwd=place, status=1)
        assert_one_sentence(result.stderr)

    def test_a_text_that_changed(self, seq2seq, sort_run, tmp_path, assert_one_sentence):
        folder = shutil.copytree(sort_run.folder, tmp_path / "copy", symlinks=True)
        state = next((folder / "run" / "snapshots").glob("*/state.json"))
        state.write_text(json.dumps(json.loads(state.read_text()) | {"finished": False}))
        for side in ("source", "target"):
            with (folder / f"train.{side}").open("a") as file:
                file.write("1\n")
        result = seq2seq("train", "sort.yaml", "--output", "run", cwd=folder, status=1)
        assert_one_sentence(result.stderr, "changed", "run")

    def test_two_at_once(self, seq2seq, place, wait_for, assert_one_sentence):
        given = ("train", "tiny.yaml", "--output", "run", "--set", "training.max_steps=100000")
        first = seq2seq.start(*given, cwd=place)
        try:
            wait_for(lambda: (place / "run" / "config.yaml").is_file(), first, "the run folder")
            result = seq2seq(*given, cwd=place, status=1)
            assert_one_sentence(result.stderr, "another process", "run")
        finally:
            first.kill()
            first.communicate()


def test_rooms_with_keras_ask_for_tensorflow_first(project_root):
    """Whichever module of ours is imported first, with another backend in the user's environment."""
    # Stands for Keras and TensorFlow, and tells what the backend is when something is first asked of them.
    program = """
import importlib, os, sys, types
class Library(types.ModuleType):
    def __getattr__(self, name):
        print(module, os.environ["KERAS_BACKEND"], flush=True)
        os._exit(0)
sys.modules["keras"], sys.modules["tensorflow"] = Library("keras"), Library("tensorflow")
for module in sys.argv[1:]:
    if not os.fork():
        importlib.import_module(module)
        print(module, os.environ["KERAS_BACKEND"], flush=True)
        os._exit(0)
    os.wait()
"""
    modules = [
        ".".join(path.relative_to(project_root).with_suffix("").parts)
        for path in sorted((project_root / "seq2seq").rglob("*.py"))
        if "\nimport keras" in path.read_text()
    ]
    assert len(modules) > 5
    found = subprocess.run(
        [sys.executable, "-c", program, *modules],
        env=os.environ | {"KERAS_BACKEND": "torch", "PYTHONPATH": str(project_root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.splitlines() == [f"{module} tensorflow" for module in modules]
