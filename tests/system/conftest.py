"""The program as its users run it: in a process of its own, by its command line."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

# What other libraries write, in any of their styles.
NOISE = re.compile(
    r"^[IWEF]\d{4} |WARNING|Warning|tensorflow|absl|oneDNN|cuda|rendezvous|Traceback|retracing|keras|sentencepiece"
    r"|trainer_interface|\.cc:|\.py:"
)


class Program:
    """Runs `python -m seq2seq` in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def start(self, *arguments, cwd, env=None, **options):
        """A process that runs."""
        dropped = {"TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND", "FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS"}
        inherited = {name: value for name, value in os.environ.items() if name not in dropped}
        return subprocess.Popen(
            [sys.executable, "-m", "seq2seq", *map(str, arguments)],
            cwd=cwd,
            env=inherited | {"PYTHONPATH": str(self.root)} | (env or {}),
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
        )

    def __call__(self, *arguments, cwd, input=b"", env=None, status=0):
        """Runs to the end; the exit status must be `status`. Input and output are bytes, stderr is text."""
        process = self.start(*arguments, cwd=cwd, env=env)
        try:
            out, err = process.communicate(input, timeout=900)
        finally:
            process.kill()
        err = err.decode()
        assert process.returncode == status, f"exit status {process.returncode}, standard error:\n{err}"
        return subprocess.CompletedProcess(process.args, status, out, err)


@pytest.fixture(scope="session")
def seq2seq(project_root):
    return Program(project_root)


@pytest.fixture(scope="session")
def assert_no_noise():
    """Standard error is ours alone."""

    def check(err):
        noise = [line for line in err.splitlines() if NOISE.search(line)]
        assert not noise, "\n".join(noise)
        assert "\x1b" not in err, "there are escape codes outside a terminal"

    return check


@pytest.fixture(scope="session")
def assert_one_sentence(assert_no_noise):
    """What a user's mistake gives."""

    def check(err, *named):
        lines = err.splitlines(keepends=True)
        while len(lines) > 1 and lines[0].endswith(" …\n"):  # what the program says that it is doing
            del lines[0]
        err = "".join(lines)
        assert err.startswith("error: ") and err.count("\n") == 1, err
        for name in named:
            assert str(name) in err
        assert_no_noise(err)

    return check


@pytest.fixture(scope="session")
def wait_for():
    """Waits until something holds while a process runs."""

    def wait(condition, process, what, seconds=300):
        end = time.monotonic() + seconds
        while not condition():
            if process.poll() is not None:
                pytest.fail(
                    f"the program ended ({process.returncode}) before {what}:\n{process.stderr.read().decode()}"
                )
            assert time.monotonic() < end, f"{what} did not come in {seconds} s"
            time.sleep(0.002)

    return wait


@pytest.fixture(scope="session")
def write_config():
    """Writes a config; sections are dictionaries."""

    def write(path, **sections):
        path.write_text(yaml.safe_dump(sections, sort_keys=False), "utf-8")
        return path

    return write


@dataclass(frozen=True)
class Run:
    """A finished training run."""

    folder: Path
    """Where the command ran; the texts are here."""
    path: Path
    result: subprocess.CompletedProcess

    @property
    def model(self) -> Path:
        return self.path / "model"


DIGITS = {
    "tokenizer": {"vocabulary_size": 300},
    "model": {
        "embedding_size": 32,
        "encoder_size": 24,
        "decoder_layers": 1,
        "decoder_size": 48,
        "embedding_dropout": 0.0,
        "layer_dropout": 0.0,
        "readout_dropout": 0.0,
    },
    "training": {
        "batch_tokens": 600,
        "learning_rate": 0.01,
        "warmup_steps": 30,
        "validate_steps": 200,
        "report_steps": 100,
        "ema_decay": 0.98,
        "label_smoothing": 0.0,
        "keep_models": 1,
    },
}


@pytest.fixture(scope="session")
def train_digits(seq2seq, write_config, tmp_path_factory):
    """Trains a model to answer lines of digits with a function of them (as Sockeye's system tests do)."""

    def train(name, answer, max_steps):
        folder = tmp_path_factory.mktemp(name)
        chance = random.Random(1)
        lines = [[chance.randrange(10) for _ in range(chance.randint(1, 8))] for _ in range(3000)]
        splits = {"train": lines[:2800], "dev": lines[2800:2900], "test": lines[2900:]}
        for split, part in splits.items():
            for side, change in (("source", list), ("target", answer)):
                text = "".join(" ".join(map(str, change(line))) + "\n" for line in part)
                (folder / f"{split}.{side}").write_text(text)
        write_config(
            folder / f"{name}.yaml",
            data={split: {side: f"{split}.{side}" for side in ("source", "target")} for split in ("train", "dev")},
            **DIGITS | {"training": DIGITS["training"] | {"max_steps": max_steps}},
        )
        result = seq2seq("train", f"{name}.yaml", "--output", "run", cwd=folder)
        return Run(folder, folder / "run", result)

    return train


@pytest.fixture(scope="session")
def sort_run(train_digits):
    """The one trained model that most tests share: it sorts digits."""
    return train_digits("sort", sorted, 600)


@pytest.fixture(scope="session")
def tiny_text(traveller):
    """Puts the beginning of the bundled corpus into a folder."""

    def put(folder, train=300, dev=20):
        for split, count in (("train", train), ("dev", dev)):
            for language in ("en", "de"):
                lines = (traveller / f"{split}.{language}").read_bytes().splitlines(keepends=True)[:count]
                (folder / f"{split}.{language}").write_bytes(b"".join(lines))
        return {split: {"source": f"{split}.en", "target": f"{split}.de"} for split in ("train", "dev")}

    return put


@pytest.fixture(scope="session")
def tiny_model():
    """A network that trains in no time, with every dropout on."""
    return {
        "embedding_size": 16,
        "encoder_layers": 2,
        "encoder_size": 12,
        "decoder_layers": 2,
        "decoder_size": 24,
        "embedding_dropout": 0.1,
        "layer_dropout": 0.1,
        "recurrent_dropout": 0.1,
        "source_word_dropout": 0.1,
        "target_word_dropout": 0.1,
        "readout_dropout": 0.1,
    }
