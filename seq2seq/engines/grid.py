"""Rows of sentences with unequally many beams in a grid [sentences, beams], where attention looks them up at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from seq2seq.search.interface import IntArray, StepResult
from seq2seq.search.rows import Rows


class Grid(NamedTuple):
    """Where each row stands.

    Attributes:
        rows: [sentences * width] int32, the row at each place; one that is left over repeats its sentence's first.
        places: [rows] int32, the place of each row.
    """

    rows: IntArray
    places: IntArray

    @classmethod
    def of(cls, beams: IntArray, least: int = 1) -> Grid:
        """The grid of sentences with so many rows, [sentences], which is `least` places wide at least.

        Where a sentence has none, any row stands.
        """
        filled = np.arange(max(int(beams.max()), least)) < beams[:, None]  # [sentences, width]
        places = np.flatnonzero(filled).astype(np.int32)
        rows = np.minimum(Rows(filled).numbers.ravel(), len(places) - 1)
        return cls(rows.astype(np.int32), places)

    @classmethod
    def even(cls, sentences: int, rows: int, least: int = 1) -> Grid:
        """The grid of sentences that have equally many rows."""
        if rows >= sentences * least:
            numbers = np.arange(rows, dtype=np.int32)
            return cls(numbers, numbers)
        return cls.of(np.full(sentences, rows // sentences), least)


def taken(step: StepResult, places: IntArray, gather: Callable[[Any, IntArray], Any]) -> StepResult:
    """What a step over a whole grid found at some places; `gather` takes rows of an array of the state."""
    return StepResult(
        step.log_probs[places],
        step.ids[places],
        step.attention[places],
        None if step.scored is None else step.scored[places],
        tuple(gather(part, places) for part in step.state),
    )
