"""What a recording holds: typed arrays, each with its shape.

A recording is of one sentence, so there is no batch axis and no padding. Three kinds of positions occur:

    source      the source's tokens in reading order, EOS last
    target      the tokens that were predicted, EOS last; position t was predicted from the tokens before t
    time        the steps of a layer: source positions in the encoder, target positions in the decoder
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.model_settings import CELLS

Array = NDArray[np.float32]
Ids = NDArray[np.int32]
Direction = Literal["forward", "backward"]


@dataclass(frozen=True, eq=False)
class LayerRecord:
    """A recording of one recurrent layer in one direction.

    Attributes:
        name: Name of the layer's weights: encoder/forward_0, encoder/backward_0, decoder/lstm_1 …
        part: encoder or decoder.
        number: Number of the layer in its part, from 0 at the bottom.
        direction: Direction in which the layer reads. The arrays of a backward layer are in reading order all the
            same: position t is the source's token t, and the state before it is at t + 1.
        cell: lstm, gru or rnn.
        gates: Gates and candidate by name: input, forget, output, candidate of an LSTM; update, reset, candidate of a
            GRU; candidate, which is the hidden state, of a plain RNN. Gates lie in (0, 1), candidates in (−1, 1). Each
            [time, units].
        memory: The state that a unit carries on: the memory cell of an LSTM, else the hidden state. [time, units]
        hidden: The hidden state, which other layers read. [time, units]
        first_memory: The memory before the first step. [units]
        first_hidden: The hidden state before the first step. [units]
    """

    name: str
    part: Literal["encoder", "decoder"]
    number: int
    direction: Direction
    cell: str
    gates: Mapping[str, Array]
    memory: Array
    hidden: Array
    first_memory: Array
    first_hidden: Array

    @property
    def keeping(self) -> Array | None:
        """The share of its memory that each unit kept: an LSTM's forget gate, a GRU's update gate. [time, units]"""
        gate = CELLS[self.cell].keeping_gate
        return None if gate is None else self.gates[gate]

    @property
    def has_memory_cell(self) -> bool:
        """Whether the unit's memory is another number than its hidden state."""
        return CELLS[self.cell].arity > 1

    @property
    def time(self) -> int:
        """Number of steps."""
        return len(self.hidden)

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.hidden.shape[1])

    def in_time(self, array: Array) -> Array:
        """Puts an array of this layer into the order of its steps. [time, …]"""
        return array[::-1] if self.direction == "backward" else array


@dataclass(frozen=True, eq=False)
class Record:
    """A recording of a model while it was fed one pair of source and target.

    Attributes:
        source_ids: Ids of the source tokens, EOS last. [source]
        target_ids: Ids of the target tokens, EOS last. [target]
        layers: The encoder's layers from the bottom (forward, then backward), then the decoder's from the bottom.
        encoder_outputs: The encoder's outputs, to which the decoder attends. [source, width]
        attention: Attention weights of each head; each row sums to 1. [heads, target, source]
        readout: Read-out states, from which the logits are computed. [target, embedding]
        log_probabilities: Natural logarithms of the probabilities of the target tokens, given the tokens before them.
            [target] float64
        ranks: Number of tokens that were likelier than the target token; 0 where it was the likeliest. [target]
        likeliest: Ids of the likeliest tokens. [target]
    """

    source_ids: Ids
    target_ids: Ids
    layers: tuple[LayerRecord, ...]
    encoder_outputs: Array
    attention: Array
    readout: Array
    log_probabilities: NDArray[np.float64]
    ranks: NDArray[np.int64]
    likeliest: Ids

    def layer(self, name: str) -> LayerRecord:
        """Finds a layer by its name.

        Raises:
            KeyError: There is no layer of this name.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"no layer '{name}': there are {', '.join(layer.name for layer in self.layers)}")

    @property
    def log_probability(self) -> float:
        """Natural logarithm of the probability of the whole target, EOS included."""
        return float(self.log_probabilities.sum())
