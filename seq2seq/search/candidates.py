"""The two decisions of a beam search step: what each candidate is worth, and which ones go on.

After `extend`, rules forbid candidates (`seq2seq.search.rules`) and `force` leaves one where a beginning is given;
`choose` takes the best, and another `Selection` takes its place where something else is wanted (sampling).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import FloatArray, IntArray, StepResult
from seq2seq.tokenization.ids import BOS, PAD

# A row's best k may hold these two, which are never an output.
FORBIDDEN_TOKENS = (PAD, BOS)


def checked(log_probs: FloatArray) -> NDArray[np.float64]:
    """The engine's log-probabilities in double precision, any shape.

    Raises:
        FloatingPointError: when one of them is NaN or +inf.
    """
    values = np.asarray(log_probs, np.float64)
    if not np.all(values < np.inf):  # false for NaN, too
        raise FloatingPointError(
            "The engine returned log-probabilities that are not numbers; are the model's weights finite?"
        )
    return values


def scored(step: StepResult) -> NDArray[np.float64]:
    """The log p of the tokens the engine was asked for, checked: [rows].

    Raises:
        ValueError: when the engine returned none.
        FloatingPointError: as `checked`.
    """
    if step.scored is None:
        raise ValueError("The engine was asked for the log-probabilities of given tokens and returned none.")
    return checked(step.scored)


def extend(accumulated: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray) -> NDArray[np.float64]:
    """The log-probability of every continuation; -inf for what must not be chosen.

    Args:
        accumulated: [sentences, beam] log-probabilities so far, -inf where the slot is empty.
        log_probs: [sentences, beam, k] of the next token.
        ids: [sentences, beam, k] the tokens they belong to.

    Returns:
        [sentences, beam * k].
    """
    candidates = accumulated[:, :, None] + log_probs
    for token in FORBIDDEN_TOKENS:
        candidates[ids == token] = -np.inf
    return candidates.reshape(len(candidates), -1)


def force(
    candidates: NDArray[np.float64],
    log_probs: NDArray[np.float64],
    ids: IntArray,
    wanted: IntArray,
    accumulated: NDArray[np.float64],
    forced: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], IntArray]:
    """Leave nothing but one token to the sentences in which it must come next.

    Args:
        candidates: [sentences, beam * k] from `extend`.
        log_probs: [sentences, beam, k] of the next token.
        ids: [sentences, beam, k] the tokens they belong to.
        wanted: [sentences] the token that must come next, -1 for any.
        accumulated: [sentences, beam] log-probabilities so far, -inf where the slot is empty.
        forced: [sentences, beam] log p of `wanted`.

    Returns:
        Copies of the first three, changed where a token is wanted.
    """
    shape, rows = log_probs.shape, np.flatnonzero(wanted >= 0)
    candidates, log_probs, ids = candidates.reshape(shape).copy(), log_probs.copy(), ids.copy()
    candidates[rows] = -np.inf
    candidates[rows, :, 0] = accumulated[rows] + forced[rows]
    log_probs[rows, :, 0] = forced[rows]
    ids[rows, :, 0] = wanted[rows, None]
    return candidates.reshape(len(candidates), -1), log_probs, ids


class Choice(NamedTuple):
    """Chosen candidates of each sentence, all [sentences, chosen], best first."""

    tokens: NDArray[np.int32]
    origins: NDArray[np.int32]  # the slot each one continues
    log_probs: NDArray[np.float64]  # of `tokens`
    totals: NDArray[np.float64]  # of the whole output so far
    valid: NDArray[np.bool_]  # False where there was no slot or no possible candidate left


def best_columns(values: FloatArray, k: int) -> IntArray:
    """Where the k highest values of each row are, highest first, equal ones by their index: [rows, k]."""
    if values.shape[1] <= 100 or values.shape[1] == k:
        return np.argsort(-values, axis=1, kind="stable")[:, :k]
    found = np.sort(np.argpartition(-values, k - 1, axis=1)[:, :k], axis=1)
    chosen = np.take_along_axis(values, found, axis=1)
    # Where the last of them has equals that were left out, a partition takes any.
    tied = np.flatnonzero((values >= chosen.min(axis=1, keepdims=True)).sum(axis=1) > k)
    found = np.take_along_axis(found, np.argsort(-chosen, axis=1, kind="stable"), axis=1)
    found[tied] = np.argsort(-values[tied], axis=1, kind="stable")[:, :k]
    return found


def choose(candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, slots: IntArray) -> Choice:
    """The best candidates of each sentence, as many as it has slots.

    Equal ones are taken in the order of their index, so that neighbours cannot change the choice.

    Args:
        candidates: [sentences, beam * k] from `extend`.
        log_probs: [sentences, beam, k] of the next token.
        ids: [sentences, beam, k] the tokens they belong to.
        slots: [sentences] how many each sentence may take.
    """
    width = min(int(slots.max()), candidates.shape[1])
    order = best_columns(candidates, width)  # [sentences, chosen]
    at = (np.arange(len(order))[:, None], order)
    totals = candidates[at]
    return Choice(
        tokens=ids.reshape(candidates.shape)[at].astype(np.int32),
        origins=(order // ids.shape[2]).astype(np.int32),
        log_probs=log_probs.reshape(candidates.shape)[at],
        totals=totals,
        valid=(totals > -np.inf) & (np.arange(width) < slots[:, None]),
    )


def pack(choice: Choice, rows: IntArray) -> Choice:
    """Keep some sentences, their valid candidates at the front, and no more columns than needed.

    Columns that one sentence needs less than another repeat its first, with -inf as their total: they never win,
    and the engine never sees them (`seq2seq.search.rows`).

    Args:
        choice: with at least one valid candidate in each of these sentences.
        rows: [kept] the sentences.

    Returns:
        A choice [kept, most valid candidates of any sentence].
    """
    valid = choice.valid[rows]
    counts = valid.sum(axis=1)[:, None]
    width = int(counts.max())
    order = np.argsort(~valid, axis=1, kind="stable")[:, :width]
    filled = np.arange(width) < counts  # [kept, beam]
    at = (np.asarray(rows)[:, None], np.where(filled, order, order[:, :1]))
    packed = Choice._make(values[at] for values in choice)
    return packed._replace(totals=np.where(filled, packed.totals, -np.inf), valid=filled)
