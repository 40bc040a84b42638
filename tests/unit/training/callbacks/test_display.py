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
from seq2seq.training.callbacks.display import Display
from seq2seq.training.callbacks.events import Validated
from seq2seq.training.callbacks.run_log import RunLog
from seq2seq.training.callbacks.tensorboard_log import TensorBoardLog
from seq2seq.training.monitoring.gates import GateWatch
from seq2seq.training.monitoring.page_renewal import renew_page
from seq2seq.training.monitoring.run_status import RunStatus
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
        self.display = Display(self.run, self.state, 10, self.log, board, self.reporter, watch, DEV)
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
    renew_page(session.run.path, session.reporter)
    assert "Ein Hund 5." in (session.run.path / "training.html").read_text()
    session.run.log.unlink()
    renew_page(session.run.path, session.reporter)
    assert len(session.messages) == 1 and "holds no log.jsonl" in session.messages[0]


def test_the_page_is_there_from_the_beginning_and_says_how_it_stands(session):
    page = session.run.path / "training.html"
    session.log.session({"last_step": 10, "plan": {"text": "7 pairs <b>"}})
    session.display.on_train_begin()
    html = page.read_text()
    assert "<strong>is running</strong>: update 0 of 10" in html and 'data-reload="20"' in html
    assert "7 pairs &lt;b&gt;" in html
    session.state.step = 5
    session.display.on_train_batch_end(0)
    assert page.read_text() == html, "it is drawn at each update"
    session.display.next_drawing = 0.0
    session.display.on_train_batch_end(0)
    assert "update 5 of 10, about 0:0" in page.read_text()
    session.log.on_train_end()  # it comes first, and closes the log
    session.display.on_train_end()
    assert session.messages == []
    assert "was stopped" in page.read_text() and "data-reload=" not in page.read_text()
    session.state.finished = True
    session.display.on_train_end()
    assert "<strong>is finished</strong>: update 5 of 10" in page.read_text()


def test_a_page_before_there_is_a_log(session):
    session.log.path.unlink()
    (session.run.path / "config.yaml").write_text("data: {train: a.tsv}")
    renew_page(session.run.path, session.reporter, RunStatus("preparing"))
    html = (session.run.path / "training.html").read_text()
    assert "is being prepared" in html and "data: {train: a.tsv}" in html and 'data-reload="20"' in html
    assert session.messages == []
