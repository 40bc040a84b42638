"""Contract 11: the layer is `keras.layers.LSTM` in outputs, states and gradients."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.lstm import LSTM
from seq2seq.model.products import precision

ROWS, TIME, INPUTS, UNITS = 5, 7, 6, 8
MASKS = {
    "none": None,
    "right padding": np.arange(TIME) < np.array([7, 4, 1, 6, 3])[:, None],
    "holes": np.array(
        [
            [1, 1, 0, 1, 1, 0, 1],
            [1, 0, 0, 0, 1, 1, 1],
            [1, 0, 1, 0, 1, 0, 0],
            [1, 1, 1, 1, 1, 1, 1],
            [1, 1, 1, 0, 0, 0, 0],
        ],
        bool,
    ),
}


def values_of(shape, seed, scale=1.0):
    return np.random.default_rng(seed).normal(0, scale, shape).astype(np.float32)


@pytest.fixture
def pair():
    """Our layer and Keras's, with the same random weights."""
    ours, theirs = LSTM(UNITS), keras.layers.LSTM(UNITS, return_sequences=True, return_state=True)
    ours.build((None, None, INPUTS))
    theirs.build((None, None, INPUTS))
    ours.set_weights([values_of(weight.shape, n, 0.5) for n, weight in enumerate(ours.get_weights())])
    theirs.set_weights(ours.get_weights())
    return ours, theirs


def everything(layer, mask, traced, with_state=True, only=None):
    """Outputs, states, and gradients of all that goes in, of a loss that all that comes out has a say in.

    With `only`, outputs have it where that is true.
    """
    inputs = [values_of((ROWS, TIME, INPUTS), 10)]
    if with_state:
        inputs += [values_of((ROWS, UNITS), 11), values_of((ROWS, UNITS), 12)]
    factors = [values_of((ROWS, TIME, UNITS), 20), values_of((ROWS, UNITS), 21), values_of((ROWS, UNITS), 22)]

    if only is not None:
        factors[0] *= only[:, :, None]

    def run(x, *state):
        weights = [w.value for w in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, *state])
            returned = layer(x, initial_state=list(state) or None, mask=None if mask is None else tf.constant(mask))
            y, h, c = returned if len(returned) == 3 else (returned[0], *returned[1])
            loss = tf.add_n([tf.reduce_sum(a * b) for a, b in zip((y, h, c), factors, strict=True)])
        return [y, h, c, *tape.gradient(loss, [x, *state, *weights])]

    if traced:
        shapes = [tf.TensorSpec([None, None, INPUTS])] + [tf.TensorSpec([None, UNITS])] * (len(inputs) - 1)
        run = tf.function(run, input_signature=shapes, autograph=False)
    names = ["y", "h", "c", "dx", *(["dh0", "dc0"] if with_state else []), "dW", "dU", "db"]
    return dict(zip(names, [tensor.numpy() for tensor in run(*map(tf.constant, inputs))], strict=True))


@pytest.mark.parametrize("traced", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("with_state", [True, False], ids=["state", "no state"])
def test_equals_keras(pair, mask, traced, with_state):
    ours, theirs = (everything(layer, MASKS[mask], traced, with_state) for layer in pair)
    for name, expected in theirs.items():
        np.testing.assert_allclose(ours[name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("with_state", [True, False], ids=["state", "no state"])
def test_equals_keras_where_there_is_input(pair, with_state):
    """With padding on the left too: before the first input, Keras's outputs are zeros, and ours the initial h."""
    mask = np.array([[0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 1, 1, 0, 0], [1] * 7, [0] * 6 + [1], [0, 1] * 3 + [0]], bool)
    ours, theirs = (everything(layer, mask, False, with_state, only=mask) for layer in pair)
    for name, expected in theirs.items():
        kept = mask if name == "y" else slice(None)
        np.testing.assert_allclose(ours[name][kept], expected[kept], rtol=1e-5, atol=1e-5, err_msg=name)


def test_masked_inputs_reach_nothing(pair):
    """What stands where there is no input changes no output, and has no gradient."""
    layer, _ = pair
    mask = MASKS["holes"]
    x = values_of((ROWS, TIME, INPUTS), 10)
    disturbed = np.where(mask[:, :, None], x, x + 100)
    y, state = layer(x, mask=tf.constant(mask))
    y2, state2 = layer(disturbed, mask=tf.constant(mask))
    np.testing.assert_array_equal(y, y2)
    for a, b in zip(state, state2, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not everything(layer, mask, traced=False)["dx"][~mask].any()


def test_new_layer_begins_like_kerass():
    """Forget gates begin at 1, and the recurrent kernel is orthogonal."""
    layer = LSTM(UNITS)
    layer.build((None, None, INPUTS))
    theirs = keras.layers.LSTM(UNITS)
    theirs.build((None, None, INPUTS))
    kernel, recurrent, bias = layer.get_weights()
    assert [w.shape for w in layer.get_weights()] == [w.shape for w in theirs.get_weights()]
    np.testing.assert_array_equal(bias, theirs.get_weights()[2])
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(UNITS), atol=1e-5)
    assert kernel.std() == pytest.approx((2 / (INPUTS + 4 * UNITS)) ** 0.5, rel=0.3)


def test_weights_go_both_ways(pair):
    ours, theirs = pair
    theirs.set_weights([values_of(weight.shape, 30 + n, 0.5) for n, weight in enumerate(theirs.get_weights())])
    ours.set_weights(theirs.get_weights())
    x = values_of((ROWS, TIME, INPUTS), 10)
    np.testing.assert_allclose(ours(x)[0], theirs(x)[0], atol=1e-5)


def test_step_equals_call(pair):
    layer, _ = pair
    x, state = values_of((ROWS, TIME, INPUTS), 10), (values_of((ROWS, UNITS), 11), values_of((ROWS, UNITS), 12))
    y, last = layer(x, initial_state=state)
    for t in range(TIME):
        h, state = layer.step(x[:, t], state)
        np.testing.assert_allclose(h, y[:, t], atol=1e-6)
    for a, b in zip(state, last, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_one_graph_for_all_shapes(pair):
    layer, _ = pair
    traced = tf.function(lambda x: layer(x)[0], input_signature=[tf.TensorSpec([None, None, INPUTS])], autograph=False)
    for rows, time in ((1, 1), (3, 9)):
        x = values_of((rows, time, INPUTS), rows)
        np.testing.assert_allclose(traced(x), layer(x)[0], atol=1e-6)


def plain_loop(x, weights, state, factor, mask=None):
    """The equations, one step after the other; TensorFlow finds the gradient."""
    kernel, recurrent_kernel, bias = weights
    h, c = state
    outputs = []
    for t in range(x.shape[1]):
        z = x[:, t] @ kernel + (h * factor) @ recurrent_kernel + bias
        i, f, g, o = tf.split(z, 4, -1)
        c_new = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h_new = tf.sigmoid(o) * tf.tanh(c_new)
        if mask is not None:
            present = mask[:, t, None]
            c_new, h_new = tf.where(present, c_new, c), tf.where(present, h_new, h)
        h, c = h_new, c_new
        outputs.append(h)
    return tf.stack(outputs, 1), h, c


@pytest.mark.parametrize("masked", [False, True])
def test_recurrent_dropout(masked):
    """One mask of zeros and twos per sentence explains all steps, and the gradient is that of a plain loop with it."""
    units, rows = 4, 6
    layer = LSTM(units, recurrent_dropout=0.5, seed=3)
    layer.build((None, None, INPUTS))
    layer.set_weights([values_of(weight.shape, n, 0.7) for n, weight in enumerate(layer.get_weights())])
    x, h0, c0 = (tf.constant(values_of(s, 40 + n)) for n, s in enumerate([(rows, TIME, INPUTS)] + [(rows, units)] * 2))
    mask = tf.constant(np.arange(TIME) < np.array([7, 4, 5, 6, 3, 2])[:, None]) if masked else None
    weights = [w.value for w in layer.trainable_variables]
    coefficients = values_of((rows, TIME, units), 50)

    with tf.GradientTape() as tape:
        tape.watch([x, h0, c0])
        y, (h, c) = layer(x, initial_state=(h0, c0), mask=mask, training=True)
        loss = tf.reduce_sum(y * coefficients) + tf.reduce_sum(h) - tf.reduce_sum(c * c)
    gradients = tape.gradient(loss, [x, h0, c0, *weights])

    # Which mask was it? Every unit was dropped or doubled: try all.
    found = np.full((rows, units), np.nan, np.float32)
    for candidate in itertools.product([0.0, 2.0], repeat=units):
        factor = tf.constant([candidate] * rows)
        tried, *_ = plain_loop(x, weights, (h0, c0), factor, mask)
        fits = np.abs(tried - y).max((1, 2)) < 1e-5
        assert np.isnan(found[fits]).all(), "two masks explain one output: the weights are too small"
        found[fits] = candidate
    assert not np.isnan(found).any(), "no mask that is the same at all steps explains the output"
    assert len({tuple(row) for row in found.tolist()}) > 1, "all sentences have the same mask"

    with tf.GradientTape() as tape:
        tape.watch([x, h0, c0])
        y, h, c = plain_loop(x, weights, (h0, c0), tf.constant(found), mask)
        loss = tf.reduce_sum(y * coefficients) + tf.reduce_sum(h) - tf.reduce_sum(c * c)
    for got, expected in zip(gradients, tape.gradient(loss, [x, h0, c0, *weights]), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)


def test_recurrent_dropout_is_for_training_only():
    layer, plain = LSTM(UNITS, recurrent_dropout=0.5, seed=3), LSTM(UNITS)
    x = values_of((ROWS, TIME, INPUTS), 10)
    layer(x), plain(x)
    plain.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(x)[0], plain(x)[0])
    first, second = layer(x, training=True)[0], layer(x, training=True)[0]
    assert np.abs(first - plain(x)[0]).max() > 1e-3
    assert np.abs(first - second).max() > 1e-3, "the mask does not change from call to call"
    again = LSTM(UNITS, recurrent_dropout=0.5, seed=3)
    again.build((None, None, INPUTS))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(x, training=True)[0], first)


def test_bfloat16_is_close_and_not_the_same(pair):
    layer, _ = pair
    exact = everything(layer, MASKS["right padding"], traced=False)
    with precision("bfloat16"):
        rounded = everything(layer, MASKS["right padding"], traced=False)
    for name, expected in exact.items():
        assert rounded[name].dtype == np.float32
        difference = np.abs(rounded[name] - expected).max()
        assert 0 < difference < 0.05 * max(1, np.abs(expected).max()), name


@pytest.mark.parametrize("mask", ["right padding", "holes"])
def test_round_trip(round_trip, mask):
    layer = LSTM(UNITS, recurrent_dropout=0.25, seed=5, name="bottom")
    x = values_of((ROWS, TIME, INPUTS), 10)
    y, _ = layer(x, mask=tf.constant(MASKS[mask]))
    clone = round_trip(layer)
    assert clone.name == "bottom"
    assert (clone.units, clone.recurrent_dropout, clone.seed) == (UNITS, 0.25, 5)
    clone(x)
    clone.set_weights(layer.get_weights())
    np.testing.assert_array_equal(clone(x, mask=tf.constant(MASKS[mask]))[0], y)
