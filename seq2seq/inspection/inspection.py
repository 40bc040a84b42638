"""What an inspection holds: everything that was recorded and measured of one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seq2seq.inspection.gradients import Curve, Gradients
from seq2seq.inspection.records import Ids, Record
from seq2seq.inspection.search_tree import SearchTree
from seq2seq.inspection.units import Floats, TellingUnit
from seq2seq.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True, eq=False)
class TextSide:
    """A text as one side of the model sees it.

    Attributes:
        text: as it was given or made.
        ids: of its pieces, EOS last.
        pieces: their spelling, U+2581 for a space, </s> for the end.
        spaces: whether the language writes spaces between words.
    """

    text: str
    ids: list[int]
    pieces: list[str]
    spaces: bool


@dataclass(frozen=True, eq=False)
class InspectionData:
    """All that was seen of one sentence; every array's shape is documented where it is.

    Attributes:
        name: what the model is called: its cell, and where it comes from.
        cell: lstm, gru or rnn.
        parameters: how many weights it has.
        source: the sentence.
        target: what the network was walked through with: the reference if there is one, else the translation.
        translation: what the model says, see `search`.
        reference: as it was given.
        record: gates, memory cells, attention, log-probabilities of `target`.
        half_lives: of each layer, how many steps its units take to forget half. name → [units]
        units: those that follow something with a name, see `seq2seq.inspection.units`.
        gradients: of every step's loss with respect to every input.
        curves: how the gradient fades with distance, of this model (first) and of those that it is compared with, by
            their labels.
        sentences: how many sentences half-lives, units and curves were measured over.
        search: the beam as a tree.
        spellings: of each token in the tree. id → piece
        texts: of each hypothesis that ended, by its node's number.
        reference_score: the score that the search would have given the reference; None without one.
        target_tokenizer: of the model.
    """

    name: str
    cell: str
    parameters: int
    source: TextSide
    target: TextSide
    translation: str
    reference: str | None
    record: Record
    half_lives: Mapping[str, Floats]
    units: tuple[TellingUnit, ...]
    gradients: Gradients
    curves: Mapping[str, Curve]
    sentences: int
    search: SearchTree
    spellings: Mapping[int, str]
    texts: Mapping[int, str]
    reference_score: float | None
    target_tokenizer: Tokenizer

    def target_pieces_of(self, ids: Sequence[int] | Ids) -> list[str]:
        """The spelling of target pieces."""
        return self.target_tokenizer.pieces(ids)
