from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.evaluation import Score
from seq2seq.training.callbacks.callbacks import Clock, RunLog, Snapshots, Validation
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import read_state, steps_in
from seq2seq.training.run.state import TrainingState
from seq2seq.training.schedules import learning_rate
from seq2seq.training.validator import Result


class Sitting:
    """One process's work on a run: real callbacks, and a model whose updates cost nothing."""

    def __init__(self, path, config, model, scores, last_step=100, state=None):
        self.run, self.config, self.model, self.scores = RunFolder(path), config, model, scores
        self.state = state or TrainingState()
        self.last_step = last_step
        self.saved = []
        model.stop_training = False
        reporter = Reporter(1000, quiet=True)
        self.interrupts = Interrupts()
        self.clock = Clock(self.state, config, last_step)
        self.log = RunLog(self.run, self.state, self.clock, reporter, lambda step: step / 10)
        validator = SimpleNamespace(run=self.measure)
        self.validation = Validation(self.run, self.state, config, self.log, validator, self.save, last_step)
        self.snapshots = Snapshots(self.run, self.state, config, self.log, self.interrupts)
        self.callbacks = [self.clock, self.log, self.validation, self.snapshots]
        for callback in self.callbacks:
            callback.set_model(model)
        reporter.last_step = last_step

    def measure(self):
        """The next of the given scores, or losses."""
        score = self.scores[self.state.step // self.config.training.validate_steps - 1]
        loss = score if self.config.training.best == "loss" else 2.0
        return Result(loss, [Score("BLEU", score, "sig", ""), Score("chrF2", score / 2, "sig", "")], ["Ja.", ""])

    def save(self, state, result):
        self.saved.append((state.step, float(self.model.softmax_bias.numpy()[0])))
        folder = self.run.models / str(state.step)
        folder.mkdir(exist_ok=True)
        (folder / "metadata.json").write_text(str(state.step))

    def update(self, loss_sum=12.5):
        for callback in self.callbacks:
            callback.on_train_batch_begin(0)
        logs = {"loss_sum": loss_sum, "tokens": 5, "source_tokens": 4, "gradient_norm": 0.5}
        for callback in self.callbacks:
            callback.on_train_batch_end(0, {name: tf.constant(value) for name, value in logs.items()})

    def go(self, updates=10**6):
        for _ in range(updates):
            if self.model.stop_training:
                break
            self.update()

    def end(self):
        for callback in self.callbacks:
            callback.on_train_end()

    def lines(self):
        return [json.loads(line) for line in self.run.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def model(make_training_model):
    return make_training_model(ema_decay=0.9, encoder_layers=1, decoder_layers=1)


@pytest.fixture
def make_sitting(tmp_path, make_config, model):
    with contextlib.ExitStack() as stack:

        def make(*overrides, scores=(1.0,) * 100, **options):
            config = make_config("training.validate_steps=10", "training.warmup_steps=5", *overrides)
            if not (tmp_path / "run" / "config.yaml").exists():
                stack.enter_context(RunFolder(tmp_path / "run").claim(config))
            return Sitting(tmp_path / "run", config, model, scores, **options)

        yield make


class TestClock:
    def test_counts_and_sets_the_rate_of_each_update(self, make_sitting, model):
        sitting = make_sitting(last_step=30)
        for step in range(1, 31):
            sitting.update()
            assert sitting.state.step == step
            expected = learning_rate(sitting.config.training, step, 30, 0)
            assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)

    def test_goes_on_where_the_state_stands(self, make_sitting, model):
        sitting = make_sitting(last_step=30, state=TrainingState(step=20))
        sitting.update()
        assert sitting.state.step == 21
        expected = learning_rate(sitting.config.training, 21, 30, 0)
        assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)


class TestRunLog:
    def test_a_line_for_each_update(self, make_sitting):
        sitting = make_sitting()
        sitting.go(3)
        sitting.end()
        lines = sitting.lines()
        assert [line["step"] for line in lines] == [1, 2, 3]
        assert all(line["loss_sum"] == 12.5 and line["tokens"] == 5 and line["source_tokens"] == 4 for line in lines)
        assert lines[0]["rate"] == pytest.approx(learning_rate(sitting.config.training, 1, 100, 0))

    def test_what_came_after_the_snapshot_is_cut_off(self, make_sitting):
        first = make_sitting("training.snapshot_steps=4")
        first.go(6)
        first.log.flush()
        second = make_sitting("training.snapshot_steps=4", state=read_state(first.run.snapshots))
        assert second.state.step == 4
        second.go(3)
        second.end()
        assert [line["step"] for line in second.lines()] == [1, 2, 3, 4, 5, 6, 7]

    def test_a_log_that_was_deleted(self, make_sitting):
        first = make_sitting("training.snapshot_steps=4")
        first.go(4)
        first.end()
        first.run.log.unlink()
        second = make_sitting("training.snapshot_steps=4", state=read_state(first.run.snapshots))
        second.go(2)
        second.end()
        assert b"\0" not in second.run.log.read_bytes()
        assert [line["step"] for line in second.lines()] == [5, 6]

    @pytest.mark.parametrize("loss", [float("nan"), float("inf")])
    def test_a_loss_that_is_no_number_ends_the_run(self, make_sitting, loss):
        sitting = make_sitting("training.snapshot_steps=1")
        sitting.go(2)
        with pytest.raises(FloatingPointError, match=r"step 3.*training\.learning_rate"):
            sitting.update(loss)
        assert steps_in(sitting.run.snapshots) == [2], "a snapshot of a broken model"

    def test_tensorboard(self, make_sitting):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        sitting = make_sitting()
        sitting.go(20)
        sitting.end()
        board = EventAccumulator(str(sitting.run.tensorboard)).Reload()
        tags = set(board.Tags()["tensors"])
        assert {"training/loss", "training/rate", "validation/BLEU", "validation/loss"} <= tags
        event = board.Tensors("training/loss")[-1]
        assert event.step == 20
        assert tf.make_ndarray(event.tensor_proto) == pytest.approx(2.5)


class TestValidation:
    def test_when(self, make_sitting):
        sitting = make_sitting(last_step=25, scores=(3.0, 1.0, 2.0))
        sitting.go()
        assert sitting.state.step == 25
        assert [step for step, _ in sitting.saved] == [10, 20, 25]
        assert sitting.state.finished
        assert sitting.state.last_validation == 25

    @pytest.mark.parametrize(
        ("best", "scores", "expected"), [("bleu", (3.0, 1.0, 4.0, 2.0), 30), ("loss", (3.0, 1.0, 4.0, 2.0), 20)]
    )
    def test_best(self, make_sitting, best, scores, expected):
        sitting = make_sitting(f"training.best={best}", "training.keep_models=1", last_step=40, scores=scores)
        sitting.go()
        sitting.end()
        assert sitting.state.best_step == expected
        assert (sitting.run.model / "metadata.json").read_text() == str(expected)
        assert sorted(int(path.name) for path in sitting.run.models.iterdir()) == [expected, 40]
        validations = [line for line in sitting.lines() if "validation" in line]
        assert [line["validation"] for line in validations] == [10, 20, 30, 40]
        assert [line["BLEU"] for line in validations] == list(scores)
        assert validations[0]["signatures"]["BLEU"] == "sig" and validations[1]["epochs"] == 2.0
        assert (sitting.run.validation / "20.txt").read_text() == "Ja.\n\n"

    def test_patience(self, make_sitting):
        sitting = make_sitting("training.patience=3", last_step=1000, scores=(1.0, 2.0, 1.5, 1.9, 2.0, 9.0))
        sitting.go()
        assert sitting.state.step == 50, "an equal score is no better one"
        assert sitting.state.finished and sitting.state.best_step == 20
        assert steps_in(sitting.run.snapshots) == [50]
        assert read_state(sitting.run.snapshots).finished

    def test_patience_survives_a_kill(self, make_sitting):
        scores = (5.0, 1.0, 1.0, 1.0, 9.0)
        first = make_sitting("training.patience=3", "training.snapshot_steps=5", last_step=1000, scores=scores)
        first.go(37)
        second = make_sitting(
            "training.patience=3",
            "training.snapshot_steps=5",
            last_step=1000,
            scores=scores,
            state=read_state(first.run.snapshots),
        )
        assert second.state.step == 35 and second.state.stale == 2
        second.go()
        assert second.state.step == 40

    def test_without_patience(self, make_sitting):
        sitting = make_sitting("training.patience=null", last_step=300, scores=(1.0,) * 30)
        sitting.go()
        assert sitting.state.step == 300

    def test_plateau_cuts(self, make_sitting, model):
        sitting = make_sitting(
            "training.schedule=plateau",
            "training.plateau_patience=2",
            "training.plateau_factor=0.5",
            "training.patience=null",
            last_step=100,
            scores=(5.0, 4.0, 4.0, 4.0, 4.0, 6.0, 5.0, 5.0, 5.0, 5.0),
        )
        cuts = []
        while not model.stop_training:
            sitting.update()
            if sitting.state.step % 10 == 0:
                cuts.append(sitting.state.plateau_cuts)
        assert cuts == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]
        assert sitting.clock.rate == pytest.approx(sitting.config.training.learning_rate * 0.5**3)

    def test_it_is_the_averaged_model_that_is_saved(self, make_sitting, model):
        sitting = make_sitting(last_step=10)
        average = model.averages[[w is model.softmax_bias for w in model.trainable_variables].index(True)]
        average.assign(np.full(average.shape, 7.0))
        before = model.softmax_bias.numpy()
        sitting.go()
        assert sitting.saved == [(10, 7.0)]
        np.testing.assert_array_equal(model.softmax_bias.numpy(), before)


class TestSnapshots:
    def test_by_the_step(self, make_sitting):
        sitting = make_sitting("training.snapshot_steps=4")
        seen = []
        for _ in range(9):
            sitting.update()
            seen.append(steps_in(sitting.run.snapshots))
        assert seen == [[], [], [], [4], [4], [4], [4], [8], [8]]

    def test_by_the_clock(self, make_sitting):
        often = make_sitting("training.snapshot_minutes=0.000001")
        often.go(3)
        assert steps_in(often.run.snapshots) == [3]

    def test_not_without_a_reason(self, make_sitting):
        sitting = make_sitting()
        sitting.go(9)
        assert steps_in(sitting.run.snapshots) == []

    def test_on_a_signal(self, make_sitting, model):
        sitting = make_sitting()
        sitting.go(3)
        sitting.interrupts.signal = 15
        sitting.go()
        assert model.stop_training
        assert sitting.state.step == 4
        state = read_state(sitting.run.snapshots)
        assert state.step == 4 and not state.finished

    def test_it_comes_after_the_validation_of_its_step(self, make_sitting):
        sitting = make_sitting("training.snapshot_steps=10", scores=(3.0, 2.0))
        sitting.go(10)
        state = read_state(sitting.run.snapshots)
        assert (state.last_validation, state.best_score, state.best_step) == (10, 3.0, 10)
        sitting.log.flush()
        assert state.log_bytes == len(sitting.run.log.read_bytes())

    def test_time_adds_up_over_sittings(self, make_sitting):
        sitting = make_sitting(state=TrainingState(step=5, seconds=100.0))
        sitting.go(2)
        assert 100 < sitting.state.seconds < 110
