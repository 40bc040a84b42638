"""Chooses and loads the engine that runs a model folder."""

from typing import Any

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search import Engine

ENGINES = ("auto", "onnx", "keras")


def load_engine(folder: ModelFolder, name: str = "auto", threads: int | None = None) -> Engine[Any]:
    """Loads the engine of a model.

    Args:
        folder: The model.
        name: "onnx", "keras", or "auto" for ONNX if the model was exported, else Keras.
        threads: Number of threads of the engine; None for as many as there are cores.

    Raises:
        UserError: The folder lacks what the engine needs, or the engine's library is not installed.
    """
    if name not in ENGINES:
        raise UserError(f"engine '{name}' is unknown: choose {', '.join(ENGINES)}")
    if name == "onnx" or (name == "auto" and folder.exported):
        from seq2seq.engines.onnx_engine import OnnxEngine

        return OnnxEngine.load(folder, threads)
    try:
        from seq2seq.engines.keras_engine import KerasEngine, use_threads
    except ModuleNotFoundError as error:
        raise UserError(
            f"{folder.path} needs {error.name}, which is not installed: export the model where it was trained (seq2seq "
            "export), or install seq2seq with all it depends on"
        ) from error
    use_threads(threads)
    return KerasEngine.load(folder)
