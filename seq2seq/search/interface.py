"""What a search asks of an engine: `encode` once, then `step` again and again.

Nothing here knows a model. Whatever answers to these protocols can be searched: Keras, ONNX Runtime,
an ensemble of both, or a table of numbers in a test.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.floating[Any]]
State = tuple[Any, ...]


class Memory(Protocol):
    """The encoder's outputs of the sentences of one batch, kept once per sentence (never per beam)."""

    def select(self, sentences: IntArray, /) -> Self:
        """Keep some sentences.

        Args:
            sentences: [kept] positions among the sentences this memory holds now, ascending.
        """
        ...


MemoryT = TypeVar("MemoryT", bound=Memory)


class StepResult(NamedTuple):
    """What `Engine.step` returns. A row is one hypothesis of one sentence.

    Attributes:
        log_probs: [rows, k] natural logarithms of the next token's k highest probabilities, descending, at
            most 0. -inf is allowed, NaN is not. Where k is the whole vocabulary they come in any order: to sort
            them all can cost more than the step.
        ids: [rows, k] the tokens they belong to. Equal probabilities come in an order that does not depend
            on k or on other rows.
        attention: [rows, source] weights over the source positions, 0 at padding.
        scored: [rows] log p of the tokens asked for by `score_ids`, None when none was asked for.
        state: the new state, with these rows.
    """

    log_probs: FloatArray
    ids: IntArray
    attention: FloatArray
    scored: FloatArray | None
    state: State


class Engine(Protocol[MemoryT]):
    """Something that can encode source sentences and score next tokens."""

    @property
    def vocabulary_size(self) -> int:
        """How many tokens the target vocabulary holds, the special ones included."""
        ...

    def encode(self, ids: IntArray, lengths: IntArray, /) -> tuple[MemoryT, State]:
        """Read the source sentences.

        Args:
            ids: [sentences, source] int32, padded on the right with `PAD`.
            lengths: [sentences] int32, how many tokens of each row are real.

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
        """Feed one token to every row and score the next one.

        Rows are sentence-major: first those of the first sentence in `memory`, then those of the second, and
        so on. How many a sentence has may change from call to call.

        Args:
            tokens: [rows] int32, the last token of each hypothesis, `BOS` in the first call.
            parents: [rows] int32, which row of `state` each row continues. The engine gathers its state
                by it before anything else. Rows of sentences that have left `memory` are not named.
            state: from `encode` or the step before.
            memory: from `encode`, or a selection of it.
            k: how many of the best next tokens to return, 1 to `vocabulary_size`.
            score_ids: [rows] int32, tokens whose log p is wanted in `StepResult.scored`.
            beams: [sentences] int32, how many rows each sentence has, 1 at least; None where all have equally
                many, `rows // sentences`.
        """
        ...
