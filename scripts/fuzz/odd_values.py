"""Values that no key expects, as JSON text, so that also those are tried that Python would not write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ODD_VALUES = (
    *("null", "true", "false", "0", "-1", "1", "2", "1000000000", "9223372036854775808", "-9223372036854775809"),
    *("0.5", "-0.5", "1e308", "-1e308", "1e400", "NaN", "Infinity", "-Infinity", "9" * 5000),
    *('""', '" "', '"x"', '"' + "x" * 200_000 + '"', '"\\u0000"', '"\\ud800"', '"\\n"', '"\\u202e"', '"lstm"', '"1"'),
    *('".."', '"."', '"/dev/zero"', '"/etc/passwd"', '"../metadata.json"', '"metadata.json"', '"encoder.onnx"'),
    *("[]", "[[]]", "[1, 2]", '["en"]', "{}", '{"a": {}}', '{"": 1}', '{"score": []}'),
    *("[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 100_000, "[" + "0," * 100_000 + "0]"),
)
PLACEHOLDER = "@odd@"


def paths_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Lists the paths of all keys of nested dictionaries, the sections included.

    Example:
        >>> list(paths_of({"model": {"cell": "gru"}}))
        [('model',), ('model', 'cell')]
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_of(inner, (*path, key))


def replaced(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """Copies nested dictionaries with one value replaced.

    Example:
        >>> replaced({"model": {"cell": "gru"}}, ("model", "cell"), "rnn")
        {'model': {'cell': 'rnn'}}
    """
    if not path:
        return new
    return {**value, path[0]: replaced(value.get(path[0], {}), path[1:], new)}
