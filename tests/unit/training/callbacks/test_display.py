from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from seq2seq.inspection.recording import record
from seq2seq.model.weights import get_weights
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.ids import EOS
from seq2seq.training.callbacks import display
from seq2seq.training.callbacks.callbacks import Clock, RunLog
from seq2seq.training.callbacks.display import Display, renew_page
from seq2seq.training.monitoring.gates import GateWatch, saturation
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run.state import TrainingState

DEV = ParallelText(["A dog.", "", "Two cats & a mouse."], ["Ein Hund.", "Nichts.", "Zwei Katzen."])


class Sitting:
    """A display over a real log, and a reporter that remembers."""

    def __init__(self, path, config, model, watch=None):
        self.run, self.state, self.said = RunFolder(path), TrainingState(), []
        self.run.validation.mkdir(parents=True, exist_ok=True)
        reporter = SimpleNamespace(say=self.said.append, pause=lambda: None)
        self.log = RunLog(self.run, self.state, Clock(self.state, config, 10), reporter, lambda step: step)
        self.display = Display(self.run, self.state, self.log, watch, DEV)
        self.display.set_model(model)

    def validate(self, step):
        self.state.step = self.state.last_validation = step
        (self.run.validation / f"{step}.txt").write_text(f"Ein Hund {step}.\n\nZwei.\n")
        figures = {"loss": 2.0, "perplexity": 7.4, "BLEU": 10.0 + step, "chrF2": 30.0}
        self.log.write({"validation": step, **figures, "signatures": {}, "epochs": 1.0})
        self.display.on_train_batch_end(0)

    def lines(self):
        self.log.flush()
        return [json.loads(line) for line in self.run.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def watched(trained):
    """A model and what watches its gates."""
    model, tokenizer, text = trained
    settings = {"encoder_layers": 1, "decoder_layers": 2, "decoder_size": 32, "encoder_size": 16}
    return model, GateWatch(text, tokenizer, tokenizer, settings)


@pytest.fixture
def sitting(tmp_path, make_config, watched):
    model, watch = watched
    return Sitting(tmp_path / "run", make_config(), model, watch)


def test_a_validation_renews_the_page_and_logs_the_gates(sitting, watched):
    sitting.display.on_train_begin()
    page = sitting.run.path / "training.html"
    first = page.read_text()
    sitting.display.on_train_batch_end(0)  # no validation: nothing to show
    assert page.read_text() == first and sitting.lines() == []
    sitting.validate(5)
    assert "Ein Hund 5." in page.read_text() and "Two cats &amp; a mouse." in page.read_text()
    sitting.validate(10)
    assert "Ein Hund <mark>10.</mark>" in page.read_text()
    assert sitting.said == []
    gates = [line for line in sitting.lines() if "gates" in line]
    assert [line["gates"] for line in gates] == [5, 10]
    names = [f"encoder/{way}_0" for way in ("forward", "backward")] + ["decoder/lstm_0", "decoder/lstm_1"]
    assert set(gates[0]["saturated"]) == {f"{name}/{gate}" for name in names for gate in ("input", "forget", "output")}
    assert sitting.state.log_bytes == sitting.run.log.stat().st_size


def test_the_gates_are_those_of_the_averaged_weights(sitting, watched):
    model, _ = watched
    seen = []
    sitting.display.watch = SimpleNamespace(look=lambda weights: seen.append(weights) or {})
    sitting.validate(5)
    raw = get_weights(model)
    assert any(not np.array_equal(raw[name], seen[0][name]) for name in raw)
    assert [next(iter(line)) for line in sitting.lines()] == ["validation"], "no gates, no line"


def test_a_failure_is_reported_once_and_training_goes_on(sitting, monkeypatch):
    monkeypatch.setattr(display, "write_training_page", lambda *_: 1 / 0)
    sitting.display.on_train_begin()
    sitting.validate(5)
    sitting.validate(10)
    assert sitting.said == ["training.html could not be shown (division by zero); the training is not touched by that"]
    assert [line["gates"] for line in sitting.lines() if "gates" in line] == [5, 10]


def test_a_page_of_a_run_that_nobody_trains(sitting):
    sitting.display.on_train_begin()
    sitting.validate(5)
    (sitting.run.path / "training.html").unlink()
    renew_page(sitting.run, sitting.log.reporter)
    assert "Ein Hund 5." in (sitting.run.path / "training.html").read_text()
    sitting.run.log.unlink()
    renew_page(sitting.run, sitting.log.reporter)
    assert len(sitting.said) == 1 and "holds no log.jsonl" in sitting.said[0]


def test_gates_of_the_fixed_sentences(trained, watched):
    model, tokenizer, text = trained
    _, watch = watched
    weights = get_weights(model)
    found = watch.look(weights)
    source, target = ([*tokenizer.encode([side[0]])[0], EOS] for side in (text.sources, text.targets))
    expected = record(weights, watch.settings, source, target).layer("decoder/lstm_1").gates["forget"].ravel()
    np.testing.assert_array_equal(found["decoder/lstm_1/forget"][: len(expected)], expected)
    assert all(values.min() >= 0 and values.max() <= 1 for values in found.values())


def test_saturation():
    assert saturation([0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 0.0, 0.3]) == (0.25, 0.25)
