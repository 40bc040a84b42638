"""What a search asks of an engine: `encode` once, then `step` again and again.

Nothing here knows a model. Anything that follows these protocols can be searched: Keras, ONNX Runtime, an ensemble of
both, or a table of numbers in a test.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.floating[Any]]
State = tuple[Any, ...]


class EngineMemory(Protocol):
    """The encoder's outputs of the sentences of one batch, kept once per sentence (never per beam)."""

    def select(self, sentences: IntArray, /) -> Self:
        """Keeps some sentences.

        Args:
            sentences: [kept] positions among the sentences that this memory holds now, ascending.
        """
        ...


MemoryT = TypeVar("MemoryT", bound=EngineMemory)


class StepResult(NamedTuple):
    """The result of `Engine.step`. A row is one hypothesis of one sentence.

    Attributes:
        log_probs: [rows, k] natural logarithms of the next token's k highest probabilities, descending, at
            most 0. -inf is allowed, NaN is not. If k is the whole vocabulary they come in any order: sorting them
            all can cost more than the step.
        ids: [rows, k] the tokens that they belong to. Equal probabilities come in an order that does not depend
            on k or on other rows.
        attention: [rows, source] weights over the source positions, 0 at padding.
        scored: [rows] log-probabilities of the tokens given as `score_ids`; None if none were given.
        state: The new state, with these rows.
    """

    log_probs: FloatArray
    ids: IntArray
    attention: FloatArray
    scored: FloatArray | None
    state: State


class Engine(Protocol[MemoryT]):
    """A model, or anything else, that encodes source sentences and scores next tokens."""

    @property
    def vocabulary_size(self) -> int:
        """Number of tokens in the target vocabulary, the special ones included."""
        ...

    def encode(self, ids: IntArray, lengths: IntArray, /) -> tuple[MemoryT, State]:
        """Encodes source sentences.

        Args:
            ids: [sentences, source] int32, padded on the right with `PAD`.
            lengths: [sentences] int32, numbers of tokens without padding.

        Returns:
            The memory of these sentences and the decoder's first state: a flat tuple of arrays, each with
            `sentences` rows. The search passes a state on and never looks inside.
        """
        ...

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: MemoryT,
        k: int,
        score_ids: IntArray | None = None,
        beams: IntArray | None = None,
    ) -> StepResult:
        """Feeds one token to every row and scores the next one.

        Rows are sentence-major: first those of the first sentence in `memory`, then those of the second, and
        so on. A sentence's number of rows may change from call to call.

        Args:
            tokens: [rows] int32, the last token of each hypothesis, `BOS` in the first call.
            parents: [rows] int32, the row of `state` that each row continues. The engine gathers its state
                by it before anything else. Rows of sentences that have left `memory` are not named.
            state: The state from `encode` or the step before.
            memory: The memory from `encode`, or a selection of it.
            k: Number of best next tokens to return, 1 to `vocabulary_size`.
            score_ids: [rows] int32, tokens whose log-probabilities `StepResult.scored` shall hold.
            beams: [sentences] int32, the number of rows of each sentence, at least 1; None if all have equally
                many, `rows // sentences`.
        """
        ...
