"""Values for keys that a config leaves out, where they depend on the text."""

from collections.abc import Mapping
from typing import Any

from seq2seq.config.schema import Config

Values = Mapping[str, Any]
"""Key, such as "training.epochs", → value."""


def fill(config: Config, values: Values) -> Config:
    """Gives a config with `values` for keys that it leaves out; what it says itself stays.

    Example:
        >>> config = Config.model_validate({"data": {"train": "pairs.tsv"}, "training": {"seed": 3, "epochs": 1}})
        >>> filled = fill(config, {"training.warmup_steps": 5, "training.seed": 1})
        >>> filled.training.warmup_steps, filled.training.seed
        (5, 3)
    """
    given = config.model_dump(mode="json", exclude_unset=True)
    for key, value in applicable(config, values).items():
        section, _, name = key.rpartition(".")
        (given.setdefault(section, {}) if section else given)[name] = value
    return Config.model_validate(given)


def applicable(config: Config, values: Values) -> dict[str, Any]:
    """Those of `values` that a config does not decide itself; passes over the text go where it counts updates.

    Example:
        >>> config = Config.model_validate({"data": {"train": "pairs.tsv"}, "training": {"max_steps": 9}})
        >>> applicable(config, {"training.epochs": 5.0, "training.seed": 1})
        {'training.seed': 1}
    """
    decided = given_keys(config)
    if config.training.max_steps is not None:
        decided |= {"training.epochs"}
    return {key: value for key, value in values.items() if key not in decided}


def given_keys(config: Config) -> set[str]:
    """The keys that a config says, defaults not counted: "version", "training.seed", …"""
    keys = set(config.model_fields_set)
    for name in type(config).model_fields:
        section = getattr(config, name)
        keys |= {f"{name}.{key}" for key in getattr(section, "model_fields_set", ())}
    return keys


def intervals(config: Config, updates: int) -> dict[str, Any]:
    """Warm-up and validation interval of a short training: a tenth of it each, unless the config says them.

    Args:
        config: Config of the run.
        updates: Number of updates of the run.

    Example:
        >>> config = Config.model_validate({"data": {"train": "pairs.tsv"}, "training": {"epochs": 1}})
        >>> intervals(config, 644)
        {'training.warmup_steps': 64, 'training.validate_steps': 64}
        >>> intervals(config, 100_000)
        {}
    """
    tenth = max(1, updates // 10)
    free = {"training.warmup_steps", "training.validate_steps"} - given_keys(config)
    values = {
        "training.warmup_steps": config.training.warmup_steps,
        "training.validate_steps": config.training.validate_steps,
    }
    return {key: tenth for key, value in values.items() if key in free and tenth < value}
