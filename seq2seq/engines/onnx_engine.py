"""The engine that runs an exported model with ONNX Runtime: no TensorFlow, no Keras."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.model_folder import ENCODER, STEP, ModelFolder
from seq2seq.search.interface import IntArray, State, StepResult


@dataclass(frozen=True)
class OnnxMemory:
    """A `Memory` by the names of the step graph's inputs."""

    arrays: dict[str, NDArray[np.float32]]

    def select(self, sentences: IntArray) -> OnnxMemory:
        """Keeps some sentences."""
        return OnnxMemory({name: array[sentences] for name, array in self.arrays.items()})


class OnnxEngine:
    """Encodes and steps with the two graphs of an exported model (see `seq2seq.engines.export`)."""

    def __init__(self, encoder: onnxruntime.InferenceSession, step: onnxruntime.InferenceSession) -> None:
        """Takes the sessions of the two graphs."""
        self._encoder = encoder
        self._step = step
        self._encoder_outputs = [output.name for output in encoder.get_outputs()]
        self._memory_names = [name for name in self._encoder_outputs if not name.startswith("state_")]
        self._states = len(self._encoder_outputs) - len(self._memory_names)

    @classmethod
    def load(cls, folder: ModelFolder, threads: int | None = None) -> OnnxEngine:
        """The engine of an exported model folder.

        Args:
            folder: the exported model.
            threads: per operator; None for as many as there are cores.

        Raises:
            UserError: the folder was not exported, or ONNX Runtime is too old for its graphs.
        """
        if not exported(folder):
            raise UserError(f"{folder.path} holds no ONNX graphs: make them with seq2seq export {folder.path}")
        sessions = [_session(folder, name, threads or os.cpu_count() or 1) for name in (ENCODER, STEP)]
        engine = cls(*sessions)
        engine.vocabulary_size = int(folder.metadata["vocabulary_size"])
        return engine

    vocabulary_size: int = 0
    """Number of pieces of the target."""

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[OnnxMemory, State]:
        """See `seq2seq.search.interface.Engine.encode`."""
        padded = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 0).astype(np.int32)
        found = self._encoder.run(self._encoder_outputs, {"ids": padded, "lengths": lengths.astype(np.int32)})
        by_name = dict(zip(self._encoder_outputs, found, strict=True))
        state = tuple(_value(by_name[f"state_{n}"]) for n in range(self._states))
        return OnnxMemory({name: by_name[name] for name in self._memory_names}), state

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: OnnxMemory,
        k: int,
        score_ids: IntArray | None = None,
    ) -> StepResult:
        """See `seq2seq.search.interface.Engine.step`."""
        wanted = np.zeros_like(tokens) if score_ids is None else score_ids
        inputs = {name: _value(array) for name, array in memory.arrays.items()}
        inputs |= {f"state_{n}": part for n, part in enumerate(state)}
        inputs["k"] = _value(np.array([k], np.int64))
        for name, array in (("tokens", tokens), ("parents", parents), ("score_ids", wanted)):
            inputs[name] = _value(np.ascontiguousarray(array, np.int32))
        names = ["log_probs", "ids", "attention", "scored", *(f"next_{n}" for n in range(self._states))]
        log_probs, ids, attention, scored, *new = self._step.run_with_ort_values(names, inputs)
        return StepResult(
            log_probs.numpy(),
            ids.numpy(),
            attention.numpy(),
            None if score_ids is None else scored.numpy(),
            tuple(new),
        )


def exported(folder: ModelFolder) -> bool:
    """Whether a model folder has graphs to run."""
    return {ENCODER, STEP} <= folder.metadata["files"].keys()


def _value(array: NDArray[np.generic]) -> onnxruntime.OrtValue:
    """An array on ONNX Runtime's side of the fence, without a copy."""
    return onnxruntime.OrtValue.ortvalue_from_numpy(array)


def _session(folder: ModelFolder, name: str, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # By path: the weights lie in a file beside the graph.
    path = Path(os.path.realpath(folder.path)) / name
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own kinds share no base but this
        raise UserError(f"{path} cannot be loaded by ONNX Runtime {onnxruntime.__version__}: update onnxruntime") from error
