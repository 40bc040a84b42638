"""Forced scores: the probability of an output that is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import scored
from seq2seq.search.interface import BOS, EOS, Engine, MemoryT


def forced_scores(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    target_ids: ArrayLike,
    target_lengths: ArrayLike,
) -> list[NDArray[np.float64]]:
    """Score given outputs, one per sentence.

    Args:
        engine: what encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        target_ids: [sentences, target] output tokens without bos and eos, padded with 0 on the right.
        target_lengths: [sentences] unpadded output lengths; 0 scores the empty output.

    Returns:
        For each sentence log p of its tokens given those before, EOS last: [length + 1]. Their sum is the
        `log_probability` a search would give the same output.

    Raises:
        ValueError: when shapes do not fit.
        FloatingPointError: when the engine returns NaN.
    """
    ids, lengths = np.asarray(ids, np.int32), np.asarray(lengths, np.int32)
    targets, target_lengths = np.asarray(target_ids, np.int32), np.asarray(target_lengths, np.int32)
    shape = ids.shape[:1]
    if ids.ndim != 2 or lengths.shape != shape or target_lengths.shape != shape or targets.shape[:1] != shape:
        raise ValueError(
            "Expected ids [sentences, source], lengths [sentences], target_ids [sentences, target] and "
            f"target_lengths [sentences], got shapes {ids.shape}, {lengths.shape}, {targets.shape} and "
            f"{target_lengths.shape}."
        )
    if not len(ids):
        return []
    if targets.ndim != 2 or target_lengths.min() < 0 or target_lengths.max() > targets.shape[1]:
        raise ValueError(
            f"target_lengths must be between 0 and the width of target_ids, whose shape is {targets.shape}."
        )
    sentences, longest = np.arange(len(ids)), int(target_lengths.max())
    wanted = np.full((len(ids), longest + 1), EOS, np.int32)  # [sentences, target + 1]
    wanted[:, :-1] = np.where(np.arange(longest) < target_lengths[:, None], targets[:, :longest], wanted[:, :-1])
    fed = np.insert(wanted[:, :-1], 0, BOS, axis=1)  # [sentences, target + 1]

    result = np.zeros(wanted.shape)
    memory, state = engine.encode(ids, lengths)
    active = sentences
    parents = sentences
    for position in range(longest + 1):
        step = engine.step(fed[active, position], parents.astype(np.int32), state, memory, 1, wanted[active, position])
        result[active, position] = scored(step)
        state = step.state
        parents = np.flatnonzero(target_lengths[active] > position)
        if 0 < len(parents) < len(active):
            memory = memory.select(parents)
        active = active[parents]
    return [row[: length + 1].copy() for row, length in zip(result, target_lengths, strict=True)]
