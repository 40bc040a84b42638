"""Forced outputs: the probability of a given output, and the attention while it is fed to the decoder."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import scored
from seq2seq.search.interface import Engine, IntArray, MemoryT, StepResult
from seq2seq.tokenization.ids import BOS, EOS


def forced_scores(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    target_ids: ArrayLike,
    target_lengths: ArrayLike,
) -> list[NDArray[np.float64]]:
    """Scores given outputs, one per sentence.

    Args:
        engine: Encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        target_ids: [sentences, target] output tokens, without bos and eos, padded with 0 on the right.
        target_lengths: [sentences] unpadded output lengths; 0 scores the empty output.

    Returns:
        For each sentence the log-probability of each of its tokens given those before it, EOS last: [length + 1]. Their
        sum is the `log_probability` that a search would give the same output.

    Raises:
        ValueError: Shapes do not fit.
        FloatingPointError: The engine returns NaN.
    """
    arrays = _checked(ids, lengths, target_ids, target_lengths)
    result = np.zeros((len(arrays[0]), int(arrays[3].max(initial=0)) + 1))
    for position, active, step in _steps(engine, *arrays):
        result[active, position] = scored(step)
    return [row[: length + 1].copy() for row, length in zip(result, arrays[3], strict=True)]


def forced_attention(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    target_ids: ArrayLike,
    target_lengths: ArrayLike,
) -> list[NDArray[np.float64]]:
    """The attention weights while given outputs are fed to the decoder; for the arguments see `forced_scores`.

    Returns:
        For each sentence the attention weights at each of its tokens, EOS last, over the unpadded source:
        [length + 1, source length].

    Raises:
        ValueError: Shapes do not fit.
    """
    arrays = _checked(ids, lengths, target_ids, target_lengths)
    result = np.zeros((len(arrays[0]), int(arrays[3].max(initial=0)) + 1, arrays[0].shape[1]))
    for position, active, step in _steps(engine, *arrays):
        # A memory that shrank with its sentences may be narrower than the batch.
        result[active, position, : step.attention.shape[1]] = step.attention
    return [rows[: length + 1, :width].copy() for rows, length, width in zip(result, arrays[3], arrays[1], strict=True)]


def _checked(
    ids: ArrayLike, lengths: ArrayLike, target_ids: ArrayLike, target_lengths: ArrayLike
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    ids, lengths = np.asarray(ids, np.int32), np.asarray(lengths, np.int32)
    targets, target_lengths = np.asarray(target_ids, np.int32), np.asarray(target_lengths, np.int32)
    shape = ids.shape[:1]
    if ids.ndim != 2 or lengths.shape != shape or target_lengths.shape != shape or targets.shape[:1] != shape:
        raise ValueError(
            "Expected ids [sentences, source], lengths [sentences], target_ids [sentences, target] and "
            f"target_lengths [sentences], got shapes {ids.shape}, {lengths.shape}, {targets.shape} and "
            f"{target_lengths.shape}."
        )
    if len(ids) and (targets.ndim != 2 or target_lengths.min() < 0 or target_lengths.max() > targets.shape[1]):
        raise ValueError(
            f"target_lengths must be between 0 and the width of target_ids, whose shape is {targets.shape}."
        )
    return ids, lengths, targets, target_lengths


def _steps(
    engine: Engine[MemoryT], ids: IntArray, lengths: IntArray, targets: IntArray, target_lengths: IntArray
) -> Iterator[tuple[int, IntArray, StepResult]]:
    """Feeds the outputs; yields each position, the sentences that reach it and the engine's result."""
    if not len(ids):
        return
    active, longest = np.arange(len(ids)), int(target_lengths.max())
    expected = np.full((len(ids), longest + 1), EOS, np.int32)  # [sentences, target + 1]
    expected[:, :-1] = np.where(np.arange(longest) < target_lengths[:, None], targets[:, :longest], expected[:, :-1])
    fed = np.insert(expected[:, :-1], 0, BOS, axis=1)  # [sentences, target + 1]

    memory, state = engine.encode(ids, lengths)
    parents = active
    for position in range(longest + 1):
        step = engine.step(
            fed[active, position], parents.astype(np.int32), state, memory, 1, expected[active, position]
        )
        yield position, active, step
        state = step.state
        parents = np.flatnonzero(target_lengths[active] > position)
        if 0 < len(parents) < len(active):
            memory = memory.select(parents)
        active = active[parents]
