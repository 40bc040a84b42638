"""The text of a recipe: fetched or found, cut to its first pairs, and told apart from every other by a checksum."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.recipes.program import ROOT, Program
from scripts.recipes.recipe_list import Recipe, TextSource
from seq2seq.errors import UserError
from seq2seq.files import read_errors, write_file

Sides = tuple[Path, Path]
"""A source file and the file of its translations."""


@dataclass(frozen=True)
class RecipeText:
    """What one recipe learns from and is scored on."""

    name: str
    direction: str
    pairs: int
    train: Sides
    val: Sides
    test: Sides
    sha256: str
    """Of the training pairs, the validation pairs and what else the recipe learns from."""

    @property
    def facts(self) -> dict[str, Any]:
        """What the table says of it; no path is part of that."""
        return {"name": self.name, "direction": self.direction, "pairs": self.pairs, "sha256": self.sha256}


def fetch_text(source: TextSource, work: Path, program: Program, mirror: str | None = None) -> None:
    """Brings a corpus of the catalogue, if it is not there.

    Args:
        source: where the text comes from; of a folder, there is nothing to bring.
        work: gets the folder `corpora`.
        program: fetches.
        mirror: as of `seq2seq corpora fetch`.

    Raises:
        UserError: the corpus cannot be had.
    """
    if source.corpus is not None and not _folder(source, work).is_dir():
        options = ["--mirror", mirror] if mirror else []
        program.run("corpora", "fetch", source.corpus, "--to", work / "corpora", *options)


def prepare_text(recipe: Recipe, source: TextSource, work: Path) -> RecipeText:
    """Finds the text of a recipe and cuts it.

    Args:
        recipe: whose direction, pairs and overrides are taken.
        source: where the text comes from.
        work: has the folder `corpora`, and gets the folder `texts`.

    Raises:
        UserError: a file is missing, its sides differ in their number of lines, or it has fewer pairs.
    """
    folder, languages, pairs = _folder(source, work), recipe.languages, recipe.pairs
    if source.corpus is not None and not folder.is_dir():
        raise UserError(f"the corpus {source.corpus} is not in {folder}: python -m scripts.recipes run fetches it")
    train, val, test = (_sides(folder, split, languages) for split in ("train", source.val, source.test))
    lines = [_lines(path, pairs) for path in train]
    if len(lines[0]) != len(lines[1]):
        raise UserError(
            f"{train[0]} has {len(lines[0]):,} lines and {train[1]} has {len(lines[1]):,}: they must correspond"
        )
    if pairs is not None and len(lines[0]) < pairs:
        raise UserError(f"{train[0]} has {len(lines[0]):,} lines, not {pairs:,}: lower the recipe's pairs")
    digest = hashlib.sha256()
    contents = [b"".join(lines[0]), b"".join(lines[1]), *(path.read_bytes() for path in val)]
    for content in (*contents, *_contents_of(recipe)):
        # With its length, so that a line cannot go over from one file to the next unseen.
        digest.update(f"{len(content)}\n".encode() + content)
    if pairs is not None:
        train = _write_slice(work / "texts" / f"{recipe.text}-{pairs}", languages, lines)
    return RecipeText(recipe.text, recipe.direction, len(lines[0]), train, val, test, digest.hexdigest())


def _contents_of(recipe: Recipe) -> Iterator[bytes]:
    """What a recipe learns from beside its text: its extra items, and the model that it begins with."""
    for number, item in enumerate(recipe.extra):
        for key, value in sorted(item.items()):
            if key in ("source", "target", "pairs"):
                yield _content(ROOT / str(value), f"extra.{number}.{key}")
            else:
                yield f"{key}: {value}".encode()
    parent = recipe.overrides.get("training.initialize_from")
    if parent is not None:
        # The file holds the checksums of the model's other files.
        yield _content(ROOT / str(parent) / "metadata.json", "training.initialize_from")


def _content(path: Path, key: str) -> bytes:
    with read_errors(f"{path}, which {key} names,"):
        return path.read_bytes()


def _folder(source: TextSource, work: Path) -> Path:
    if source.corpus is not None:
        return work / "corpora" / source.corpus
    folder = os.path.expandvars(source.folder or "")
    if "$" in folder:
        raise UserError(f"the folder {source.folder} names an environment variable that is not set: set it")
    return ROOT / folder


def _sides(folder: Path, split: str, languages: tuple[str, str]) -> Sides:
    source, target = (folder / f"{split}.{language}" for language in languages)
    for path in (source, target):
        if not path.is_file():
            raise UserError(f"{path} does not exist: a text's folder holds plain files SPLIT.LANGUAGE")
    return source, target


def _lines(path: Path, count: int | None) -> list[bytes]:
    with path.open("rb") as file:  # in bytes, a line ends at \n and nowhere else
        return list(itertools.islice(file, count))


def _write_slice(folder: Path, languages: tuple[str, str], lines: list[list[bytes]]) -> Sides:
    folder.mkdir(parents=True, exist_ok=True)
    source, target = (folder / f"train.{language}" for language in languages)
    for path, side in zip((source, target), lines, strict=True):
        content = b"".join(side)
        if not path.is_file() or path.read_bytes() != content:  # a training may be reading it
            write_file(path, content)
    return source, target
