"""An engine over the readable equations, so that a network with a part held can be searched like any other.

It is slow beside the engines of `seq2seq.engines`, and exact: without ablations it gives what they give, which tests
hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seq2seq.inspection.network import Network, log_sum
from seq2seq.inspection.records import Array
from seq2seq.search.interface import IntArray, State, StepResult


@dataclass(frozen=True)
class NumpyMemory:
    """The encoder's outputs of each sentence.

    Attributes:
        outputs: Outputs of each sentence, without padding. Each [source, width].
        length: Number of source positions of the batch, padding included.
    """

    outputs: tuple[Array, ...]
    length: int

    def select(self, sentences: IntArray) -> NumpyMemory:
        """Keeps some sentences."""
        return NumpyMemory(tuple(self.outputs[n] for n in sentences), self.length)


class NumpyEngine:
    """Encodes and steps with a `Network`, one sentence after the other."""

    def __init__(self, network: Network) -> None:
        """Takes the network as it is, with all that is held in it."""
        self.network = network

    @property
    def vocabulary_size(self) -> int:
        """Number of target tokens."""
        return self.network.settings.vocabulary_size

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[NumpyMemory, State]:
        """Encodes sentences, see `seq2seq.search.interface.Engine.encode`.

        The state holds the arrays of each layer from the bottom, and the context of the step before.
        """
        network = self.network
        outputs = tuple(network.encode(row[:n].astype(np.int32))[0] for row, n in zip(ids, lengths, strict=True))
        context = np.zeros(network.settings.context_width, np.float32)
        flat = [[*(a for state in network.first_states(encoded) for a in state), context] for encoded in outputs]
        return NumpyMemory(outputs, ids.shape[1]), tuple(np.stack(rows) for rows in zip(*flat, strict=True))

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: NumpyMemory,
        k: int,
        score_ids: IntArray | None = None,
        beams: IntArray | None = None,
    ) -> StepResult:
        """Takes a decoding step, see `seq2seq.search.interface.Engine.step`."""
        sentences = len(memory.outputs)
        counts = np.full(sentences, len(tokens) // sentences) if beams is None else beams
        ends = np.cumsum(counts)
        state = tuple(array[parents] for array in state)
        steps = [
            self._step_of_sentence(tokens[end - n : end], [a[end - n : end] for a in state], encoded, memory.length)
            for encoded, n, end in zip(memory.outputs, counts, ends, strict=True)
        ]
        logits, attention, *arrays = (np.concatenate(rows) for rows in zip(*steps, strict=True))
        normalizer = log_sum(logits)[:, None]  # [rows, 1]
        ids = np.argsort(-logits, axis=-1, kind="stable")[:, :k]  # [rows, k]
        scored = None
        if score_ids is not None:
            scored = (np.take_along_axis(logits, score_ids[:, None], 1) - normalizer)[:, 0]
        log_probs = np.minimum(np.take_along_axis(logits, ids, 1) - normalizer, 0)
        return StepResult(log_probs, ids.astype(np.int32), attention, scored, tuple(arrays))

    def _step_of_sentence(
        self, tokens: IntArray, arrays: list[Array], encoded: Array, length: int
    ) -> tuple[Array, ...]:
        """The logits, the attention of all heads together, and the next state, of the rows of one sentence."""
        arity = self.network.settings.facts.arity
        states = [tuple(arrays[n : n + arity]) for n in range(0, len(arrays) - 1, arity)]
        step = self.network.step(tokens.astype(np.int32), states, arrays[-1], encoded)
        attention = np.zeros((len(tokens), length), np.float32)
        attention[:, : len(encoded)] = step.attention.mean(0)
        new = [array for layer in step.layers for array in layer.state]
        return self.network.logits(step.readout), attention, *new, step.context
