"""Checks a model folder's graphs before ONNX Runtime loads them: operators, constants, weights, inputs, outputs.

Nothing is run, and nothing is allocated but the graph's own file, whose size is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.model_folder.graph_operators import SCAN, VERSIONS, check_operator
from seq2seq.model_folder.onnx_file import TENSOR_TYPE_SIZES, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue, read_onnx
from seq2seq.model_folder.tensor_file import Tensor
from seq2seq.model_settings import ModelSettings

_FLOAT, _UINT8, _INT8, _INT32, _INT64 = 1, 2, 3, 6, 7
_TYPES = {"F32": _FLOAT, "I8": _INT8}
_NODES_PER_LAYER = 200
_NO_END = (2**31 - 1, 2**63 - 1)
"""How a slice says that it goes to the end."""
_ENCODER_INPUTS = {"ids": (_INT32, 2), "lengths": (_INT32, 1)}
_STEP_INPUTS = {
    **dict.fromkeys(("tokens", "score_ids", "parents", "origins", "going_on", "grid", "places"), (_INT32, 1)),
    "k": (_INT64, 1),
}
_STEP_OUTPUTS = {
    **dict.fromkeys(("log_probs", "logits", "all", "attention", "normalizer"), (_FLOAT, 2)),
    "ids": (_INT64, 2),
    "scored": (_FLOAT, 1),
}
_MEMORY = ("mask", "values", "keys")


def check_graphs(
    path: Path,
    contents: Mapping[str, bytes],
    settings: ModelSettings,
    location: str,
    tensors: Mapping[str, Tensor],
) -> None:
    """Checks both graphs of an exported model.

    Args:
        path: The model folder.
        contents: The files of the encoder's graph and of the step's, by their names, in this order.
        settings: Shape of the model.
        location: Name of the file of the weights, the only one that a graph may name.
        tensors: What that file holds.

    Raises:
        UserError: A graph is damaged, has something that no export writes, or does not fit the model.
    """
    for name, content in contents.items():
        try:
            file = read_onnx(content)
            if not all(version in VERSIONS.get(domain, ()) for domain, version in file.versions.items()):
                raise ValueError("it needs operators of a version that no export writes")
            _check_nodes(file.graph, settings, inside=False)
            _check_tensors(file.graph, settings, location, tensors)
            encoder = name == next(iter(contents))
            if encoder:
                memory = _check_encoder(file.graph, settings)
            else:
                _check_step(file.graph, settings, memory)
        except ValueError as error:
            reason = "it is not in UTF-8" if isinstance(error, UnicodeError) else error
            raise UserError(
                f"{path / name} is no graph that this program's export writes ({reason}): export the model again"
            ) from error


def _check_nodes(graph: OnnxGraph, settings: ModelSettings, inside: bool) -> None:
    layers = settings.encoder_layers + settings.decoder_layers + 1
    if len(graph.nodes) > _NODES_PER_LAYER * layers:
        raise ValueError("it has more operators than the model needs")
    for node in graph.nodes:
        check_operator(node.domain, node.operator, len(node.inputs), len(node.outputs), node.attributes)
        if node.operator == SCAN and not inside:
            _check_scan(node, settings)
        elif node.bodies or node.operator == SCAN:
            raise ValueError("a loop is inside another")


def _check_scan(node: OnnxNode, settings: ModelSettings) -> None:
    """Checks a loop over the source's positions: its body has the state and one step of the inputs, and no more."""
    if len(node.bodies) != 1:
        raise ValueError("a loop has not one body")
    (body,) = node.bodies
    number = node.attributes.get("num_scan_inputs")
    states = settings.facts.arity
    if not isinstance(number, int) or number != len(node.inputs) - states or len(body.inputs) != len(node.inputs):
        raise ValueError("a loop's inputs are not those of its body")
    if len(body.outputs) != states + 1 or len(node.outputs) != states + 1:
        raise ValueError("a loop's outputs are not those of its body")
    for value in (*body.inputs, *body.outputs):
        if value.type not in (_FLOAT, _UINT8) or len(value.shape) != 2:
            raise ValueError("a loop's body has an input or output of another type")
    _check_nodes(body, settings, inside=True)
    if body.tensors and any(tensor.external for tensor in body.tensors):
        raise ValueError("a loop's body has weights of its own")
    _check_constants(body.tensors, settings)


def _check_tensors(graph: OnnxGraph, settings: ModelSettings, location: str, tensors: Mapping[str, Tensor]) -> None:
    names = [tensor.name for tensor in graph.tensors]
    if len(set(names)) < len(names):
        raise ValueError("two constants have one name")
    _check_constants([tensor for tensor in graph.tensors if not tensor.external], settings)
    for tensor in graph.tensors:
        if not tensor.external:
            continue
        if tensor.external.get("location") != location:
            raise ValueError(f"a weight lies in another file than {location}")
        stored = tensors.get(tensor.name)
        if stored is None:
            raise ValueError(f"{location} lacks the weight {tensor.name[:100]!a}")
        expected = {"location": location, "offset": str(stored.offset), "length": str(stored.length)}
        if tensor.external != expected or (tensor.type, tensor.shape) != (_TYPES[stored.dtype], stored.shape):
            raise ValueError(f"the weight {tensor.name[:100]!a} is not where {location} has it")


def _check_constants(tensors: list[OnnxTensor] | tuple[OnnxTensor, ...], settings: ModelSettings) -> None:
    """Checks that constants are small, and that whole numbers among them are no sizes of a larger model."""
    widest = _widest(settings)
    largest = 2 * max(widest, settings.vocabulary_size, settings.source_tokens) + 64
    for tensor in tensors:
        if prod(tensor.shape) > widest:
            raise ValueError("it holds a constant that is larger than any the export writes")
        if tensor.type not in (_INT32, _INT64):
            continue
        size = TENSOR_TYPE_SIZES[tensor.type]
        values = struct.unpack(f"<{len(tensor.content) // size}{'q' if size == 8 else 'i'}", tensor.content)
        sizes = [abs(value) for value in values if value not in _NO_END]
        if any(size > largest for size in sizes) or prod(size for size in sizes if size) > largest * widest:
            raise ValueError("it holds a size that is larger than any of the model's")


def _widest(settings: ModelSettings) -> int:
    """The most elements that a constant has: the bias of all gates, once for each of two products."""
    return 8 * max(settings.encoder_size, settings.decoder_size, settings.embedding_size) + 64


def _check_encoder(graph: OnnxGraph, settings: ModelSettings) -> dict[str, OnnxValue]:
    """Checks inputs and outputs of the encoder and returns the outputs by name."""
    inputs, outputs = _named(graph.inputs), _named(graph.outputs)
    _check_values(inputs, _ENCODER_INPUTS, "inputs")
    if inputs.keys() != _ENCODER_INPUTS.keys():
        raise ValueError("its inputs are not those of an encoder")
    states = {f"state_{n}": width for n, width in enumerate(_state_widths(settings))}
    if not {"mask", "values", *states} <= outputs.keys() <= {*_MEMORY, *states}:
        raise ValueError("its outputs are not those of the model's encoder")
    for name in outputs.keys() & set(_MEMORY):
        value = outputs[name]
        if value.type != _FLOAT or len(value.shape) not in (3, 4):
            raise ValueError(f"its output {name} has another type or shape")
    _check_states(outputs, states)
    return outputs


def _check_step(graph: OnnxGraph, settings: ModelSettings, memory: Mapping[str, OnnxValue]) -> None:
    """Checks inputs and outputs of the step; what it takes from the encoder must be what that gives."""
    inputs, outputs = _named(graph.inputs), _named(graph.outputs)
    widths = _state_widths(settings)
    states = {f"state_{n}": width for n, width in enumerate(widths)}
    following = {f"next_{n}": width for n, width in enumerate(widths)}
    older = {"tokens", "parents", "score_ids", "k"}
    newer = {"tokens", "score_ids", "k", "grid", "places"}
    rest = inputs.keys() - memory.keys()
    if rest not in (older, newer | {"parents"}, newer | {"origins", "going_on"}) or not memory.keys() <= inputs.keys():
        raise ValueError("its inputs are not those of the model's step")
    results = {"log_probs", "ids", "attention", "scored"}
    all_tokens = {"logits", "normalizer"} if "grid" in inputs else {"all"}
    if outputs.keys() != results | all_tokens | following.keys():
        raise ValueError("its outputs are not those of the model's step")
    _check_values(inputs, _STEP_INPUTS, "inputs")
    _check_values(outputs, _STEP_OUTPUTS, "outputs")
    _check_states(inputs, states)
    _check_states(outputs, following)
    for name, value in memory.items():
        if (inputs[name].type, inputs[name].shape[1:]) != (value.type, value.shape[1:]):
            raise ValueError(f"its input {name} is not what the encoder gives")
        following_name = name.replace("state", "next")
        if name in states and outputs[following_name].type != value.type:
            raise ValueError(f"its output {following_name} is not what the next step takes")


def _state_widths(settings: ModelSettings) -> list[int]:
    """Widths of the arrays of the state: of all layers from the bottom and, with input feeding, of the context."""
    widths = [settings.decoder_size] * (settings.decoder_layers * settings.facts.arity)
    return [*widths, settings.context_width] if settings.input_feeding else widths


def _named(values: tuple[OnnxValue, ...]) -> dict[str, OnnxValue]:
    named = {value.name: value for value in values}
    if len(named) < len(values):
        raise ValueError("two inputs or outputs have one name")
    return named


def _check_values(values: Mapping[str, OnnxValue], kinds: Mapping[str, tuple[int, int]], what: str) -> None:
    for name, (type, axes) in kinds.items():
        if name in values and (values[name].type, len(values[name].shape)) != (type, axes):
            raise ValueError(f"{name} among its {what} has another type or shape")


def _check_states(values: Mapping[str, OnnxValue], widths: Mapping[str, int]) -> None:
    for name, width in widths.items():
        value = values.get(name)
        if value is None or value.type not in (_FLOAT, _UINT8) or value.shape[1:] != (width,):
            raise ValueError(f"{name} is not an array of the model's state")
