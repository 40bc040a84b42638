"""Several engines as one, whose probability of a token is the weighted mean of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.candidates import best_columns
from seq2seq.search.interface import Engine, IntArray, State, StepResult


@dataclass(frozen=True)
class EnsembleMemory:
    """The members' memories of the same sentences.

    Attributes:
        memories: Memory of each member.
        state_lengths: Number of arrays in the state of each member.
    """

    memories: tuple[Any, ...]
    state_lengths: tuple[int, ...]

    def select(self, sentences: IntArray) -> EnsembleMemory:
        """Returns the memory of some of the sentences."""
        return replace(self, memories=tuple(memory.select(sentences) for memory in self.memories))


class Ensemble:
    """An engine made of engines that share the source and the target vocabulary.

    The state is the members' states one after the other, as one flat tuple. Attention is their weighted mean, too.
    """

    def __init__(self, engines: Sequence[Engine[Any]], weights: Sequence[float] | None = None) -> None:
        """Joins engines.

        Args:
            engines: The members, at least one.
            weights: Weight of each member, above 0; they need not sum to 1. None for equal weights.

        Raises:
            ValueError: The vocabularies have different sizes, or the weights do not fit the members.
        """
        sizes = [engine.vocabulary_size for engine in engines]
        if len(set(sizes)) != 1:
            raise ValueError(f"An ensemble needs engines of one vocabulary, got vocabularies of {sizes} tokens.")
        values = np.asarray([1.0] * len(engines) if weights is None else weights, np.float64)
        if values.shape != (len(engines),) or not ((values > 0) & (values < np.inf)).all():
            raise ValueError(f"Expected a weight above 0 for each of {len(engines)} engines, got {weights}.")
        self.engines = tuple(engines)
        self.weights: NDArray[np.float64] = values / values.sum()

    @property
    def vocabulary_size(self) -> int:
        """Number of target tokens."""
        return self.engines[0].vocabulary_size

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[EnsembleMemory, State]:
        """Encodes sentences with every member, see `seq2seq.search.interface.Engine.encode`."""
        memories, states = zip(*(engine.encode(ids, lengths) for engine in self.engines), strict=True)
        memory = EnsembleMemory(memories, tuple(len(state) for state in states))
        return memory, tuple(array for state in states for array in state)

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: EnsembleMemory,
        k: int,
        score_ids: IntArray | None = None,
        beams: IntArray | None = None,
    ) -> StepResult:
        """Takes a decoding step with every member, see `seq2seq.search.interface.Engine.step`.

        Every member gives its whole distribution: the best tokens of the mean need not be among the best of any member.
        """
        every = np.arange(self.vocabulary_size, dtype=np.int32)
        mean = np.zeros((len(tokens), self.vocabulary_size))
        attention: Any = 0.0
        new_state: list[Any] = []
        start = 0
        for engine, weight, of_member, length in zip(
            self.engines, self.weights, memory.memories, memory.state_lengths, strict=True
        ):
            own = state[start : start + length]
            step = engine.step(tokens, parents, own, of_member, self.vocabulary_size, beams=beams)
            start += length
            new_state += step.state
            probabilities = np.exp(np.asarray(step.log_probs, np.float64))
            if not (step.ids == every).all():
                np.put_along_axis(probabilities, step.ids, probabilities.copy(), axis=1)
            mean += weight * probabilities
            attention = attention + weight * np.asarray(step.attention, np.float64)
        with np.errstate(divide="ignore"):
            log_probs = np.minimum(np.log(mean), 0.0)  # rounding must not lead above probability 1
        ids = np.broadcast_to(every, mean.shape)
        if k < self.vocabulary_size:
            ids = best_columns(log_probs, k).astype(np.int32)
        return StepResult(
            np.take_along_axis(log_probs, ids, axis=1),
            ids,
            attention,
            None if score_ids is None else log_probs[np.arange(len(tokens)), score_ids],
            tuple(new_state),
        )
