"""What an inspection holds: everything that was recorded and measured of one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seq2seq.inspection.ablation import Ablation
from seq2seq.inspection.gradients import Curve, Gradients
from seq2seq.inspection.probing import ProbedFeature
from seq2seq.inspection.records import Ids, Record
from seq2seq.inspection.search_tree import SearchTree
from seq2seq.inspection.units import Floats, TellingUnit
from seq2seq.tokenization.tokenizer import Tokenizer


@dataclass(frozen=True, eq=False)
class TextSide:
    """A text and its tokens on one side of the model.

    Attributes:
        text: The text as it was given or generated.
        ids: Ids of the tokens, EOS last.
        pieces: Spellings of the tokens: U+2581 for a space, </s> for the end.
        spaces: Whether the language writes spaces between words.
    """

    text: str
    ids: list[int]
    pieces: list[str]
    spaces: bool


@dataclass(frozen=True, eq=False)
class AblatedTranslation:
    """The translation of a network of which parts are held, see `seq2seq.inspection.ablation`.

    Attributes:
        ablations: What is held.
        output: The best output of a search over the ablated network.
        log_probability: Natural logarithm of the probability that the ablated network gives its output.
        score: The log-probability with the length penalty.
        record: The ablated network while it is fed its own output.
        target_log_probabilities: Natural logarithms of the probabilities that the ablated network gives the tokens of
            `InspectionData.target`, which the intact network was fed, given the tokens before them. [target]
    """

    ablations: tuple[Ablation, ...]
    output: TextSide
    log_probability: float
    score: float
    record: Record
    target_log_probabilities: Floats


@dataclass(frozen=True, eq=False)
class InspectionData:
    """Everything that was recorded and measured of one sentence; the shape of an array is documented in its class.

    Attributes:
        name: Path of the model folder.
        cell: lstm, gru or rnn.
        parameters: Number of weights of the model.
        source: The sentence.
        target: The target that the decoder was fed: the reference if there is one, else the translation.
        translation: The best output of the search.
        reference: The reference as it was given; None without one.
        record: Gates, memory cells, attention, and log-probabilities of `target`.
        half_lives: Number of steps in which each unit forgets half, by the layer's name. [units]
        units: The units that follow a feature with a name, see `seq2seq.inspection.units`.
        gradients: Norms of the gradients of every step's loss with respect to every input.
        curves: Forgetting curves by label: this model's first, then those of the models it is compared with.
        sentences: Number of sentences over which half-lives, units and curves were measured.
        search: The beam search as a tree.
        spellings: Spelling of each token in the tree by its id.
        texts: Text of each hypothesis that ended, by the number of its last node.
        ablated: The translation of the same network with parts of it held; None without ablations.
        features: What was found of the features of one's own.
        reference_score: The score that the search would have given the reference; None without one.
        target_tokenizer: The model's tokenizer of the target.
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
    ablated: AblatedTranslation | None
    features: tuple[ProbedFeature, ...]
    reference_score: float | None
    target_tokenizer: Tokenizer

    def target_pieces_of(self, ids: Sequence[int] | Ids) -> list[str]:
        """Spellings of target tokens."""
        return self.target_tokenizer.pieces(ids)
