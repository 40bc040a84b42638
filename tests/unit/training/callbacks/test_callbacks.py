from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.evaluation import Score
from seq2seq.model_folder.run_models import steps_in
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.early_stopping import EarlyStopping
from seq2seq.training.callbacks.model_keeper import ModelKeeper
from seq2seq.training.callbacks.progress import Progress
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.snapshot_saver import SnapshotSaver
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.callbacks.validation import Validation
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.process.interrupts import Interrupts
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.snapshots import read_state
from seq2seq.training.run.state import TrainingState
from seq2seq.training.schedules import learning_rate
from seq2seq.training.validator import ValidationResult


class Session:
    """One process's work on a run: real callbacks, and a model whose updates cost nothing."""

    def __init__(self, path, config, model, tokenizers, scores, last_step=100, state=None):
        self.run, self.config, self.model, self.scores = RunFolder(path), config, model, scores
        self.state = state or TrainingState()
        self.last_step = last_step
        self.saved = []
        model.stop_training = False
        reporter = Reporter(1000, quiet=True)
        self.interrupts = Interrupts()
        options = config.training
        self.clock = Clock(self.state, options, last_step)
        self.log = RunLog(self.run, self.state, self.clock)
        self.board = TensorBoardLog(self.run, self.state, self.clock)
        progress = Progress(self.state, self.clock, reporter)
        stopping = EarlyStopping(self.state, options, reporter, last_step)
        keeper = ModelKeeper(self.run, self.state, config, tokenizers)
        validator = SimpleNamespace(run=self.measure)
        listeners = [keeper, self.log, self.board, progress, stopping, self]
        self.validation = Validation(self.state, options, validator, lambda step: step / 10, last_step, listeners)
        self.snapshots = SnapshotSaver(self.run, self.state, options, (self.log, self.board), self.interrupts)
        self.callbacks = [self.clock, self.log, self.board, progress, stopping, self.validation, self.snapshots]
        for callback in self.callbacks:
            callback.set_model(model)
        reporter.last_step = last_step

    def measure(self):
        """The next of the given scores, or losses."""
        score = self.scores[self.state.step // self.config.training.validate_steps - 1]
        loss = score if self.config.training.best == "loss" else 2.0
        scores = [Score("BLEU", score, "sig", ""), Score("chrF2", score / 2, "sig", "")]
        return ValidationResult(loss, scores, ["Ja.", ""])

    def validated(self, event):
        """Remembers what was published."""
        self.saved.append((event.step, float(event.weights["softmax_bias"][0])))

    def update(self, loss_sum=12.5, **sums):
        for callback in self.callbacks:
            callback.on_train_batch_begin(0)
        logs = {"loss_sum": loss_sum, "tokens": 5, "source_tokens": 4, "gradient_norm": 0.5} | sums
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
def make_session(tmp_path, make_config, model, small_tokenizer):
    tokenizers = TokenizerPair.of(small_tokenizer, languages=("en", "de"))
    with contextlib.ExitStack() as stack:

        def make(*overrides, scores=(1.0,) * 100, **options):
            config = make_config("training.validate_steps=10", "training.warmup_steps=5", *overrides)
            if not (tmp_path / "run" / "config.yaml").exists():
                stack.enter_context(RunFolder(tmp_path / "run").claim(config))
            return Session(tmp_path / "run", config, model, tokenizers, scores, **options)

        yield make


class TestClock:
    def test_counts_and_sets_the_rate_of_each_update(self, make_session, model):
        session = make_session(last_step=30)
        for step in range(1, 31):
            session.update()
            assert session.state.step == step
            expected = learning_rate(session.config.training, step, 30, 0)
            assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)

    def test_goes_on_where_the_state_stands(self, make_session, model):
        session = make_session(last_step=30, state=TrainingState(step=20))
        session.update()
        assert session.state.step == 21
        expected = learning_rate(session.config.training, 21, 30, 0)
        assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(expected)


class TestRunLog:
    def test_a_line_for_each_update(self, make_session):
        session = make_session()
        session.go(3)
        session.end()
        lines = session.lines()
        assert [line["step"] for line in lines] == [1, 2, 3]
        assert all(line["loss_sum"] == 12.5 and line["tokens"] == 5 and line["source_tokens"] == 4 for line in lines)
        assert lines[0]["rate"] == pytest.approx(learning_rate(session.config.training, 1, 100, 0))

    def test_further_sums_of_an_objective_follow(self, make_session):
        session = make_session()
        session.update(divergence_sum=0.25)
        session.end()
        line = session.lines()[0]
        assert list(line)[-2:] == ["seconds", "divergence_sum"] and line["divergence_sum"] == 0.25

    def test_what_came_after_the_snapshot_is_cut_off(self, make_session):
        first = make_session("training.snapshot_steps=4")
        first.go(6)
        first.log.flush()
        second = make_session("training.snapshot_steps=4", state=read_state(first.run.snapshots))
        assert second.state.step == 4
        second.go(3)
        second.end()
        assert [line["step"] for line in second.lines()] == [1, 2, 3, 4, 5, 6, 7]

    def test_a_log_that_was_deleted(self, make_session):
        first = make_session("training.snapshot_steps=4")
        first.go(4)
        first.end()
        first.run.log.unlink()
        second = make_session("training.snapshot_steps=4", state=read_state(first.run.snapshots))
        second.go(2)
        second.end()
        assert b"\0" not in second.run.log.read_bytes()
        assert [line["step"] for line in second.lines()] == [5, 6]

    @pytest.mark.parametrize("loss", [float("nan"), float("inf")])
    def test_a_loss_that_is_no_number_ends_the_run(self, make_session, loss):
        session = make_session("training.snapshot_steps=1")
        session.go(2)
        with pytest.raises(FloatingPointError, match=r"step 3.*training\.learning_rate"):
            session.update(loss)
        assert steps_in(session.run.snapshots) == [2], "a snapshot of a broken model"

    def test_tensorboard(self, make_session):
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        session = make_session()
        session.go(20)
        session.end()
        board = EventAccumulator(str(session.run.tensorboard)).Reload()
        tags = set(board.Tags()["tensors"])
        assert {"training/loss", "training/rate", "validation/BLEU", "validation/loss"} <= tags
        event = board.Tensors("training/loss")[-1]
        assert event.step == 20
        assert tf.make_ndarray(event.tensor_proto) == pytest.approx(2.5)


class TestValidation:
    def test_listeners_get_the_result_in_their_order(self, make_session):
        session = make_session(last_step=10, scores=(3.0,))
        heard = []
        session.validation.listeners = [
            SimpleNamespace(validated=lambda event, n=n: heard.append((n, event))) for n in range(3)
        ]
        session.go(10)
        assert [n for n, _ in heard] == [0, 1, 2]
        event = heard[0][1]
        assert all(other is event for _, other in heard)
        assert (event.step, event.epochs, event.is_best, event.result.translations) == (10, 1.0, True, ["Ja.", ""])

    def test_without_tensorboard(self, make_session):
        session = make_session(last_step=10)
        session.callbacks.remove(session.board)
        session.validation.listeners.remove(session.board)
        session.go()
        assert session.state.finished and [line["validation"] for line in session.lines() if "validation" in line] == [
            10
        ]

    def test_when(self, make_session):
        session = make_session(last_step=25, scores=(3.0, 1.0, 2.0))
        session.go()
        assert session.state.step == 25
        assert [step for step, _ in session.saved] == [10, 20, 25]
        assert session.state.finished
        assert session.state.last_validation == 25

    @pytest.mark.parametrize(
        ("best", "scores", "expected"), [("bleu", (3.0, 1.0, 4.0, 2.0), 30), ("loss", (3.0, 1.0, 4.0, 2.0), 20)]
    )
    def test_best(self, make_session, best, scores, expected):
        session = make_session(f"training.best={best}", "training.keep_models=1", last_step=40, scores=scores)
        session.go()
        session.end()
        assert session.state.best_step == expected
        metadata = json.loads((session.run.model / "metadata.json").read_text())
        assert metadata["scores"]["step"] == expected and metadata["target_language"] == "de"
        assert sorted(int(path.name) for path in session.run.models.iterdir()) == [expected, 40]
        validations = [line for line in session.lines() if "validation" in line]
        assert [line["validation"] for line in validations] == [10, 20, 30, 40]
        assert [line["BLEU"] for line in validations] == list(scores)
        assert validations[0]["signatures"]["BLEU"] == "sig" and validations[1]["epochs"] == 2.0
        assert (session.run.validation / "20.txt").read_text() == "Ja.\n\n"

    def test_patience(self, make_session):
        session = make_session("training.patience=3", last_step=1000, scores=(1.0, 2.0, 1.5, 1.9, 2.0, 9.0))
        session.go()
        assert session.state.step == 50, "an equal score is no better one"
        assert session.state.finished and session.state.best_step == 20
        assert steps_in(session.run.snapshots) == [50]
        assert read_state(session.run.snapshots).finished

    def test_patience_survives_a_kill(self, make_session):
        scores = (5.0, 1.0, 1.0, 1.0, 9.0)
        first = make_session("training.patience=3", "training.snapshot_steps=5", last_step=1000, scores=scores)
        first.go(37)
        second = make_session(
            "training.patience=3",
            "training.snapshot_steps=5",
            last_step=1000,
            scores=scores,
            state=read_state(first.run.snapshots),
        )
        assert second.state.step == 35 and second.state.stale == 2
        second.go()
        assert second.state.step == 40

    def test_without_patience(self, make_session):
        session = make_session("training.patience=null", last_step=300, scores=(1.0,) * 30)
        session.go()
        assert session.state.step == 300

    def test_plateau_cuts(self, make_session, model):
        session = make_session(
            "training.schedule=plateau",
            "training.plateau_patience=2",
            "training.plateau_factor=0.5",
            "training.patience=null",
            last_step=100,
            scores=(5.0, 4.0, 4.0, 4.0, 4.0, 6.0, 5.0, 5.0, 5.0, 5.0),
        )
        cuts = []
        while not model.stop_training:
            session.update()
            if session.state.step % 10 == 0:
                cuts.append(session.state.plateau_cuts)
        assert cuts == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]
        assert session.clock.rate == pytest.approx(session.config.training.learning_rate * 0.5**3)

    def test_it_is_the_averaged_model_that_is_saved(self, make_session, model):
        session = make_session(last_step=10)
        average = model.averages[[w is model.softmax_bias for w in model.trainable_variables].index(True)]
        average.assign(np.full(average.shape, 7.0))
        before = model.softmax_bias.numpy()
        session.go()
        assert session.saved == [(10, 7.0)]
        np.testing.assert_array_equal(model.softmax_bias.numpy(), before)


class TestSnapshots:
    def test_by_the_step(self, make_session):
        session = make_session("training.snapshot_steps=4")
        seen = []
        for _ in range(9):
            session.update()
            seen.append(steps_in(session.run.snapshots))
        assert seen == [[], [], [], [4], [4], [4], [4], [8], [8]]

    def test_by_the_clock(self, make_session):
        often = make_session("training.snapshot_minutes=0.000001")
        often.go(3)
        assert steps_in(often.run.snapshots) == [3]

    def test_not_without_a_reason(self, make_session):
        session = make_session()
        session.go(9)
        assert steps_in(session.run.snapshots) == []

    def test_on_a_signal(self, make_session, model):
        session = make_session()
        session.go(3)
        session.interrupts.signal = 15
        session.go()
        assert model.stop_training
        assert session.state.step == 4
        state = read_state(session.run.snapshots)
        assert state.step == 4 and not state.finished

    def test_it_comes_after_the_validation_of_its_step(self, make_session):
        session = make_session("training.snapshot_steps=10", scores=(3.0, 2.0))
        session.go(10)
        state = read_state(session.run.snapshots)
        assert (state.last_validation, state.best_score, state.best_step) == (10, 3.0, 10)
        session.log.flush()
        assert state.log_bytes == len(session.run.log.read_bytes())

    def test_time_adds_up_over_sessions(self, make_session):
        session = make_session(state=TrainingState(step=5, seconds=100.0))
        session.go(2)
        assert 100 < session.state.seconds < 110
