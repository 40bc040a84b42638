import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import Memory
from seq2seq.model.bridges import make_bridge

LAYERS, UNITS, WIDTH = 2, 3, 8
LENGTHS = [4, 1, 3]


def built(kind, arity=2, backward_units=WIDTH // 2):
    bridge = make_bridge(kind, LAYERS, UNITS, arity, backward_units)
    bridge.build(WIDTH)
    random = np.random.default_rng(3)
    bridge.set_weights([random.normal(size=w.shape) for w in bridge.trainable_variables])
    return bridge


def some_memory(at_padding=0.0):
    values = np.random.default_rng(1).normal(size=(len(LENGTHS), 4, WIDTH)).astype(np.float32)
    mask = np.arange(4) < np.array(LENGTHS)[:, None]
    values[~mask] = at_padding
    return Memory(tf.constant(values), tf.constant(mask))


def expected_state(bridge, summary):
    parts = []
    for n in range(LAYERS):
        dense = np.tanh(summary @ bridge.kernels[n].numpy() + bridge.biases[n].numpy())
        parts += np.split(dense, bridge.arity, axis=-1)
    return parts


@pytest.mark.parametrize("arity", [1, 2])
@pytest.mark.parametrize("kind", ["zero", "last", "mean"])
def test_one_array_per_layer_and_state(kind, arity):
    state = built(kind, arity)(some_memory())
    assert [tuple(x.shape) for x in state] == [(len(LENGTHS), UNITS)] * (LAYERS * arity)


def test_zero_is_zero_and_has_no_weights():
    bridge = built("zero")
    assert not bridge.trainable_variables
    assert not any(x.numpy().any() for x in bridge(some_memory()))


def test_mean_is_over_real_positions():
    bridge, memory = built("mean"), some_memory()
    mean = np.stack([memory.values[s, :length].numpy().mean(0) for s, length in enumerate(LENGTHS)])
    for mine, expected in zip(bridge(memory), expected_state(bridge, mean), strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-5)


@pytest.mark.parametrize("backward_units", [0, WIDTH // 2])
def test_last_is_where_each_direction_ended(backward_units):
    bridge, memory = built("last", backward_units=backward_units), some_memory()
    forward = WIDTH - backward_units
    last = np.stack(
        [
            np.concatenate([memory.values[s, length - 1, :forward], memory.values[s, 0, forward:]])
            for s, length in enumerate(LENGTHS)
        ]
    )
    for mine, expected in zip(bridge(memory), expected_state(bridge, last), strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["zero", "last", "mean"])
def test_padding_has_no_part(kind):
    bridge = built(kind)
    for mine, other in zip(bridge(some_memory()), bridge(some_memory(at_padding=9.0)), strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("kind", ["zero", "last", "mean"])
def test_config_round_trip(kind):
    bridge = built(kind, arity=1)
    assert type(bridge).from_config(bridge.get_config()).get_config() == bridge.get_config()
