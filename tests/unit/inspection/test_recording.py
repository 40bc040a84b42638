"""The readable walk sees what the fast model computes, for every cell, attention, bridge and way of feeding."""

import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.inspection.recording import record
from seq2seq.model.weights import get_weights
from seq2seq.model_settings import ATTENTIONS, BRIDGES, CELLS

SOURCE, TARGET = [4, 5, 6, 7, 3], [10, 11, 12, 3]
BATCH = np.array([SOURCE], np.int32), np.array([TARGET], np.int32)


def variants():
    """Every cell with every attention; the other options go round among them, each at its own pace."""
    for n, (cell, attention) in enumerate(itertools.product(CELLS, ATTENTIONS)):
        bidirectional = n % 4 != 1
        yield {
            "cell": cell,
            "attention": attention,
            "attention_heads": 2 if attention == "multi_head" else None,
            "bridge": BRIDGES[(n + n // 3) % 3],
            "input_feeding": n % 2 == 0,
            "bidirectional": bidirectional,
            "encoder_size": 5 if bidirectional else 10,  # dot attention wants the decoder as wide as the memory
            "residual": n % 5 != 3,
            "tied": n % 7 < 4,
        }


@pytest.fixture(
    scope="module", params=list(variants()), ids=lambda options: f"{options['cell']}-{options['attention']}"
)
def pair(request, make_model):
    """A model, and a recording of it."""
    model = make_model(**request.param)
    return model, record(get_weights(model), model.settings, SOURCE, TARGET)


def test_the_encoder_is_the_models(pair):
    model, seen = pair
    np.testing.assert_allclose(seen.encoder_outputs, model.encode(BATCH[0]).values[0], atol=1e-5)
    assert [layer.part for layer in seen.layers].count("encoder") == 2 * (2 if model.settings.bidirectional else 1)


def test_every_step_of_the_decoder_is_the_models(pair):
    model, seen = pair
    memory, state = model.begin(BATCH[0])
    layers = [layer for layer in seen.layers if layer.part == "decoder"]
    arity = model.settings.facts.arity
    for n, layer in enumerate(layers):
        np.testing.assert_allclose(layer.first_hidden, state[n * arity][0], atol=1e-5)
        np.testing.assert_allclose(layer.first_memory, state[(n + 1) * arity - 1][0], atol=1e-5)
    for t, before in enumerate([2, *TARGET[:-1]]):
        logits, weights, state = model.step(np.array([before]), memory, state)
        for n, layer in enumerate(layers):
            np.testing.assert_allclose(layer.hidden[t], state[n * arity][0], atol=1e-5)
            np.testing.assert_allclose(layer.memory[t], state[(n + 1) * arity - 1][0], atol=1e-5)
        np.testing.assert_allclose(seen.attention[:, t].mean(0), weights[0], atol=1e-5)
        exact = logits.numpy()[0].astype(np.float64)
        log_p = exact - np.log(np.exp(exact).sum())
        assert seen.log_probabilities[t] == pytest.approx(log_p[TARGET[t]], abs=1e-5)
        assert seen.likeliest[t] == exact.argmax()
        assert seen.ranks[t] == (exact > exact[TARGET[t]]).sum()
    readout = model(BATCH)[0]  # the path that trains
    np.testing.assert_allclose(seen.readout, readout, atol=1e-5)


def test_every_head_is_the_models(pair):
    model, seen = pair
    memory, _ = model.begin(BATCH[0])
    bottom = next(layer for layer in seen.layers if layer.part == "decoder")
    _, weights = model.decoder.attention.attend_by_head(bottom.hidden[None], memory)
    np.testing.assert_allclose(seen.attention, weights[0], atol=1e-5)


def test_gates_are_those_of_the_fast_cell(pair):
    model, seen = pair
    encoder = model.encoder
    for layer in seen.layers[: 2 if model.settings.bidirectional else 1]:  # the bottom, whose inputs are known
        cell = (encoder.backward if layer.direction == "backward" else encoder.forward)[0]
        x = layer.in_time(model.embed_source(np.array(SOURCE)).numpy())
        bias, recurrent_bias = cell._biases()
        state = cell.zero_state(1)
        for t in range(layer.time):
            z_x = x[t][None] @ cell.kernel.numpy() + bias
            z_h = sum(recurrent_bias, state[0] @ cell.recurrent_kernel)
            gates, state = cell.forward_step(z_x, z_h, state)
            fast = (0, 1, 3, 2) if layer.cell == "lstm" else range(cell.saved_arrays)
            for array, n in zip(layer.gates.values(), fast, strict=False):
                np.testing.assert_allclose(layer.in_time(array)[t], gates[n][0], atol=1e-5)
            np.testing.assert_allclose(layer.in_time(layer.hidden)[t], state[0][0], atol=1e-5)


def test_shapes_are_those_that_are_documented(pair):
    model, seen = pair
    heads = 2 if model.settings.attention == "multi_head" else 1
    assert seen.attention.shape == (heads, len(TARGET), len(SOURCE))
    assert seen.readout.shape == (len(TARGET), 8)
    assert seen.log_probabilities.shape == seen.ranks.shape == seen.likeliest.shape == (len(TARGET),)
    for layer in seen.layers:
        shape = (len(SOURCE) if layer.part == "encoder" else len(TARGET), layer.units)
        assert layer.hidden.shape == layer.memory.shape == shape
        assert {array.shape for array in layer.gates.values()} == {shape}
        assert layer.first_memory.shape == layer.first_hidden.shape == shape[1:]
        assert seen.layer(layer.name) is layer
        assert (layer.keeping is None) == (layer.cell == "rnn")
    with pytest.raises(KeyError, match="no layer 'decoder/lstm_9'"):
        seen.layer("decoder/lstm_9")


def test_the_memory_cell_follows_from_the_gates(make_model):
    model = make_model()
    for layer in record(get_weights(model), model.settings, SOURCE, TARGET).layers:
        memory = layer.in_time(layer.memory)
        before = np.concatenate([layer.first_memory[None], memory[:-1]])
        gates = {name: layer.in_time(array) for name, array in layer.gates.items()}
        np.testing.assert_allclose(memory, gates["forget"] * before + gates["input"] * gates["candidate"], atol=1e-6)
        np.testing.assert_allclose(layer.in_time(layer.hidden), gates["output"] * np.tanh(memory), atol=1e-6)


def test_weights_and_settings_must_be_of_one_model(make_model):
    model = make_model()
    with pytest.raises(UserError, match=r"the weights lack .*, which the model's settings ask for"):
        record(get_weights(model), replace(model.settings, tied=False), SOURCE, TARGET)
    with pytest.raises(ValueError, match="at least one source"):
        record(get_weights(model), model.settings, [], TARGET)


def test_it_needs_no_tensorflow():
    code = "import sys, seq2seq.inspection.recording; print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
