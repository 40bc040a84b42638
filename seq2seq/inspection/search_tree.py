"""The search as a tree: which candidates were considered, which were pruned, and why the winner won.

An observer wraps the beam's own selection (`seq2seq.search.BeamSelection`) and records the candidates and the choice.
The search itself does not know of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.search import Engine, Hypothesis, beam_search, length_normalizer
from seq2seq.search.candidate_selection import BeamSelection, Selection
from seq2seq.search.candidates import Choice
from seq2seq.search.hypothesis import score_bound
from seq2seq.search.interface import IntArray
from seq2seq.tokenization.ids import BOS, EOS

State = Literal["begin", "kept", "pruned", "ended", "left"]
STATES: dict[State, str] = {
    "begin": "where every hypothesis begins",
    "kept": "was in the beam and went on",
    "pruned": "was among the likeliest next tokens, but the beam was full of likelier hypotheses",
    "ended": "is a whole translation",
    "left": "was in the beam when the search ended, but could no longer win",
}
"""What happened to a node, by the name of its state."""


@dataclass(eq=False)
class Node:
    """One token at the end of one hypothesis.

    Attributes:
        number: Number of the node, from 0; parents come before children.
        parent: Number of the node that it continues; −1 for the first.
        step: Number of tokens of the hypothesis, this one included.
        token: Id of the token.
        log_probability: Natural logarithm of the token's probability, given the tokens before it.
        total: Natural logarithm of the probability of the hypothesis up to here.
        score: `total` with the length penalty, as if the hypothesis ended here.
        state: What happened to the node, a key of `STATES`.
        rank: Rank among all candidates of its step, from 1; 0 for the first node.
        winner: Whether the best translation passes through the node.
    """

    number: int
    parent: int
    step: int
    token: int
    log_probability: float
    total: float
    score: float
    state: State
    rank: int = 0
    winner: bool = False


@dataclass(frozen=True, eq=False)
class SearchTree:
    """The beam search of one sentence.

    Attributes:
        nodes: The nodes, parents before children.
        winner: Number of the last node of the best translation.
        runner_up: Number of the last node of the translation with the next best score; None if no other ended.
        rival: Number of the last node of the likeliest unfinished hypothesis at the end of the search; None if none
            was left.
        rival_bound: The best score that the rival could still have reached.
        beam_size: Number of hypotheses in the beam.
        length_penalty: Alpha of `seq2seq.search.length_normalizer`.
        limit: Maximum number of tokens, EOS not counted.
    """

    nodes: tuple[Node, ...]
    winner: int
    runner_up: int | None
    rival: int | None
    rival_bound: float | None
    beam_size: int
    length_penalty: float
    limit: int

    def children(self, number: int) -> list[Node]:
        """The candidates after a node, likeliest first."""
        return sorted((node for node in self.nodes if node.parent == number), key=lambda node: -node.total)

    def path(self, number: int) -> list[Node]:
        """The nodes from the first token to a node."""
        found: list[Node] = []
        while number > 0:
            found.append(self.nodes[number])
            number = self.nodes[number].parent
        return found[::-1]

    def tokens(self, number: int) -> list[int]:
        """The ids of a hypothesis, without EOS."""
        return [node.token for node in self.path(number) if node.token != EOS]


@dataclass
class Observed:
    """A selection for one sentence that chooses as another one does, and records what happens.

    Attributes:
        inner: The selection that chooses.
        length_penalty: Alpha of `seq2seq.search.length_normalizer`, for the scores.
        pruned: Number of the likeliest candidates that were not chosen to record per step.
        nodes: The nodes recorded so far.
    """

    inner: Selection
    length_penalty: float
    pruned: int = 5
    nodes: list[Node] = field(default_factory=lambda: [Node(0, -1, 0, BOS, 0.0, 0.0, 0.0, "begin")])
    _slots: list[int] = field(default_factory=lambda: [0])  # the node of each row of the beam
    _chosen: list[int] = field(default_factory=list)  # the node of each column of the last choice, −1 for none

    @property
    def slots(self) -> int:
        """Number of hypotheses in the beam."""
        return self.inner.slots

    @property
    def candidates_per_row(self) -> int:
        """Number of candidates that the engine gives per row."""
        return self.inner.candidates_per_row

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """Lets `inner` choose, and records its choice and the likeliest candidates that it did not choose."""
        choice = self.inner.choose(candidates, log_probs, ids, free)
        totals, each = candidates[0], log_probs[0].ravel()
        tokens, k = ids[0].ravel(), ids.shape[2]
        order = np.argsort(-totals, kind="stable")
        order = order[totals[order] > -np.inf]
        chosen = {
            (int(slot), int(token)): column
            for column, (slot, token) in enumerate(zip(choice.origins[0], choice.tokens[0], strict=True))
            if choice.valid[0, column]
        }
        self._chosen = [-1] * choice.tokens.shape[1]
        refused = 0
        for rank, at in enumerate(order, 1):
            slot, token = int(at // k), int(tokens[at])
            column = chosen.pop((slot, token), None)
            if column is None:
                refused += 1
                if refused > self.pruned:
                    continue
            # What is in the beam counts as left, unless `keep` finds that the search goes on from here.
            state: State = "pruned" if column is None else "ended" if token == EOS else "left"
            number = self._add(self._slots[slot], token, float(each[at]), float(totals[at]), state, rank)
            if column is not None:
                self._chosen[column] = number
        return choice

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """Follows the beam, whose rows become the valid columns in their order (`candidates.pack`)."""
        self.inner.keep(choice, sentences)
        self._slots = [self._chosen[column] for column in np.flatnonzero(choice.valid[0])]
        for number in self._slots:
            self.nodes[number].state = "kept"

    def end_at_limit(self, hypothesis: Hypothesis) -> int:
        """The last node of a hypothesis; one that was ended by the limit was not chosen, so it is recorded now."""
        at = 0
        log_probabilities = hypothesis.token_log_probabilities
        for token in hypothesis.tokens:
            at = next(n.number for n in self.nodes if n.parent == at and n.token == token and n.state != "pruned")
        for node in self.nodes:
            if node.parent == at and node.state == "ended":
                return node.number
        return self._add(at, EOS, float(log_probabilities[-1]), hypothesis.log_probability, "ended", 1)

    def _add(self, parent: int, token: int, log_probability: float, total: float, state: State, rank: int) -> int:
        step = self.nodes[parent].step + 1
        score = total / float(length_normalizer(step, self.length_penalty))
        node = Node(len(self.nodes), parent, step, token, log_probability, total, score, state, rank)
        self.nodes.append(node)
        return node.number


def search_tree(
    engine: Engine[Any],
    source_ids: list[int],
    *,
    beam_size: int,
    length_penalty: float,
    limit: int,
) -> tuple[SearchTree, Hypothesis]:
    """Searches for the best translation of one sentence and records the search.

    Args:
        engine: The engine that encodes and steps.
        source_ids: Ids of the source tokens, EOS last.
        beam_size: Number of hypotheses in the beam.
        length_penalty: Alpha of `seq2seq.search.length_normalizer`.
        limit: Maximum number of tokens, EOS not counted.

    Returns:
        The tree, and the best output, which is the one that `beam_search` finds without an observer.
    """
    observer = Observed(BeamSelection(beam_size), length_penalty)
    ((best,),) = beam_search(
        engine,
        np.array([source_ids], np.int32),
        np.array([len(source_ids)], np.int32),
        beam_size=beam_size,
        length_penalty=length_penalty,
        max_lengths=np.array([limit]),
        selection=observer,
    )
    winner = observer.end_at_limit(best)
    nodes = observer.nodes
    at = winner
    while at >= 0:
        nodes[at].winner = True
        at = nodes[at].parent
    others = [node for node in nodes if node.state == "ended" and node.number != winner]
    live = [node for node in nodes if node.state == "left"]
    rival = max(live, key=lambda node: node.total, default=None)
    tree = SearchTree(
        nodes=tuple(nodes),
        winner=winner,
        runner_up=max(others, key=lambda node: node.score).number if others else None,
        rival=None if rival is None else rival.number,
        rival_bound=None
        if rival is None
        else float(score_bound(np.array([rival.total]), np.array([limit]), length_penalty)[0]),
        beam_size=beam_size,
        length_penalty=length_penalty,
        limit=limit,
    )
    return tree, best
