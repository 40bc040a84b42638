"""Writing an ONNX graph line by line, with its weights in a safetensors file beside it."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from seq2seq.model_folder.graph_operators import MICROSOFT, OPERATORS

OPSET = 18
IR_VERSION = 8
FLOAT, DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE
INT64, INT32, INT8, UINT8 = TensorProto.INT64, TensorProto.INT32, TensorProto.INT8, TensorProto.UINT8


@dataclass(frozen=True)
class Stored:
    """The place of an array in a file.

    Attributes:
        type: ONNX's number of its type.
        shape: Its shape.
        offset: First byte in the file.
        length: Number of bytes.
    """

    type: int
    shape: tuple[int, ...]
    offset: int
    length: int


def stored_arrays(path: Path) -> dict[str, Stored]:
    """Reads the places of all arrays from the header of a safetensors file: eight bytes for its length, then JSON."""
    types = {"F32": FLOAT, "I8": INT8}
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    return {
        name: Stored(
            types[entry["dtype"]],
            tuple(entry["shape"]),
            8 + length + entry["data_offsets"][0],
            entry["data_offsets"][1] - entry["data_offsets"][0],
        )
        for name, entry in header.items()
    }


@dataclass
class Graph:
    """A graph that is being written. A value is known by its name, which the method that writes it returns.

    Example:
        >>> graph = Graph("double")
        >>> x = graph.input("x", FLOAT, ["rows"])
        >>> graph.output("y", graph.op("Add", x, x), FLOAT, ["rows"])
        >>> [node.op_type for node in graph.proto().node]
        ['Add']
    """

    name: str
    inputs: list[onnx.ValueInfoProto] = field(default_factory=list)
    outputs: dict[str, onnx.ValueInfoProto] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    weights: list[str] = field(default_factory=list)
    outer: "Graph | None" = None
    """The graph whose loop repeats this one; what does not change from turn to turn may be written there."""

    def input(self, name: str, type: int, shape: Sequence[str | int]) -> str:
        """Declares an input."""
        self.inputs.append(helper.make_tensor_value_info(name, type, shape))
        return name

    def output(self, name: str, value: str, type: int, shape: Sequence[str | int]) -> None:
        """Declares a value as an output; each value can be one output only."""
        self.outputs[value] = helper.make_tensor_value_info(name, type, shape)

    def weight(self, name: str) -> str:
        """Uses an array of the file that `model` names."""
        if name not in self.weights:
            self.weights.append(name)
        return name

    def constant(self, value: Any, dtype: Any = np.int64) -> str:
        """Writes a small array that the graph itself holds."""
        array: NDArray[Any] = np.asarray(value, dtype)
        name = f"{self.name}_constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def op(self, type: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Writes an operator with one output."""
        return self.ops(type, *inputs, outputs=1, domain=domain, **attributes)[0]

    def ops(self, type: str, *inputs: str, outputs: int, domain: str = "", **attributes: Any) -> list[str]:
        """Writes an operator with several outputs."""
        names = [f"{self.name}_{type}_{len(self.nodes)}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(type, list(inputs), names, domain=domain, **attributes))
        assert (domain, type) in OPERATORS, f"{type} would be refused: add it to graph_operators.py"
        return names

    def reshape(self, x: str, *shape: int) -> str:
        """Writes `x` in another shape; one axis may be −1 (what is left), and 0 keeps an axis."""
        return self.op("Reshape", x, self.constant(shape))

    def split(self, x: str, parts: int, axis: int = -1) -> list[str]:
        """Writes equal parts of an axis."""
        return self.ops("Split", x, outputs=parts, axis=axis, num_outputs=parts)

    def inner(self, name: str) -> "Graph":
        """Makes the body of a loop in this graph; both use the same weights."""
        return Graph(name, weights=self.weights, outer=self)

    def proto(self, tensors: Sequence[onnx.TensorProto] = ()) -> onnx.GraphProto:
        """Returns the graph as ONNX holds it, with `tensors` besides its constants."""
        for node in self.nodes:
            for values in (node.input, node.output):
                values[:] = [self.outputs[value].name if value in self.outputs else value for value in values]
        outputs = list(self.outputs.values())
        return helper.make_graph(self.nodes, self.name, self.inputs, outputs, [*self.constants, *tensors])

    def model(self, location: str, stored: dict[str, Stored]) -> onnx.ModelProto:
        """Returns the whole model file.

        Args:
            location: Name of the file of the weights, beside the graph's file.
            stored: Places of the weights in it.
        """
        tensors = [_external(name, location, stored[name]) for name in self.weights]
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(
            self.proto(tensors), opset_imports=imports, ir_version=IR_VERSION, producer_name="seq2seq"
        )


def _external(name: str, location: str, stored: Stored) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=stored.type, dims=stored.shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", stored.offset), ("length", stored.length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
