from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import DotAttention, SourceMemory

SENTENCES, QUERIES, SOURCE, WIDTH = 3, 4, 6, 5
LENGTHS = np.array([6, 2, 4])


@pytest.fixture
def memory():
    mask = np.arange(SOURCE) < LENGTHS[:, None]
    values = np.random.default_rng(1).normal(size=(SENTENCES, SOURCE, WIDTH)).astype(np.float32) * mask[:, :, None]
    return SourceMemory(tf.constant(values), tf.constant(mask))


@pytest.fixture
def queries():
    return tf.constant(np.random.default_rng(2).normal(size=(SENTENCES, QUERIES, WIDTH)).astype(np.float32))


def test_equals_the_formula_sentence_by_sentence(memory, queries):
    contexts, weights = DotAttention()(queries, memory)
    assert contexts.shape == (SENTENCES, QUERIES, WIDTH)
    for n, length in enumerate(LENGTHS):
        values = memory.values[n, :length].numpy()  # [source, width]
        scores = queries[n].numpy() @ values.T
        expected = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        np.testing.assert_allclose(weights[n, :, :length], expected, atol=1e-6)
        np.testing.assert_allclose(contexts[n], expected @ values, atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_weights_sum_to_one_and_are_nothing_at_padding(memory, queries, scale):
    _, weights = DotAttention()(queries * scale, memory)
    np.testing.assert_allclose(tf.reduce_sum(weights, -1), np.ones((SENTENCES, QUERIES)), atol=1e-5)
    for n, length in enumerate(LENGTHS):
        assert not weights[n, :, length:].numpy().any()
    assert (weights.numpy() >= 0).all()


def test_more_padding_changes_nothing(memory, queries):
    contexts, weights = DotAttention()(queries, memory)
    wider = SourceMemory(tf.pad(memory.values, [[0, 0], [0, 3], [0, 0]]), tf.pad(memory.mask, [[0, 0], [0, 3]]))
    contexts_there, weights_there = DotAttention()(queries, wider)
    np.testing.assert_allclose(contexts_there, contexts, atol=1e-6)
    np.testing.assert_allclose(weights_there[:, :, :SOURCE], weights, atol=1e-6)
    assert not weights_there[:, :, SOURCE:].numpy().any()


def test_queries_do_not_see_each_other(memory, queries):
    """Beams are folded into the query axis: each must get what it would get alone."""
    together, _ = DotAttention()(queries, memory)
    for n in range(QUERIES):
        alone, _ = DotAttention()(queries[:, n : n + 1], memory)
        np.testing.assert_allclose(together[:, n : n + 1], alone, atol=1e-6)


def test_round_trip(round_trip, memory, queries):
    layer = DotAttention(name="attention")
    clone = round_trip(layer)
    assert clone.name == "attention"
    for a, b in zip(clone(queries, memory), layer(queries, memory), strict=True):
        np.testing.assert_array_equal(a, b)
