"""Beam search; greedy search is a beam of one."""

from __future__ import annotations

from itertools import count

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import FORBIDDEN_TOKENS, Choice, checked, choose, extend, pack, scored
from seq2seq.search.history import History
from seq2seq.search.hypothesis import Hypothesis, length_normalizer, score_bound
from seq2seq.search.interface import BOS, EOS, Engine, IntArray, MemoryT


def beam_search(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    *,
    beam_size: int,
    length_penalty: float,
    max_lengths: ArrayLike,
    n_best: int = 1,
    attention: bool = False,
    _stop_early: bool = True,
) -> list[list[Hypothesis]]:
    """Find the best outputs of every sentence.

    Each sentence has `beam_size` slots. A hypothesis that ends keeps its slot for good, and the free slots
    go to the live candidates of highest log-probability; a sentence is done when none is live. What a
    sentence gets depends on no other sentence of the batch.

    Args:
        engine: what encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        beam_size: slots per sentence, at least 1.
        length_penalty: alpha of `length_normalizer`, at least 0.
        max_lengths: [sentences] limits in output tokens, EOS not counted. A hypothesis that reaches its
            limit is ended with EOS, whose true log p counts like any other.
        n_best: how many outputs to return per sentence, at most `beam_size`. There are fewer when the
            search met fewer.
        attention: also return attention weights.

    Returns:
        For each sentence its hypotheses, best score first.

    Raises:
        ValueError: when an argument is out of range or shapes do not fit.
        FloatingPointError: when the engine returns NaN, or no possible output.
    """
    ids, lengths = np.asarray(ids, np.int32), np.asarray(lengths, np.int32)
    limits = np.asarray(max_lengths, np.int32)
    _check_arguments(ids, lengths, limits, beam_size, length_penalty, n_best)
    if not len(ids):
        return []
    memory, state = engine.encode(ids, lengths)
    history = History()
    candidates_per_row = min(engine.vocabulary_size, beam_size + len(FORBIDDEN_TOKENS))
    # The bound speaks of the best output only.
    stop_early = _stop_early and n_best == 1

    # Of the sentences that are not done:
    active = np.arange(len(ids))  # [active] their numbers
    free = np.full(len(ids), beam_size)  # [active] slots not held by an ended hypothesis
    best_ended = np.full(len(ids), -np.inf)  # [active] best score so far
    # Of the live hypotheses, which are the rows given to the engine:
    beams = _first_beams(len(ids))  # [active, beam]
    parents = np.arange(len(ids), dtype=np.int32)  # [active * beam] rows of the step before

    for position in count():
        shape = beams.tokens.shape
        at_limit = limits[active] == position  # [active]
        all_at_limit = bool(at_limit.all())
        step = engine.step(
            beams.tokens.ravel(),
            parents,
            state,
            memory,
            1 if all_at_limit else candidates_per_row,
            np.full(beams.tokens.size, EOS, np.int32) if at_limit.any() else None,
        )
        state = step.state
        weights = np.asarray(step.attention).reshape(*shape, -1) if attention else None
        history.add_step(active, beams.tokens, beams.origins, beams.log_probs, weights)

        if at_limit.any():
            # Nothing but EOS can follow here, so these do not compete with other candidates.
            rows, slots = np.nonzero(beams.valid & at_limit[:, None])
            eos = scored(step).reshape(shape)[rows, slots]
            history.add_ended(active[rows], slots, eos, beams.totals[rows, slots] + eos)
        if all_at_limit:
            break

        log_probs = checked(step.log_probs).reshape(*shape, -1)  # [active, beam, k]
        tokens = np.asarray(step.ids).reshape(log_probs.shape)
        candidates = extend(beams.totals, log_probs, tokens)  # [active, beam * k]
        choice = choose(candidates, log_probs, tokens, np.where(at_limit, 0, free))  # [active, chosen]

        ending = choice.valid & (choice.tokens == EOS)
        rows, columns = np.nonzero(ending)
        at = (rows, columns)
        history.add_ended(active[rows], choice.origins[at], choice.log_probs[at], choice.totals[at])
        free = free - ending.sum(axis=1)

        live = choice.valid & ~ending
        going_on = live.any(axis=1)  # [active]
        if stop_early:
            ended_score = _best(choice.totals, ending) / length_normalizer(position + 1, length_penalty)
            best_ended = np.maximum(best_ended, ended_score)
            bound = score_bound(_best(choice.totals, live), limits[active], length_penalty)
            going_on &= best_ended < bound
        kept = np.flatnonzero(going_on)
        if not len(kept):
            break
        if len(kept) < len(active):
            memory = memory.select(kept)
        active, free, best_ended = active[kept], free[kept], best_ended[kept]
        beams = pack(choice._replace(valid=live), kept)
        parents = (kept[:, None] * shape[1] + beams.origins).astype(np.int32).ravel()

    return history.best(lengths, length_penalty, n_best)


def _first_beams(sentences: int) -> Choice:
    """One live hypothesis per sentence, which has said nothing yet: [sentences, 1]."""
    shape = (sentences, 1)
    return Choice(
        tokens=np.full(shape, BOS, np.int32),
        origins=np.zeros(shape, np.int32),
        log_probs=np.zeros(shape),
        totals=np.zeros(shape),
        valid=np.ones(shape, np.bool_),
    )


def _best(totals: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The highest total of each sentence, -inf for none: both [sentences, chosen] -> [sentences]."""
    best: NDArray[np.float64] = np.where(among, totals, -np.inf).max(axis=1)
    return best


def _check_arguments(
    ids: IntArray, lengths: IntArray, limits: IntArray, beam_size: int, length_penalty: float, n_best: int
) -> None:
    if ids.ndim != 2 or lengths.shape != ids.shape[:1] or limits.shape != ids.shape[:1]:
        raise ValueError(
            "Expected ids [sentences, source], lengths [sentences] and max_lengths [sentences], "
            f"got shapes {ids.shape}, {lengths.shape} and {limits.shape}."
        )
    if beam_size < 1:
        raise ValueError(f"beam_size must be at least 1, got {beam_size}.")
    if not 1 <= n_best <= beam_size:
        raise ValueError(f"n_best must be between 1 and beam_size ({beam_size}), got {n_best}.")
    if not 0 <= length_penalty < np.inf:
        raise ValueError(f"length_penalty must be at least 0, got {length_penalty}.")
    if (limits < 0).any():
        raise ValueError(f"max_lengths must be at least 0, got {limits.min()}.")
