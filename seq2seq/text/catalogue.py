"""The catalogue of known corpora: a card for each, and the folder that its text is in once it is fetched.

A card is `corpora/NAME.yaml`, or `corpora/NAME/card.yaml` beside the text itself where the corpus is bundled. The
package reaches that folder through the link `seq2seq/bundled`, so a checkout and an installed wheel look the same.

On the disk a corpus is a folder of plain files SPLIT.LANGUAGE, such as train.en, whose lines correspond.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seq2seq.errors import UserError, nearest
from seq2seq.yaml_text import parse_yaml

_CARDS = Path(__file__).resolve().parent.parent / "bundled"


class _CardSection(BaseModel):
    """A section of a card. Further keys are for people: the bundled corpus describes itself at length."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CardFile(_CardSection):
    """One side of a split as it is published; without a `url` it comes with the program."""

    url: Annotated[str | None, Field(pattern="^https?://[^/]+/.+")] = None
    bytes: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Split(_CardSection):
    """A part of a corpus, such as train: a number of sentence pairs, in one file per language."""

    pairs: Annotated[int, Field(ge=1)]
    files: dict[str, CardFile]


class Card(_CardSection):
    """Everything that is known of a corpus."""

    name: str
    title: str
    languages: tuple[str, str]
    """Source and target language by default; the other direction is as good."""
    licence: str
    origin: str
    citation: str | None = None
    transformations: dict[str, Literal["join_japanese"]] = {}
    """How the lines of a language are changed after the download (see `seq2seq.text.fetching`)."""
    splits: dict[str, Split]

    @model_validator(mode="before")
    @classmethod
    def _gather_files(cls, values: Any) -> Any:
        """Moves the languages of a split, which a card has beside `pairs`, into a dictionary."""
        splits = {
            name: {"pairs": split["pairs"], "files": {code: split[code] for code in values["languages"]}}
            for name, split in values["splits"].items()
        }
        return {**values, "splits": splits}

    @property
    def is_bundled(self) -> bool:
        """Whether the text comes with the program."""
        return not any(file.url for split in self.splits.values() for file in split.files.values())

    @property
    def folder(self) -> Path:
        """The folder of the text, whether it has been fetched or not."""
        return _CARDS.resolve() / self.name if self.is_bundled else cache_folder() / "corpora" / self.name

    @property
    def is_there(self) -> bool:
        """Whether the text can be read now."""
        return all(os.path.isfile(self.folder / name) for name in self.file_names())

    @property
    def size(self) -> int:
        """Number of bytes to download."""
        return sum(file.bytes for split in self.splits.values() for file in split.files.values())

    def file_names(self) -> list[str]:
        """Lists all files of the corpus: train.en, train.de, dev.en, …"""
        return [f"{split}.{language}" for split in self.splits for language in self.languages]

    def paths(self, split: str, source: str, target: str) -> tuple[Path, Path]:
        """Gives the source and the target file of a split.

        Raises:
            UserError: The corpus has not been fetched.
        """
        if not self.is_there:
            raise UserError(
                f"the corpus {self.name} is not in {self.folder}: fetch it with `seq2seq corpora fetch {self.name}`"
            )
        return self.folder / f"{split}.{source}", self.folder / f"{split}.{target}"


def cache_folder() -> Path:
    """Gives the folder for downloads: $SEQ2SEQ_CACHE, or seq2seq in the system's folder for caches."""
    if folder := os.environ.get("SEQ2SEQ_CACHE"):
        return Path(folder)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "seq2seq"
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The specification of base directories says to ignore relative paths.
    return (base if base.is_absolute() else Path.home() / ".cache") / "seq2seq"


def card_paths() -> dict[str, Path]:
    """Gives the file of every known corpus's card by the name of the corpus, sorted by name.

    Example:
        >>> "traveller" in card_paths()
        True
    """
    alone = {path.stem: path for path in _CARDS.glob("*.yaml")}
    bundled = {path.parent.name: path for path in _CARDS.glob("*/card.yaml")}
    return dict(sorted((alone | bundled).items()))


def load_card(name: str) -> Card:
    """Reads the card of a corpus.

    Raises:
        UserError: There is no corpus of that name (the nearest is named).

    Example:
        >>> load_card("traveller").languages
        ('en', 'de')
    """
    paths = card_paths()
    if name not in paths:
        raise UserError(f"there is no corpus '{name}' in the catalogue: {nearest(name, paths)}")
    return read_card(paths[name])


def read_card(path: Path) -> Card:
    """Reads a card from a file.

    Raises:
        UserError: The file is not a card.
    """
    values, _ = parse_yaml(path.read_bytes(), str(path))
    try:
        return Card.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path} is not the card of a corpus ({key}: {first['msg']}): install seq2seq again") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is not the card of a corpus ({error}): install seq2seq again") from error
