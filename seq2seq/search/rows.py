"""Between the search's arrays [sentences, beam] and the rows of an engine, which are the live hypotheses alone.

A sentence may have fewer live hypotheses than its neighbours. Padding costs next to nothing in the search's arrays; a
row of the engine costs millions of multiplications.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import IntArray

Value = TypeVar("Value", bound=np.generic)


class Rows:
    """The slots that are rows of one call of the engine.

    Attributes:
        numbers: [sentences, beam] the row of each slot; an empty slot names its sentence's first.
        beams: [sentences] numbers of rows, None if all sentences have equally many.
    """

    def __init__(self, valid: NDArray[np.bool_]) -> None:
        """Takes the slots that hold a hypothesis, [sentences, beam]: the first ones of each sentence."""
        self._valid = valid
        self.beams: IntArray | None = None
        self.numbers: IntArray = np.arange(valid.size).reshape(valid.shape)
        if not valid.all():
            counts = valid.sum(axis=1)
            self.beams = counts.astype(np.int32)
            self.numbers = (np.cumsum(counts) - counts)[:, None] + np.where(valid, np.arange(valid.shape[1]), 0)

    def of(self, slots: NDArray[Value]) -> NDArray[Value]:
        """The values of the live hypotheses: [sentences, beam] → [rows]."""
        return slots.ravel() if self.beams is None else slots[self._valid]

    def slots(self, values: NDArray[Value]) -> NDArray[Value]:
        """The values at their slots: [rows, …] → [sentences, beam, …]; an empty slot repeats its sentence's first."""
        if self.beams is None:
            return values.reshape(*self._valid.shape, *values.shape[1:])
        return values[self.numbers]


def distinct(parents: IntArray) -> tuple[IntArray, IntArray]:
    """Each parent once, ascending, and the index of each row's parent among these: [parents] and [rows].

    It does what `np.unique` does with its inverse, in a fraction of the time: parents are few, and none is large.

    Example:
        >>> [array.tolist() for array in distinct(np.array([4, 1, 4]))]
        [[1, 4], [1, 0, 1]]
    """
    occurs = np.zeros(int(parents.max()) + 1, np.bool_)
    occurs[parents] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[parents]
