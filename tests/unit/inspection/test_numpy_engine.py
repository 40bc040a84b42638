"""The engine over the readable equations gives what the Keras engine gives, step by step and in a whole search."""

import itertools

import numpy as np
import pytest

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.inspection.network import Network
from seq2seq.inspection.numpy_engine import NumpyEngine
from seq2seq.model.weights import get_weights
from seq2seq.model_settings import ATTENTIONS, BRIDGES, CELLS
from seq2seq.search import beam_search

LENGTHS = np.array([6, 3, 4], np.int32)


def variants():
    """Every cell with some attention, and every attention with some cell."""
    for n, (cell, attention) in enumerate(itertools.zip_longest(CELLS, ATTENTIONS, fillvalue="gru")):
        yield {
            "cell": cell,
            "attention": attention,
            "attention_heads": 2 if attention == "multi_head" else None,
            "bridge": BRIDGES[n % 3],
            "input_feeding": n % 2 == 0,
            "tied": n != 1,
        }


@pytest.fixture(
    scope="module", params=list(variants()), ids=lambda chosen: "-".join((chosen["cell"], chosen["attention"]))
)
def engines(request, make_model):
    model = make_model(**request.param)
    return NumpyEngine(Network(get_weights(model), model.settings)), KerasEngine(model)


def test_two_steps_are_those_of_keras(engines, random_ids):
    ids = random_ids(LENGTHS)
    results = []
    for engine in engines:
        memory, state = engine.encode(ids, LENGTHS)
        first = engine.step(np.full(3, 2, np.int32), np.arange(3), state, memory, 4)
        kept = memory.select(np.array([0, 2]))
        tokens, parents, beams = np.array([5, 6, 7], np.int32), np.array([0, 0, 2], np.int32), np.array([2, 1])
        second = engine.step(tokens, parents, first.state, kept, engine.vocabulary_size, np.array([9, 8, 4]), beams)
        results.append((first, second))
    for mine, keras in zip(*results, strict=True):
        np.testing.assert_allclose(np.sort(mine.log_probs), np.sort(keras.log_probs), atol=1e-5)
        np.testing.assert_allclose(mine.attention, keras.attention, atol=1e-5)
    np.testing.assert_array_equal(results[0][0].ids, results[1][0].ids)
    np.testing.assert_allclose(results[0][1].scored, results[1][1].scored, atol=1e-5)


def test_a_search_is_that_of_keras(engines, random_ids):
    """Contract 2: engines agree on scores within 1e-4·max(1, |x|)."""
    options = {"beam_size": 3, "length_penalty": 1.0, "max_lengths": LENGTHS + 3, "n_best": 3, "attention": True}
    found = [beam_search(engine, random_ids(LENGTHS), LENGTHS, **options) for engine in engines]
    for mine, keras in zip(*(itertools.chain(*each) for each in found), strict=True):
        assert mine.tokens.tolist() == keras.tokens.tolist()
        assert mine.score == pytest.approx(keras.score, abs=1e-4 * max(1, abs(keras.score)))
        np.testing.assert_allclose(mine.attention, keras.attention, atol=1e-5)
