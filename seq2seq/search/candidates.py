"""The two decisions of a beam search step: the log-probability of each candidate, and which ones go on.

After `extend`, rules forbid candidates (`seq2seq.search.rules`) and `force` leaves only one where a prefix is given;
`choose` takes the best. Other selections, such as sampling, take the place of `choose`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import ProbabilityError
from seq2seq.search.interface import FloatArray, IntArray, StepResult
from seq2seq.tokenization.ids import BOS, PAD

FORBIDDEN_TOKENS = (PAD, BOS)
"""Tokens that are never part of an output, though a row's best k may hold them."""


def checked(log_probs: FloatArray) -> NDArray[np.float64]:
    """The engine's log-probabilities in double precision, any shape.

    Raises:
        FloatingPointError: One of them is NaN or +inf.
    """
    values = np.asarray(log_probs, np.float64)
    if not np.all(values < np.inf):  # false for NaN, too
        raise ProbabilityError(
            "The engine returned log-probabilities that are not numbers; are the model's weights finite?"
        )
    return values


def scored(step: StepResult) -> NDArray[np.float64]:
    """The log-probabilities of the tokens given as `score_ids`, checked: [rows].

    Raises:
        ValueError: The engine returned none.
        FloatingPointError: One of them is NaN or +inf.
    """
    if step.scored is None:
        raise ValueError("The engine was asked for the log-probabilities of given tokens and returned none.")
    return checked(step.scored)


def extend(accumulated: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray) -> NDArray[np.float64]:
    """Computes the log-probability of every continuation; -inf for one that must not be chosen.

    Args:
        accumulated: [sentences, beam] log-probabilities so far, -inf where the slot is empty.
        log_probs: [sentences, beam, k] log-probabilities of the next token.
        ids: [sentences, beam, k] the tokens that they belong to.

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
    required: IntArray,
    accumulated: NDArray[np.float64],
    forced: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], IntArray]:
    """Leaves only one token to the sentences in which it must come next.

    Args:
        candidates: [sentences, beam * k] from `extend`.
        log_probs: [sentences, beam, k] log-probabilities of the next token.
        ids: [sentences, beam, k] the tokens that they belong to.
        required: [sentences] the token that must come next, -1 for any.
        accumulated: [sentences, beam] log-probabilities so far, -inf where the slot is empty.
        forced: [sentences, beam] log-probabilities of `required`.

    Returns:
        Copies of the first three, changed where a token is required.
    """
    shape, rows = log_probs.shape, np.flatnonzero(required >= 0)
    candidates, log_probs, ids = candidates.reshape(shape).copy(), log_probs.copy(), ids.copy()
    candidates[rows] = -np.inf
    candidates[rows, :, 0] = accumulated[rows] + forced[rows]
    log_probs[rows, :, 0] = forced[rows]
    ids[rows, :, 0] = required[rows, None]
    return candidates.reshape(len(candidates), -1), log_probs, ids


class Choice(NamedTuple):
    """Chosen candidates of each sentence, all [sentences, chosen], best first."""

    tokens: NDArray[np.int32]
    origins: NDArray[np.int32]  # the slot that each one continues
    log_probs: NDArray[np.float64]  # log p of `tokens`
    totals: NDArray[np.float64]  # log p of the whole output so far
    valid: NDArray[np.bool_]  # False if no slot or no possible candidate was left


def best_columns(values: FloatArray, k: int) -> IntArray:
    """The columns of the k highest values of each row, highest first, equal ones by their index: [rows, k].

    Example:
        >>> best_columns(np.array([[0.1, 0.7, 0.2, 0.7]]), 3).tolist()
        [[1, 3, 2]]
    """
    if values.shape[1] <= 100 or values.shape[1] == k:
        return np.argsort(-values, axis=1, kind="stable")[:, :k]
    columns = np.sort(np.argpartition(-values, k - 1, axis=1)[:, :k], axis=1)
    highest = np.take_along_axis(values, columns, axis=1)
    # If the lowest of them has equals that were left out, the partition has taken any of these.
    tied = np.flatnonzero((values >= highest.min(axis=1, keepdims=True)).sum(axis=1) > k)
    columns = np.take_along_axis(columns, np.argsort(-highest, axis=1, kind="stable"), axis=1)
    columns[tied] = np.argsort(-values[tied], axis=1, kind="stable")[:, :k]
    return columns


def choose(candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, slots: IntArray) -> Choice:
    """Chooses the best candidates of each sentence, as many as it has slots.

    Equal ones are taken in the order of their index, so that neighbours in the batch cannot change the choice.

    Args:
        candidates: [sentences, beam * k] from `extend`.
        log_probs: [sentences, beam, k] log-probabilities of the next token.
        ids: [sentences, beam, k] the tokens that they belong to.
        slots: [sentences] numbers of candidates to take.
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
    """Keeps some sentences, their valid candidates at the front, and no more columns than needed.

    A sentence with fewer candidates than another repeats its first one, with -inf as total: repetitions never win, and
    the engine never sees them (`seq2seq.search.rows`).

    Args:
        choice: A choice with at least one valid candidate in each of the sentences to keep.
        rows: [kept] the sentences to keep.

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
