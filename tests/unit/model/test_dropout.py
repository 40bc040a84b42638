from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.dropout import Dropout, keep_mask


@pytest.mark.parametrize("probability", [0.1, 0.25, 0.4, 0.5, 0.9, 0.998])
def test_share_and_mean(probability):
    mask = keep_mask(tf.constant([200, 503]), probability, tf.constant([1, 2])).numpy()
    assert mask.shape == (200, 503)
    assert mask.dtype == np.float32
    values = np.unique(mask)
    assert len(values) == 2 and values[0] == 0
    share = 1 - 1 / float(values[1])
    assert share == pytest.approx(probability, abs=1 / 512 + 1e-6), "the scale is not that of the probability"
    deviation = (share * (1 - share) / mask.size) ** 0.5
    assert (mask == 0).mean() == pytest.approx(share, abs=5 * deviation)
    assert mask.mean() == pytest.approx(1, abs=5 * deviation * float(values[1]))


def test_no_dropout():
    np.testing.assert_array_equal(keep_mask(tf.constant([3, 3]), 0.0, tf.constant([1, 2])), np.ones((3, 3)))


def test_seeds():
    shape = tf.constant([40, 50])
    first = keep_mask(shape, 0.5, tf.constant([1, 2])).numpy()
    np.testing.assert_array_equal(first, keep_mask(shape, 0.5, tf.constant([1, 2])))
    for other in ([1, 3], [2, 2], [2, 1]):
        # Two independent masks agree at half of the places.
        assert (first == keep_mask(shape, 0.5, tf.constant(other)).numpy()).mean() == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (0, 4), (1, 1)])
def test_neighbours_are_independent(shift):
    mask = keep_mask(tf.constant([100, 100]), 0.5, tf.constant([4, 5])).numpy() > 0
    moved = np.roll(mask, shift, (0, 1))
    assert (mask == moved).mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (5, 1), (2, 3, 7), (0, 4)])
def test_shapes(shape):
    mask = keep_mask(tf.constant(shape, tf.int32), 0.5, tf.constant([1, 2]))
    assert tuple(mask.shape) == shape
    assert set(np.unique(mask)) <= {0.0, 2.0}


def test_off_when_not_training_or_without_a_rate():
    x = tf.constant(np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32))
    np.testing.assert_array_equal(Dropout(0.5, seed=1)(x), x)
    np.testing.assert_array_equal(Dropout(0.5, seed=1)(x, training=False), x)
    np.testing.assert_array_equal(Dropout(0.0, seed=1)(x, training=True), x)


def test_a_new_mask_at_each_call_and_the_same_from_the_same_seed():
    x = tf.ones([20, 30])
    layer, again, other = Dropout(0.5, seed=1), Dropout(0.5, seed=1), Dropout(0.5, seed=2)
    calls = [layer(x, training=True).numpy() for _ in range(3)]
    assert not (calls[0] == calls[1]).all() and not (calls[1] == calls[2]).all()
    for call in calls:
        np.testing.assert_array_equal(again(x, training=True), call)
    assert not (other(x, training=True).numpy() == calls[0]).all()


def test_masks_change_inside_a_graph():
    layer = Dropout(0.5, seed=1)
    traced = tf.function(lambda x: layer(x, training=True), input_signature=[tf.TensorSpec([None, None])])
    x = tf.ones([20, 30])
    assert not (traced(x).numpy() == traced(x).numpy()).all()


def test_gradient_passes_where_values_do():
    layer, x = Dropout(0.5, seed=1), tf.ones([20, 30])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
        loss = tf.reduce_sum(y)
    np.testing.assert_array_equal(tape.gradient(loss, x), y)


def test_whole_vectors():
    layer = Dropout(0.5, whole_vectors=True, seed=1)
    y = layer(tf.ones([20, 30, 7]), training=True).numpy()
    assert (y == y[:, :, :1]).all()
    assert (y[:, :, 0] == 0).mean() == pytest.approx(0.5, abs=0.1)
    assert set(np.unique(y)) == {0.0, 2.0}


def test_round_trip(round_trip):
    layer = Dropout(0.25, whole_vectors=True, seed=5, name="words")
    clone = round_trip(layer)
    assert (clone.name, clone.rate, clone.whole_vectors, clone.seed) == ("words", 0.25, True, 5)
    x = tf.ones([9, 9, 3])
    np.testing.assert_array_equal(clone(x, training=True), layer(x, training=True))
