from __future__ import annotations

import numpy as np
import pytest

from seq2seq.inspection.recording import record
from seq2seq.model.weights import get_weights
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.monitoring.gates import GateWatch, saturation


@pytest.fixture(scope="module")
def watched(trained):
    """A model and what watches its gates."""
    model, tokenizer, text = trained
    return model, GateWatch(text, TokenizerPair.of(tokenizer), model.settings)


def test_gates_of_the_fixed_sentences(trained, watched):
    model, tokenizer, text = trained
    _, watch = watched
    weights = get_weights(model)
    found = watch.record(weights)
    source, target = ([*tokenizer.encode([side[0]])[0], EOS] for side in (text.sources, text.targets))
    expected = record(weights, watch.settings, source, target).layer("decoder/lstm_1").gates["forget"].ravel()
    np.testing.assert_array_equal(found["decoder/lstm_1/forget"][: len(expected)], expected)
    assert all(values.min() >= 0 and values.max() <= 1 for values in found.values())


def test_saturation():
    assert saturation([0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 0.0, 0.3]) == (0.25, 0.25)
