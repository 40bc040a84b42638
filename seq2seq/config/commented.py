"""The commented config that `seq2seq config` prints, made from the definitions in `seq2seq.config.options`."""

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from seq2seq.config.options import Config
from seq2seq.yaml_text import dump_yaml

# What has no default: the example must say something that a reader will replace.
_EXAMPLES: dict[str, Any] = {
    "train": {"source": "train.en", "target": "train.de"},
    "epochs": 12,
}


def commented_config() -> str:
    """All keys with their defaults and meanings, as YAML that `seq2seq.config.loading.load_config` takes."""
    lines = [
        "# Every key of a config with its default. Only data.train (or data.corpus) and training.epochs (or max_steps)",
        "# are needed.",
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


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _key(name: str, field: FieldInfo, indent: str) -> list[str]:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or name in _EXAMPLES:
        value = _EXAMPLES[name]
    text = dump_yaml({name: value}).rstrip("\n").splitlines()
    choices = ""
    if getattr(field.annotation, "__origin__", None) is not None and "Literal" in str(field.annotation):
        choices = " | ".join(str(choice) for choice in field.annotation.__args__)  # type: ignore[union-attr]
    comment = "; ".join(part for part in (choices, field.description) if part)
    text[0] += f"  # {comment}" if comment else ""
    return [indent + line for line in text]
