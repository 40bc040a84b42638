"""The search as a tree: what was looked at, what was pruned, and why the winner won.

An observer stands around the beam's own selection (`seq2seq.search.selection.Best`) and writes down what it is shown
and what it chooses. The search itself knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.search import Engine, Hypothesis, beam_search, length_normalizer
from seq2seq.search.candidates import Choice
from seq2seq.search.hypothesis import score_bound
from seq2seq.search.interface import IntArray
from seq2seq.search.selection import Best, Selection
from seq2seq.tokenization.ids import BOS, EOS

State = Literal["begin", "kept", "pruned", "ended", "left"]
STATES: dict[State, str] = {
    "begin": "where every hypothesis begins",
    "kept": "had a place in the beam and went on",
    "pruned": "was among the likeliest next pieces, but the beam was full of likelier hypotheses",
    "ended": "is a whole translation",
    "left": "had a place in the beam when the search ended: it could no longer win",
}


@dataclass(eq=False)
class Node:
    """One piece at the end of one hypothesis.

    Attributes:
        number: of the node, from 0, parents before children.
        parent: the number of the hypothesis it continues; −1 of the first.
        step: how many pieces the hypothesis has with it.
        token: the piece's id.
        log_probability: natural logarithm, of this piece given those before it.
        total: of the hypothesis up to here.
        score: `total` after the length penalty, were this its end.
        state: see `STATES`.
        rank: among all candidates of its step, from 1; 0 of the first.
        winner: whether the best translation passes through here.
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
    """All of one sentence's search.

    Attributes:
        nodes: parents before children.
        winner: the number of the node where the best translation ended.
        runner_up: of the one with the next best score; None where no other ended.
        rival: of the unfinished hypothesis that was likeliest when the search ended; None where none was left.
        rival_bound: the best score it could still have reached.
        beam_size: places.
        length_penalty: alpha of `seq2seq.search.length_normalizer`.
        limit: pieces at most.
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
        """What was considered after a node, likeliest first."""
        return sorted((node for node in self.nodes if node.parent == number), key=lambda node: -node.total)

    def path(self, number: int) -> list[Node]:
        """From the first piece to a node."""
        found: list[Node] = []
        while number > 0:
            found.append(self.nodes[number])
            number = self.nodes[number].parent
        return found[::-1]

    def tokens(self, number: int) -> list[int]:
        """The pieces of a hypothesis, without the end of sentence."""
        return [node.token for node in self.path(number) if node.token != EOS]


@dataclass
class Observed:
    """A selection that does what another does, and writes it down; for one sentence.

    Attributes:
        inner: who really chooses.
        length_penalty: for the scores.
        pruned: how many of the likeliest candidates that were not chosen to write down per step.
        nodes: what was written.
    """

    inner: Selection
    length_penalty: float
    pruned: int = 5
    nodes: list[Node] = field(default_factory=lambda: [Node(0, -1, 0, BOS, 0.0, 0.0, 0.0, "begin")])
    _slots: list[int] = field(default_factory=lambda: [0])  # the node of each row of the beam
    _chosen: list[int] = field(default_factory=list)  # the node of each column of the last choice, −1 for none

    @property
    def slots(self) -> int:
        """See `Selection`."""
        return self.inner.slots

    @property
    def candidates_per_row(self) -> int:
        """See `Selection`."""
        return self.inner.candidates_per_row

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`."""
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
            # Unless something goes on from here, what has a place is left where the search ends.
            state: State = "pruned" if column is None else "ended" if token == EOS else "left"
            number = self._add(self._slots[slot], token, float(each[at]), float(totals[at]), state, rank)
            if column is not None:
                self._chosen[column] = number
        return choice

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`; the beam's rows are then the valid columns, in their order (`candidates.pack`)."""
        self.inner.keep(choice, sentences)
        self._slots = [self._chosen[column] for column in np.flatnonzero(choice.valid[0])]
        for number in self._slots:
            self.nodes[number].state = "kept"

    def end_at_limit(self, hypothesis: Hypothesis) -> int:
        """The node of a hypothesis that ended; at the limit none was chosen, so it is written down now."""
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
    """Searches one sentence, observed.

    Args:
        engine: what encodes and scores.
        source_ids: EOS last.
        beam_size: places.
        length_penalty: alpha of `seq2seq.search.length_normalizer`.
        limit: pieces at most, EOS not counted.

    Returns:
        The tree, and the best output: the very one that `beam_search` finds unobserved.
    """
    observer = Observed(Best(beam_size), length_penalty)
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
