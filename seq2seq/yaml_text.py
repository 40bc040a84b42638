"""YAML as people write configs: `1e-3` is a number, `no` is a language, a key given twice is an error."""

import re
from typing import Any

import yaml

from seq2seq.errors import ConfigError

Marks = dict[tuple[str, ...], int]
"""The line of each key, from 1, by the key's path; in a list, the index from 0 is the key."""


LARGEST = 2**20
"""Bytes of a document."""
DEEPEST = 50
"""Levels of a document."""
MOST_KEYS = 100_000
"""Keys and items of a document, those that it refers to by an alias counted each time."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2's numbers and booleans, where PyYAML keeps to YAML 1.1's; a date is a string."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":float", ":int", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|false|False)$"), list("tTfF"))
# Not 010 and 1:30, which YAML 1.1 reads in base 8 and 60.
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9]\d*)$"), list("-+0123456789"))
_FLOAT = re.compile(r"^[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?$|^[-+]?\.inf$|^\.nan$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


class _Dumper(yaml.SafeDumper):
    """Quotes a string that either version would read as something else."""


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


def parse_yaml(text: bytes, origin: str) -> tuple[Any, Marks]:
    """Parses a YAML document.

    Args:
        text: The document.
        origin: Name of the file for error messages.

    Returns:
        The values, and the line of each key.

    Raises:
        ConfigError: `text` is not YAML, or a key is given twice.

    Example:
        >>> parse_yaml(b"model:\\n  cell: no\\n", "my.yaml")
        ({'model': {'cell': 'no'}}, {('model',): 1, ('model', 'cell'): 2})
    """
    if len(text) > LARGEST:
        raise ConfigError(f"{origin}: it has more than {LARGEST:,} bytes: give a config or a card, not a text")
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            marks: Marks = {}
            _collect(node, (), marks, origin)
            if len(marks) > MOST_KEYS:
                raise RecursionError
            values = loader.construct_document(node) if node is not None else {}
        finally:
            loader.dispose()
        return values, marks
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{origin}, line {mark.line + 1}" if mark else origin
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        raise ConfigError(f"{where}: not valid YAML ({problem})") from None
    except RecursionError:
        raise ConfigError(f"{origin}: nested too deeply, or a part of it contains itself or stands too often") from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):  # of PyYAML's constructors
        raise ConfigError(f"{origin}: not valid YAML (a value is not what its tag or its digits say)") from None


def dump_yaml(values: dict[str, Any]) -> str:
    """Writes values as YAML, keys in the order given.

    Example:
        >>> print(dump_yaml({"rate": 1e-3, "language": "no"}), end="")
        rate: 0.001
        language: 'no'
    """
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def _collect(node: yaml.Node | None, path: tuple[str, ...], marks: Marks, origin: str) -> None:
    if len(path) > DEEPEST or len(marks) > MOST_KEYS:
        raise RecursionError
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            marks[*path, str(number)] = value.start_mark.line + 1
            _collect(value, (*path, str(number)), marks, origin)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        inner = (*path, str(key.value))
        if inner in marks:
            raise ConfigError(f"{origin}, line {key.start_mark.line + 1}: the key '{'.'.join(inner)}' is given twice")
        marks[inner] = key.start_mark.line + 1
        _collect(value, inner, marks, origin)
