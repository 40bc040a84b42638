"""From a YAML file, or nested dictionaries, to a `Config`; each mistake is named with its key, file and line."""

import difflib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from seq2seq.config.data_options import FORMS
from seq2seq.config.schema import Config
from seq2seq.errors import ConfigError, nearest
from seq2seq.text.file_names import holds_both_sides, language_of
from seq2seq.text.reading import open_bytes
from seq2seq.yaml_text import Marks, parse_yaml


def load_config(path: Path | str, overrides: tuple[str, ...] = ()) -> Config:
    """Reads a config.

    Args:
        path: The YAML file.
        overrides: Options to put over those of the file, each as "section.key=value" with the value in YAML.

    Raises:
        ConfigError: A key is unknown (the nearest is named), a value is wrong, or the file is not YAML.
        UserError: The file cannot be read.

    Example:
        >>> from seq2seq import load_config
        >>> config = load_config("configs/quickstart.yaml", ("model.cell=gru",))  # doctest: +SKIP
    """
    if holds_both_sides(path):
        raise ConfigError(f"{path} is a text and no config: give it as --source {path}, with --output RUN")
    with open_bytes(Path(path)) as file:
        values, marks = parse_yaml(file.read(), str(path))
    return build_config(values, str(path), overrides, marks)


def config_for_files(source: Path, target: Path | None, overrides: tuple[str, ...] = ()) -> Config:
    """Makes the config of a training from the text alone: all else is chosen by the amount of text (`preset: auto`).

    The endings of two files name their languages.

    Args:
        source: File of the source, or of both sides.
        target: File of the target; None if `source` holds both sides.
        overrides: Options to put over the defaults, each as "section.key=value" with the value in YAML.

    Raises:
        ConfigError: A key is unknown (the nearest is named), or a value is wrong.

    Example:
        >>> config = config_for_files(Path("train.en"), Path("train.de"), ("training.epochs=5",))
        >>> config.data.source_language, config.data.target_language, config.training.epochs
        ('en', 'de', 5.0)
    """
    values: dict[str, Any] = {"preset": "auto", "data": {"train": {"pairs": str(source)}}}
    if target is not None:
        values["data"] = {
            "train": {"source": str(source), "target": str(target)},
            "source_language": language_of(source),
            "target_language": language_of(target),
        }
    return build_config(values, "the command line", overrides)


def build_config(values: Any, origin: str, overrides: tuple[str, ...] = (), marks: Marks | None = None) -> Config:
    """Makes a `Config` of nested dictionaries.

    Args:
        values: The sections by name.
        origin: Where the values come from, such as a file; errors name it.
        overrides: Options to put over the values, each as "section.key=value" with the value in YAML.
        marks: The line of each key's path in the file; errors name it.

    Raises:
        ConfigError: A key is unknown (the nearest is named), or a value is wrong.

    Example:
        >>> from seq2seq import build_config
        >>> values = {"data": {"corpus": "traveller", "source_language": "en"}, "training": {"epochs": 3}}
        >>> build_config(values, "my script", ("model.cell=gru",)).model.cell
        'gru'
        >>> build_config(values, "my script", ("model.sell=gru",))
        Traceback (most recent call last):
        seq2seq.errors.ConfigError: --set model.sell=gru: unknown key 'model.sell': did you mean 'cell'?
    """
    if not isinstance(values, dict):
        raise ConfigError(
            f"{origin}: a config is a mapping of sections ({', '.join(Config.model_fields)}); a text to train on is "
            "given with --source, its translation with --target, and --output names the run folder"
        )
    values = dict(values)  # the caller's dictionary does not change
    origins: dict[tuple[str, ...], str] = {key: f"{origin}, line {line}" for key, line in (marks or {}).items()}
    for override in overrides:
        keys = _override(values, override)
        origins[keys] = f"--set {override}"
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_sentence(error, origin, origins)) from None


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
    section[keys[-1]], _ = parse_yaml(text.encode("utf-8", "surrogatepass"), f"--set {override}")
    return keys


def _sentence(error: ValidationError, origin: str, origins: dict[tuple[str, ...], str]) -> str:
    """Turns the first of pydantic's findings into one sentence that names the key and its origin."""
    # An unknown key comes first: other mistakes are often its consequence.
    first = min(error.errors(), key=lambda finding: finding["type"] != "extra_forbidden")
    location = tuple(str(part) for part in first["loc"] if part not in FORMS)
    key = ".".join(location)
    # Of a key that is missing, the nearest section above it that the file has.
    below = (origins[keys] for keys in origins if keys[: len(location)] == location)  # an override's unknown section
    above = (origins[location[:n]] for n in range(len(location), 0, -1) if location[:n] in origins)
    origin = next(itertools.chain(above, below), origin)
    if first["type"] == "extra_forbidden":
        return f"{origin}: unknown key '{key}': {_suggestion(location)}"
    if first["type"] == "missing":
        return f"{origin}: the key '{key}' is missing: add it (seq2seq config shows every key with its meaning)"
    message = first["msg"].removeprefix("Value error, ")
    value = "" if first["type"] == "value_error" else f", not {first['input']!r}"
    return ": ".join(part for part in (origin, key, f"{message[0].lower()}{message[1:]}{value}") if part)


def _suggestion(location: tuple[str, ...]) -> str:
    """The end of a message about an unknown key: the key with its section, if it is one of another section."""
    word, here = location[-1], _keys(location[:-1])
    sections = {name: next(sections_in(field.annotation), None) for name, field in Config.model_fields.items()}
    leaves = [(name, key) for name, section in sections.items() if section for key in section.model_fields]
    wanted = {word, *([] if len(location) > 1 else difflib.get_close_matches(word, [k for _, k in leaves], 1, 0.8))}
    elsewhere = [f"'{name}.{key}'" for name, key in leaves if key in wanted]
    if elsewhere and not difflib.get_close_matches(word, here, 1, 0.8):
        return f"did you mean {' or '.join(elsewhere)}?"
    return nearest(word, here)


def _keys(location: tuple[str, ...]) -> list[str]:
    """The valid keys of the section at `location`."""
    section: type[BaseModel] = Config
    for key in location:
        if not key.isdigit():  # an index of a list
            section = next(sections_in(section.model_fields[key].annotation))
    return list(section.model_fields)


def sections_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections that an option of this type can hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from sections_in(part)
