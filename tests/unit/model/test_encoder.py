from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.encoder import Encoder
from seq2seq.model_settings import ModelSettings

ROWS, TIME, INPUTS, UNITS = 3, 6, 5, 4
LENGTHS = np.array([6, 2, 4], np.int32)


def settings_of(**options):
    sizes = {"encoder_layers": 2, "encoder_size": UNITS, "decoder_size": 2 * UNITS}
    return ModelSettings(vocabulary_size=30, **sizes | options)


def randomize(layer):
    random = np.random.default_rng(3)
    layer.set_weights([random.normal(0, 0.6, weight.shape).astype(np.float32) for weight in layer.get_weights()])


@pytest.fixture
def inputs():
    return tf.constant(np.random.default_rng(1).normal(size=(ROWS, TIME, INPUTS)).astype(np.float32))


@pytest.fixture
def encoder():
    layer = Encoder(settings_of())
    layer.build((None, None, INPUTS))
    randomize(layer)
    return layer


def test_equals_keras_layers_sentence_by_sentence(encoder, inputs):
    """Two bidirectional layers of Keras over each unpadded sentence, the second residual."""
    outputs = encoder(inputs, tf.constant(LENGTHS))
    assert outputs.shape == (ROWS, TIME, 2 * UNITS)
    layers = []
    for forward, backward in zip(encoder.forward, encoder.backward, strict=True):
        layer = keras.layers.Bidirectional(keras.layers.LSTM(UNITS, return_sequences=True))
        layer.build((None, None, forward.kernel.shape[0]))
        layer.set_weights([*forward.get_weights(), *backward.get_weights()])
        layers.append(layer)
    for n, length in enumerate(LENGTHS):
        first = layers[0](inputs[n : n + 1, :length])
        np.testing.assert_allclose(outputs[n, :length], (first + layers[1](first))[0], atol=1e-5)
        assert not outputs[n, length:].numpy().any(), "there is something at padding"


def test_padding_reaches_nothing(encoder, inputs):
    outputs = encoder(inputs, tf.constant(LENGTHS))
    disturbed = np.where((np.arange(TIME) < LENGTHS[:, None])[:, :, None], inputs, 1e3).astype(np.float32)
    wider = np.concatenate([disturbed, np.full((ROWS, 3, INPUTS), -1e3, np.float32)], 1)
    there = encoder(tf.constant(wider), tf.constant(LENGTHS))
    np.testing.assert_allclose(there[:, :TIME], outputs, atol=1e-6)
    assert not there[:, TIME:].numpy().any()


def test_gradient_at_padding_is_nothing(encoder, inputs):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(tf.square(encoder(inputs, tf.constant(LENGTHS))))
    gradient = tape.gradient(loss, inputs).numpy()
    present = np.arange(TIME) < LENGTHS[:, None]
    assert not gradient[~present].any()
    assert (np.abs(gradient[present]).max(-1) > 0).all()


def test_sentences_do_not_see_each_other(encoder, inputs):
    together = encoder(inputs, tf.constant(LENGTHS))
    for n in range(ROWS):
        alone = encoder(inputs[n : n + 1], tf.constant(LENGTHS[n : n + 1]))
        np.testing.assert_allclose(together[n : n + 1], alone, atol=1e-6)


@pytest.mark.parametrize("option", ["layer_dropout", "recurrent_dropout"])
def test_dropouts_are_on_in_training_only(encoder, inputs, option):
    layer = Encoder(settings_of(**{option: 0.5}), seed=3)
    layer.build((None, None, INPUTS))
    layer.set_weights(encoder.get_weights())
    expected = encoder(inputs, tf.constant(LENGTHS))
    np.testing.assert_array_equal(layer(inputs, tf.constant(LENGTHS)), expected)
    dropped = layer(inputs, tf.constant(LENGTHS), training=True)
    assert np.abs(dropped - expected).max() > 1e-2
    assert np.abs(dropped - layer(inputs, tf.constant(LENGTHS), training=True)).max() > 1e-2


@pytest.mark.parametrize("layers", [1, 3])
def test_round_trip(round_trip, inputs, layers):
    settings = settings_of(encoder_layers=layers, layer_dropout=0.25, recurrent_dropout=0.125)
    layer = Encoder(settings, seed=4, name="reader")
    layer.build((None, None, INPUTS))
    randomize(layer)
    clone = round_trip(layer)
    if not clone.built:
        clone.build((None, None, INPUTS))
    assert [w.path for w in clone.weights] == [w.path for w in layer.weights]
    clone.set_weights(layer.get_weights())
    for training in (False, True):
        expected = layer(inputs, tf.constant(LENGTHS), training=training)
        np.testing.assert_array_equal(clone(inputs, tf.constant(LENGTHS), training=training), expected)
