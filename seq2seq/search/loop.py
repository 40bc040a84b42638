"""The loop that all searches share: step, extend, choose, end, pack; until every sentence is done."""

from __future__ import annotations

from itertools import count
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.back_pointers import BackPointers
from seq2seq.search.candidate_selection import Selection
from seq2seq.search.candidates import FORBIDDEN_TOKENS, Choice, checked, extend, force, pack, scored
from seq2seq.search.coverage_penalty import CoveragePenalty
from seq2seq.search.hypothesis import Hypothesis, length_normalizer, score_bound
from seq2seq.search.interface import Engine, IntArray, MemoryT, StepResult
from seq2seq.search.request import SearchRequest
from seq2seq.search.rows import Rows
from seq2seq.search.rules import Prefixes
from seq2seq.tokenization.ids import BOS, EOS


def search(engine: Engine[MemoryT], request: SearchRequest, selection: Selection) -> list[list[Hypothesis]]:
    """Searches with any way to choose candidates.

    Each sentence has `selection.slots` slots. A hypothesis that ends keeps its slot for good, and the free slots go to
    the live candidates that the selection chooses; a sentence is done when no hypothesis of it is live. What a sentence
    gets depends on no other sentence of the batch.

    Args:
        engine: Encodes and scores.
        request: The batch.
        selection: Chooses the candidates that go on. It follows one search and cannot be used for a second one.

    Returns:
        For each sentence its hypotheses, best score first; those that a limit ended in breach of a rule come last.

    Raises:
        ValueError: `n_best` is above the number of slots.
        FloatingPointError: The engine returns NaN, or no possible output.
    """
    if selection.slots < 1:
        raise ValueError(f"beam_size must be at least 1, got {selection.slots}.")
    if request.n_best > selection.slots:
        raise ValueError(f"n_best must be between 1 and beam_size ({selection.slots}), got {request.n_best}.")
    if not len(request.ids):
        return []
    progress = _Progress(engine, request, selection)
    for position in count():
        if not progress.step(position):
            break
    return progress.back_pointers.best(request.lengths, request.length_penalty, request.n_best)


class _Progress(Generic[MemoryT]):
    """How far a search has come. Sentences that are done leave it."""

    def __init__(self, engine: Engine[MemoryT], request: SearchRequest, selection: Selection) -> None:
        """Encodes the sentences; each has one live hypothesis, which is empty."""
        self.engine, self.request, self.selection = engine, request, selection
        sentences, width = request.ids.shape
        self.prefixes = None if request.prefixes is None else Prefixes(request.prefixes)
        self.limits = request.max_lengths
        if self.prefixes is not None:
            self.limits = np.maximum(self.limits, self.prefixes.lengths)
        self.memory, self.state = engine.encode(request.ids, request.lengths)
        self.back_pointers = BackPointers()
        beta = request.coverage_penalty
        self.coverage = CoveragePenalty(beta, request.lengths, width) if beta else None

        # Of the sentences that are not done:
        self.active: IntArray = np.arange(sentences)  # [active] their numbers
        self.free: IntArray = np.full(sentences, selection.slots)  # [active] slots not held by an ended hypothesis
        self.best_ended = np.full(sentences, -np.inf)  # [active] best score so far
        # Of the live hypotheses:
        self.beams = _first_beams(sentences)  # [active, beam]
        self.rows = Rows(self.beams.valid)
        self.parents: IntArray = np.arange(sentences, dtype=np.int32)  # [rows] rows of the step before
        self._large_arrays: tuple[object, ...] = ()  # of the last step, see `_choose`

    def step(self, position: int) -> bool:
        """Appends a token to every live hypothesis.

        Args:
            position: Number of the token in the output, from 0.

        Returns:
            Whether any hypothesis is still live.
        """
        at_limit = self.limits[self.active] == position  # [active]
        # The token that must come next, -1 for any: [active].
        forced = np.where(at_limit, EOS, -1 if self.prefixes is None else self.prefixes.at(self.active, position))
        step = self._ask(forced)
        penalties = self._record(step)
        if at_limit.any():
            self._end_at_limit(step, at_limit, penalties)
        if at_limit.all():
            return False
        choice = self._choose(step, forced, np.where(at_limit, 0, self.free))
        live, going_on = self._end_chosen(choice, penalties, position)
        kept = np.flatnonzero(going_on)
        if not len(kept):
            return False
        self._keep(choice._replace(valid=live), kept)
        return True

    def _ask(self, forced: IntArray) -> StepResult:
        """Calls the engine for all live hypotheses."""
        is_forced = forced >= 0
        k = self.selection.candidates_per_row + len(FORBIDDEN_TOKENS) + sum(r.extra() for r in self.request.rules)
        score_ids = None
        if is_forced.any():
            score_ids = self.rows.of(_for_all_slots(np.maximum(forced, 0), self.beams.tokens))
        step = self.engine.step(
            self.rows.of(self.beams.tokens),
            self.parents,
            self.state,
            self.memory,
            1 if is_forced.all() else min(k, self.engine.vocabulary_size),
            score_ids,
            self.rows.beams,
        )
        self.state = step.state
        return step

    def _record(self, step: StepResult) -> NDArray[np.float64] | None:
        """Notes back-pointers and attention; returns what the score of each hypothesis loses if it ends now."""
        beams, attention, coverage = self.beams, self.request.attention, self.coverage
        weights = self.rows.slots(np.asarray(step.attention)) if attention or coverage else None
        self.back_pointers.add_step(
            self.active, beams.tokens, beams.origins, beams.log_probs, weights if attention else None
        )
        if coverage is None or weights is None:
            return None
        coverage.add(weights)
        return coverage.penalties()  # [active, beam]

    def _end_at_limit(
        self, step: StepResult, at_limit: NDArray[np.bool_], penalties: NDArray[np.float64] | None
    ) -> None:
        """Ends hypotheses at their limit: nothing but EOS can follow, so they compete with no other candidates."""
        sentences, slots = at = np.nonzero(self.beams.valid & at_limit[:, None])
        eos = self.rows.slots(scored(step))[at]
        may_end = [allowed for rule in self.request.rules if (allowed := rule.may_end()) is not None]
        breaks_rule = ~np.logical_and.reduce(may_end)[at] if may_end else None
        lost = None if penalties is None else penalties[at]
        totals = self.beams.totals[at] + eos
        self.back_pointers.add_ended(self.active[sentences], slots, eos, totals, lost, breaks_rule)

    def _choose(self, step: StepResult, forced: IntArray, free: IntArray) -> Choice:
        """Chooses the candidates that go on or end: [active, chosen]."""
        log_probs = self.rows.slots(checked(step.log_probs))  # [active, beam, k]
        tokens = self.rows.slots(np.asarray(step.ids))
        candidates = extend(self.beams.totals, log_probs, tokens)  # [active, beam * k]
        for rule in self.request.rules:
            rule.forbid(candidates.reshape(log_probs.shape), tokens)
        if self.prefixes is not None and (forced >= 0).any():
            of_forced = self.rows.slots(scored(step))
            candidates, log_probs, tokens = force(candidates, log_probs, tokens, forced, self.beams.totals, of_forced)
        # If nothing held these, glibc would return their memory to the system and fetch it again in the next step.
        self._large_arrays = step, candidates, log_probs, tokens
        return self.selection.choose(candidates, log_probs, tokens, free)

    def _end_chosen(
        self, choice: Choice, penalties: NDArray[np.float64] | None, position: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Ends the chosen candidates that are EOS.

        Returns:
            Which candidates are live, [active, chosen], and which sentences are not done, [active].
        """
        ending = choice.valid & (choice.tokens == EOS)
        at = np.nonzero(ending)
        origins, totals = choice.origins[at], choice.totals[at]
        lost = None if penalties is None else penalties[at[0], origins]
        self.back_pointers.add_ended(self.active[at[0]], origins, choice.log_probs[at], totals, lost)
        self.free = self.free - ending.sum(axis=1)
        live = choice.valid & ~ending
        going_on = live.any(axis=1)  # [active]
        if self.request.stop_early:
            alpha = self.request.length_penalty
            scores = totals / length_normalizer(position + 1, alpha) - (0.0 if lost is None else lost)
            np.maximum.at(self.best_ended, at[0], scores)
            best_live = np.where(live, choice.totals, -np.inf).max(axis=1)
            going_on &= self.best_ended < score_bound(best_live, self.limits[self.active], alpha)
        return live, going_on

    def _keep(self, choice: Choice, kept: IntArray) -> None:
        """Goes on with the live candidates of the sentences that are not done."""
        if len(kept) < len(self.active):
            self.memory = self.memory.select(kept)
        self.active, self.free, self.best_ended = self.active[kept], self.free[kept], self.best_ended[kept]
        self.beams = pack(choice, kept)
        before, self.rows = self.rows, Rows(self.beams.valid)
        self.parents = self.rows.of(before.numbers[kept[:, None], self.beams.origins]).astype(np.int32)
        self.selection.keep(choice, kept)
        if self.coverage is not None:
            self.coverage.keep(kept, self.beams.origins)
        for rule in self.request.rules:
            rule.keep(kept, self.beams.origins, self.beams.tokens)


def _for_all_slots(of_sentences: IntArray, slots: IntArray) -> IntArray:
    """[sentences] int32 values, each in all slots of its sentence: [sentences, beam]."""
    return np.broadcast_to(of_sentences[:, None], slots.shape).astype(np.int32)


def _first_beams(sentences: int) -> Choice:
    """One live, empty hypothesis per sentence: [sentences, 1]."""
    shape = (sentences, 1)
    return Choice(
        tokens=np.full(shape, BOS, np.int32),
        origins=np.zeros(shape, np.int32),
        log_probs=np.zeros(shape),
        totals=np.zeros(shape),
        valid=np.ones(shape, np.bool_),
    )
