"""When two configs are the same experiment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.recipes.program import ROOT, Program
from scripts.recipes.recipe_list import Recipe
from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.yaml_text import parse_yaml

Flat = dict[str, Any]
"""Values by the path of their key, such as "training.epochs"."""

_TEXT = ("data.corpus", "data.train", "data.dev")
"""They are paths of one machine; the text's checksum stands for them."""
_IMMATERIAL = (
    "version",
    "training.seed",  # a column of its own
    "training.keep_models",
    "training.report_steps",
    "training.snapshot_minutes",
    "training.snapshot_steps",
)
"""They change no model."""


@dataclass(frozen=True)
class ResolvedConfig:
    """Every value that can change the model, and those of them that are not at their default."""

    values: Flat
    changed: Flat

    @classmethod
    def build(cls, values: Mapping[str, Any], defaults: Flat) -> ResolvedConfig:
        """From a whole config and the defaults at that time.

        Args:
            values: nested sections.
            defaults: of every key, as `read_defaults` gives them.
        """
        flat = flatten(values)
        changed = {key: value for key, value in flat.items() if key not in defaults or defaults[key] != value}
        return cls(flat, changed)

    @property
    def hash(self) -> str:
        """Short and, for the configs of a table, unique."""
        return checksum(self.values)

    def same(self, other: ResolvedConfig) -> bool:
        """Whether both train the same model.

        A key that only one of them has is an option that came or went between two versions of the program: at its
        default, it changes nothing.

        Example:
            >>> old = ResolvedConfig({"training.epochs": 12}, {"training.epochs": 12})
            >>> new = ResolvedConfig({"training.epochs": 12, "training.r_drop": 0}, {"training.epochs": 12})
            >>> old.same(new)
            True
        """
        shared = self.values.keys() & other.values.keys()
        return (
            all(self.values[key] == other.values[key] for key in shared)
            and not self.changed.keys() - shared
            and not other.changed.keys() - shared
        )


def flatten(values: Mapping[str, Any], prefix: str = "") -> Flat:
    """Nested sections as one mapping, without what names the text and what changes no model.

    Example:
        >>> flatten({"version": 1, "training": {"epochs": 12.0, "seed": 3}})
        {'training.epochs': 12}
    """
    flat: Flat = {}
    for name, value in values.items():
        key = f"{prefix}{name}"
        if key in _TEXT or key in _IMMATERIAL:
            continue
        if isinstance(value, dict):
            flat |= flatten(value, f"{key}.")
        else:
            # A config says 12 where the resolved one says 12.0.
            flat[key] = int(value) if isinstance(value, float) and value.is_integer() else value
    return flat


def checksum(values: Any) -> str:
    """Twelve digits for what can be written as JSON."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file's mapping.

    Raises:
        UserError: it cannot be read, or holds something else.
    """
    with read_errors(str(path)):
        content = path.read_bytes()
    values, _ = parse_yaml(content, str(path))
    if not isinstance(values, dict):
        raise UserError(f"{path} is no config: a config is a mapping of sections")
    return values


def read_defaults(program: Program) -> dict[str, Any]:
    """Every key of a config with its default, in nested sections, as `seq2seq config` prints them."""
    values, _ = parse_yaml(program.run("config").encode(), "the output of seq2seq config")
    return values


def given_values(recipe: Recipe) -> dict[str, Any]:
    """What the recipe itself says: its config's values with its overrides, in nested sections."""
    values = read_yaml(ROOT / recipe.config) if recipe.config else {}
    source, target = recipe.languages
    languages = {"data.source_language": source, "data.target_language": target}
    for key, value in (recipe.overrides | languages).items():
        *sections, name = key.split(".")
        inside = values
        for section in sections:
            # A copy is not needed: the values were read for this call alone.
            inside = inside.setdefault(section, {})
            if not isinstance(inside, dict):
                raise UserError(f"set {key}: '{section}' is a value and no section of the config")
        inside[name] = value
    return values


def predict(recipe: Recipe, defaults: Mapping[str, Any]) -> ResolvedConfig | None:
    """The config that the training will resolve to, where that can be known without starting it.

    Without a config file the program itself may choose values by the amount of text: those are known only once its run
    folder has a config.yaml.
    """
    if recipe.config is None:
        return None
    given = flatten(given_values(recipe))
    base = flatten(defaults)
    values = base | given
    if given.get("training.max_steps") is not None and "training.epochs" not in given:
        values["training.epochs"] = None  # one of the two says how long; `seq2seq config` shows the other's default
    return ResolvedConfig(values, {key: value for key, value in values.items() if base.get(key) != value})
