"""Every option of a training run: its meaning, range and default, in one place.

A config is a YAML file of five sections; every key may be left out but the training text:

    data:       which text, and which pairs of it
    tokenizer:  how text becomes pieces
    model:      the shape of the network        (shipped with the model)
    training:   how it learns
    decoding:   how it translates by default    (shipped with the model)

Paths are relative to the folder that the command is run in.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from seq2seq.catalogue import card_paths, load_card
from seq2seq.errors import ConfigError, nearest
from seq2seq.yaml_text import Marks, dump_yaml, parse_yaml

Probability = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """Strict: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class TextFiles(Section):
    """Two UTF-8 files whose lines correspond, or one with a pair a line; plain or gzip."""

    source: str | None = None
    target: str | None = None
    pairs: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, values: Any) -> Any:
        return {"pairs": values} if isinstance(values, str) else values

    @model_validator(mode="after")
    def _one_or_two(self) -> "TextFiles":
        for side in (self.source, self.target):
            if side is not None and side.removesuffix(".gz").endswith(".tsv"):
                raise ValueError(f"{side} holds both sides: write {{pairs: {side}}} in place of source and target")
        two = [self.source, self.target]
        if two.count(None) == (0 if self.pairs is None else 2):
            return self
        raise ValueError(
            "give source and target (two files whose lines correspond), or pairs (one file: source, tab, target)"
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files: two, or the one that holds both sides."""
        return tuple(Path(path) for path in (self.source, self.target, self.pairs) if path is not None)


class DataConfig(Section):
    """Which text, and which pairs of it."""

    corpus: Annotated[str | None, Field(description="a name of `seq2seq corpora list`, in place of train and dev")] = (
        None
    )
    train: Annotated[
        TextFiles | None,
        Field(description="plain or .gz; or {pairs: text.tsv}, one file with source, tab, target in a line"),
    ] = None
    dev: Annotated[TextFiles | None, Field(description="validation text; without it, pairs are held out")] = None
    hold_out: Annotated[
        Positive, Field(description="pairs held out of the training text where no dev is given (at most a tenth)")
    ] = 1000
    source_language: Annotated[
        str | None, Field(description="for example en; noted in the model; of a corpus, chooses the direction")
    ] = None
    target_language: str | None = None
    max_tokens: Annotated[Positive, Field(description="pairs with a longer side (in pieces) are dropped")] = 128
    max_ratio: Annotated[
        float, Field(ge=1, description="pairs with (longer side + 5) / (shorter side + 5) above it are dropped")
    ] = 4.0
    drop_duplicates: Annotated[bool, Field(description="of equal pairs, the first is kept")] = False
    drop_copies: Annotated[bool, Field(description="pairs whose sides are equal are dropped")] = False
    drop_wordless: Annotated[bool, Field(description="pairs with a side without any letter or digit are dropped")] = (
        False
    )
    source_scripts: Annotated[
        list[str] | None,
        Field(description="pairs are dropped where these, such as [latin], write less than half of the letters"),
    ] = None
    target_scripts: Annotated[list[str] | None, Field(description="such as [hiragana, katakana, cjk]")] = None

    @field_validator("corpus")
    @classmethod
    def _known_corpus(cls, name: str | None) -> str | None:
        if name is not None and name not in (known := card_paths()):
            raise ValueError(f"there is no corpus '{name}' in the catalogue: {nearest(name, known)}")
        return name

    @model_validator(mode="before")
    @classmethod
    def _languages_of_the_corpus(cls, values: Any) -> Any:
        """Fills in what the corpus's card tells of the languages."""
        name = values.get("corpus") if isinstance(values, dict) else None
        if not isinstance(name, str) or name not in card_paths():
            return values
        languages = load_card(name).languages
        source, target = values.get("source_language"), values.get("target_language")
        if source is None:
            source = languages[1] if target == languages[0] else languages[0]
        if target is None:
            target = languages[0] if source == languages[1] else languages[1]
        return {**values, "source_language": source, "target_language": target}

    @model_validator(mode="after")
    def _one_text(self) -> "DataConfig":
        if self.corpus is None:
            if self.train is None:
                raise ValueError("give train (your files) or corpus (a name of `seq2seq corpora list`)")
            return self
        if self.train is not None or self.dev is not None:
            raise ValueError("give corpus, or train and dev, not both")
        languages = load_card(self.corpus).languages
        if sorted(languages) != sorted([self.source_language or "", self.target_language or ""]):
            raise ValueError(
                f"{self.corpus} has no {self.source_language} to {self.target_language}: source_language and "
                f"target_language can be {languages[0]} and {languages[1]}, either way round"
            )
        return self

    @property
    def name(self) -> str:
        """What to call the training text in an error."""
        if self.train is None:
            return f"the corpus {self.corpus}"
        return " and ".join(str(path) for path in self.train.paths)

    def files(self) -> dict[str, tuple[Path, ...]]:
        """The files of "train", and of "dev" where there is one: two that correspond, or one that holds both sides.

        Raises:
            UserError: they are those of a corpus that has not been fetched.
        """
        if self.corpus is None:
            given = {"train": self.train, "dev": self.dev}
            return {split: text.paths for split, text in given.items() if text is not None}
        card = load_card(self.corpus)
        languages = self.source_language or "", self.target_language or ""
        return {split: card.paths(split, *languages) for split in ("train", "dev") if split in card.splits}


class TokenizerConfig(Section):
    """How text becomes pieces: SentencePiece, trained on the training text only."""

    type: Literal["bpe", "unigram"] = "bpe"
    joint: Annotated[bool, Field(description="one vocabulary for both sides; else each has its own")] = True
    vocabulary_size: Annotated[int, Field(ge=300, le=1_000_000, description="of each side, where not joint")] = 8000
    character_coverage: Annotated[
        float, Field(gt=0.9, le=1, description="rarer characters are spelt in UTF-8 bytes")
    ] = 0.9999
    normalization: Annotated[
        Literal["nmt_nfkc", "nfkc", "identity"],
        Field(description="SentencePiece's rules for its input; identity changes nothing but runs of spaces"),
    ] = "nmt_nfkc"
    sampling: Annotated[
        Probability,
        Field(description="subword regularization: BPE dropout probability, or the unigram smoothing alpha; 0 is off"),
    ] = 0.0


class ModelConfig(Section):
    """The shape of the network."""

    embedding_size: Annotated[Positive, Field(description="of source, target and read-out")] = 256
    tied: Annotated[bool, Field(description="one table for source, target and softmax; needs tokenizer.joint")] = True
    cell: Annotated[Literal["lstm", "gru", "rnn"], Field(description="of every recurrent layer")] = "lstm"
    encoder_layers: Positive = 1
    encoder_size: Annotated[Positive, Field(description="units per direction")] = 256
    bidirectional: Annotated[bool, Field(description="the encoder's layers read forwards and backwards")] = True
    decoder_layers: Positive = 2
    decoder_size: Annotated[Positive, Field(description="units; dot attention wants encoder_size × directions")] = 512
    residual: Annotated[bool, Field(description="layers above the first add to what they read")] = True
    attention: Annotated[
        Literal["dot", "general", "additive", "multi_head"], Field(description="how the decoder looks at the source")
    ] = "dot"
    attention_heads: Annotated[
        Positive | None, Field(description="of multi_head attention only, which has 8 by default")
    ] = None
    input_feeding: Annotated[
        bool, Field(description="the decoder's bottom layer reads the context of the step before; slower")
    ] = False
    bridge: Annotated[
        Literal["zero", "last", "mean"],
        Field(description="the decoder's first state, from the encoder's last states or their mean"),
    ] = "mean"
    embedding_dropout: Probability = 0.4
    layer_dropout: Annotated[Probability, Field(description="on what enters every layer above the first")] = 0.4
    recurrent_dropout: Annotated[
        Probability, Field(description="on the hidden state, one mask for all steps of a sentence (variational)")
    ] = 0.0
    source_word_dropout: Annotated[Probability, Field(description="on whole embeddings of source pieces")] = 0.0
    target_word_dropout: Annotated[Probability, Field(description="on whole embeddings of target pieces")] = 0.0
    readout_dropout: Probability = 0.4

    @model_validator(mode="after")
    def _attention_fits(self) -> "ModelConfig":
        width = self.encoder_size * (2 if self.bidirectional else 1)
        if self.attention == "dot" and self.decoder_size != width:
            once = "twice " if self.bidirectional else ""
            raise ValueError(
                f"decoder_size {self.decoder_size} is not {once}encoder_size {self.encoder_size}: dot attention "
                f"multiplies decoder states with encoder outputs of {'both directions' if once else 'one direction'}; "
                "change one of them, or take another attention"
            )
        if self.attention == "multi_head" and self.decoder_size % (self.attention_heads or 8):
            raise ValueError(
                f"decoder_size {self.decoder_size} does not divide into {self.attention_heads or 8} attention_heads"
            )
        if self.attention != "multi_head" and self.attention_heads is not None:
            raise ValueError(f"attention_heads are of multi_head attention, not of {self.attention}: leave them out")
        return self


class TrainingConfig(Section):
    """How it learns."""

    epochs: Annotated[float | None, Field(gt=0, description="passes over the training text; or max_steps")] = None
    max_steps: Annotated[Positive | None, Field(description="updates; or epochs")] = None
    initialize_from: Annotated[
        str | None,
        Field(description="a model folder to begin with: its weights, and its tokenizer instead of a new one"),
    ] = None
    batch_tokens: Annotated[
        Positive, Field(description="a batch holds at most this many positions on either side, padding included")
    ] = 2000
    accumulate: Annotated[Positive, Field(description="batches summed for one update")] = 1
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    schedule: Literal["constant", "cosine", "inverse_square_root", "plateau"] = "cosine"
    restarts: Annotated[
        int, Field(ge=0, le=10, description="times the cosine begins anew; each cycle is twice as long as the last")
    ] = 0
    warmup_steps: Annotated[int, Field(ge=0)] = 400
    final_learning_rate: Annotated[float, Field(ge=0, description="where cosine ends and plateau stops")] = 1e-5
    plateau_patience: Annotated[Positive, Field(description="validations without a better one before a cut")] = 2
    plateau_factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    clip_norm: Annotated[float, Field(gt=0, description="largest norm of all gradients together")] = 1.0
    label_smoothing: Probability = 0.1
    ema_decay: Annotated[
        Probability, Field(description="the model is an exponential moving average of the weights; 0 is off")
    ] = 0.998
    beta_1: Probability = 0.9
    beta_2: Probability = 0.98
    epsilon: Annotated[float, Field(gt=0)] = 1e-8
    validate_steps: Annotated[Positive, Field(description="updates between validations")] = 500
    best: Annotated[Literal["bleu", "chrf", "loss"], Field(description="what the best model is best in")] = "bleu"
    patience: Annotated[Positive | None, Field(description="stop after this many validations without a better one")] = (
        10
    )
    validation_beam_size: Positive = 1
    validation_sentences: Annotated[
        Positive, Field(description="dev sentences that are translated; the loss is over all of them")
    ] = 1000
    keep_models: Annotated[Positive, Field(description="newest models kept beside the best")] = 3
    snapshot_minutes: Annotated[float, Field(gt=0, description="minutes between snapshots")] = 5.0
    snapshot_steps: Annotated[Positive | None, Field(description="updates between snapshots, too")] = None
    report_steps: Annotated[Positive, Field(description="updates between lines of progress in a pipe")] = 100
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Field(description="of matrix products in training; auto is bfloat16 where the CPU multiplies it"),
    ] = "auto"
    threads: Annotated[Positive | None, Field(description="default: as many as cores")] = None

    @model_validator(mode="after")
    def _one_length(self) -> "TrainingConfig":
        if self.epochs is not None and self.max_steps is not None:
            raise ValueError("give epochs or max_steps, not both")
        if self.epochs is None and self.max_steps is None:
            raise ValueError("give epochs (passes over the text) or max_steps (updates): one must say when to end")
        if self.restarts and self.schedule != "cosine":
            raise ValueError(f"restarts are of the cosine schedule, not of {self.schedule}: set one or the other")
        return self


class DecodingConfig(Section):
    """How it translates by default."""

    beam_size: Positive = 5
    length_penalty: Annotated[float, Field(ge=0, description="alpha of Wu et al. (2016), equation 14")] = 1.0
    max_length_ratio: Annotated[
        float, Field(gt=0, description="a translation has at most this many pieces a source piece …")
    ] = 2.0
    max_length_offset: Annotated[int, Field(ge=1, description="… and this many more")] = 10
    max_source_tokens: Annotated[
        int, Field(ge=6, description="a longer line is split at sentence or clause ends and joined again")
    ] = 128
    batch_tokens: Annotated[Positive, Field(description="source positions translated at once")] = 2500


class Config(Section):
    """A whole training run."""

    version: Annotated[Literal[1], Field(description="of the config's format")] = 1
    data: DataConfig
    tokenizer: TokenizerConfig = TokenizerConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig
    decoding: DecodingConfig = DecodingConfig()

    @model_validator(mode="after")
    def _tables_fit(self) -> "Config":
        if self.model.tied and not self.tokenizer.joint:
            raise ValueError(
                "separate vocabularies (tokenizer.joint: false) cannot share one table: set model.tied to false"
            )
        return self

    def to_yaml(self) -> str:
        """The whole config, defaults filled in, as YAML."""
        return dump_yaml(self.model_dump(mode="json"))


def load_config(path: Path, overrides: tuple[str, ...] = ()) -> Config:
    """Reads a config and puts `overrides` ("section.key=value", values in YAML) over it.

    Raises:
        ConfigError: a key is unknown (the nearest is named), a value is wrong, or the file is not YAML.
        UserError: the file cannot be read.
    """
    from seq2seq.corpora import open_bytes

    with open_bytes(path) as file:
        values, marks = parse_yaml(file.read(), str(path))
    return build_config(values, str(path), overrides, marks)


def build_config(values: Any, origin: str, overrides: tuple[str, ...] = (), marks: Marks | None = None) -> Config:
    """A `Config` from nested dictionaries; `origin` and `marks` (key path → line) are named in errors."""
    if not isinstance(values, dict):
        raise ConfigError(f"{origin}: a config is a mapping of sections ({', '.join(Config.model_fields)})")
    values = dict(values)  # the caller's stays as it is
    places: dict[tuple[str, ...], str] = {key: f"{origin}, line {line}" for key, line in (marks or {}).items()}
    for override in overrides:
        keys = _override(values, override)
        places[keys] = f"--set {override}"
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_sentence(error, origin, places)) from None


def _override(values: dict[str, Any], override: str) -> tuple[str, ...]:
    """Sets one "section.key=value" in place and returns the path of its key."""
    name, equals, text = override.partition("=")
    keys = tuple(name.strip().split("."))
    if not equals or not all(keys):
        raise ConfigError(f"--set {override}: write it as section.key=value, such as training.epochs=3")
    section = values
    for key in keys[:-1]:
        inner = section.get(key)
        section[key] = dict(inner) if isinstance(inner, dict) else {}
        section = section[key]
    section[keys[-1]], _ = parse_yaml(text.encode(), f"--set {override}")
    return keys


def _sentence(error: ValidationError, origin: str, places: dict[tuple[str, ...], str]) -> str:
    """The first of pydantic's findings as one sentence that names the key and where it stands."""
    # An unknown key comes first: what else is wrong is often its consequence.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    location = tuple(str(part) for part in first["loc"])
    key = ".".join(location)
    place = next((places[location[:n]] for n in range(len(location), 0, -1) if location[:n] in places), origin)
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown key '{key}': {nearest(location[-1], _keys(location[:-1]))}"
    if first["type"] == "missing":
        return f"{place}: the key '{key}' is missing: add it (seq2seq config shows every key with its meaning)"
    said = first["msg"].removeprefix("Value error, ")
    given = "" if first["type"] == "value_error" else f", not {first['input']!r}"
    return ": ".join(part for part in (place, key, f"{said[0].lower()}{said[1:]}{given}") if part)


def _keys(location: tuple[str, ...]) -> list[str]:
    """The valid keys of the section at `location`."""
    section: type[BaseModel] = Config
    for key in location:
        annotation = section.model_fields[key].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        section = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return list(section.model_fields)
