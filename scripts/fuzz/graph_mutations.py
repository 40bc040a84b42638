"""Ways to make an ONNX graph that no export writes: other operators, loops, constants, places of weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import onnx
from onnx import TensorProto, helper, numpy_helper

from scripts.fuzz.folder_mutations import damaged, refresh_checksums

OTHER_OPERATORS = ("If", "Loop", "Identity", "RandomNormal", "ConstantOfShape", "Tile", "Resize", "NonZero", "Einsum")


def graph_bytes(folder: Path, random: Random) -> bool:
    """Changes, cuts or doubles bytes of a graph."""
    file = random.choice(sorted(folder.glob("*.onnx")))
    file.write_bytes(damaged(file.read_bytes(), random))
    refresh_checksums(folder)
    return False


def graph_parts(folder: Path, random: Random) -> bool:
    """Changes one thing of a graph that stays a graph."""
    file = random.choice(sorted(folder.glob("*.onnx")))
    model = onnx.load(file, load_external_data=False)
    random.choice(_WAYS)(model, random)
    file.write_bytes(model.SerializeToString())
    refresh_checksums(folder)
    return False


def _operator(model: onnx.ModelProto, random: Random) -> None:
    random.choice(model.graph.node).op_type = random.choice(OTHER_OPERATORS)


def _domain(model: onnx.ModelProto, random: Random) -> None:
    random.choice(model.graph.node).domain = random.choice(["evil", "ai.onnx.ml", "com.microsoft", "\n"])


def _endless_loop(model: onnx.ModelProto, random: Random) -> None:
    """Appends a loop that never ends."""
    number, condition = (helper.make_tensor_value_info(n, t, []) for n, t in (("i", 7), ("go", 9)))
    after = helper.make_tensor_value_info("go_on", TensorProto.BOOL, [])
    body = helper.make_graph([helper.make_node("Identity", ["go"], ["go_on"])], "body", [number, condition], [after])
    true = numpy_helper.from_array(
        numpy_helper.to_array(helper.make_tensor("yes", TensorProto.BOOL, [], [True])), "yes"
    )
    model.graph.initializer.append(true)
    model.graph.node.append(helper.make_node("Loop", ["", "yes"], [], body=body))


def _wire(model: onnx.ModelProto, random: Random) -> None:
    """Connects an operator with another value."""
    node, other = random.choice(model.graph.node), random.choice(model.graph.node)
    if node.input:
        node.input[random.randrange(len(node.input))] = random.choice([*other.input, *other.output, "nothing"])


def _without(model: onnx.ModelProto, random: Random) -> None:
    """Leaves out an operator, a constant, an input or an output."""
    parts = random.choice([model.graph.node, model.graph.initializer, model.graph.input, model.graph.output])
    del parts[random.randrange(len(parts))]


def _constant(model: onnx.ModelProto, random: Random) -> None:
    """Gives a constant another value."""
    tensor = random.choice([tensor for tensor in model.graph.initializer if tensor.raw_data])
    odd = [0, 1, -1, 2, 7, 10**6, 2**31 - 1, 2**40, -(2**63), 2**63 - 1]
    size = max(1, len(tensor.raw_data) // 8)
    raw = b"".join(random.choice(odd).to_bytes(8, "little", signed=True) for _ in range(size))
    tensor.raw_data = raw[: len(tensor.raw_data)]


def _attribute(model: onnx.ModelProto, random: Random) -> None:
    """Gives an attribute another value."""
    nodes = [node for node in model.graph.node if node.attribute]
    attribute = random.choice(random.choice(nodes).attribute)
    if attribute.ints:
        attribute.ints[0] = random.choice([-1, 0, 9, 2**40])
    else:
        attribute.i = random.choice([-1, 0, 1, 2, 9, 2**31, -(2**62)])


def _weight(model: onnx.ModelProto, random: Random) -> None:
    """Says that a weight lies elsewhere, or is of another shape or type."""
    tensor = random.choice([tensor for tensor in model.graph.initializer if tensor.external_data])
    way = random.randrange(4)
    if way == 0:
        places = ["/etc/passwd", "../outside", "/dev/zero", "tokenizer.model", "metadata.json", "", "*"]
        tensor.external_data[0].value = random.choice(places)
    elif way == 1:
        numbers = ["-1", "0", "1", str(2**62), "x", "1e9", ""]
        tensor.external_data[random.randrange(1, len(tensor.external_data))].value = random.choice(numbers)
    elif way == 2:
        tensor.dims[random.randrange(len(tensor.dims))] = random.choice([0, 1, 7, 10**9, -1])
    else:
        tensor.data_type = random.choice([0, 1, 7, 8, 10, 11, 99])


def _value(model: onnx.ModelProto, random: Random) -> None:
    """Gives an input or output another name, type or shape."""
    value = random.choice([*model.graph.input, *model.graph.output])
    way = random.randrange(3)
    if way == 0:
        value.name = random.choice(["ids", "state_0", "k", "", "evil"])
    elif way == 1:
        value.type.tensor_type.elem_type = random.choice([0, 1, 7, 8, 10])
    elif value.type.tensor_type.shape.dim:
        random.choice(value.type.tensor_type.shape.dim).dim_value = random.choice([0, 1, 10**9])


def _model(model: onnx.ModelProto, random: Random) -> None:
    """Adds what a graph may have and an export never writes."""
    way = random.randrange(4)
    if way == 0:
        model.opset_import[0].version = random.choice([1, 6, 99, -1])
    elif way == 1:
        model.functions.add(name="f", domain="evil")
    elif way == 2:
        model.metadata_props.add(key="session.use_env_allocators", value="1")
    else:
        model.graph.sparse_initializer.add()


_WAYS: list[Callable[[onnx.ModelProto, Random], None]] = [
    *(_operator, _domain, _endless_loop, _wire, _without, _constant, _attribute, _weight, _value, _model),
]
