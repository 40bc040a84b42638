"""The schema of metadata.json: the type and the range of every key, checked before a value is used.

A model folder may come from a stranger, so the file's size and depth are limited before it is parsed. Keys that this
program does not know are left alone where a newer program may have added them. No pydantic here: a translator starts
without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from seq2seq.model_folder.foreign_files import is_plain_name
from seq2seq.model_settings import LARGEST_VOCABULARY, MOST_LAYERS, WIDEST, ModelSettings

LARGEST_METADATA = 2**20
"""Bytes of a metadata.json."""
DEEPEST = 20
"""Levels of brackets in a metadata.json."""
LONGEST_TEXT = 200
"""Characters of a text, such as a language or a value of the model section."""
MOST_FILES = 100
MOST_PARAMETERS = 2**30
"""Number of floats in all weights together (4 GB)."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Kind(Protocol):
    """What a value must be."""

    def problem(self, value: object) -> str:
        """Says what is wrong with a value; "" if nothing is."""
        ...


class Whole(NamedTuple):
    """A whole number from `least` to `most`."""

    least: int
    most: int
    optional: bool = False

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        if value is None and self.optional:
            return ""
        right = isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most
        return "" if right else f"is no whole number from {self.least} to {self.most}"


class Number(NamedTuple):
    """A number above `above` (or equal to it, if `equal`) and up to `most`."""

    above: float
    most: float
    equal: bool = True

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        right = isinstance(value, int | float) and not isinstance(value, bool)
        right = right and (self.above < value <= self.most or (self.equal and value == self.above))  # type: ignore[operator]
        return "" if right else f"is no number {'from' if self.equal else 'above'} {self.above:g} to {self.most:g}"


class Text(NamedTuple):
    """A short text that can be printed."""

    optional: bool = False

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        if value is None and self.optional:
            return ""
        right = isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable()
        return "" if right else f"is no text of at most {LONGEST_TEXT} printable characters"


class Flag:
    """True or false."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        return "" if isinstance(value, bool) else "is neither true nor false"


class Plain:
    """A value of a key that a newer program may have added: a text, a number, true, false or null."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        if isinstance(value, bool | float) or value is None:
            return ""
        if isinstance(value, int):
            return "" if abs(value) < 2**63 else "is a number of more than 64 bits"
        return Text().problem(value) and "is no short text, number, true, false or null"


class Words:
    """A list of short texts."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        right = isinstance(value, list) and len(value) <= 1000 and not any(map(Text().problem, value))
        return "" if right else "is no list of at most 1,000 short texts"


class FileName:
    """The plain name of a file in the folder."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        return "" if is_plain_name(value) else "is no plain name of a file in the folder"


class Checksum:
    """A SHA-256 in hexadecimal."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        right = isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)
        return "" if right else "is no SHA-256 of 64 hexadecimal digits"


class Anything:
    """A mapping that only people read; nothing in it is used."""

    def problem(self, value: object) -> str:
        """See `Kind.problem`."""
        return "" if isinstance(value, dict) else "is no mapping"


_SIZE, _LAYERS, _VOCABULARY = Whole(1, WIDEST), Whole(1, MOST_LAYERS), Whole(1, LARGEST_VOCABULARY)
TOP: Mapping[str, Kind] = {
    "program": Text(),
    "source_language": Text(optional=True),
    "target_language": Text(optional=True),
    "vocabulary_size": _VOCABULARY,
    "source_vocabulary_size": Whole(1, LARGEST_VOCABULARY, optional=True),
    "scores": Anything(),
    "averaged": Words(),
}
"""Keys of the file beside its sections."""
MODEL: Mapping[str, Kind] = {
    **dict.fromkeys(("embedding_size", "encoder_size", "decoder_size"), _SIZE),
    **dict.fromkeys(("encoder_layers", "decoder_layers"), _LAYERS),
}
"""Keys of the section `model`; `ModelSettings` checks the others and whether all go together."""
DECODING: Mapping[str, Kind] = {
    "beam_size": Whole(1, 1000),
    "n_best": Whole(1, 1000),
    "length_penalty": Number(0, 100),
    "coverage_penalty": Number(0, 100),
    "max_length_ratio": Number(0, 100, equal=False),
    "max_length_offset": Whole(0, 10_000),
    "max_length": Whole(1, 10_000, optional=True),
    "min_length": Whole(0, 10_000),
    "max_source_tokens": Whole(6, 10_000),
    "batch_tokens": Whole(1, 1_000_000),
    "no_repeat_ngram": Whole(0, 1000),
    **dict.fromkeys(("sample", "one_sentence", "literal"), Flag()),
    "temperature": Number(0, 1000, equal=False),
    "top_k": Whole(0, LARGEST_VOCABULARY),
    "top_p": Number(0, 1, equal=False),
    "seed": Whole(0, 2**63 - 1),
    "avoid": Words(),
    "require": Words(),
}
"""Keys of the section `decoding`: the ranges within which a folder may set its own defaults. The command line and
Python may go further, since their values are the user's own."""
TOKENIZERS: Mapping[str, Kind] = {"source": FileName(), "target": FileName()}
ONNX: Mapping[str, Kind] = {"quantize": Text()}
REQUIRED = ("source_language", "target_language", "vocabulary_size", "model", "decoding", "files")


def parse_json(content: bytes, largest: int = LARGEST_METADATA, deepest: int = DEEPEST) -> Any:
    """Parses JSON of a bounded size and depth.

    Raises:
        ValueError: It is too large, too deep or no JSON, or a text in it is not Unicode; the message says so.

    Example:
        >>> parse_json(b'{"format": 1}')
        {'format': 1}
        >>> parse_json(b"[" * 10_000)
        Traceback (most recent call last):
        ValueError: it is nested more than 20 levels deep
    """
    if len(content) > largest:
        raise ValueError(f"it has more than {largest:,} bytes")
    depth = 0
    for bracket in re.findall(rb"[\[\]{}]", _STRING.sub(b"", content)):
        depth += 1 if bracket in b"[{" else -1
        if depth > deepest:
            raise ValueError(f"it is nested more than {deepest} levels deep")
    try:
        value = json.loads(content)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError(f"it is nested more than {deepest} levels deep") from error
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    return value


def check_metadata(metadata: Any) -> ModelSettings | str:
    """Checks the content of a metadata.json of this program's format.

    Args:
        metadata: The parsed file.

    Returns:
        The shape of the model; or, if this program cannot make such a model, what is wrong with it.

    Raises:
        ValueError: A key is missing, or a value has a wrong type or is out of range; the message names it.

    Example:
        >>> check_metadata({"source_language": ["en"]})
        Traceback (most recent call last):
        ValueError: the key 'target_language' is missing
    """
    if not isinstance(metadata, dict):
        raise ValueError("it is no mapping")
    if missing := [key for key in REQUIRED if key not in metadata]:
        raise ValueError(f"the key '{missing[0]}' is missing")
    _check(metadata, TOP, "")
    for section, kinds in (("model", MODEL), ("decoding", DECODING), ("tokenizers", TOKENIZERS), ("onnx", ONNX)):
        values = metadata.get(section, {})
        if not isinstance(values, dict):
            raise ValueError(f"{section} is no mapping")
        _check(values, kinds, f"{section}.")
    for section in ("model", "decoding"):
        values = metadata[section]
        _check(values, dict.fromkeys(values.keys() - DECODING.keys(), Plain()), f"{section}.")
    _check_files(metadata["files"], metadata.get("tokenizers"))
    try:
        return ModelSettings.of(
            metadata["model"],
            vocabulary_size=metadata["vocabulary_size"],
            source_vocabulary_size=metadata.get("source_vocabulary_size"),
        )
    except ValueError as error:
        return str(error)


def _check(values: Mapping[str, Any], kinds: Mapping[str, Kind], section: str) -> None:
    for key, kind in kinds.items():
        if key in values and (problem := kind.problem(values[key])):
            raise ValueError(f"{section}{key[:LONGEST_TEXT]!a} {problem}".replace("'", ""))


def _check_files(files: Any, tokenizers: Any) -> None:
    if not isinstance(files, dict) or len(files) > MOST_FILES:
        raise ValueError(f"files is no mapping of at most {MOST_FILES} names")
    for name, checksum in files.items():
        if problem := FileName().problem(name):
            raise ValueError(f"a name in files {problem}")
        if problem := Checksum().problem(checksum):
            raise ValueError(f"files.{name} {problem}")
    # The first folders had one tokenizer and did not name it.
    if tokenizers is not None and not {"source", "target"} <= tokenizers.keys():
        raise ValueError("tokenizers has not both source and target")
    for name in {"tokenizer.model"} if tokenizers is None else {tokenizers["source"], tokenizers["target"]}:
        if name not in files:
            raise ValueError(f"files lacks the tokenizer {name}")
