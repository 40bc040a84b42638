"""The commented config that `seq2seq config` prints, made from the definitions in `seq2seq.config.schema`."""

import textwrap
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from seq2seq.config.presets import EXAMPLES, choose
from seq2seq.config.schema import Config
from seq2seq.yaml_text import dump_yaml

# Keys without a default get an example, which a reader will replace.
_EXAMPLES: dict[str, Any] = {
    "train": {"source": "train.en", "target": "train.de"},
    "epochs": 12,
}


def commented_config() -> str:
    """Writes all keys with their defaults and meanings, as YAML that `seq2seq.config.loading.load_config` takes.

    Example:
        >>> [line for line in commented_config().splitlines() if "export:" in line][0][:48]
        '  export: float32  # float32 | int8 | null; how '
    """
    lines = [
        "# Every key of a config with its default. Only data.train (or data.corpus) is needed, and training.epochs,",
        "# training.max_steps or a preset, which says when to end. A preset decides only what a config leaves out.",
        *(f"# {line}" for line in _presets()),
    ]
    for name, field in Config.model_fields.items():
        section = _section(field)
        if section is None:
            lines += _key(name, field, "")
            continue
        lines += ["", f"# {(section.__doc__ or '').strip().splitlines()[0]}", f"{name}:"]
        for key, inner in section.model_fields.items():
            lines += _key(key, inner, "  ")
    return "\n".join(lines) + "\n"


def _presets() -> list[str]:
    """What each preset puts in place of defaults, in lines of limited width."""
    lines = []
    for name, reach, example in EXAMPLES:
        values = ", ".join(f"{key} {value:g}" for key, value in choose(name, example).values.items())
        lines += textwrap.wrap(f"{name}, for {reach}: {values}", 115, subsequent_indent="  ")
    return lines


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _key(name: str, field: FieldInfo, indent: str) -> list[str]:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or name in _EXAMPLES:
        value = _EXAMPLES[name]
    text = dump_yaml({name: value}).rstrip("\n").splitlines()
    choices = list(_choices(field.annotation))
    comment = "; ".join(part for part in (" | ".join(choices) if len(choices) > 1 else "", field.description) if part)
    text[0] += f"  # {comment}" if comment else ""
    return [indent + line for line in text]


def _choices(annotation: Any) -> Iterator[str]:
    """The values of an option that takes one of a few, as they are written in YAML; none for other options."""
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
        return
    kinds = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    if any(get_origin(kind) is Literal for kind in kinds):
        for kind in kinds:
            yield from ["null"] if kind is NoneType else _choices(kind)
