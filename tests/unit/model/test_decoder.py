from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.bridges import MeanBridge
from seq2seq.model.decoder import Decoder
from seq2seq.model_settings import ModelSettings

SENTENCES, SOURCE, TARGET, INPUTS, UNITS, READOUT = 3, 5, 4, 6, 8, 7
LENGTHS = np.array([5, 1, 3])


def values_of(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def randomize(layer):
    random = np.random.default_rng(3)
    layer.set_weights([random.normal(0, 0.5, weight.shape).astype(np.float32) for weight in layer.get_weights()])


@pytest.fixture
def memory():
    mask = np.arange(SOURCE) < LENGTHS[:, None]
    return SourceMemory(values_of(SENTENCES, SOURCE, UNITS) * mask[:, :, None], tf.constant(mask))


@pytest.fixture
def make_decoder():
    def make(layers, seed=None, name=None, **options):
        sizes = {"decoder_layers": layers, "decoder_size": UNITS, "encoder_size": UNITS // 2, "embedding_size": READOUT}
        decoder = Decoder(ModelSettings(vocabulary_size=30, **sizes, **options), seed, name=name)
        decoder.build((None, None, INPUTS))
        randomize(decoder)
        return decoder

    return make


def widened(memory, columns=3):
    """More padding, with something in it that must not matter."""
    mask = tf.pad(memory.mask, [[0, 0], [0, columns]])
    values = tf.pad(memory.values, [[0, 0], [0, columns], [0, 0]])
    return SourceMemory(values, mask)


class TestMeanBridge:
    def test_equals_the_formula(self, memory):
        bridge = MeanBridge(2, UNITS)
        bridge.build(UNITS)
        randomize(bridge)
        state = bridge(memory)
        assert [part.shape for part in state] == [(SENTENCES, UNITS)] * 4
        kernels, biases = bridge.get_weights()[:2], bridge.get_weights()[2:]
        for n, length in enumerate(LENGTHS):
            mean = memory.values[n, :length].numpy().mean(0)
            for layer in (0, 1):
                h, c = np.split(np.tanh(mean @ kernels[layer] + biases[layer]), 2)
                np.testing.assert_allclose(state[2 * layer][n], h, atol=1e-5)
                np.testing.assert_allclose(state[2 * layer + 1][n], c, atol=1e-5)

    def test_what_stands_at_padding_is_not_in_the_mean(self, memory):
        bridge = MeanBridge(1, UNITS)
        bridge.build(UNITS)
        disturbed = SourceMemory(tf.where(memory.mask[:, :, None], memory.values, 100.0), memory.mask)
        for given in (disturbed, widened(memory)):
            for a, b in zip(bridge(memory), bridge(given), strict=True):
                np.testing.assert_allclose(a, b, atol=1e-6)

    def test_round_trip(self, round_trip, memory):
        bridge = MeanBridge(2, UNITS, name="bridge")
        bridge.build(UNITS)
        randomize(bridge)
        clone = round_trip(bridge)
        assert (clone.layers, clone.units, clone.name) == (2, UNITS, "bridge")
        if not clone.built:
            clone.build(UNITS)
        clone.set_weights(bridge.get_weights())
        for a, b in zip(clone(memory), bridge(memory), strict=True):
            np.testing.assert_array_equal(a, b)


class TestDecoder:
    @pytest.mark.parametrize("layers", [1, 2, 3])
    def test_steps_equal_the_whole(self, make_decoder, memory, layers):
        decoder, inputs = make_decoder(layers), values_of(SENTENCES, TARGET, INPUTS, seed=1)
        whole = decoder(inputs, memory)
        assert whole.shape == (SENTENCES, TARGET, READOUT)
        state = decoder.initial_state(memory)
        assert len(state) == 2 * layers
        for t in range(TARGET):
            readout, weights, state = decoder.step(inputs[:, t], memory, state)
            np.testing.assert_allclose(readout, whole[:, t], atol=1e-5)
            np.testing.assert_allclose(tf.reduce_sum(weights, -1), np.ones(SENTENCES), atol=1e-5)
            assert not weights.numpy()[~memory.mask.numpy()].any()

    @pytest.mark.parametrize("layers", [1, 2])
    def test_beams_stand_together(self, make_decoder, memory, layers):
        """Row r belongs to sentence r // beams, and gets what it gets alone."""
        decoder, beams = make_decoder(layers), 4
        inputs = values_of(SENTENCES * beams, INPUTS, seed=1)
        state = tuple(values_of(SENTENCES * beams, UNITS, seed=2 + n) for n in range(2 * layers))
        readout, weights, new_state = decoder.step(inputs, memory, state)
        for row in range(SENTENCES * beams):
            n = row // beams
            at = slice(row, row + 1)
            alone = decoder.step(
                inputs[at],
                SourceMemory(memory.values[n : n + 1], memory.mask[n : n + 1]),
                tuple(part[at] for part in state),
            )
            np.testing.assert_allclose(readout[at], alone[0], atol=1e-5)
            np.testing.assert_allclose(weights[at], alone[1], atol=1e-5)
            for a, b in zip(new_state, alone[2], strict=True):
                np.testing.assert_allclose(a[at], b, atol=1e-5)

    @pytest.mark.parametrize("layers", [1, 2])
    def test_the_context_goes_into_every_layer_above_and_into_the_readout(self, make_decoder, memory, layers):
        """The equations written out for one sentence: bottom layer, attention, layers above (residual), read-out."""
        decoder = make_decoder(layers)
        x, state = values_of(1, INPUTS, seed=1), tuple(values_of(1, UNITS, seed=2 + n) for n in range(2 * layers))
        one = SourceMemory(memory.values[:1], memory.mask[:1])
        readout, weights, _ = decoder.step(x, one, state)

        hidden, _ = decoder.cells[0].step(x, state[:2])
        scores = one.values[0].numpy() @ hidden[0].numpy()
        expected_weights = np.exp(scores - scores.max())
        expected_weights /= expected_weights.sum()
        context = tf.constant((expected_weights @ one.values[0].numpy())[None])
        for n in range(1, layers):
            above, _ = decoder.cells[n].step(tf.concat([hidden, context], -1), state[2 * n : 2 * n + 2])
            hidden = hidden + above
        joined = np.concatenate([hidden, context], -1)
        expected = np.tanh(joined @ np.array(decoder.readout_kernel) + np.array(decoder.readout_bias))
        np.testing.assert_allclose(weights[0], expected_weights, atol=1e-5)
        np.testing.assert_allclose(readout, expected, atol=1e-5)

    def test_nothing_looks_ahead(self, make_decoder, memory):
        decoder, inputs = make_decoder(2), values_of(SENTENCES, TARGET, INPUTS, seed=1)
        whole = decoder(inputs, memory)
        for t in range(1, TARGET):
            changed = tf.concat([inputs[:, :t], inputs[:, t:] + 5.0], 1)
            there = decoder(changed, memory)
            np.testing.assert_allclose(there[:, :t], whole[:, :t], atol=1e-6)
            assert np.abs(there[:, t] - whole[:, t]).max() > 1e-3

    def test_more_padding_changes_nothing(self, make_decoder, memory):
        decoder, inputs = make_decoder(2), values_of(SENTENCES, TARGET, INPUTS, seed=1)
        np.testing.assert_allclose(decoder(inputs, widened(memory)), decoder(inputs, memory), atol=1e-6)

    @pytest.mark.parametrize("option", ["layer_dropout", "recurrent_dropout", "readout_dropout"])
    def test_dropouts_are_on_in_training_only(self, make_decoder, memory, option):
        decoder, plain = make_decoder(2, **{option: 0.5}, seed=3), make_decoder(2)
        inputs = values_of(SENTENCES, TARGET, INPUTS, seed=1)
        expected = plain(inputs, memory)
        np.testing.assert_array_equal(decoder(inputs, memory), expected)
        dropped = decoder(inputs, memory, training=True)
        assert np.abs(dropped - expected).max() > 1e-2
        assert np.abs(dropped - decoder(inputs, memory, training=True)).max() > 1e-2

    @pytest.mark.parametrize("layers", [1, 2])
    def test_round_trip(self, round_trip, make_decoder, memory, layers):
        decoder = make_decoder(
            layers, layer_dropout=0.25, recurrent_dropout=0.125, readout_dropout=0.5, seed=4, name="writer"
        )
        inputs = values_of(SENTENCES, TARGET, INPUTS, seed=1)
        clone = round_trip(decoder)
        if not clone.built:
            clone.build((None, None, INPUTS))
        assert [w.path for w in clone.weights] == [w.path for w in decoder.weights]
        clone.set_weights(decoder.get_weights())
        for training in (False, True):
            expected = decoder(inputs, memory, training=training)
            np.testing.assert_array_equal(clone(inputs, memory, training=training), expected)
