"""Which candidates go on: the best (here), one at random (`sampling`), or the best of each bank (`lexical`)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.candidates import Choice, choose
from seq2seq.search.interface import IntArray


class Selection(Protocol):
    """A way to choose. It serves one search."""

    @property
    def slots(self) -> int:
        """How many hypotheses of a sentence may end."""
        ...

    @property
    def candidates_per_row(self) -> int:
        """How many allowed candidates of each row it needs to see."""
        ...

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """Chooses, see `seq2seq.search.candidates.choose`; `free` is how many may still end: [sentences]."""
        ...

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """Is told who goes on: the valid ones of its choice, in these sentences, [kept]."""
        ...


class Best:
    """The best candidates of a sentence, as many as are free: beam search."""

    def __init__(self, beam_size: int) -> None:
        """Takes the slots per sentence."""
        self.slots = self.candidates_per_row = beam_size

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`."""
        return choose(candidates, log_probs, ids, free)

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`."""
