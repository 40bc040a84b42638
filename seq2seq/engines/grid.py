"""Rows of sentences with unequally many beams in a grid [sentences, beams], so that attention takes them at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from seq2seq.search.interface import IntArray, StepResult
from seq2seq.search.rows import Rows


class Grid(NamedTuple):
    """The place of each row in a grid.

    Attributes:
        rows: The row at each place; a place that is left over repeats one of its sentence's rows. [sentences · width]
            int32
        places: The place of each row. [rows] int32

    Example:
        >>> grid = Grid.of(np.array([2, 1]))
        >>> grid.rows.tolist(), grid.places.tolist()
        ([0, 1, 2, 2], [0, 1, 2])
    """

    rows: IntArray
    places: IntArray

    @classmethod
    def of(cls, beams: IntArray, least: int = 1) -> Grid:
        """Makes the grid of sentences with unequally many rows.

        Args:
            beams: Number of rows of each sentence; where a sentence has none, its places hold any row. [sentences]
            least: Least width of the grid.
        """
        filled = np.arange(max(int(beams.max()), least)) < beams[:, None]  # [sentences, width]
        places = np.flatnonzero(filled).astype(np.int32)
        rows = np.minimum(Rows(filled).numbers.ravel(), len(places) - 1)
        return cls(rows.astype(np.int32), places)

    @classmethod
    def even(cls, sentences: int, rows: int, least: int = 1) -> Grid:
        """Makes the grid of sentences with equally many rows.

        Args:
            sentences: Number of sentences.
            rows: Number of rows in all.
            least: Least width of the grid.
        """
        if rows >= sentences * least:
            numbers = np.arange(rows, dtype=np.int32)
            return cls(numbers, numbers)
        return cls.of(np.full(sentences, rows // sentences), least)


def taken(step: StepResult, places: IntArray, gather: Callable[[Any, IntArray], Any]) -> StepResult:
    """Returns the results of a step over a whole grid at some places.

    Args:
        step: The results at all places.
        places: The places to keep, in this order.
        gather: Takes rows of an array of the state.
    """
    return StepResult(
        step.log_probs[places],
        step.ids[places],
        step.attention[places],
        None if step.scored is None else step.scored[places],
        tuple(gather(array, places) for array in step.state),
    )
