"""What a recording holds: typed arrays, each with its shape.

One sentence at a time, so there is no batch axis and no padding. Three kinds of positions occur:

    source      the source's pieces in reading order, EOS last
    target      the pieces that were predicted, EOS last; position t was predicted from the pieces before t
    time        of a layer: source positions in the encoder, target positions in the decoder
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
    """What one recurrent layer did, in one direction.

    Attributes:
        name: where its weights are: encoder/forward_0, encoder/backward_0, decoder/lstm_1 …
        part: encoder or decoder.
        number: of the layer in its part, from 0 at the bottom.
        direction: which way it reads. A backward layer's arrays stand in reading order all the same: position t is
            the source's piece t, and what the layer knew before it stands at t + 1.
        cell: lstm, gru or rnn.
        gates: lstm: input, forget, output, candidate; gru: update, reset, candidate; rnn: candidate, which is its
            hidden state. Gates lie in (0, 1), candidates in (−1, 1). Each [time, units].
        memory: what the unit carries on: the memory cell of an LSTM, else the hidden state. [time, units]
        hidden: what it shows to others. [time, units]
        first_memory: the memory before its first step. [units]
        first_hidden: the hidden state before its first step. [units]
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
        """How much of its memory each unit kept: the forget gate of an LSTM, the update gate of a GRU. [time, units]"""
        gate = CELLS[self.cell].keeping_gate
        return None if gate is None else self.gates[gate]

    @property
    def time(self) -> int:
        """Number of steps."""
        return len(self.hidden)

    @property
    def units(self) -> int:
        """Number of units."""
        return int(self.hidden.shape[1])

    def in_time(self, array: Array) -> Array:
        """An array of this layer in the order in which its steps were made. [time, …]"""
        return array[::-1] if self.direction == "backward" else array


@dataclass(frozen=True, eq=False)
class Record:
    """What a model did with one pair of source and target.

    Attributes:
        source_ids: pieces that were read, EOS last. [source]
        target_ids: pieces that were predicted, EOS last. [target]
        layers: of the encoder from the bottom (forward, then backward), then of the decoder from the bottom.
        encoder_outputs: what the decoder looks at. [source, width]
        attention: weights of each head when each target piece was predicted; each row sums to 1.
            [heads, target, source]
        readout: what the vocabulary is compared with. [target, embedding]
        log_probabilities: natural logarithms, of the target pieces given the pieces before them. [target] float64
        ranks: how many pieces were likelier than the target's piece; 0 where it was the likeliest. [target]
        likeliest: the piece the model would have said. [target]
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
        """The layer of a name.

        Raises:
            KeyError: there is none.
        """
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"no layer '{name}': there are {', '.join(layer.name for layer in self.layers)}")

    @property
    def log_probability(self) -> float:
        """Of the whole target, its EOS included."""
        return float(self.log_probabilities.sum())
