from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from seq2seq.evaluation import Score
from seq2seq.model.weights import get_weights
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.callbacks import display
from seq2seq.training.callbacks.clock import Clock
from seq2seq.training.callbacks.display import Display, renew_page
from seq2seq.training.callbacks.events import Validated
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.monitoring.gates import GateWatch
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState
from seq2seq.training.validator import ValidationResult

DEV = ParallelText(["A dog.", "", "Two cats & a mouse."], ["Ein Hund.", "Nichts.", "Zwei Katzen."])


class Session:
    """A display over a real log, and a reporter that remembers."""

    def __init__(self, path, config, model, watch=None):
        self.run, self.state, self.messages = RunFolder(path), TrainingState(), []
        self.run.validation.mkdir(parents=True, exist_ok=True)
        self.reporter = SimpleNamespace(say=self.messages.append, pause=lambda: None)
        clock = Clock(self.state, config.training, 10)
        self.log = RunLog(self.run, self.state, clock)
        board = TensorBoardLog(self.run, self.state, clock)
        self.display = Display(self.run, self.log, board, self.reporter, watch, DEV)
        self.weights = get_weights(model)

    def validate(self, step):
        self.state.step = step
        (self.run.validation / f"{step}.txt").write_text(f"Ein Hund {step}.\n\nZwei.\n")
        scores = [Score("BLEU", 10.0 + step, "", ""), Score("chrF2", 30.0, "", "")]
        event = Validated(step, 1.0, ValidationResult(2.0, scores, []), self.weights, True, False, 0.1)
        for listener in (self.log, self.display):
            listener.validated(event)

    def lines(self):
        self.log.flush()
        return [json.loads(line) for line in self.run.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def watched(trained):
    """A model and what watches its gates."""
    model, tokenizer, text = trained
    return model, GateWatch(text, TokenizerPair.of(tokenizer), model.settings)


@pytest.fixture
def session(tmp_path, make_config, watched):
    model, watch = watched
    return Session(tmp_path / "run", make_config(), model, watch)


def test_a_validation_renews_the_page_and_logs_the_gates(session, watched):
    session.display.on_train_begin()
    page = session.run.path / "training.html"
    assert "Ein Hund" not in page.read_text() and session.lines() == []
    session.validate(5)
    assert "Ein Hund 5." in page.read_text() and "Two cats &amp; a mouse." in page.read_text()
    session.validate(10)
    assert "Ein Hund <mark>10.</mark>" in page.read_text()
    assert session.messages == []
    gates = [line for line in session.lines() if "gates" in line]
    assert [line["gates"] for line in gates] == [5, 10]
    names = [f"encoder/{way}_0" for way in ("forward", "backward")] + ["decoder/lstm_0", "decoder/lstm_1"]
    assert set(gates[0]["saturated"]) == {f"{name}/{gate}" for name in names for gate in ("input", "forget", "output")}
    assert session.state.log_bytes == session.run.log.stat().st_size


def test_the_gates_are_those_of_the_weights_that_were_measured(session):
    seen = []
    session.display.watch = SimpleNamespace(record=lambda weights: seen.append(weights) or {})
    session.validate(5)
    assert seen == [session.weights]
    assert [next(iter(line)) for line in session.lines()] == ["validation"], "no gates, no line"


def test_a_failure_is_reported_once_and_training_goes_on(session, monkeypatch):
    monkeypatch.setattr(display, "write_training_page", lambda *_: 1 / 0)
    session.display.on_train_begin()
    session.validate(5)
    session.validate(10)
    assert session.messages == ["could not show training.html (division by zero); training continues"]
    assert [line["gates"] for line in session.lines() if "gates" in line] == [5, 10]


def test_a_page_of_a_run_that_nobody_trains(session):
    session.display.on_train_begin()
    session.validate(5)
    (session.run.path / "training.html").unlink()
    renew_page(session.run, session.reporter)
    assert "Ein Hund 5." in (session.run.path / "training.html").read_text()
    session.run.log.unlink()
    renew_page(session.run, session.reporter)
    assert len(session.messages) == 1 and "holds no log.jsonl" in session.messages[0]
