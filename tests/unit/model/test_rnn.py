import keras
import numpy as np
import pytest

from seq2seq.model.rnn import RNN
from tests.unit.model.recurrent_layers import INPUTS, UNITS, assert_equal_to_keras, assert_steps_are_the_whole


@pytest.mark.parametrize("masked", [False, True])
def test_equals_keras_in_outputs_and_gradients(masked):
    theirs = keras.layers.SimpleRNN(UNITS, return_sequences=True, return_state=True)
    assert_equal_to_keras(RNN(UNITS), theirs, masked)


def test_steps_one_by_one_are_the_whole():
    assert_steps_are_the_whole(RNN(UNITS))


def test_recurrent_dropout_drops_the_same_units_at_all_steps():
    layer = RNN(UNITS, recurrent_dropout=0.5, seed=1)
    layer.build((None, None, INPUTS))
    layer.recurrent_kernel.assign(np.eye(UNITS, dtype=np.float32))
    hidden, _ = layer(np.full((2, 4, INPUTS), 0.1, np.float32), training=True)
    first, *_, last = np.moveaxis(hidden.numpy(), 1, 0)
    dropped = np.isclose(first, last)  # what hears nothing of itself says the same at every step
    assert 0 < dropped.sum() < dropped.size
    np.testing.assert_allclose(hidden.numpy()[:, 1][dropped], first[dropped], atol=1e-6)


def test_config_round_trip():
    layer = RNN(UNITS, recurrent_dropout=0.25, seed=3, name="some")
    assert RNN.from_config(layer.get_config()).get_config() == layer.get_config()
