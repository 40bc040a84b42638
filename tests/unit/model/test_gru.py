import keras
import numpy as np
import pytest

from seq2seq.model.gru import GRU
from tests.unit.model.recurrent_layers import INPUTS, UNITS, assert_equal_to_keras, assert_steps_are_the_whole


@pytest.mark.parametrize("masked", [False, True])
def test_equals_keras_in_outputs_and_gradients(masked):
    theirs = keras.layers.GRU(UNITS, return_sequences=True, return_state=True)
    assert_equal_to_keras(GRU(UNITS), theirs, masked)


def test_steps_one_by_one_are_the_whole():
    assert_steps_are_the_whole(GRU(UNITS))


def test_recurrent_dropout_drops_what_the_product_hears_only():
    layer = GRU(UNITS, recurrent_dropout=0.5, seed=1)
    layer.build((None, None, INPUTS))
    h = np.ones((2, UNITS), np.float32)
    closed = np.zeros((1, 3 * UNITS), np.float32)
    closed[:, :UNITS] = 50.0  # the update gate keeps all of h
    layer.bias.assign(np.concatenate([closed, np.zeros_like(closed)]))
    hidden, _ = layer(np.zeros((2, 3, INPUTS), np.float32), initial_state=(h,), training=True)
    np.testing.assert_allclose(hidden, 1.0, atol=1e-6)


def test_config_round_trip():
    layer = GRU(UNITS, recurrent_dropout=0.25, seed=3, name="some")
    assert GRU.from_config(layer.get_config()).get_config() == layer.get_config()
