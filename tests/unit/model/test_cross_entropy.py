from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.cross_entropy import cross_entropy
from seq2seq.model.products import precision

POSITIONS, WIDTH, VOCABULARY = 11, 6, 17


def arguments(scale=1.0, positions=POSITIONS, seed=0):
    random = np.random.default_rng(seed)
    readout = tf.constant(random.normal(0, scale, (positions, WIDTH)).astype(np.float32))
    embeddings = tf.constant(random.normal(0, 1, (VOCABULARY, WIDTH)).astype(np.float32))
    bias = tf.constant(random.normal(0, 0.5, VOCABULARY).astype(np.float32))
    # Pieces that occur twice must be counted twice.
    targets = tf.constant(random.integers(0, VOCABULARY // 2, positions).astype(np.int32))
    return readout, embeddings, bias, targets


def plain_formula(readout, embeddings, bias, targets, smoothing):
    """With the smoothed one-hot distribution written out."""
    log_p = tf.nn.log_softmax(tf.matmul(readout, embeddings, transpose_b=True) + bias)
    one_hot = tf.one_hot(targets, VOCABULARY)
    q = (1 - smoothing) * one_hot + smoothing / VOCABULARY
    return -tf.reduce_sum(q * log_p), -tf.reduce_sum(one_hot * log_p)


def values_and_gradients(function, readout, embeddings, bias, targets, smoothing, factor=1.0):
    with tf.GradientTape() as tape:
        tape.watch([readout, embeddings, bias])
        smoothed, plain = function(readout, embeddings, bias, targets, smoothing)
        loss = factor * smoothed
    return smoothed, plain, tape.gradient(loss, [readout, embeddings, bias])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("factor", [1.0, -0.25])
def test_equals_the_plain_formula(smoothing, scale, factor):
    given = arguments(scale)
    smoothed, plain, gradients = values_and_gradients(cross_entropy, *given, smoothing, factor)
    smoothed_there, plain_there, gradients_there = values_and_gradients(plain_formula, *given, smoothing, factor)
    np.testing.assert_allclose(smoothed, smoothed_there, rtol=1e-5)
    np.testing.assert_allclose(plain, plain_there, rtol=1e-5, atol=1e-5)
    for name, got, expected in zip(("readout", "embeddings", "bias"), gradients, gradients_there, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5, err_msg=name)


def test_in_a_graph_of_any_length():
    traced = tf.function(
        lambda *given: values_and_gradients(cross_entropy, *given, 0.1),
        input_signature=[
            tf.TensorSpec([None, WIDTH]),
            tf.TensorSpec([VOCABULARY, WIDTH]),
            tf.TensorSpec([VOCABULARY]),
            tf.TensorSpec([None], tf.int32),
        ],
        autograph=False,
    )
    for positions in (1, 5, 300):
        given = arguments(positions=positions, seed=positions)
        smoothed, plain, gradients = traced(*given)
        smoothed_there, plain_there, gradients_there = values_and_gradients(plain_formula, *given, 0.1)
        np.testing.assert_allclose([smoothed, plain], [smoothed_there, plain_there], rtol=1e-5)
        for got, expected in zip(gradients, gradients_there, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)


def test_the_plain_loss_has_no_gradient():
    readout, embeddings, bias, targets = arguments()
    with tf.GradientTape() as tape:
        tape.watch([readout, embeddings, bias])
        _, plain = cross_entropy(readout, embeddings, bias, targets, 0.1)
    gradients = tape.gradient(plain, [readout, embeddings, bias], unconnected_gradients="zero")
    assert not any(np.abs(gradient).any() for gradient in gradients)


@pytest.mark.parametrize("size", [1e3, 1e5, 1e20])
def test_extreme_logits_are_finite(size):
    """A piece whose probability is 0 in float32 has a finite loss, and a certain piece none."""
    embeddings = tf.constant(np.eye(4, WIDTH, dtype=np.float32))
    readout = tf.constant(np.eye(2, WIDTH, dtype=np.float32) * np.float32(size))
    smoothed, plain, gradients = values_and_gradients(
        cross_entropy, readout, embeddings, tf.zeros(4), tf.constant([0, 2]), 0.0
    )
    np.testing.assert_allclose(plain, size, rtol=1e-5)
    np.testing.assert_allclose(smoothed, size, rtol=1e-5)
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_no_positions():
    smoothed, plain, gradients = values_and_gradients(cross_entropy, *arguments(positions=0), 0.1)
    assert float(smoothed) == float(plain) == 0
    assert not any(np.abs(gradient).any() for gradient in gradients)


def test_bfloat16_is_close_and_not_the_same():
    given = arguments(positions=200)
    smoothed, plain, gradients = values_and_gradients(cross_entropy, *given, 0.1)
    with precision("bfloat16"):
        smoothed_there, plain_there, gradients_there = values_and_gradients(cross_entropy, *given, 0.1)
    np.testing.assert_allclose([smoothed_there, plain_there], [smoothed, plain], rtol=5e-3)
    for got, expected in zip(gradients_there, gradients, strict=True):
        assert got.dtype == tf.float32
        # One part in 256 of what is summed up.
        np.testing.assert_allclose(got, expected, atol=0.01 * np.abs(expected).max())
    assert float(smoothed_there) != float(smoothed)


def test_loss_is_a_sum_over_positions():
    readout, embeddings, bias, targets = arguments()
    together = cross_entropy(readout, embeddings, bias, targets, 0.1)
    alone = [cross_entropy(readout[n : n + 1], embeddings, bias, targets[n : n + 1], 0.1) for n in range(POSITIONS)]
    for n in (0, 1):
        np.testing.assert_allclose(together[n], sum(float(each[n]) for each in alone), rtol=1e-5)
