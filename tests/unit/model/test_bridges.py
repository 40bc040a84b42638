import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.bridges import make_bridge
from seq2seq.model_settings import ModelSettings

LAYERS, UNITS, WIDTH = 2, 3, 8
LENGTHS = [4, 1, 3]


def built(kind, cell="lstm", bidirectional=True):
    sizes = {"decoder_layers": LAYERS, "decoder_size": UNITS, "encoder_size": WIDTH // 2 if bidirectional else WIDTH}
    shape = {"cell": cell, "bridge": kind, "bidirectional": bidirectional, "attention": "general"}
    bridge = make_bridge(ModelSettings(vocabulary_size=30, **sizes, **shape))
    bridge.build(WIDTH)
    random = np.random.default_rng(3)
    bridge.set_weights([random.normal(size=w.shape) for w in bridge.trainable_variables])
    return bridge


def some_memory(at_padding=0.0):
    values = np.random.default_rng(1).normal(size=(len(LENGTHS), 4, WIDTH)).astype(np.float32)
    mask = np.arange(4) < np.array(LENGTHS)[:, None]
    values[~mask] = at_padding
    return SourceMemory(tf.constant(values), tf.constant(mask))


def expected_state(bridge, summary):
    parts = []
    for n in range(LAYERS):
        dense = np.tanh(summary @ bridge.kernels[n].numpy() + bridge.biases[n].numpy())
        parts += np.split(dense, bridge.arity, axis=-1)
    return parts


@pytest.mark.parametrize(("cell", "arity"), [("gru", 1), ("lstm", 2)])
@pytest.mark.parametrize("kind", ["zero", "last", "mean"])
def test_one_array_per_layer_and_state(kind, cell, arity):
    state = built(kind, cell)(some_memory())
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


@pytest.mark.parametrize("bidirectional", [False, True])
def test_last_is_where_each_direction_ended(bidirectional):
    bridge, memory = built("last", bidirectional=bidirectional), some_memory()
    forward = WIDTH // 2 if bidirectional else WIDTH
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
    bridge = built(kind, "gru")
    assert type(bridge).from_config(bridge.get_config()).get_config() == bridge.get_config()
