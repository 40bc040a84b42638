"""Options of the text: files, corpora of the catalogue, weights and filters."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from seq2seq.errors import UserError, nearest
from seq2seq.text.catalogue import card_paths, load_card
from seq2seq.text.file_names import holds_both_sides

Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """Strict: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class TextFiles(Section):
    """Two UTF-8 files whose lines correspond, one with a pair a line (plain or gzip), or a corpus of the catalogue."""

    source: str | None = None
    target: str | None = None
    pairs: str | None = None
    corpus: Annotated[
        str | None, Field(description="name of a corpus of `seq2seq corpora list`, in place of files")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, values: Any) -> Any:
        return {"pairs": values} if isinstance(values, str) else values

    @field_validator("corpus")
    @classmethod
    def _known_corpus(cls, name: str | None) -> str | None:
        return known_corpus(name)

    @model_validator(mode="after")
    def _one_form(self) -> "TextFiles":
        for side in (self.source, self.target):
            if side is not None and holds_both_sides(side):
                raise ValueError(f"{side} holds both sides: write {{pairs: {side}}} in place of source and target")
        given = [self.source is not None, self.target is not None, self.pairs is not None, self.corpus is not None]
        if given in ([True, True, False, False], [False, False, True, False], [False, False, False, True]):
            return self
        raise ValueError(
            "give source and target (two files whose lines correspond), or pairs (one file: source, tab, target), or "
            "corpus (a name of `seq2seq corpora list`)"
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files: two, or the one that holds both sides; none if the text is a corpus of the catalogue."""
        return tuple(
            Path(os.path.expanduser(path)) for path in (self.source, self.target, self.pairs) if path is not None
        )

    @property
    def name(self) -> str:
        """What the text is called in an error."""
        return " and ".join(map(str, self.paths)) or f"the corpus {self.corpus}"


class TrainingFiles(TextFiles):
    """A text to learn from, and its weight."""

    weight: Annotated[
        float, Field(gt=0, le=1000, description="how often an epoch goes over its pairs; 0.5 for a random half of them")
    ] = 1.0


FORMS = ("<one>", "<several>")
"""The forms of `data.train`, by the names that pydantic's errors give them; they are no part of a key."""

TrainingTexts = Annotated[
    Annotated[TrainingFiles, Tag(FORMS[0])]
    | Annotated[list[TrainingFiles], Field(min_length=1, max_length=1000), Tag(FORMS[1])],
    Discriminator(lambda values: FORMS[isinstance(values, list)]),
]


def known_corpus(name: str | None) -> str | None:
    """Gives back `name`, if the catalogue has such a corpus.

    Raises:
        ValueError: It has none; the nearest name is given.
    """
    if name is not None and name not in (known := card_paths()):
        raise ValueError(f"there is no corpus '{name}' in the catalogue: {nearest(name, known)}")
    return name


class DataConfig(Section):
    """The text, and which of its pairs are learnt from."""

    corpus: Annotated[
        str | None, Field(description="name of a corpus of `seq2seq corpora list`, in place of train and dev")
    ] = None
    train: Annotated[
        TrainingTexts | None,
        Field(description="two files (also .gz), {pairs: text.tsv} or {corpus: NAME}; or a list of such with weights"),
    ] = None
    dev: Annotated[
        TextFiles | None,
        Field(description="validation text, in the same forms; without it, pairs of the training text are held out"),
    ] = None
    hold_out: Annotated[
        Positive, Field(description="pairs held out of the training text if no dev is given, at most a tenth of it")
    ] = 1000
    source_language: Annotated[
        str | None, Field(description="code such as en, kept with the model; for a corpus it chooses the direction")
    ] = None
    target_language: str | None = None
    max_tokens: Annotated[Positive, Field(description="pairs with a side of more tokens are dropped")] = 128
    max_ratio: Annotated[
        float, Field(ge=1, description="pairs with (longer side + 5) / (shorter side + 5) above this are dropped")
    ] = 4.0
    drop_duplicates: Annotated[bool, Field(description="of equal pairs, only the first is kept")] = False
    drop_copies: Annotated[bool, Field(description="pairs whose sides are equal are dropped")] = False
    drop_wordless: Annotated[bool, Field(description="pairs with a side without any letter or digit are dropped")] = (
        False
    )
    source_scripts: Annotated[
        list[str] | None,
        Field(
            description="scripts such as [latin]; pairs with less than half of the source letters in them are dropped"
        ),
    ] = None
    target_scripts: Annotated[
        list[str] | None, Field(description="the same for the target, such as [hiragana, katakana, cjk]")
    ] = None

    @field_validator("corpus")
    @classmethod
    def _known_corpus(cls, name: str | None) -> str | None:
        return known_corpus(name)

    @model_validator(mode="before")
    @classmethod
    def _languages_of_the_corpus(cls, values: Any) -> Any:
        """Fills in the languages that the card of the first corpus names."""
        known = card_paths()
        name = next((name for name in _named_corpora(values) if name in known), None)
        if name is None:
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
        if self.corpus is None and self.train is None:
            raise ValueError("give train (your files) or corpus (a name of `seq2seq corpora list`)")
        if self.corpus is not None and (self.train is not None or self.dev is not None):
            raise ValueError("give corpus, or train and dev, not both")
        for text in (*self._texts, *([] if self.dev is None else [self.dev])):
            if text.corpus is None:
                continue
            languages = load_card(text.corpus).languages
            if sorted(languages) != sorted([self.source_language or "", self.target_language or ""]):
                raise ValueError(
                    f"{text.corpus} has no {self.source_language} to {self.target_language}: source_language and "
                    f"target_language can be {languages[0]} and {languages[1]}, either way round"
                )
        return self

    @property
    def _texts(self) -> list[TrainingFiles]:
        if self.train is None:
            return [TrainingFiles(corpus=self.corpus)]
        return self.train if isinstance(self.train, list) else [self.train]

    @property
    def name(self) -> str:
        """What the training text is called in an error."""
        return ", ".join(self.names)

    @property
    def names(self) -> list[str]:
        """What each training corpus is called."""
        return [text.name for text in self._texts]

    @property
    def weights(self) -> list[float]:
        """Weight of each training corpus."""
        return [text.weight for text in self._texts]

    def training_paths(self) -> list[tuple[Path, ...]]:
        """Gives the files of each training corpus: two whose lines correspond, or one that holds both sides.

        Raises:
            UserError: A corpus of the catalogue has not been fetched, or has no text to train on.
        """
        return [self._paths(text, "train") for text in self._texts]

    def dev_paths(self) -> tuple[Path, ...] | None:
        """Gives the files of the dev text, or None if there is none.

        Raises:
            UserError: The corpus of the catalogue has not been fetched, or has no such text.
        """
        if self.dev is not None:
            return self._paths(self.dev, "dev")
        if self.corpus is not None and "dev" in load_card(self.corpus).splits:
            return self._paths(TextFiles(corpus=self.corpus), "dev")
        return None

    def _paths(self, text: TextFiles, split: str) -> tuple[Path, ...]:
        if text.corpus is None:
            return text.paths
        card = load_card(text.corpus)
        if split not in card.splits:
            raise UserError(f"the corpus {card.name} has no {split} text: it has {', '.join(card.splits)}")
        return card.paths(split, self.source_language or "", self.target_language or "")


def _named_corpora(values: Any) -> Iterator[str]:
    """The corpora of the catalogue that a data section names, as it was written: anything may be in it."""
    if not isinstance(values, dict):
        return
    train = values.get("train")
    for part in (values, *(train if isinstance(train, list) else [train]), values.get("dev")):
        name = part.get("corpus") if isinstance(part, dict) else getattr(part, "corpus", None)
        if isinstance(name, str):
            yield name
