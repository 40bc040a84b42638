"""The shape of a model, said once: fields, defaults, derived widths, and what a cell is.

Every room that builds, exports, records or compares a model takes a `ModelSettings`. The config's `model` section
(`seq2seq.config.options.ModelConfig`) has the same keys and defaults, which a test holds equal. Nothing heavy is
imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple


class CellFacts(NamedTuple):
    """What every room must know of a recurrent cell beside its equations."""

    blocks: int
    """Number of blocks side by side in a kernel W, a recurrent kernel U and a bias b."""
    state_names: tuple[str, ...]
    """Names of the arrays of the state, the hidden state first."""
    gate_names: tuple[str, ...]
    """Names of the gates and of the candidate, in the order in which a recording shows them."""
    keeping_gate: str | None
    """The gate that says how much of a unit's memory stays, if the cell has one."""

    @property
    def arity(self) -> int:
        """Number of arrays in the state."""
        return len(self.state_names)


CELLS: Mapping[str, CellFacts] = {
    "lstm": CellFacts(4, ("hidden", "memory"), ("input", "forget", "output", "candidate"), "forget"),
    "gru": CellFacts(3, ("hidden",), ("update", "reset", "candidate"), "update"),
    "rnn": CellFacts(1, ("hidden",), ("candidate",), None),
}
"""The recurrent cells by the name that a config gives them."""

DEFAULT_HEADS = 8
"""Heads of multi-head attention if the config names no number."""


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
        residual: Whether layers above the first add to what they read.
        attention: dot, general, additive or multi_head.
        attention_heads: Number of heads of multi_head attention; None for `DEFAULT_HEADS`, and for other kinds.
        input_feeding: Whether the bottom decoder layer reads the context of the step before.
        bridge: How the decoder's first state is made: zero, last or mean.
        embedding_dropout: Dropout of embedding values.
        layer_dropout: Dropout of what enters a layer above the first.
        recurrent_dropout: Dropout of the hidden states that enter the next step.
        source_word_dropout: Dropout of whole source embeddings.
        target_word_dropout: Dropout of whole target embeddings.
        readout_dropout: Dropout of the read-out states.

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

    @classmethod
    def of(
        cls, mapping: Mapping[str, Any], *, vocabulary_size: int, source_vocabulary_size: int | None = None
    ) -> ModelSettings:
        """Settings from the `model` section of a config or of a model folder's metadata.

        Folders that are older than an option lack its key and get the default, which is what such a model did.
        `word_dropout`, once one option for both sides, is read as the two that replaced it.

        Args:
            mapping: The section, by its keys.
            vocabulary_size: Number of target tokens.
            source_vocabulary_size: Number of source tokens; None if both sides share one vocabulary.

        Raises:
            ValueError: A key is unknown; the message names it.

        Example:
            >>> ModelSettings.of({"cell": "gru", "word_dropout": 0.1}, vocabulary_size=500).source_word_dropout
            0.1
        """
        values = dict(mapping)
        if "word_dropout" in values:
            values["source_word_dropout"] = values["target_word_dropout"] = values.pop("word_dropout")
        if unknown := sorted(values.keys() - SHAPE_KEYS):
            raise ValueError(f"unknown model key '{unknown[0]}'")
        return cls(vocabulary_size=vocabulary_size, source_vocabulary_size=source_vocabulary_size, **values)

    def to_mapping(self) -> dict[str, Any]:
        """The `model` section: all fields but the vocabulary sizes, which follow from the tokenizers."""
        return {key: value for key, value in asdict(self).items() if key in SHAPE_KEYS}

    @property
    def facts(self) -> CellFacts:
        """What is known of the cell."""
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
    def head_count(self) -> int:
        """Number of attention heads: one, but for multi_head attention."""
        return (self.attention_heads or DEFAULT_HEADS) if self.attention == "multi_head" else 1


SHAPE_KEYS = frozenset(field.name for field in fields(ModelSettings)) - {"vocabulary_size", "source_vocabulary_size"}
"""The keys of the config's `model` section."""
