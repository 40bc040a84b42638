"""Which candidates go on: the best (here), one at random (`sampling`), or the best of each stage (`constraints`)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.candidates import Choice, choose
from seq2seq.search.interface import IntArray


class Selection(Protocol):
    """A way to choose. It follows one search."""

    @property
    def slots(self) -> int:
        """Number of hypotheses of a sentence that may end."""
        ...

    @property
    def candidates_per_row(self) -> int:
        """Number of allowed candidates of each row that the selection needs to see."""
        ...

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """Chooses candidates.

        Args:
            candidates: [sentences, beam * k] log-probabilities of continuations, see `candidates.extend`.
            log_probs: [sentences, beam, k] log-probabilities of the next token.
            ids: [sentences, beam, k] the tokens that they belong to.
            free: [sentences] numbers of hypotheses that may still end.
        """
        ...

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """Follows the search: the valid candidates of `choice` go on, in these sentences: [kept]."""
        ...


class BeamSelection:
    """Beam search: the best candidates of a sentence, as many as are free."""

    def __init__(self, beam_size: int) -> None:
        """Takes the number of slots per sentence."""
        self.slots = self.candidates_per_row = beam_size

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`."""
        return choose(candidates, log_probs, ids, free)

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`. The best are chosen anew in each step, so there is nothing to follow."""
