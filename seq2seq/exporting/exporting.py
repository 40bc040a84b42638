"""Export: the files with which a model folder translates without TensorFlow.

encoder.onnx, step.onnx    the graphs, some kilobytes; their weights lie in a safetensors file beside them
model.safetensors          in float32: the model's own weights
int8.safetensors           in int8: a file of their own
"""

import re
import tempfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Literal

from seq2seq.errors import UserError
from seq2seq.exporting.graphs.attention_graph import AttentionGraph
from seq2seq.exporting.graphs.bounds import Bounds
from seq2seq.exporting.graphs.encoder_graph import encoder_graph
from seq2seq.exporting.graphs.factors import FloatWeights, Int8Weights
from seq2seq.exporting.graphs.graph import stored_arrays
from seq2seq.exporting.graphs.step_graph import step_graph
from seq2seq.files import write_errors
from seq2seq.model_folder.folder import ENCODER, INT8, STEP, WEIGHTS, ModelFolder, write_arrays

Quantize = Literal["int8", "none"]
_AT_RUN_TIME = ("click", "numpy", "onnxruntime", "sentencepiece", "sentencex")


def export(model: Path | str, output: Path | str | None = None, quantize: Quantize = "int8") -> Path:
    """Writes the model in a folder as ONNX graphs, which translate fast and without TensorFlow.

    Args:
        model: The model folder, with its weights.
        output: A new folder, complete for translating; None to add the graphs to the model's own folder.
        quantize: "int8" for weights of a byte each, "none" for float32.

    Returns:
        The folder that now holds the graphs.

    Raises:
        UserError: The model has no weights, was made by a newer program, or the output cannot be written.

    Example:
        >>> from seq2seq import export
        >>> export("runs/quickstart/model", "quickstart-en-de")  # doctest: +SKIP
        PosixPath('quickstart-en-de')
    """
    folder = ModelFolder.open(Path(model))
    export_model(folder, None if output is None else Path(output), quantize)
    return folder.path if output is None else Path(output)


def export_model(folder: ModelFolder, output: Path | None = None, quantize: Quantize = "int8") -> None:
    """Writes a model as ONNX graphs.

    Args:
        folder: The model, with its weights.
        output: A new folder, complete for translating; None to add the graphs to the model's own folder.
        quantize: "int8" for weights of a byte each, "none" for float32.

    Raises:
        UserError: The model has no weights, was made by a newer program, or the output cannot be written.
    """
    if output is not None and output.resolve() == folder.path.resolve():
        output = None
    if output is not None and output.exists() and any(output.iterdir() if output.is_dir() else [output]):
        raise UserError(f"{output} is not empty: name a new folder to export to")
    with tempfile.TemporaryDirectory(prefix="seq2seq-") as temporary:
        graphs = Path(temporary)
        _write_graphs(folder, graphs, quantize)
        if output is None:
            folder.add_graphs(graphs, quantize)
        else:
            folder.write_exported(output, graphs, quantize, requirements())


def _write_graphs(folder: ModelFolder, output: Path, quantize: Quantize) -> None:
    """Writes both graphs and the file of their weights, which in float32 is a link to the model's own."""
    settings = folder.settings
    original = folder.weights()
    weights = Int8Weights(original) if quantize == "int8" else FloatWeights(dict(original))
    attention = AttentionGraph.of(settings, weights.rounds)
    bounds = Bounds.of(original)
    graphs = {
        ENCODER: encoder_graph(settings, weights, attention, bounds),
        STEP: step_graph(settings, weights, attention, bounds),
    }
    location = INT8 if quantize == "int8" else WEIGHTS
    with write_errors(output):
        if quantize == "int8":
            write_arrays(output / location, weights.arrays)
        else:
            (output / location).symlink_to((folder.path / location).resolve())
        stored = stored_arrays(output / location)
        for name, graph in graphs.items():
            (output / name).write_bytes(graph.model(location, stored).SerializeToString(deterministic=True))


def requirements() -> str:
    """Returns the packages that translating with an exported folder needs, one requirement per line."""
    try:
        known = requires("seq2seq-keras") or []
    except PackageNotFoundError:
        known = []
    by_name = {re.split(r"[^\w-]", line)[0]: line for line in known if ";" not in line}
    return "".join(f"{by_name.get(name, name)}\n" for name in _AT_RUN_TIME)
