"""The operators that an exported graph may use: those that `seq2seq.exporting.graphs` writes, as it writes them.

The export can write none that is missing here, and a folder with another one is refused before ONNX Runtime sees it:
with some numbers of outputs, say, that does not end in an error but ends the process. No operator decides what runs
next; the only loop is Scan, which takes as many turns as its input is long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""
SCAN = "Scan"
"""The loop of an encoder whose cell ONNX has no operator for, or whose products are of bytes."""
VERSIONS: Mapping[str, tuple[int, ...]] = {"": (17, 18), MICROSOFT: (1,)}
"""Versions of the domains of operators."""
MOST_AXES = 6
"""The most axes of any value."""
_MOST_BLOCKS = 512


class OperatorRule(NamedTuple):
    """How an operator is written: the least and the most inputs, the least and the most outputs, its attributes."""

    inputs: tuple[int, int]
    outputs: tuple[int, int] = (1, 1)
    attributes: tuple[str, ...] = ()


_ONE, _TWO = (1, 1), (2, 2)
_RECURRENT = OperatorRule((5, 5), _ONE, ("hidden_size", "direction", "linear_before_reset"))
_OF_ONE, _OF_TWO = OperatorRule(_ONE), OperatorRule(_TWO)
_SCAN_ATTRIBUTES = ("body", "num_scan_inputs", "scan_input_directions", "scan_output_directions")
_REDUCE = OperatorRule(_TWO, _ONE, ("keepdims",))
OPERATORS: Mapping[tuple[str, str], OperatorRule] = {
    **dict.fromkeys(
        (("", name) for name in ("Exp", "Identity", "Log", "Sigmoid", "Tanh", "Flatten")), OperatorRule(_ONE)
    ),
    **dict.fromkeys(
        (("", name) for name in ("Add", "Div", "Greater", "Less", "MatMul", "Min", "Mod")), OperatorRule(_TWO)
    ),
    **dict.fromkeys((("", name) for name in ("Mul", "Sub", "Expand", "Reshape", "Unsqueeze")), _OF_TWO),
    **dict.fromkeys((("", name) for name in ("LSTM", "GRU", "RNN")), _RECURRENT),
    **dict.fromkeys((("", name) for name in ("ReduceMax", "ReduceMean", "ReduceSum")), _REDUCE),
    ("", "Cast"): OperatorRule(_ONE, _ONE, ("to",)),
    ("", "Concat"): OperatorRule((1, _MOST_BLOCKS), _ONE, ("axis",)),
    ("", "Gather"): OperatorRule(_TWO, _ONE, ("axis",)),
    ("", "GatherElements"): OperatorRule(_TWO, _ONE, ("axis",)),
    ("", "GatherND"): OperatorRule(_TWO, _ONE, ("batch_dims",)),
    ("", "Gemm"): OperatorRule((3, 3)),
    ("", "Pad"): OperatorRule((2, 3)),
    ("", "QuantizeLinear"): OperatorRule((3, 3)),
    ("", "Range"): OperatorRule((3, 3)),
    ("", SCAN): OperatorRule(
        (2, 20), (2, 10), ("body", "num_scan_inputs", "scan_input_directions", "scan_output_directions")
    ),
    ("", "Shape"): OperatorRule(_ONE, _ONE, ("start", "end")),
    ("", "Slice"): OperatorRule((4, 4)),
    ("", "Softmax"): OperatorRule(_ONE, _ONE, ("axis",)),
    ("", "Split"): OperatorRule(_ONE, (1, _MOST_BLOCKS), ("axis", "num_outputs")),
    ("", "Squeeze"): OperatorRule((1, 2)),
    ("", "TopK"): OperatorRule(_TWO, _TWO, ("largest",)),
    ("", "Transpose"): OperatorRule(_ONE, _ONE, ("perm",)),
    (MICROSOFT, "FusedMatMul"): OperatorRule(_TWO, _ONE, ("transB",)),
    (MICROSOFT, "MatMulIntegerToFloat"): OperatorRule((5, 7)),
}
"""How each operator that the export writes is written, by its domain and its name."""
OLDER_OPERATORS: Mapping[tuple[str, str], OperatorRule] = {
    ("", "LogSoftmax"): OperatorRule(_ONE, _ONE, ("axis",)),
    ("", "Max"): OperatorRule(_TWO),
}
"""Those that only older exports have."""
_RANGES = {
    **dict.fromkeys(("axis", "start", "end"), (-MOST_AXES, MOST_AXES)),
    **dict.fromkeys(("keepdims", "largest", "transB", "linear_before_reset"), (0, 1)),
    **dict.fromkeys(("scan_input_directions", "scan_output_directions"), (0, 1)),
    **{"to": (1, 11), "batch_dims": (0, 2), "perm": (0, MOST_AXES - 1), "num_scan_inputs": (1, 10)},
    **{"num_outputs": (1, _MOST_BLOCKS), "hidden_size": (1, 2**16)},
}
_DIRECTIONS = (b"forward", b"bidirectional")


def check_operator(domain: str, name: str, inputs: int, outputs: int, attributes: Mapping[str, Any]) -> None:
    """Checks that an operator is one that the export writes, written as it writes it.

    Args:
        domain: Its domain, "" for ONNX's own.
        name: Its name.
        inputs: Number of its inputs.
        outputs: Number of its outputs.
        attributes: Its attributes by name: a number, several, or bytes for a text.

    Raises:
        ValueError: It is not; the message says why.

    Example:
        >>> check_operator("", "Loop", 2, 0, {})
        Traceback (most recent call last):
        ValueError: it has the operator 'Loop'
    """
    rule = OPERATORS.get((domain, name)) or OLDER_OPERATORS.get((domain, name))
    if rule is None:
        raise ValueError(f"it has the operator {name[:50]!a}")
    if not rule.inputs[0] <= inputs <= rule.inputs[1] or not rule.outputs[0] <= outputs <= rule.outputs[1]:
        raise ValueError(f"its operator {name} has another number of inputs or outputs")
    for attribute, value in attributes.items():
        if attribute not in rule.attributes or not _in_range(attribute, value):
            raise ValueError(f"its operator {name} has an attribute that no export writes")
    if attributes.get("num_outputs", outputs) != outputs:
        raise ValueError(f"its operator {name} has another number of outputs")


def _in_range(attribute: str, value: Any) -> bool:
    if attribute == "body":
        return value is None
    if attribute == "direction":
        return value in _DIRECTIONS
    least, most = _RANGES[attribute]
    values = value if isinstance(value, list) else [value]
    fits = len(values) <= 20 and all(isinstance(number, int) and least <= number <= most for number in values)
    return fits and (attribute != "perm" or sorted(values) == list(range(len(values))))
