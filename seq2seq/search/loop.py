"""The loop that all searches share: step, extend, choose, end, pack; until every sentence is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import ArrayLike

from seq2seq.search.back_pointers import History
from seq2seq.search.candidates import FORBIDDEN_TOKENS, Choice, checked, extend, force, pack, scored
from seq2seq.search.coverage_penalty import Coverage
from seq2seq.search.hypothesis import Hypothesis, length_normalizer, score_bound
from seq2seq.search.interface import Engine, IntArray, MemoryT
from seq2seq.search.rows import Rows
from seq2seq.search.rules import Prefixes, Rule
from seq2seq.search.selection import Selection
from seq2seq.tokenization.ids import BOS, EOS


def search(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    selection: Selection,
    *,
    max_lengths: ArrayLike,
    length_penalty: float,
    coverage_penalty: float = 0.0,
    prefixes: Sequence[Sequence[int]] | None = None,
    rules: Sequence[Rule] = (),
    n_best: int = 1,
    attention: bool = False,
    stop_early: bool = False,
) -> list[list[Hypothesis]]:
    """Search with any way to choose; `beam_search` and `sample` say what the arguments are.

    Args:
        engine: what encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        selection: which candidates go on.
        max_lengths: [sentences] limits in output tokens; a longer prefix raises its sentence's.
        length_penalty: alpha of `length_normalizer`.
        coverage_penalty: beta of `Coverage`.
        prefixes: the tokens each output begins with.
        rules: what must not be said next.
        n_best: how many outputs to return per sentence.
        attention: also return attention weights.
        stop_early: leave a sentence as soon as nothing live can become its best output.

    Returns:
        For each sentence its hypotheses, best score first.
    """
    ids, lengths = np.asarray(ids, np.int32), np.asarray(lengths, np.int32)
    limits = np.asarray(max_lengths, np.int32)
    _check_arguments(ids, lengths, limits, selection.slots, length_penalty, coverage_penalty, n_best, prefixes)
    if not len(ids):
        return []
    beginnings = None if prefixes is None else Prefixes(prefixes)
    if beginnings is not None:
        limits = np.maximum(limits, beginnings.lengths)
    memory, state = engine.encode(ids, lengths)
    history = History()
    coverage = Coverage(coverage_penalty, lengths, ids.shape[1]) if coverage_penalty else None

    # Of the sentences that are not done:
    active = np.arange(len(ids))  # [active] their numbers
    free = np.full(len(ids), selection.slots)  # [active] slots not held by an ended hypothesis
    best_ended = np.full(len(ids), -np.inf)  # [active] best score so far
    # Of the live hypotheses:
    beams = _first_beams(len(ids))  # [active, beam]
    rows = Rows(beams.valid)
    parents = np.arange(len(ids), dtype=np.int32)  # [rows] rows of the step before

    for position in count():
        at_limit = limits[active] == position  # [active]
        # What must come next, -1 for anything: [active].
        wanted = np.where(at_limit, EOS, -1 if beginnings is None else beginnings.at(active, position))
        given = wanted >= 0
        k = selection.candidates_per_row + len(FORBIDDEN_TOKENS) + sum(rule.extra() for rule in rules)
        step = engine.step(
            rows.of(beams.tokens),
            parents,
            state,
            memory,
            1 if given.all() else min(k, engine.vocabulary_size),
            rows.of(_beside(np.maximum(wanted, 0), beams.tokens)) if given.any() else None,
            rows.beams,
        )
        state = step.state
        weights = rows.slots(np.asarray(step.attention)) if attention or coverage else None
        history.add_step(active, beams.tokens, beams.origins, beams.log_probs, weights if attention else None)
        if coverage is not None and weights is not None:
            coverage.add(weights)
        penalties = coverage.penalties() if coverage else None  # [active, beam]

        if at_limit.any():
            # Nothing but EOS can follow here, so these do not compete with other candidates.
            sentences, slots = at = np.nonzero(beams.valid & at_limit[:, None])
            eos = rows.slots(scored(step))[at]
            may_end = [allowed for rule in rules if (allowed := rule.may_end()) is not None]
            broken = ~np.logical_and.reduce(may_end)[at] if may_end else None
            lost = None if penalties is None else penalties[at]
            history.add_ended(active[sentences], slots, eos, beams.totals[at] + eos, lost, broken)
        if at_limit.all():
            break

        log_probs = rows.slots(checked(step.log_probs))  # [active, beam, k]
        tokens = rows.slots(np.asarray(step.ids))
        candidates = extend(beams.totals, log_probs, tokens)  # [active, beam * k]
        for rule in rules:
            rule.forbid(candidates.reshape(log_probs.shape), tokens)
        if beginnings is not None and given.any():
            forced = rows.slots(scored(step))
            candidates, log_probs, tokens = force(candidates, log_probs, tokens, wanted, beams.totals, forced)
        choice = selection.choose(candidates, log_probs, tokens, np.where(at_limit, 0, free))  # [active, chosen]

        ending = choice.valid & (choice.tokens == EOS)
        at = np.nonzero(ending)
        origins, totals = choice.origins[at], choice.totals[at]
        lost = None if penalties is None else penalties[at[0], origins]
        history.add_ended(active[at[0]], origins, choice.log_probs[at], totals, lost)
        free = free - ending.sum(axis=1)

        live = choice.valid & ~ending
        going_on = live.any(axis=1)  # [active]
        if stop_early:
            scores = totals / length_normalizer(position + 1, length_penalty) - (0.0 if lost is None else lost)
            np.maximum.at(best_ended, at[0], scores)
            best_live = np.where(live, choice.totals, -np.inf).max(axis=1)
            going_on &= best_ended < score_bound(best_live, limits[active], length_penalty)
        kept = np.flatnonzero(going_on)
        if not len(kept):
            break
        if len(kept) < len(active):
            memory = memory.select(kept)
        active, free, best_ended = active[kept], free[kept], best_ended[kept]
        choice = choice._replace(valid=live)
        beams = pack(choice, kept)
        before, rows = rows, Rows(beams.valid)
        parents = rows.of(before.numbers[kept[:, None], beams.origins]).astype(np.int32)
        selection.keep(choice, kept)
        if coverage is not None:
            coverage.keep(kept, beams.origins)
        for rule in rules:
            rule.keep(kept, beams.origins, beams.tokens)

    return history.best(lengths, length_penalty, n_best)


def _beside(of_sentences: IntArray, slots: IntArray) -> IntArray:
    """[sentences] int32 values, each in all slots of its sentence: [sentences, beam]."""
    return np.broadcast_to(of_sentences[:, None], slots.shape).astype(np.int32)


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


def _check_arguments(
    ids: IntArray,
    lengths: IntArray,
    limits: IntArray,
    slots: int,
    length_penalty: float,
    coverage_penalty: float,
    n_best: int,
    prefixes: Sequence[Sequence[int]] | None,
) -> None:
    if ids.ndim != 2 or lengths.shape != ids.shape[:1] or limits.shape != ids.shape[:1]:
        raise ValueError(
            "Expected ids [sentences, source], lengths [sentences] and max_lengths [sentences], "
            f"got shapes {ids.shape}, {lengths.shape} and {limits.shape}."
        )
    if slots < 1:
        raise ValueError(f"beam_size must be at least 1, got {slots}.")
    if not 1 <= n_best <= slots:
        raise ValueError(f"n_best must be between 1 and beam_size ({slots}), got {n_best}.")
    for name, value in (("length_penalty", length_penalty), ("coverage_penalty", coverage_penalty)):
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} must be at least 0, got {value}.")
    if (limits < 0).any():
        raise ValueError(f"max_lengths must be at least 0, got {limits.min()}.")
    if prefixes is not None and len(prefixes) != len(ids):
        raise ValueError(f"Expected prefixes of {len(ids)} sentences, got {len(prefixes)}.")
