"""Contract 13: only graphs such as the export writes are loaded, and they are checked without running them."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from scripts.fuzz.folder_mutations import refresh_checksums
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_folder.graph_operators import OPERATORS
from seq2seq.model_folder.onnx_file import read_onnx

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def refused(foreign):
    """A function that changes a graph and returns the sentence with which it is refused."""

    def change(function, name="step.onnx"):
        model = onnx.load(foreign / name, load_external_data=False)
        function(model)
        (foreign / name).write_bytes(model.SerializeToString())
        refresh_checksums(foreign)
        with pytest.raises(UserError) as caught:
            ModelFolder.open(foreign).check_graphs()
        message = str(caught.value)
        assert (
            message.startswith(f"{foreign / name} is no graph that this program's export writes (")
            and "\n" not in message
        )
        return message

    return change


def endless_loop(model):
    inputs = [helper.make_tensor_value_info(name, type, []) for name, type in (("i", 7), ("go", 9))]
    output = helper.make_tensor_value_info("on", TensorProto.BOOL, [])
    body = helper.make_graph([helper.make_node("Identity", ["go"], ["on"])], "body", inputs, [output])
    model.graph.initializer.append(numpy_helper.from_array(np.array(7), "yes"))
    model.graph.node.append(helper.make_node("Loop", ["", "yes"], [], body=body))


def first(model, operator):
    return next(node for node in model.graph.node if node.op_type == operator)


def external(model):
    return next(tensor for tensor in model.graph.initializer if tensor.external_data)


def constant(model):
    return next(
        tensor for tensor in model.graph.initializer if tensor.raw_data and tensor.data_type == TensorProto.INT64
    )


def set_location(model, key, value):
    next(entry for entry in external(model).external_data if entry.key == key).value = value


def attribute(model, operator, name, value):
    next(entry for entry in first(model, operator).attribute if entry.name == name).i = value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (endless_loop, "it has the operator 'Loop'"),
        (lambda model: setattr(first(model, "Gemm" if has(model, "Gemm") else "Add"), "op_type", "If"), "'If'"),
        (lambda model: setattr(first(model, "Add"), "domain", "evil"), "it has the operator 'Add'"),
        (lambda model: attribute(model, "Softmax", "axis", 50), "attribute"),
        (lambda model: first(model, "Add").input.append("x"), "another number of inputs"),
        (lambda model: first(model, "Softmax").attribute.add(name="body", type=5), "attribute"),
        (lambda model: model.functions.add(name="f", domain="evil"), "the model has a field"),
        (lambda model: model.metadata_props.add(key="k", value="v"), "the model has a field"),
        (lambda model: model.graph.sparse_initializer.add(), "a graph has a field"),
        (lambda model: setattr(model.opset_import[0], "version", 99), "version"),
        (lambda model: set_location(model, "location", "/etc/passwd"), "another file"),
        (lambda model: set_location(model, "location", "../outside"), "another file"),
        (lambda model: set_location(model, "offset", "-8"), "is not where"),
        (lambda model: set_location(model, "length", str(2**62)), "is not where"),
        (lambda model: setattr(external(model), "name", "nothing"), "lacks the weight 'nothing'"),
        (lambda model: external(model).dims.append(10**9), "is not where"),
        (lambda model: setattr(external(model), "data_type", 4 - external(model).data_type), "is not where"),
        (lambda model: setattr(constant(model), "raw_data", b"x"), "not as long as its shape"),
        (lambda model: setattr(constant(model), "raw_data", (10**9).to_bytes(8, "little")), "a size that is larger"),
        (lambda model: model.graph.initializer.append(numpy_helper.from_array(np.zeros(10**5), "n")), "constant"),
        (lambda model: model.graph.input.pop(), "its inputs are not those"),
        (lambda model: model.graph.output.pop(), "its outputs are not those"),
        (lambda model: setattr(model.graph.input[0].type.tensor_type, "elem_type", 1), "another type or shape"),
        (lambda model: setattr(model.graph.output[-1].type.tensor_type.shape.dim[1], "dim_value", 5), "next_"),
        (lambda model: [model.graph.node.append(model.graph.node[0]) for _ in range(2000)], "more operators"),
    ],
)  # fmt: skip
def test_what_no_export_writes(refused, change, message):
    assert message in refused(change)


def has(model, operator):
    return any(node.op_type == operator for node in model.graph.node)


def test_a_split_of_another_number_of_outputs(refused):
    """ONNX Runtime 1.2x ends the process there."""

    def change(model):
        for node in model.graph.node:
            if node.op_type == "Split":
                next(entry for entry in node.attribute if entry.name == "num_outputs").i += 1
                return
        model.graph.node.append(helper.make_node("Split", ["ids"], ["x"], axis=-1, num_outputs=2))

    assert "Split has another number of outputs" in refused(change, "encoder.onnx")


@pytest.mark.parametrize("name", ["encoder.onnx", "step.onnx"])
@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x0a", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"])
def test_what_is_no_onnx_file(foreign, name, content):
    (foreign / name).write_bytes(content)
    refresh_checksums(foreign)
    with pytest.raises(UserError, match=f"{name} is no graph that this program's export writes"):
        ModelFolder.open(foreign).check_graphs()


def test_swapped_graphs(foreign):
    one, other = foreign / "encoder.onnx", foreign / "step.onnx"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    refresh_checksums(foreign)
    with pytest.raises(UserError, match="its inputs are not those of an encoder"):
        ModelFolder.open(foreign).check_graphs()


def test_a_graph_without_the_file_of_its_weights(foreign, edit):
    def without(metadata):
        for name in ("model.safetensors", "int8.safetensors"):
            metadata["files"].pop(name, None)

    with pytest.raises(UserError, match="graphs without their weights"):
        ModelFolder.open(edit(without)).check_graphs()


def test_a_body_of_a_loop_is_checked_too(sound_folders, tmp_path):
    folder = shutil.copytree(sound_folders["gru-int8"], tmp_path / "foreign")
    model = onnx.load(folder / "encoder.onnx", load_external_data=False)
    body = next(entry.g for entry in first(model, "Scan").attribute if entry.name == "body")
    body.node[0].op_type = "RandomNormal"
    (folder / "encoder.onnx").write_bytes(model.SerializeToString())
    refresh_checksums(folder)
    with pytest.raises(UserError, match="RandomNormal"):
        ModelFolder.open(folder).check_graphs()


def test_the_reader_sees_what_onnx_sees(sound_folders):
    for folder in sound_folders.values():
        for name in ("encoder.onnx", "step.onnx"):
            ours, theirs = read_onnx((folder / name).read_bytes()), onnx.load(folder / name, load_external_data=False)
            assert [(n.operator, n.inputs, n.outputs) for n in ours.graph.nodes] == [
                (n.op_type, tuple(n.input), tuple(n.output)) for n in theirs.graph.node
            ]
            assert [(t.name, t.shape, t.type, t.content) for t in ours.graph.tensors] == [
                (t.name, tuple(t.dims), t.data_type, t.raw_data) for t in theirs.graph.initializer
            ]
            assert {(node.domain, node.operator) for node in ours.graph.nodes} <= OPERATORS.keys()


def test_no_onnx_is_imported_for_it(sound_folders):
    """Contract 8."""
    program = (
        "import sys; from pathlib import Path; from seq2seq.model_folder.folder import ModelFolder;"
        "ModelFolder.open(Path(sys.argv[1])).check_graphs();"
        "assert not {'onnx', 'tensorflow', 'pydantic'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", program, str(sound_folders["lstm-int8"])]
    subprocess.run(command, cwd=PROJECT, check=True)
