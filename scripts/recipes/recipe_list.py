"""A list of recipes: the YAML file that `run` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seq2seq.errors import ConfigError, UserError, nearest
from seq2seq.files import read_errors
from seq2seq.yaml_text import Marks, parse_yaml

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


_RESERVED = {
    "data.corpus": "name the text under texts",
    "data.train": "name the text under texts, and more of it under extra",
    "data.dev": "the text's val split is taken",
    "data.source_language": "give direction",
    "data.target_language": "give direction",
    "training.seed": "give seeds",
}
"""Keys of a config that a recipe says otherwise."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TextSource(_Strict):
    """Where a text comes from: a corpus of the catalogue, or a folder of files SPLIT.LANGUAGE."""

    corpus: str | None = None
    folder: Annotated[str | None, Field(description="$NAME is an environment variable's value")] = None
    val: str = "dev"
    test: str = "test"

    @model_validator(mode="after")
    def _check(self) -> TextSource:
        if (self.corpus is None) == (self.folder is None):
            raise ValueError("give corpus (a name of `seq2seq corpora list`) or folder (of files SPLIT.LANGUAGE)")
        if self.val == self.test:
            raise ValueError("val and test must be different splits: choices are made on val, never on test")
        return self


class Recipe(_Strict):
    """A config, what is put over it, and a text."""

    text: str
    direction: Annotated[str, Field(pattern=r"^[a-z]{2,3}-[a-z]{2,3}$")]
    config: Annotated[
        str | None, Field(description="a config file; without one, the command gets two files and nothing else")
    ] = None
    overrides: Annotated[dict[str, Any], Field(alias="set", description="as --set of seq2seq train")] = {}
    pairs: Annotated[int | None, Field(ge=1, description="the first so many of the training text; all by default")] = (
        None
    )
    extra: Annotated[
        list[dict[str, Any]], Field(description="items of data.train beside the text, such as synthetic pairs")
    ] = []
    seeds: Annotated[list[int], Field(min_length=1)] = [1]
    beam_size: Annotated[int, Field(ge=1)] = 5
    length_penalty: Annotated[float | None, Field(ge=0, description="the model's by default")] = None
    tokenize: Annotated[str | None, Field(description="how BLEU finds words, as of seq2seq evaluate")] = None
    edition: Annotated[
        int, Field(ge=1, description="raise it to pay for the same config again, as after a change of the program")
    ] = 1
    note: str | None = None

    @model_validator(mode="after")
    def _check(self) -> Recipe:
        for key in self.overrides:
            if reserved := next((own for own in _RESERVED if f"{key}.".startswith(f"{own}.")), None):
                raise ValueError(f"set has no '{key}': {_RESERVED[reserved]}")
        if self.extra and self.config is None:
            raise ValueError("extra needs a config: without one, the command takes two files")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("a seed is given twice")
        return self

    @property
    def languages(self) -> tuple[str, str]:
        """The source's and the target's language."""
        source, _, target = self.direction.partition("-")
        return source, target

    @property
    def search(self) -> dict[str, Any]:
        """What decides the scores of a trained model."""
        return {"beam_size": self.beam_size, "length_penalty": self.length_penalty, "tokenize": self.tokenize}


class RecipeList(_Strict):
    """Named recipes with what they have in common."""

    texts: Annotated[dict[Name, TextSource], Field(min_length=1)]
    recipes: Annotated[dict[Name, Recipe], Field(min_length=1)]
    baseline: Annotated[str | None, Field(description="the recipe that the others are tested against")] = None

    @model_validator(mode="after")
    def _names(self) -> RecipeList:
        for name, recipe in self.recipes.items():
            if recipe.text not in self.texts:
                raise ValueError(f"{name} names the text '{recipe.text}': {nearest(recipe.text, self.texts)}")
        if self.baseline is not None and self.baseline not in self.recipes:
            raise ValueError(f"the baseline '{self.baseline}' is no recipe: {nearest(self.baseline, self.recipes)}")
        return self


def read_list(path: Path) -> RecipeList:
    """Reads a list of recipes.

    Args:
        path: a YAML file with the keys `texts`, `recipes`, and where wanted `defaults` (of every recipe) and
            `baseline`.

    Returns:
        The recipes, with the defaults filled in; of `set`, key by key.

    Raises:
        ConfigError: a key is unknown or a value is wrong; it is named with its line.
        UserError: the file cannot be read.
    """
    with read_errors(str(path)):
        content = path.read_bytes()
    values, marks = parse_yaml(content, str(path))
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: a list of recipes is a mapping with the keys texts and recipes")
    values = dict(values)
    defaults = values.pop("defaults", None) or {}
    recipes = values.get("recipes") or {}
    if not isinstance(defaults, dict) or not isinstance(recipes, dict):
        raise ConfigError(f"{path}: defaults and recipes are mappings: write each as NAME: {{key: value}}")
    values["recipes"] = {name: _merged(defaults, own, f"{path}: recipes.{name}") for name, own in recipes.items()}
    try:
        return RecipeList.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_sentence(error, str(path), marks)) from None


def _merged(defaults: dict[str, Any], own: Any, where: str) -> dict[str, Any]:
    if not isinstance(own, dict | None):
        raise ConfigError(f"{where}: a recipe is a mapping such as {{set: {{training.epochs: 20}}}}")
    own = own or {}
    overrides = [part.get("set") or {} for part in (defaults, own)]
    if not all(isinstance(part, dict) for part in overrides):
        raise ConfigError(f"{where}: set is a mapping such as {{training.epochs: 20, model.layer_dropout: 0.3}}")
    return {**defaults, **own, "set": overrides[0] | overrides[1]}


def _sentence(error: ValidationError, origin: str, marks: Marks) -> str:
    """The first finding as one sentence with its key and line."""
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    location = tuple(str(part) for part in first["loc"])
    key = ".".join(location)
    # What a recipe lacks itself stands under `defaults`.
    paths = [location, ("defaults", *location[2:])] if location[:1] == ("recipes",) else [location]
    lines = [marks[path[:n]] for path in paths for n in range(len(path), 1, -1) if path[:n] in marks]
    place = f"{origin}, line {lines[0]}" if lines else origin
    if first["type"] == "extra_forbidden":
        kinds: dict[str, type[BaseModel]] = {"texts": TextSource, "recipes": Recipe}
        kind = kinds[location[0]] if len(location) > 1 else RecipeList
        known = [field.alias or name for name, field in kind.model_fields.items()]
        return f"{place}: unknown key '{key}': {nearest(location[-1], known)}"
    if first["type"] == "missing":
        return f"{place}: the key '{key}' is missing: add it, there or under defaults"
    message = first["msg"].removeprefix("Value error, ")
    given = "" if first["type"] == "value_error" else f", not {first['input']!r}"
    return ": ".join(part for part in (place, key, f"{message[0].lower()}{message[1:]}{given}") if part)


def choose(recipes: RecipeList, names: tuple[str, ...]) -> dict[str, Recipe]:
    """The recipes of these names, or all.

    Raises:
        UserError: there is no recipe of that name (the nearest is named).
    """
    for name in names:
        if name not in recipes.recipes:
            raise UserError(f"there is no recipe '{name}' in the list: {nearest(name, recipes.recipes)}")
    return {name: recipe for name, recipe in recipes.recipes.items() if not names or name in names}
