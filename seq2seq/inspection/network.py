"""The whole network out of the equations: an encoder that reads a sentence, a decoder that takes one step at a time.

What `seq2seq.inspection.recording` records and `seq2seq.inspection.numpy_engine` searches is this one network. Parts of
it can be held at other values (`seq2seq.inspection.ablation`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.equations import STEPS, Hold, State, Weights, as_it_is, attend
from seq2seq.inspection.records import Array, Direction, Ids
from seq2seq.model_settings import ModelSettings

ATTENTION = "attention"
"""The name under which the attention asks for its `Hold`."""


def nothing_held(_: str) -> Hold:
    """Gives every part of a network the `Hold` that changes nothing."""
    return as_it_is


class LayerStep(NamedTuple):
    """What one step of one recurrent layer computed.

    Attributes:
        gates: Gates and candidate by name, each [..., units].
        state: The new state, arrays of [..., units].
    """

    gates: dict[str, Array]
    state: State


class LayerRun(NamedTuple):
    """A recurrent layer that was unrolled over a sentence.

    Attributes:
        name: Name of the layer's weights.
        number: Number of the layer in its part, from 0 at the bottom.
        direction: Direction in which the layer reads.
        first: The state before the first step.
        steps: The steps in the order in which they were made.
    """

    name: str
    number: int
    direction: Direction
    first: State
    steps: list[LayerStep]

    @property
    def hidden(self) -> Array:
        """The hidden states in reading order. [time, units]"""
        hidden = np.stack([step.state[0] for step in self.steps])
        return hidden[::-1] if self.direction == "backward" else hidden


class DecoderStep(NamedTuple):
    """What one step of the decoder computed.

    Attributes:
        layers: The step of each layer from the bottom.
        context: What was read of the memory. [..., context]
        attention: Attention weights of each head. [heads, ..., source]
        readout: Read-out state, from which the logits are computed. [..., embedding]
    """

    layers: list[LayerStep]
    context: Array
    attention: Array
    readout: Array


class Network:
    """A model's equations with its weights.

    Attributes:
        weights: Arrays by name, as model folders hold them.
        settings: Shape of the model.
    """

    def __init__(self, weights: Weights, settings: ModelSettings, holds: Callable[[str], Hold] = nothing_held) -> None:
        """Joins weights and settings.

        Args:
            weights: Arrays by name, as model folders hold them.
            settings: Shape of the model.
            holds: Gives the `Hold` of a layer by the layer's name, and that of the attention by `ATTENTION`.
        """
        self.weights, self.settings, self._holds = weights, settings, holds
        self._parts: dict[str, Weights] = {}

    def encode(self, source: Ids) -> tuple[Array, list[LayerRun]]:
        """Reads a sentence.

        Args:
            source: Ids of the source tokens, EOS last. [source]

        Returns:
            The encoder's outputs [source, width] and its unrolled layers, forward before backward, from the bottom.
        """
        settings = self.settings
        table = self.weights["embeddings" if settings.tied else "source_embeddings"]
        directions: tuple[Direction, ...] = ("forward", "backward") if settings.bidirectional else ("forward",)
        x = table[source]  # [source, embedding]
        runs: list[LayerRun] = []
        for n in range(settings.encoder_layers):
            both = [self._unroll(f"encoder/{direction}_{n}", n, x, direction) for direction in directions]
            y = np.concatenate([run.hidden for run in both], -1)  # [source, width]
            x = x + y if settings.residual and n > 0 else y
            runs += both
        return x, runs

    def first_states(self, encoded: Array) -> list[State]:
        """Computes the first state of each decoder layer: the bridge, see `seq2seq.model.bridges`.

        Args:
            encoded: The encoder's outputs. [source, width]
        """
        settings = self.settings
        units, arity = settings.decoder_size, settings.facts.arity
        if settings.bridge == "zero":
            states: list[State] = [(np.zeros(units, np.float32),) * arity for _ in self.decoder_layers]
        else:
            if settings.bridge == "mean":
                summary = encoded.mean(0)
            else:  # where each direction ended: forwards at the last token, backwards at the first
                forward = encoded.shape[1] - settings.backward_units
                summary = np.concatenate([encoded[-1, :forward], encoded[0, forward:]])
            bridge = self._of("decoder/bridge")
            states = [
                tuple(np.split(np.tanh(summary @ bridge[f"kernel_{n}"] + bridge[f"bias_{n}"]), arity))
                for n in range(settings.decoder_layers)
            ]
        return [
            (self._holds(name)("hidden", state[0]), *state[1:])
            for name, state in zip(self.decoder_layers, states, strict=True)
        ]

    def step(self, tokens: Ids, states: Sequence[State], context: Array, encoded: Array) -> DecoderStep:
        """Feeds the decoder one token, or one token of each of several hypotheses.

        Args:
            tokens: Ids of the tokens before. [...]
            states: State of each layer from the bottom, arrays of [..., units].
            context: The context of the step before, zeros before the first; only input feeding reads it.
                [..., context]
            encoded: The encoder's outputs of the one sentence. [source, width]
        """
        settings = self.settings
        x = self.weights["embeddings" if settings.tied else "target_embeddings"][tokens]  # [..., embedding]
        if settings.input_feeding:
            x = np.concatenate([x, context], -1)
        layers = [self._layer_step(self.decoder_layers[0], x, states[0])]
        hidden = layers[0].state[0]  # [..., units]
        context, attention = attend(
            self._of("decoder/attention"),
            settings.attention,
            settings.head_count,
            hidden,
            encoded,
            self._holds(ATTENTION),
        )
        for name, state in zip(self.decoder_layers[1:], states[1:], strict=True):
            layers.append(self._layer_step(name, np.concatenate([hidden, context], -1), state))
            above = layers[-1].state[0]
            hidden = hidden + above if settings.residual else above
        joined = np.concatenate([hidden, context], -1)
        readout = np.tanh(joined @ self.weights["decoder/readout_kernel"] + self.weights["decoder/readout_bias"])
        return DecoderStep(layers, context, attention, readout)

    def logits(self, readout: Array) -> Array:
        """Computes the logits of the next token.

        Args:
            readout: Read-out states. [..., embedding]

        Returns:
            The logits. [..., vocabulary]
        """
        result: Array = readout @ self.weights["embeddings"].T + self.weights["softmax_bias"]
        return result

    @cached_property
    def decoder_layers(self) -> tuple[str, ...]:
        """Names of the decoder's layers from the bottom."""
        return tuple(f"decoder/{self.settings.cell}_{n}" for n in range(self.settings.decoder_layers))

    def _unroll(self, name: str, number: int, inputs: Array, direction: Direction) -> LayerRun:
        """Unrolls a recurrent layer over its inputs [time, inputs], which are in reading order."""
        zeros = np.zeros(len(self._of(name)["recurrent_kernel"]), np.float32)
        first: State = (self._holds(name)("hidden", zeros), *(zeros,) * (self.settings.facts.arity - 1))
        state, steps = first, []
        for x in inputs[::-1] if direction == "backward" else inputs:
            steps.append(self._layer_step(name, x, state))
            state = steps[-1].state
        return LayerRun(name, number, direction, first, steps)

    def _layer_step(self, name: str, x: Array, state: State) -> LayerStep:
        return LayerStep(*STEPS[self.settings.cell](self._of(name), x, state, self._holds(name)))

    def _of(self, name: str) -> Weights:
        """The weights of one part, without its name before theirs."""
        if name not in self._parts:
            self._parts[name] = {
                key.removeprefix(f"{name}/"): array for key, array in self.weights.items() if key.startswith(f"{name}/")
            }
        return self._parts[name]


def log_sum(logits: Array) -> NDArray[np.float32]:
    """log Σ exp(logits) along the last axis."""
    highest = logits.max(-1)
    result: Array = highest + np.log(np.exp(logits - highest[..., None]).sum(-1))
    return result
