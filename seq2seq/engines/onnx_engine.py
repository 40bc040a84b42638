"""The engine that runs an exported model with ONNX Runtime: no TensorFlow, no Keras."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from seq2seq.engines.grid import Grid, taken
from seq2seq.errors import UserError
from seq2seq.machine import usable_cores
from seq2seq.model_folder.folder import ENCODER, LARGEST_K, STEP, ModelFolder
from seq2seq.search.candidates import best_columns
from seq2seq.search.interface import FloatArray, IntArray, State, StepResult
from seq2seq.search.rows import distinct

COMPACT_BELOW = 0.75
"""The memory is compacted once fewer than this share of its sentences are active; above it, to mask the sentences that
are done is cheaper than to copy the others."""


@dataclass(frozen=True)
class OnnxMemory:
    """A `Memory` by the names of the step graph's inputs.

    Attributes:
        arrays: of the sentences it holds.
        kept: which of them it stands for; None for all.
        copies: whether it always holds just those it stands for.
    """

    arrays: dict[str, NDArray[np.float32]]
    kept: IntArray | None = None
    copies: bool = False

    @functools.cached_property
    def values(self) -> dict[str, onnxruntime.OrtValue]:
        """The arrays on ONNX Runtime's side of the fence."""
        return {name: _value(array) for name, array in self.arrays.items()}

    def select(self, sentences: IntArray) -> OnnxMemory:
        """Keeps some sentences."""
        kept = sentences if self.kept is None else self.kept[sentences]
        if not self.copies and len(kept) > COMPACT_BELOW * self.held:
            return replace(self, kept=kept)
        arrays = {name: array[kept] for name, array in self.arrays.items()}
        return replace(self, arrays=arrays, kept=None)

    @property
    def held(self) -> int:
        """How many sentences the arrays hold."""
        return len(self.arrays["values"])

    def grid(self, rows: int, beams: IntArray | None) -> Grid:
        """Where so many rows stand for the attention: two beams wide at least (see the step graph).

        Args:
            rows: in all.
            beams: of each sentence; None where all have equally many.
        """
        if self.kept is None:
            return Grid.even(self.held, rows, least=2) if beams is None else Grid.of(beams, least=2)
        of_held = np.zeros(self.held, np.int32)
        of_held[self.kept] = rows // len(self.kept) if beams is None else beams
        return Grid.of(of_held, least=2)


class OnnxEngine:
    """Encodes and steps with the two graphs of an exported model (see `seq2seq.exporting.exporting`).

    Attributes:
        vocabulary_size: pieces of the target.
        parallel: calls that are best made at once, each from a thread of its own.
    """

    def __init__(self, folder: ModelFolder, parallel: int = 1) -> None:
        """Loads an exported model.

        Args:
            folder: the exported model.
            parallel: see above.

        Raises:
            UserError: ONNX Runtime cannot load the graphs.
        """
        self.vocabulary_size = int(folder.metadata["vocabulary_size"])
        self.parallel = parallel
        self._encoder, self._step = (_session(folder, name) for name in (ENCODER, STEP))
        inputs = {value.name for value in self._step.get_inputs()}
        # Graphs of older exports take each row's parent; the oldest no grid either, and they give "all"
        # log-probabilities in place of logits.
        self._takes_parents, self._takes_grid = "parents" in inputs, "grid" in inputs

    @classmethod
    def load(cls, folder: ModelFolder, threads: int | None = None) -> OnnxEngine:
        """The engine for many sentences: each call has one thread, so that none waits for another within it.

        Args:
            folder: the exported model.
            threads: how many calls are made at once; None for as many as there are cores.

        Raises:
            UserError: the folder was not exported, or ONNX Runtime cannot load its graphs.
        """
        if not folder.exported:
            raise UserError(f"{folder.path} holds no ONNX graphs: make them with seq2seq export {folder.path}")
        return cls(folder, threads or usable_cores())

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[OnnxMemory, State]:
        """See `seq2seq.search.interface.Engine.encode`."""
        names = [output.name for output in self._encoder.get_outputs()]
        padded = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 0).astype(np.int32)
        found = self._encoder.run(names, {"ids": padded, "lengths": lengths.astype(np.int32)})
        by_name = dict(zip(names, found, strict=True))
        state = tuple(_value(by_name.pop(name)) for name in names if name.startswith("state_"))
        return OnnxMemory(by_name, copies=not self._takes_grid), state

    def step(
        self,
        tokens: IntArray,
        parents: IntArray,
        state: State,
        memory: OnnxMemory,
        k: int,
        score_ids: IntArray | None = None,
        beams: IntArray | None = None,
    ) -> StepResult:
        """See `seq2seq.search.interface.Engine.step`."""
        inputs = dict(memory.values)
        if self._takes_grid:
            grid = memory.grid(len(tokens), beams)
            inputs |= {"grid": _value(grid.rows), "places": _value(grid.places)}
        elif beams is not None:
            grid = Grid.of(beams)
            wanted = None if score_ids is None else score_ids[grid.rows]
            step = self.step(tokens[grid.rows], parents[grid.rows], state, memory, k, wanted)
            return taken(step, grid.places, lambda part, places: _value(part.numpy()[places]))
        inputs |= {f"state_{n}": part for n, part in enumerate(state)}
        few = k <= LARGEST_K
        inputs["k"] = _value(np.array([k if few else 1], np.int64))
        given = {"tokens": tokens, "parents": parents}
        if not self._takes_parents:
            given["going_on"], given["origins"] = distinct(given.pop("parents"))
        if score_ids is not None:
            given["score_ids"] = score_ids
        inputs |= {name: _value(np.ascontiguousarray(array, np.int32)) for name, array in given.items()}
        inputs.setdefault("score_ids", inputs["tokens"])  # some pieces have to be scored, wanted or not
        every = ("logits", "normalizer") if self._takes_grid else ("all",)
        names = [*(("log_probs", "ids") if few else every), "attention", *(f"next_{n}" for n in range(len(state)))]
        if score_ids is not None:
            names.append("scored")
        found = dict(zip(names, self._step.run_with_ort_values(names, inputs), strict=True))
        if few:
            log_probs, ids = found["log_probs"].numpy(), found["ids"].numpy()
        else:
            log_p = found[every[0]].numpy()[:, : self.vocabulary_size]
            if self._takes_grid:  # rounding must not lead above probability 1
                log_p = np.minimum(log_p - found["normalizer"].numpy(), np.float32(0))
            log_probs, ids = _best(log_p, k)
        return StepResult(
            log_probs,
            ids,
            found["attention"].numpy(),
            None if score_ids is None else found["scored"].numpy(),
            tuple(found[f"next_{n}"] for n in range(len(state))),
        )


def _best(log_p: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
    """The k likeliest pieces of each row; all of them by their ids, if k is all. Each [rows, k]"""
    if k == log_p.shape[1]:
        return log_p, np.broadcast_to(np.arange(k), log_p.shape)
    ids = best_columns(log_p, k)
    return np.take_along_axis(log_p, ids, axis=1), ids


def _value(array: NDArray[np.generic]) -> onnxruntime.OrtValue:
    """An array on ONNX Runtime's side of the fence, without a copy."""
    return onnxruntime.OrtValue.ortvalue_from_numpy(array)


def _session(folder: ModelFolder, name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Patterns hold memory for every shape that was met, and here almost every call has its own.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # By path: the weights lie in a file beside the graph.
    path = Path(os.path.realpath(folder.path)) / name
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own kinds share no base but this
        raise UserError(
            f"{path} cannot be loaded by ONNX Runtime {onnxruntime.__version__}: update onnxruntime"
        ) from error
