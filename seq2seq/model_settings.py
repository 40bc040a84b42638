"""The shape of a model, kept in one place: fields, defaults, derived widths, and the facts of a cell.

Every room that builds, exports, records or compares a model takes a `ModelSettings`. The config's `model` section
(`seq2seq.config.schema.ModelConfig`) has the same keys, which a test holds equal. Nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple


class CellFacts(NamedTuple):
    """What every room must know of a recurrent cell beside its equations.

    The equations themselves stand in three rooms, which tests hold equal: `seq2seq.model` (Keras),
    `seq2seq.exporting.graphs` (ONNX) and `seq2seq.inspection.equations` (NumPy).
    """

    title: str
    """Name of the cell in text and pictures."""
    blocks: int
    """Number of blocks side by side in a kernel W, a recurrent kernel U and a bias b."""
    state_names: tuple[str, ...]
    """Names of the arrays of the state, the hidden state first."""
    gate_names: tuple[str, ...]
    """Names of the gates, in the order in which a recording shows them; the candidate follows the gates."""
    keeping_gate: str | None
    """The gate that decides how much of a unit's memory stays, if the cell has one."""
    separate: bool = False
    """Whether the equations take the products x·W and h·U apart; else only their sum."""
    recurrent_bias: bool = False
    """Whether the product with U has a bias of its own: b is then [2, blocks·units], the input's bias first."""

    @property
    def arity(self) -> int:
        """Number of arrays in the state."""
        return len(self.state_names)

    @property
    def carried(self) -> str:
        """What a unit carries from step to step, in words."""
        return "memory cell" if "memory" in self.state_names else "hidden state"


CELLS: Mapping[str, CellFacts] = {
    "lstm": CellFacts("LSTM", 4, ("hidden", "memory"), ("input", "forget", "output"), "forget"),
    "gru": CellFacts("GRU", 3, ("hidden",), ("update", "reset"), "update", separate=True, recurrent_bias=True),
    "rnn": CellFacts("plain RNN", 1, ("hidden",), (), None),
}
"""The recurrent cells by the name that a config gives them."""

ATTENTIONS = ("dot", "general", "additive", "multi_head")
"""The kinds of attention, see `seq2seq.model.attention`."""

BRIDGES = ("zero", "last", "mean")
"""The ways to make the decoder's first state, see `seq2seq.model.bridges`."""

DEFAULT_HEADS = 8
"""Number of heads of multi-head attention if the config names none (as in Vaswani et al., 2017)."""

_SIZES = ("embedding_size", "encoder_layers", "encoder_size", "decoder_layers", "decoder_size")
"""Keys that every model folder has had from the first version on."""
_COUNTS = ("vocabulary_size", "source_vocabulary_size", *_SIZES, "attention_heads")
WIDEST, MOST_LAYERS, LARGEST_VOCABULARY = 2**16, 100, 2**22
"""The largest sizes that a model may have, whether a config or a stranger's model folder asks for them."""
_FLAGS = ("tied", "bidirectional", "residual", "input_feeding")
_CHOICES = {"cell": tuple(CELLS), "attention": ATTENTIONS, "bridge": BRIDGES}


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """The shape of a `seq2seq.model.translation_model.TranslationModel`; its keys are those of the config.

    Attributes:
        vocabulary_size: Number of target tokens, the special ones included.
        source_vocabulary_size: Number of source tokens; None if both sides share one vocabulary.
        embedding_size: Width of the embeddings and of the read-out.
        tied: Whether one table embeds source and target and is the softmax's (Press and Wolf, 2017).
        cell: Kind of every recurrent layer, a key of `CELLS`.
        encoder_layers: Number of encoder layers.
        encoder_size: Units of an encoder layer per direction.
        bidirectional: Whether every encoder layer also reads backwards.
        decoder_layers: Number of decoder layers.
        decoder_size: Units of a decoder layer.
        residual: Whether layers above the first add their output to their input.
        attention: Kind of attention, one of `ATTENTIONS`. Dot attention needs `decoder_size` = `memory_width`.
        attention_heads: Number of heads of multi_head attention; None for `DEFAULT_HEADS`, and for other kinds.
        input_feeding: Whether the bottom decoder layer reads the context of the step before.
        bridge: How the decoder's first state is made, one of `BRIDGES`.
        embedding_dropout: Dropout of embedding values.
        layer_dropout: Dropout of what enters a layer above the first.
        recurrent_dropout: Dropout of the hidden states that enter the next step.
        source_word_dropout: Dropout of whole source embeddings.
        target_word_dropout: Dropout of whole target embeddings.
        readout_dropout: Dropout of the read-out states.

    Raises:
        ValueError: A value is out of range, or two do not go together; the message names them.

    Example:
        >>> settings = ModelSettings(vocabulary_size=8000, encoder_size=300, decoder_size=600)
        >>> settings.memory_width, settings.head_count, settings.facts.arity
        (600, 1, 2)
    """

    vocabulary_size: int
    source_vocabulary_size: int | None = None
    embedding_size: int = 256
    tied: bool = True
    cell: str = "lstm"
    encoder_layers: int = 1
    encoder_size: int = 256
    bidirectional: bool = True
    decoder_layers: int = 2
    decoder_size: int = 512
    residual: bool = True
    attention: str = "dot"
    attention_heads: int | None = None
    input_feeding: bool = False
    bridge: str = "mean"
    embedding_dropout: float = 0.0
    layer_dropout: float = 0.0
    recurrent_dropout: float = 0.0
    source_word_dropout: float = 0.0
    target_word_dropout: float = 0.0
    readout_dropout: float = 0.0

    def __post_init__(self) -> None:
        """Checks every value, since a model folder is foreign input."""
        optional = {field.name for field in fields(self) if field.default is None}
        for key in _COUNTS:
            value = getattr(self, key)
            whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
            if not whole and not (value is None and key in optional):
                raise ValueError(f"{key} is {value!r}, not a whole number above 0")
            if value is not None and value > (most := largest_count(key)):
                raise ValueError(f"{key} is {value}, but the most that a model may have is {most}")
        for key in _FLAGS:
            if not isinstance(value := getattr(self, key), bool):
                raise ValueError(f"{key} is {value!r}, not true or false")
        for key, choices in _CHOICES.items():
            if (value := getattr(self, key)) not in choices:
                raise ValueError(f"{key} is {value!r}, not one of {', '.join(choices)}")
        for key in sorted(SHAPE_KEYS):
            value = getattr(self, key)
            if key.endswith("_dropout") and not (isinstance(value, (int, float)) and 0 <= value < 1):
                raise ValueError(f"{key} is {value!r}, not a number from 0 to below 1")
        self._check_fit()

    def _check_fit(self) -> None:
        """Checks that the values go together."""
        if self.tied and self.source_tokens != self.vocabulary_size:
            raise ValueError(
                f"one table (tied) cannot hold vocabularies of {self.source_tokens} and {self.vocabulary_size} tokens"
            )
        if self.attention == "dot" and self.decoder_size != self.memory_width:
            once = "twice " if self.bidirectional else ""
            raise ValueError(
                f"decoder_size {self.decoder_size} is not {once}encoder_size {self.encoder_size}: dot attention "
                f"multiplies decoder states with encoder outputs of {'both directions' if once else 'one direction'}; "
                "change one of them, or take another attention"
            )
        if self.decoder_size % self.head_count:
            raise ValueError(f"decoder_size {self.decoder_size} does not divide into {self.head_count} attention_heads")
        if self.attention != "multi_head" and self.attention_heads is not None:
            raise ValueError(f"attention_heads are of multi_head attention, not of {self.attention}: leave them out")

    @classmethod
    def of(
        cls, mapping: Mapping[str, Any], *, vocabulary_size: int, source_vocabulary_size: int | None = None
    ) -> ModelSettings:
        """Reads the `model` section of a config or of a model folder's metadata.

        A folder that is older than an option lacks its key and gets the default, which is what such a model did.
        `word_dropout`, once one option for both sides, is read as the two that replaced it.

        Args:
            mapping: The section, by its keys.
            vocabulary_size: Number of target tokens.
            source_vocabulary_size: Number of source tokens; None if both sides share one vocabulary.

        Raises:
            ValueError: A key is unknown or missing, or a value is wrong; the message names it.

        Example:
            >>> sizes = {"embedding_size": 8, "encoder_layers": 1, "encoder_size": 4}
            >>> section = sizes | {"decoder_layers": 1, "decoder_size": 8, "word_dropout": 0.1}
            >>> ModelSettings.of(section, vocabulary_size=500).source_word_dropout
            0.1
        """
        values = dict(mapping)
        if "word_dropout" in values:
            values["source_word_dropout"] = values["target_word_dropout"] = values.pop("word_dropout")
        if unknown := sorted(values.keys() - SHAPE_KEYS):
            raise ValueError(f"unknown key '{unknown[0]}'")
        if missing := [key for key in _SIZES if key not in values]:
            raise ValueError(f"the key '{missing[0]}' is missing")
        return cls(vocabulary_size=vocabulary_size, source_vocabulary_size=source_vocabulary_size, **values)

    def to_mapping(self) -> dict[str, Any]:
        """The `model` section: all fields but the vocabulary sizes, which follow from the tokenizers."""
        return {key: value for key, value in asdict(self).items() if key in SHAPE_KEYS}

    @property
    def facts(self) -> CellFacts:
        """The facts of the cell."""
        return CELLS[self.cell]

    @property
    def source_tokens(self) -> int:
        """Number of source tokens, whether the vocabulary is shared or not."""
        return self.vocabulary_size if self.source_vocabulary_size is None else self.source_vocabulary_size

    @property
    def directions(self) -> int:
        """Number of directions in which an encoder layer reads."""
        return 2 if self.bidirectional else 1

    @property
    def memory_width(self) -> int:
        """Width of the encoder's outputs."""
        return self.encoder_size * self.directions

    @property
    def backward_units(self) -> int:
        """How many of the encoder's outputs, the last ones, come from the layer that reads backwards."""
        return self.encoder_size if self.bidirectional else 0

    @property
    def context_width(self) -> int:
        """Width of what attention returns: that of the memory, but for multi-head attention that of a query."""
        return self.decoder_size if self.attention == "multi_head" else self.memory_width

    @property
    def head_count(self) -> int:
        """Number of attention heads: one, but for multi_head attention."""
        return (self.attention_heads or DEFAULT_HEADS) if self.attention == "multi_head" else 1


def largest_count(key: str) -> int:
    """Returns the largest value that a count among the settings may have.

    Args:
        key: Name of the setting.

    Example:
        >>> largest_count("encoder_layers")
        100
    """
    if key.endswith("_layers"):
        return MOST_LAYERS
    return LARGEST_VOCABULARY if key.endswith("vocabulary_size") else WIDEST


SHAPE_KEYS = frozenset(field.name for field in fields(ModelSettings)) - {"vocabulary_size", "source_vocabulary_size"}
"""The keys of the config's `model` section."""
