"""Contracts 4 and 5: a run that is killed, again and again, ends as one that is not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from seq2seq.model_folder.folder import ModelFolder

STEPS, VALIDATE, SNAPSHOT = 60, 10, 7


@pytest.fixture(scope="module")
def place(tmp_path_factory, write_config, tiny_text, tiny_model):
    """A folder with the text and a config in which everything that is random is on."""
    folder = tmp_path_factory.mktemp("resume")
    write_config(
        folder / "tiny.yaml",
        data=tiny_text(folder),
        tokenizer={"vocabulary_size": 400, "sampling": 0.1},
        model=tiny_model,
        training={
            "max_steps": STEPS,
            "batch_tokens": 300,
            "learning_rate": 0.01,
            "warmup_steps": 5,
            "validate_steps": VALIDATE,
            "snapshot_steps": SNAPSHOT,
            "validation_sentences": 4,
            "keep_models": 2,
            "best": "loss",
            "patience": None,
        },
        decoding={"max_length_ratio": 1.0, "max_length_offset": 5},
    )
    return folder


@pytest.fixture(scope="module")
def reference(place, seq2seq):
    """The run that nothing happens to."""
    seq2seq("train", "tiny.yaml", "--output", "whole", cwd=place)
    return place / "whole"


def snapshot_of(run):
    """The step that a run would go on from."""
    steps = [int(path.name) for path in (run / "snapshots").glob("[0-9]*")]
    return max(steps, default=0)


def log_of(run):
    """Lines of updates and of validations, without what depends on the clock."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        line.pop("seconds", None)
    return [line for line in lines if "sitting" not in line]


def assert_equal(run, reference):
    """Bit-equal: what was logged, the models, and what the optimizer would go on with."""
    lines, expected = log_of(run), log_of(reference)
    assert [line["step"] for line in lines if "step" in line] == list(range(1, STEPS + 1))
    for line, other in zip(lines, expected, strict=True):
        assert line == other
    assert len({line["loss_sum"] for line in expected if "step" in line}) > STEPS // 2, "the losses say nothing"
    assert (run / "model").resolve().name == (reference / "model").resolve().name
    models = [path.name for path in sorted((reference / "models").iterdir())]
    assert [path.name for path in sorted((run / "models").iterdir())] == models
    for step in models:
        weights = (f / "models" / step / "model.safetensors" for f in (run, reference))
        assert next(weights).read_bytes() == next(weights).read_bytes(), step
    variables = (f / "snapshots" / str(STEPS) / "variables.safetensors" for f in (run, reference))
    assert next(variables).read_bytes() == next(variables).read_bytes()


@pytest.fixture(scope="module")
def interrupt(seq2seq, place, wait_for):
    """Trains until something holds, then a moment longer, and sends a signal."""

    def run(name, condition, number, what, pause=0.0):
        process = seq2seq.start("train", "tiny.yaml", "--output", name, cwd=place)
        try:
            wait_for(condition, process, what)
            time.sleep(pause)
            assert process.poll() is None, f"the program ended before it got the signal {number}"
            process.send_signal(number)
            out, err = process.communicate(timeout=300)
        finally:
            process.kill()
        return SimpleNamespace(status=process.returncode, out=out, err=err.decode())

    return run


@pytest.fixture(scope="module")
def story(place, seq2seq, interrupt, reference):
    """A run that is killed while it learns, killed while it saves a model, stopped politely, and ended."""
    run = place / "story"
    chance = random.Random(4)

    def learning(step):
        return lambda: snapshot_of(run) >= step

    def parts():
        return set((run / "models").glob(".[0-9]*.part"))

    told = SimpleNamespace(run=run)
    told.killed = interrupt("story", learning(SNAPSHOT), signal.SIGKILL, "a snapshot", chance.uniform(0, 0.2))
    first, left = snapshot_of(run), parts()
    # The first model may or may not be there; wait for one that is saved while another is.
    told.saving = interrupt(
        "story", lambda: (run / "model").exists() and parts() - left, signal.SIGKILL, "the saving of a model"
    )
    told.opened = ModelFolder.open(run / "model")
    assert (run / "model").resolve().parent == (run / "models").resolve()
    second = snapshot_of(run)
    told.stopped = interrupt("story", learning(second + SNAPSHOT), signal.SIGTERM, "a later snapshot")
    told.stopped_at = snapshot_of(run)
    told.steps = (first, second, told.stopped_at)
    told.ended = seq2seq("train", "tiny.yaml", "--output", "story", cwd=place)
    return told


def test_it_was_killed_where_it_was_meant_to_be(story):
    assert story.killed.status == story.saving.status == -signal.SIGKILL
    assert 0 < story.steps[0] <= story.steps[1] < story.steps[2] < STEPS
    sessions = [json.loads(line) for line in (story.run / "log.jsonl").read_text().splitlines() if "sitting" in line]
    # A session that was killed before its first snapshot leaves no line: the log goes back to the snapshot before.
    assert [line["from_step"] for line in sessions] == [0, *dict.fromkeys(story.steps)]


def test_a_killed_run_ends_as_one_that_is_not(story, reference):
    assert_equal(story.run, reference)


def test_the_last_good_model_can_be_used_at_once(story):
    """It is that of a validation, or before the first one that of a snapshot."""
    step = story.opened.metadata["scores"]["step"]
    assert step % VALIDATE == 0 or step == SNAPSHOT
    assert story.opened.weights()


def test_a_polite_signal_saves_and_says_how_to_go_on(story, assert_no_noise):
    assert story.stopped.status == 128 + signal.SIGTERM
    assert story.stopped_at % SNAPSHOT != 0 or story.stopped_at > story.steps[1]
    last = story.stopped.err.splitlines()[-1]
    assert f"step {story.stopped_at:,}" in last and "same command" in last
    assert_no_noise(story.stopped.err)
    assert story.stopped.out == b""


def test_going_on_is_said(story, assert_no_noise):
    assert f"going on from step {story.stopped_at:,}" in story.ended.stderr
    assert_no_noise(story.ended.stderr)


def test_nothing_is_left_behind(story):
    names = [path.name for path in story.run.rglob("*")]
    assert not [name for name in names if name.endswith((".part", ".old"))]
    assert [path.name for path in (story.run / "snapshots").iterdir()] == [str(STEPS)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_three_random_moments(place, seq2seq, interrupt, reference, seed):
    chance = random.Random(seed)
    name = f"random{seed}"
    run = place / name
    for share in (0.15, 0.4, 0.65):
        step = round(share * STEPS)
        killed = interrupt(
            name, lambda step=step: snapshot_of(run) >= step, signal.SIGKILL, f"step {step}", chance.uniform(0, 0.5)
        )
        assert killed.status == -signal.SIGKILL
    seq2seq("train", "tiny.yaml", "--output", name, cwd=place)
    assert_equal(run, reference)


@pytest.mark.slow
def test_ctrl_c(place, seq2seq, interrupt, reference):
    run = place / "ctrl_c"
    stopped = interrupt("ctrl_c", lambda: snapshot_of(run) >= SNAPSHOT, signal.SIGINT, "a snapshot")
    assert stopped.status == 130
    assert "same command" in stopped.err
    seq2seq("train", "tiny.yaml", "--output", "ctrl_c", cwd=place)
    assert_equal(run, reference)


@pytest.mark.slow
def test_killed_whenever_a_model_is_saved(place, seq2seq, interrupt, reference):
    """Every saving of a model is a moment in which the last good one must be whole."""
    run, kills = place / "saving", 0
    while kills < 4:
        seen = {path.name for path in (run / "models").glob("[0-9]*")}

        def saving(seen=seen):
            parts = [path.name.split(".")[1] for path in (run / "models").glob(".[0-9]*.part")]
            return any(step not in seen for step in parts)

        assert interrupt("saving", saving, signal.SIGKILL, "the saving of a new model").status == -signal.SIGKILL
        kills += 1
        if (run / "model").is_symlink():
            ModelFolder.open(run / "model").weights()
        # So that the next session begins after this validation: let it come through once.
        if kills < 4:
            step = 10 * kills
            through = interrupt(
                "saving", lambda step=step: snapshot_of(run) > step, signal.SIGKILL, f"a snapshot after {step}"
            )
            assert through.status == -signal.SIGKILL
            ModelFolder.open(run / "model").weights()
    seq2seq("train", "tiny.yaml", "--output", "saving", cwd=place)
    assert_equal(run, reference)


def test_a_run_in_one_process_of_two_sessions(place, seq2seq, reference):
    """From Python: stopped by a signal and gone on with, without a new process."""
    program = f"""
import os, signal, sys, threading, time
from pathlib import Path
from seq2seq import load_config, train
run = Path("python")
config = load_config(Path("tiny.yaml"))
def stop():
    while not list((run / "snapshots").glob("[0-9]*")):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=stop, daemon=True).start()
first = train(config, run, quiet=True)
assert first.signal == signal.SIGTERM and 0 < first.state.step < {STEPS}, first
second = train(config, run, quiet=True)
assert second.signal is None and second.state.finished and second.state.step == {STEPS}, second
third = train(config, run, quiet=True)
assert third.already_finished
"""
    subprocess.run(
        [sys.executable, "-c", program], cwd=place, env=os.environ | {"PYTHONPATH": str(seq2seq.root)}, check=True
    )
    assert_equal(place / "python", reference)
