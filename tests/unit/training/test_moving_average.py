import numpy as np
import pytest
import tensorflow as tf

from seq2seq.training.moving_average import move_average, warmed_decay


@pytest.mark.parametrize("decay", [0.1, 0.5, 0.998])
def test_it_moves_by_one_minus_decay_of_the_way(decay):
    random = np.random.default_rng(1)
    average, value = (random.normal(size=(7, 5)).astype(np.float32) for _ in range(2))
    variable = tf.Variable(average)
    move_average(variable, tf.constant(value), tf.constant(decay))
    expected = decay * average.astype(np.float64) + (1 - decay) * value
    np.testing.assert_allclose(variable.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_the_decay_begins_low():
    decays = [float(warmed_decay(0.998, tf.constant(float(step)))) for step in (1, 8, 10_000)]
    assert decays == pytest.approx([2 / 11, 0.5, 0.998])
