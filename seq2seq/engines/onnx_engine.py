"""The engine that runs an exported model with ONNX Runtime: no TensorFlow, no Keras."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
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
    """The memory of sentences, by the names of the step graph's inputs.

    Attributes:
        arrays: Arrays of the sentences that are held.
        kept: Numbers of the held sentences that are active; None if all are.
        copies: Whether `select` always copies, so that all held sentences are active.
    """

    arrays: dict[str, NDArray[np.float32]]
    kept: IntArray | None = None
    copies: bool = False

    @functools.cached_property
    def values(self) -> dict[str, onnxruntime.OrtValue]:
        """The arrays as ONNX Runtime takes them, without a copy."""
        return {name: _value(array) for name, array in self.arrays.items()}

    def select(self, sentences: IntArray) -> OnnxMemory:
        """Returns the memory of some of the active sentences."""
        kept = sentences if self.kept is None else self.kept[sentences]
        if not self.copies and len(kept) > COMPACT_BELOW * self.held:
            return replace(self, kept=kept)
        arrays = {name: array[kept] for name, array in self.arrays.items()}
        return replace(self, arrays=arrays, kept=None)

    @property
    def held(self) -> int:
        """Number of sentences that the arrays hold, active or not."""
        return len(self.arrays["values"])

    def grid(self, rows: int, beams: IntArray | None) -> Grid:
        """Returns the grid in which the attention takes the rows, at least two beams wide (see the step graph).

        Args:
            rows: Number of rows in all.
            beams: Number of rows of each active sentence; None if all have equally many.
        """
        if self.kept is None:
            return Grid.even(self.held, rows, least=2) if beams is None else Grid.of(beams, least=2)
        of_held = np.zeros(self.held, np.int32)
        of_held[self.kept] = rows // len(self.kept) if beams is None else beams
        return Grid.of(of_held, least=2)


class OnnxEngine:
    """Encodes and steps with the two graphs of an exported model (see `seq2seq.exporting.exporting`).

    Attributes:
        vocabulary_size: Number of target tokens.
        parallel: Number of calls that are best made at once, each from a thread of its own.
    """

    def __init__(self, folder: ModelFolder, parallel: int = 1) -> None:
        """Loads an exported model.

        Args:
            folder: The exported model.
            parallel: Number of calls that are best made at once.

        Raises:
            UserError: The graphs are not such as the export writes, do not fit the model, or ONNX Runtime cannot load
                them.
        """
        folder.check_graphs()
        self._path = folder.path
        self.vocabulary_size = folder.settings.vocabulary_size
        self.parallel = parallel
        self._encoder, self._step = (_session(folder, name) for name in (ENCODER, STEP))
        inputs = {value.name for value in self._step.get_inputs()}
        # Graphs of older exports take each row's parent; the oldest no grid either, and they give "all"
        # log-probabilities in place of logits.
        self._takes_parents, self._takes_grid = "parents" in inputs, "grid" in inputs

    @classmethod
    def load(cls, folder: ModelFolder, threads: int | None = None) -> OnnxEngine:
        """Loads the engine for many sentences: each call has one thread, so no thread waits for another within a call.

        Args:
            folder: The exported model.
            threads: Number of calls that are made at once; None for as many as there are cores.

        Raises:
            UserError: The folder was not exported, or ONNX Runtime cannot load its graphs.
        """
        if not folder.exported:
            raise UserError(f"{folder.path} holds no ONNX graphs: make them with seq2seq export {folder.path}")
        return cls(folder, threads or usable_cores())

    def encode(self, ids: IntArray, lengths: IntArray) -> tuple[OnnxMemory, State]:
        """Encodes sentences, see `seq2seq.search.interface.Engine.encode`."""
        names = [output.name for output in self._encoder.get_outputs()]
        padded = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 0).astype(np.int32)
        with self._run_errors():
            outputs = self._encoder.run(names, {"ids": padded, "lengths": lengths.astype(np.int32)})
        by_name = dict(zip(names, outputs, strict=True))
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
        """Takes a decoding step, see `seq2seq.search.interface.Engine.step`."""
        inputs = dict(memory.values)
        if self._takes_grid:
            grid = memory.grid(len(tokens), beams)
            inputs |= {"grid": _value(grid.rows), "places": _value(grid.places)}
        elif beams is not None:
            grid = Grid.of(beams)
            grid_score_ids = None if score_ids is None else score_ids[grid.rows]
            step = self.step(tokens[grid.rows], parents[grid.rows], state, memory, k, grid_score_ids)
            return taken(step, grid.places, lambda array, places: _value(array.numpy()[places]))
        inputs |= {f"state_{n}": array for n, array in enumerate(state)}
        few = k <= LARGEST_K
        inputs["k"] = _value(np.array([k if few else 1], np.int64))
        per_row = {"tokens": tokens, "parents": parents}
        if not self._takes_parents:
            per_row["going_on"], per_row["origins"] = distinct(per_row.pop("parents"))
        if score_ids is not None:
            per_row["score_ids"] = score_ids
        inputs |= {name: _value(np.ascontiguousarray(array, np.int32)) for name, array in per_row.items()}
        inputs.setdefault("score_ids", inputs["tokens"])  # the graph always scores one token per row
        every = ("logits", "normalizer") if self._takes_grid else ("all",)
        names = [*(("log_probs", "ids") if few else every), "attention", *(f"next_{n}" for n in range(len(state)))]
        if score_ids is not None:
            names.append("scored")
        with self._run_errors():
            outputs = dict(zip(names, self._step.run_with_ort_values(names, inputs), strict=True))
        if few:
            log_probs, ids = outputs["log_probs"].numpy(), outputs["ids"].numpy()
        else:
            log_p = outputs[every[0]].numpy()[:, : self.vocabulary_size]
            if self._takes_grid:  # rounding must not lead above probability 1
                log_p = np.minimum(log_p - outputs["normalizer"].numpy(), np.float32(0))
            log_probs, ids = _best(log_p, k)
        attention = outputs["attention"].numpy()
        scored = None if score_ids is None else outputs["scored"].numpy()
        self._check_results(log_probs, ids, attention, scored, (len(tokens), k))
        return StepResult(
            log_probs,
            ids,
            attention,
            scored,
            tuple(outputs[f"next_{n}"] for n in range(len(state))),
        )

    def _check_results(
        self,
        log_probs: FloatArray,
        ids: IntArray,
        attention: FloatArray,
        scored: FloatArray | None,
        shape: tuple[int, int],
    ) -> None:
        """Checks that a graph, which may be a stranger's, gives arrays of the right shape and known tokens."""
        fits = log_probs.shape == ids.shape == shape and attention.shape[0] == shape[0]
        fits = fits and (scored is None or scored.shape == shape[:1])
        # NaN is the minimum wherever it occurs, and no comparison with it is true.
        if not fits or not (ids.min() >= 0 and ids.max() < self.vocabulary_size and log_probs.min() <= 0):
            raise UserError(f"{self._path} has a graph that gives no probabilities of tokens: export the model again")

    @contextlib.contextmanager
    def _run_errors(self) -> Iterator[None]:
        """Turns an error of ONNX Runtime in this block into a `UserError`."""
        try:
            yield
        except Exception as error:  # the exceptions of ONNX Runtime have no other base in common
            raise UserError(
                f"{self._path} has a graph that ONNX Runtime {onnxruntime.__version__} cannot run: export the model "
                "again"
            ) from error


def _best(log_p: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
    """Returns the k likeliest tokens of each row; in the order of their ids if k is the vocabulary. Each [rows, k]"""
    if k == log_p.shape[1]:
        return log_p, np.broadcast_to(np.arange(k), log_p.shape)
    ids = best_columns(log_p, k)
    return np.take_along_axis(log_p, ids, axis=1), ids


def _value(array: NDArray[np.generic]) -> onnxruntime.OrtValue:
    """Wraps an array for ONNX Runtime, without a copy."""
    return onnxruntime.OrtValue.ortvalue_from_numpy(array)


def _session(folder: ModelFolder, name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Memory patterns keep memory for every shape they meet, and here almost every call has a shape of its own.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    # Loaded by path, since the weights lie in a file beside the graph.
    path = Path(os.path.realpath(folder.path)) / name
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the exceptions of ONNX Runtime have no other base in common
        raise UserError(
            f"{path} cannot be loaded by ONNX Runtime {onnxruntime.__version__}: update onnxruntime"
        ) from error
