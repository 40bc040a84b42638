"""A session of real callbacks over a model whose updates cost nothing."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace

import pytest
import tensorflow as tf

from seq2seq.config.schema import ModelConfig
from seq2seq.evaluation import Score
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
from seq2seq.training.run.state import TrainingState
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
        self.snapshots = SnapshotSaver(
            self.run, self.state, options, (self.log, self.board), self.interrupts, (keeper,)
        )
        self.callbacks = [self.clock, self.log, self.board, progress, stopping, self.validation, self.snapshots]
        for callback in self.callbacks:
            callback.set_model(model)
        reporter.last_step = last_step

    def measure(self):
        """The next of the given scores, or losses. Of two sentences, BLEU is noisy by 8.5."""
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
def model(make_training_model, small_tokenizer):
    size = len(small_tokenizer)
    return make_training_model(ema_decay=0.9, encoder_layers=1, decoder_layers=1, vocabulary_size=size)


@pytest.fixture
def make_session(tmp_path, make_config, model, small_tokenizer):
    tokenizers = TokenizerPair.of(small_tokenizer, languages=("en", "de"))
    with contextlib.ExitStack() as stack:

        def make(*overrides, scores=(1.0,) * 100, **options):
            config = make_config("training.validate_steps=10", "training.warmup_steps=5", *overrides)
            config = config.model_copy(update={"model": ModelConfig(**model.settings.to_mapping())})
            if not (tmp_path / "run" / "config.yaml").exists():
                stack.enter_context(RunFolder(tmp_path / "run").claim(config))
            return Session(tmp_path / "run", config, model, tokenizers, scores, **options)

        yield make
