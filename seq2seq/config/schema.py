"""Every option of a training run, with its meaning, range and default.

A config is a YAML file of five sections; every key may be left out but the training text:

    data:       the text, and which of its pairs are learnt from
    tokenizer:  how text becomes tokens
    model:      the shape of the network               (shipped with the model)
    training:   how the model learns
    decoding:   how the model translates by default    (shipped with the model)

Paths are relative to the folder that the command is run in.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from seq2seq.config.data_options import DataConfig, Positive, Section
from seq2seq.model_settings import ATTENTIONS, BRIDGES, CELLS, DEFAULT_HEADS, ModelSettings
from seq2seq.yaml_text import dump_yaml

if TYPE_CHECKING:  # type checkers know no Literal of computed values
    Cell = str
    Attention = str
    Bridge = str
else:
    Cell, Attention, Bridge = Literal[tuple(CELLS)], Literal[ATTENTIONS], Literal[BRIDGES]
Probability = Annotated[float, Field(ge=0, lt=1)]


class TokenizerConfig(Section):
    """How text becomes tokens: SentencePiece, trained on the training text only."""

    type: Literal["bpe", "unigram"] = "bpe"
    joint: Annotated[bool, Field(description="one vocabulary for both sides; if false, each side has its own")] = True
    vocabulary_size: Annotated[
        int, Field(ge=300, le=1_000_000, description="number of tokens; of each side if not joint")
    ] = 8000
    character_coverage: Annotated[
        float,
        Field(gt=0.9, le=1, description="share of characters that become tokens; rarer ones are spelt in UTF-8 bytes"),
    ] = 0.9999
    normalization: Annotated[
        Literal["nfc", "nmt_nfkc", "nfkc", "identity"],
        Field(
            description="nfc keeps all text as it is, with one spelling for equivalent ones; nmt_nfkc and nfkc are "
            "SentencePiece's, which replace ½, ™, full-width forms and more; identity is none; all join runs of spaces"
        ),
    ] = "nfc"
    training_lines: Annotated[
        Positive,
        Field(description="largest number of lines of both sides that it is learnt from, spread evenly over the text"),
    ] = 1_000_000
    sampling: Annotated[
        Probability,
        Field(description="subword regularization: BPE dropout probability, or the unigram smoothing alpha; 0 is off"),
    ] = 0.0


class ModelConfig(Section):
    """The shape of the network."""

    embedding_size: Annotated[
        Positive, Field(description="width of source and target embeddings and of the read-out")
    ] = 256
    tied: Annotated[bool, Field(description="one table for source, target and softmax; needs tokenizer.joint")] = True
    cell: Annotated[Cell, Field(description="kind of every recurrent layer")] = "lstm"
    encoder_layers: Positive = 1
    encoder_size: Annotated[Positive, Field(description="units of an encoder layer per direction")] = 256
    bidirectional: Annotated[bool, Field(description="the encoder's layers read forwards and backwards")] = True
    decoder_layers: Positive = 2
    decoder_size: Annotated[
        Positive, Field(description="units of a decoder layer; dot attention needs encoder_size × directions")
    ] = 512
    residual: Annotated[bool, Field(description="layers above the first add to what they read")] = True
    attention: Annotated[Attention, Field(description="how the decoder attends to the source")] = "dot"
    attention_heads: Annotated[
        Positive | None, Field(description=f"of multi_head attention only, which has {DEFAULT_HEADS} by default")
    ] = None
    input_feeding: Annotated[
        bool, Field(description="the decoder's bottom layer reads the context of the step before; slower")
    ] = False
    bridge: Annotated[
        Bridge, Field(description="the decoder's first state, from the encoder's last states or their mean")
    ] = "mean"
    embedding_dropout: Probability = 0.4
    layer_dropout: Annotated[Probability, Field(description="dropout of what enters a layer above the first")] = 0.4
    recurrent_dropout: Annotated[
        Probability,
        Field(description="dropout of the hidden state, with one mask for all steps of a sentence (variational)"),
    ] = 0.0
    source_word_dropout: Annotated[Probability, Field(description="dropout of whole embeddings of source tokens")] = 0.0
    target_word_dropout: Annotated[Probability, Field(description="dropout of whole embeddings of target tokens")] = 0.0
    readout_dropout: Probability = 0.4

    def settings(self, *, vocabulary_size: int, source_vocabulary_size: int | None = None) -> ModelSettings:
        """Returns the shape of the model that this section and the tokenizers give.

        Args:
            vocabulary_size: Number of target tokens.
            source_vocabulary_size: Number of source tokens; None if both sides share one vocabulary.
        """
        return ModelSettings.of(
            self.model_dump(), vocabulary_size=vocabulary_size, source_vocabulary_size=source_vocabulary_size
        )

    @model_validator(mode="after")
    def _values_fit(self) -> "ModelConfig":
        self.settings(vocabulary_size=1)
        return self


class TrainingConfig(Section):
    """How the model learns."""

    epochs: Annotated[
        float | None, Field(gt=0, description="passes over the training text; give this or max_steps")
    ] = None
    max_steps: Annotated[Positive | None, Field(description="updates; give this or epochs")] = None
    objective: Annotated[Literal["cross_entropy"], Field(description="what an update minimizes")] = "cross_entropy"
    initialize_from: Annotated[
        str | None,
        Field(description="a model folder to begin with: its weights, and its tokenizer instead of a new one"),
    ] = None
    batch_tokens: Annotated[
        Positive, Field(description="a batch holds at most this many positions on either side, padding included")
    ] = 2000
    accumulate: Annotated[Positive, Field(description="batches whose gradients are summed for one update")] = 1
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    schedule: Literal["constant", "cosine", "inverse_square_root", "plateau"] = "cosine"
    restarts: Annotated[
        int, Field(ge=0, le=10, description="restarts of the cosine; each cycle is twice as long as the one before")
    ] = 0
    warmup_steps: Annotated[int, Field(ge=0, description="left out, it is no more than a tenth of all updates")] = 400
    final_learning_rate: Annotated[
        float, Field(ge=0, description="lowest rate of the cosine and plateau schedules")
    ] = 1e-5
    plateau_patience: Annotated[
        Positive, Field(description="validations without a better one before plateau cuts the rate")
    ] = 2
    plateau_factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    clip_norm: Annotated[
        float, Field(gt=0, description="largest norm of all gradients together; larger ones are scaled down")
    ] = 1.0
    label_smoothing: Probability = 0.1
    ema_decay: Annotated[
        Probability, Field(description="the model is an exponential moving average of the weights; 0 is off")
    ] = 0.998
    beta_1: Probability = 0.9
    beta_2: Probability = 0.98
    epsilon: Annotated[float, Field(gt=0)] = 1e-8
    validate_steps: Annotated[
        Positive, Field(description="updates between validations; left out, no more than a tenth of all")
    ] = 500
    best: Annotated[Literal["bleu", "chrf", "loss"], Field(description="measure by which the best model is chosen")] = (
        "bleu"
    )
    patience: Annotated[Positive | None, Field(description="stop after this many validations without a better one")] = (
        10
    )
    validation_beam_size: Positive = 1
    validation_sentences: Annotated[
        Positive, Field(description="dev sentences that are translated; the loss is over all of them")
    ] = 1000
    keep_models: Annotated[Positive, Field(description="newest models that are kept beside the best one")] = 3
    snapshot_minutes: Annotated[float, Field(gt=0, description="minutes between snapshots")] = 5.0
    snapshot_steps: Annotated[
        Positive | None,
        Field(description="updates between snapshots, beside snapshot_minutes; null for by the clock alone"),
    ] = None
    export: Annotated[
        Literal["float32", "int8"] | None,
        Field(description="how the best model is exported at the end (see seq2seq export); null for not at all"),
    ] = "float32"
    report_steps: Annotated[
        Positive, Field(description="updates between lines of progress if standard error is no terminal")
    ] = 100
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Field(description="precision of matrix products in training; auto is bfloat16 if the processor multiplies it"),
    ] = "auto"
    threads: Annotated[Positive | None, Field(description="threads of the training; null for as many as cores")] = None

    @model_validator(mode="after")
    def _one_length(self) -> "TrainingConfig":
        if self.epochs is not None and self.max_steps is not None:
            raise ValueError("give epochs or max_steps, not both")
        if self.restarts and self.schedule != "cosine":
            raise ValueError(f"restarts are of the cosine schedule, not of {self.schedule}: set one or the other")
        return self


class DecodingConfig(Section):
    """How the model translates by default."""

    # A model folder takes no larger defaults (`seq2seq.model_folder.metadata`).
    beam_size: Annotated[Positive, Field(le=1000)] = 5
    length_penalty: Annotated[float, Field(ge=0, le=100, description="alpha of Wu et al. (2016), equation 14")] = 1.0
    max_length_ratio: Annotated[
        float, Field(gt=0, le=100, description="a translation has at most this many tokens for each source token …")
    ] = 2.0
    max_length_offset: Annotated[int, Field(ge=1, le=10_000, description="… and this many tokens more")] = 10
    max_source_tokens: Annotated[
        int,
        Field(
            ge=6,
            le=10_000,
            description="a line of more tokens is cut at sentence or clause ends, and its segments are joined again",
        ),
    ] = 128
    batch_tokens: Annotated[
        Positive, Field(le=1_000_000, description="source positions that are translated at once, padding included")
    ] = 2500


class Config(Section):
    """A whole training run: texts, tokenizer, model, training and decoding.

    Example:
        >>> from seq2seq import Config
        >>> train, dev = ({"source": f"{split}.en", "target": f"{split}.de"} for split in ("train", "dev"))
        >>> config = Config(data={"train": train, "dev": dev}, training={"max_steps": 3000})
        >>> config.model.cell, config.training.max_steps
        ('lstm', 3000)
    """

    version: Annotated[Literal[1], Field(description="version of the config's format")] = 1
    preset: Annotated[
        Literal["auto", "small", "medium", "large"] | None,
        Field(
            description="for keys that are left out, values that suit little, more or much text instead of the "
            "defaults below; auto goes by the text"
        ),
    ] = None
    data: DataConfig
    tokenizer: TokenizerConfig = TokenizerConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    decoding: DecodingConfig = DecodingConfig()

    @model_validator(mode="after")
    def _tables_fit(self) -> "Config":
        if self.model.tied and not self.tokenizer.joint:
            raise ValueError(
                "separate vocabularies (tokenizer.joint: false) cannot share one table: set model.tied to false"
            )
        return self

    @model_validator(mode="after")
    def _has_an_end(self) -> "Config":
        if self.preset is None and self.training.epochs is None and self.training.max_steps is None:
            raise ValueError(
                "give training.epochs (passes over the text) or training.max_steps (updates): one must say when to "
                "end; or a preset, which chooses"
            )
        return self

    def to_yaml(self) -> str:
        """Writes the whole config, with defaults filled in, as YAML."""
        return dump_yaml(self.model_dump(mode="json"))
