from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.products import dense, operand, precision, product


def values_of(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def rounded(x):
    return tf.cast(tf.cast(x, tf.bfloat16), tf.float32)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_float32_is_exact(transpose_a, transpose_b):
    a, b = values_of(3, 4, 4, seed=1), values_of(3, 4, 4, seed=2)
    expected = tf.matmul(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    np.testing.assert_array_equal(product(a, b, transpose_a=transpose_a, transpose_b=transpose_b), expected)


def test_dense_float32_is_exact():
    x, kernel = values_of(2, 3, 5), values_of(5, 4, seed=1)
    expected = tf.reshape(tf.matmul(tf.reshape(x, [-1, 5]), kernel), [2, 3, 4])
    np.testing.assert_array_equal(dense(x, kernel), expected)


@pytest.mark.parametrize("take", [product, dense])
def test_bfloat16_rounds_the_factors_and_nothing_else(take):
    a, b = values_of(6, 40, seed=1), values_of(40, 5, seed=2)
    with precision("bfloat16"):
        result = take(a, b)
    assert result.dtype == tf.float32
    exact, of_rounded = tf.matmul(a, b), tf.matmul(rounded(a), rounded(b))
    assert np.abs(result - exact).max() > 1e-4, "nothing was rounded"
    # The sum may be rounded to bfloat16 once, as TensorFlow returns it.
    np.testing.assert_allclose(result, of_rounded, rtol=2**-7, atol=2**-7)


@pytest.mark.parametrize("shape", [(6, 5), (2, 3, 5), (1, 2, 3, 5)])
def test_dense_gradient(shape):
    x, kernel, factors = values_of(*shape), values_of(5, 4, seed=1), values_of(*shape[:-1], 4, seed=2)
    with tf.GradientTape() as tape, tf.GradientTape() as plain_tape:
        for each in (tape, plain_tape):
            each.watch([x, kernel])
        loss = tf.reduce_sum(dense(x, kernel) * factors)
        plain = tf.reduce_sum(tf.tensordot(x, kernel, 1) * factors)
    got, expected = tape.gradient(loss, [x, kernel]), plain_tape.gradient(plain, [x, kernel])
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_dense_gradient_in_bfloat16_is_float32_and_close():
    x, factors = values_of(6, 5), values_of(6, 4, seed=2)
    kernel = tf.Variable(values_of(5, 4, seed=1))
    with precision("bfloat16"), tf.GradientTape() as tape:
        loss = tf.reduce_sum(dense(x, kernel) * factors)
    gradient = tape.gradient(loss, kernel)
    expected = tf.matmul(x, factors, transpose_a=True)
    assert gradient.dtype == tf.float32
    np.testing.assert_allclose(gradient, expected, rtol=0.03, atol=0.03)


def test_dense_has_one_graph_for_all_shapes():
    kernel = tf.Variable(values_of(5, 4))
    traced = tf.function(lambda x: dense(x, kernel), input_signature=[tf.TensorSpec([None, None, 5])], autograph=False)
    for rows, time in ((1, 2), (4, 3)):
        x = values_of(rows, time, 5)
        np.testing.assert_allclose(traced(x), tf.tensordot(x, kernel, 1), rtol=1e-5, atol=1e-5)


def test_precision_comes_back():
    x = values_of(2, 2)
    assert operand(x).dtype == tf.float32
    with precision("bfloat16"):
        assert operand(x).dtype == tf.bfloat16
        with precision("float32"):
            assert operand(x).dtype == tf.float32
        assert operand(x).dtype == tf.bfloat16
    assert operand(x).dtype == tf.float32
    with pytest.raises(ZeroDivisionError), precision("bfloat16"):
        raise ZeroDivisionError
    assert operand(x).dtype == tf.float32


def test_unknown_precision():
    with pytest.raises(TypeError), precision("float31"):
        pass
