"""Reads the structure of an ONNX file without running it and without the `onnx` package.

A file is a protocol buffer (onnx.proto in the repository of ONNX): fields with a number, each a whole number, four
bytes, eight bytes, or some bytes that can be text or a message of further fields. Only the fields that an export
writes are known here; a file with any other is refused, since it would mean something that is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from seq2seq.model_folder.graph_operators import MOST_AXES

VARINT, BYTES, FOUR_BYTES = 0, 2, 5
TENSOR_TYPE_SIZES = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 11: 8}
"""Bytes of a value by ONNX's number of its type: float, uint8, int8, int32, int64, double."""
EXTERNAL = 1

Fields = dict[int, list[Any]]


class OnnxTensor(NamedTuple):
    """An initializer: `content` holds it, or `external` says where it lies."""

    name: str
    type: int
    shape: tuple[int, ...]
    content: bytes
    external: Mapping[str, str]


class OnnxValue(NamedTuple):
    """An input or output; a dimension is a size or the name of one."""

    name: str
    type: int
    shape: tuple[int | str, ...]


class OnnxNode(NamedTuple):
    """An operator at work; of a loop, `bodies` holds what it repeats."""

    operator: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    bodies: tuple[OnnxGraph, ...]


class OnnxGraph(NamedTuple):
    """A graph, or the body of a loop in it."""

    nodes: tuple[OnnxNode, ...]
    tensors: tuple[OnnxTensor, ...]
    inputs: tuple[OnnxValue, ...]
    outputs: tuple[OnnxValue, ...]


class OnnxFile(NamedTuple):
    """A whole file: the graph, and the version of each domain of operators."""

    versions: Mapping[str, int]
    graph: OnnxGraph


def read_onnx(content: bytes) -> OnnxFile:
    """Reads an ONNX file.

    Args:
        content: The whole file.

    Raises:
        ValueError: It is no ONNX file, or one with fields that no export writes; the message says which.
    """
    # ir_version, producer_name, graph, opset_import
    model = _fields(content, {1: VARINT, 2: BYTES, 7: BYTES, 8: BYTES}, "the model")
    versions = {}
    for entry in model.get(8, []):
        version = _fields(entry, {1: BYTES, 2: VARINT}, "a version of operators")
        versions[_text(_one(version, 1, b""))] = int(_one(version, 2, 0))
    graph = _one(model, 7, None)
    if graph is None:
        raise ValueError("it has no graph")
    return OnnxFile(versions, _graph(graph, nested=False))


def _graph(content: bytes, nested: bool) -> OnnxGraph:
    # node, name, initializer, input, output
    fields = _fields(content, {1: BYTES, 2: BYTES, 5: BYTES, 11: BYTES, 12: BYTES}, "a graph")
    return OnnxGraph(
        tuple(_node(node, nested) for node in fields.get(1, [])),
        tuple(map(_tensor, fields.get(5, []))),
        tuple(map(_value, fields.get(11, []))),
        tuple(map(_value, fields.get(12, []))),
    )


def _node(content: bytes, nested: bool) -> OnnxNode:
    # input, output, name, op_type, attribute, domain
    fields = _fields(content, {1: BYTES, 2: BYTES, 3: BYTES, 4: BYTES, 5: BYTES, 7: BYTES}, "an operator")
    attributes: dict[str, Any] = {}
    bodies = []
    for entry in fields.get(5, []):
        # name, f, i, s, g, ints, type
        kinds = {1: BYTES, 2: FOUR_BYTES, 3: VARINT, 4: BYTES, 6: BYTES, 8: VARINT, 20: VARINT}
        attribute = _fields(entry, kinds, "an attribute")
        name = _text(_one(attribute, 1, b""))
        if name in attributes:
            raise ValueError("an attribute is given twice")
        if 6 in attribute:
            if nested:
                raise ValueError("a loop is inside another")
            bodies.append(_graph(_one(attribute, 6, b""), nested=True))
        attributes[name] = attribute.get(8) or next((attribute[n][0] for n in (2, 3, 4) if n in attribute), None)
        if sum(map(len, (attribute.get(n, ()) for n in (2, 3, 4, 6)))) + bool(attribute.get(8)) != 1:
            raise ValueError("an attribute has no value, or several")
    return OnnxNode(
        _text(_one(fields, 4, b"")),
        _text(_one(fields, 7, b"")),
        tuple(map(_text, fields.get(1, []))),
        tuple(map(_text, fields.get(2, []))),
        attributes,
        tuple(bodies),
    )


def _tensor(content: bytes) -> OnnxTensor:
    # dims, data_type, name, raw_data, external_data, data_location
    kinds = {1: VARINT, 2: VARINT, 8: BYTES, 9: BYTES, 13: BYTES, 14: VARINT}
    fields = _fields(content, kinds, "a constant")
    external: dict[str, str] = {}
    for entry in fields.get(13, []):
        pair = _fields(entry, {1: BYTES, 2: BYTES}, "the place of a weight")
        external[_text(_one(pair, 1, b""))] = _text(_one(pair, 2, b""))
    type, shape, raw = _one(fields, 2, 0), tuple(fields.get(1, [])), _one(fields, 9, b"")
    if type not in TENSOR_TYPE_SIZES or len(shape) > MOST_AXES:
        raise ValueError("a constant has a type or a shape that no export writes")
    if _one(fields, 14, 0) == EXTERNAL:
        if raw or not external:
            raise ValueError("a weight has no place, or two")
    else:
        size = TENSOR_TYPE_SIZES[type]
        for axis in shape:
            size *= axis
        if external or len(raw) != size:
            raise ValueError("a constant is not as long as its shape")
    return OnnxTensor(_text(_one(fields, 8, b"")), type, shape, raw, external)


def _value(content: bytes) -> OnnxValue:
    fields = _fields(content, {1: BYTES, 2: BYTES}, "an input or output")
    type = _fields(_one(fields, 2, b""), {1: BYTES}, "a type")
    tensor = _fields(_one(type, 1, b""), {1: VARINT, 2: BYTES}, "a type")
    shape: list[int | str] = []
    for entry in _fields(_one(tensor, 2, b""), {1: BYTES}, "a shape").get(1, []):
        axis = _fields(entry, {1: VARINT, 2: BYTES}, "a dimension")
        shape.append(int(_one(axis, 1, 0)) if 1 in axis else _text(_one(axis, 2, b"")))
    return OnnxValue(_text(_one(fields, 1, b"")), int(_one(tensor, 1, 0)), tuple(shape))


def _one(fields: Fields, number: int, missing: Any) -> Any:
    """The value of a field that is there once at most; a second one would be merged with the first."""
    values = fields.get(number, [])
    if len(values) > 1:
        raise ValueError("a field is given twice")
    return values[0] if values else missing


def _text(value: bytes) -> str:
    return value.decode("utf-8")  # UnicodeDecodeError is a ValueError


def _fields(content: bytes, kinds: Mapping[int, int], owner: str) -> Fields:
    """The values of a message by the number of their field, which must be among `kinds`."""
    fields: Fields = {}
    position, end = 0, len(content)
    while position < end:
        tag = content[position]  # almost every number is below 128, and this is the inner loop
        tag, position = (tag, position + 1) if tag < 128 else _varint(content, position)
        kind = tag & 7
        if kinds.get(tag >> 3) != kind:
            raise ValueError(f"{owner} has a field that no export writes")
        value: Any = 4
        if kind != FOUR_BYTES:
            if position >= end:
                raise ValueError("it ends in the middle")
            value = content[position]
            value, position = (value, position + 1) if value < 128 else _varint(content, position)
        if kind == VARINT:
            # A negative number stands as its complement in 64 bits.
            value = value - 2**64 if value >= 2**63 else value
        else:
            start, position = position, position + value
            if position > end:
                raise ValueError("it ends in the middle")
            value = content[start:position]
        if tag >> 3 in fields:
            fields[tag >> 3].append(value)
        else:
            fields[tag >> 3] = [value]
    return fields


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Reads a whole number, seven bits a byte; returns it and the position behind it."""
    try:
        value = content[position]
        if value < 128:
            return value, position + 1
        value &= 127
        for shift in range(7, 70, 7):
            position += 1
            byte = content[position]
            value |= (byte & 127) << shift
            if byte < 128:
                if value >= 2**64:
                    break
                return value, position + 1
    except IndexError as error:
        raise ValueError("it ends in the middle") from error
    raise ValueError("it is no ONNX file")
