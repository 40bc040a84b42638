"""Explains in words and numbers why the winner of a search won."""

from __future__ import annotations

from dataclasses import dataclass

from seq2seq.inspection.inspection import InspectionData
from seq2seq.inspection.pictures import spelt
from seq2seq.inspection.search_tree import Node
from seq2seq.pages.text import number, printable
from seq2seq.search import length_normalizer
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.words import join_pieces


@dataclass(frozen=True)
class Ranked:
    """A whole translation that the search found, with its score and how it was computed."""

    text: str
    pieces: int
    log_probability: float
    divisor: float
    score: float
    winner: bool


@dataclass(frozen=True)
class Candidate:
    """A candidate of one step of the search."""

    rank: int
    before: str
    piece: str
    log_probability: float
    total: float
    score: float
    state: str
    winner: bool


def ranking(inspection: InspectionData) -> list[Ranked]:
    """All translations that ended, best score first."""
    tree = inspection.search
    ended = sorted((node for node in tree.nodes if node.state == "ended"), key=lambda node: -node.score)
    return [
        Ranked(
            inspection.texts[node.number],
            node.step,
            node.total,
            float(length_normalizer(node.step, tree.length_penalty)),
            node.score,
            node.number == tree.winner,
        )
        for node in ended
    ]


def steps(inspection: InspectionData) -> list[list[Candidate]]:
    """The candidates of each step, likeliest first."""
    tree = inspection.search
    spell = {number: spelt(piece) for number, piece in inspection.spellings.items()}
    found: list[list[Candidate]] = [[] for _ in range(max(node.step for node in tree.nodes))]
    for node in sorted(tree.nodes[1:], key=lambda node: (node.step, node.rank)):
        before = printable(join_pieces([inspection.spellings[n.token] for n in tree.path(node.parent)]))
        piece = spell[node.token]
        found[node.step - 1].append(
            Candidate(node.rank, before, piece, node.log_probability, node.total, node.score, node.state, node.winner)
        )
    return found


def why(inspection: InspectionData) -> list[str]:
    """Explains the outcome in a few sentences with their numbers."""
    tree = inspection.search
    winner = tree.nodes[tree.winner]
    text = inspection.texts[tree.winner] or "nothing"
    reasons = [f"“{text}” won: {_sum(inspection, winner)}."]
    if tree.runner_up is not None:
        other = tree.nodes[tree.runner_up]
        text = inspection.texts[tree.runner_up] or "nothing"
        sentence = f"The runner-up, “{text}”: {_sum(inspection, other)}"
        gap = winner.score - other.score
        sentence += f", which is {number(gap, 3)} less."
        if other.total > winner.total:
            sentence += (
                " By log-probability alone it would have won: it is shorter, and every piece costs something. The "
                "length penalty makes up for that."
            )
        reasons.append(sentence)
    if tree.rival is not None and tree.rival_bound is not None:
        rival = tree.nodes[tree.rival]
        so_far = printable(join_pieces([inspection.spellings[node.token] for node in tree.path(tree.rival)]))
        reasons.append(
            f"The likeliest hypothesis that had not ended was “{so_far} …” with log-probability "
            f"{number(rival.total, 3)}. Were all pieces to come certain, up to the limit of {tree.limit}, its score "
            f"would be {number(tree.rival_bound, 3)}: no better than the winner's, so the search could stop."
        )
    if (greedy := _leaves_greedy(inspection)) is not None:
        node, likelier = greedy
        reasons.append(
            f"A greedy search would have lost the winner at step {node.step}: there it would have chosen "
            f"“{spelt(inspection.spellings[likelier.token])}” (probability {_percent(likelier)}), not "
            f"“{spelt(inspection.spellings[node.token])}” ({_percent(node)})."
        )
    elif tree.beam_size > 1:
        reasons.append("A greedy search would have found the same: at every step the winner has the likeliest piece.")
    if inspection.reference_score is not None:
        reasons.append(_reference(inspection, inspection.reference_score, winner))
    return reasons


def _sum(inspection: InspectionData, node: Node) -> str:
    """Explains how a score is computed."""
    divisor = float(length_normalizer(node.step, inspection.search.length_penalty))
    pieces = f"{node.step} piece{'s'[: node.step > 1]}"
    if inspection.search.length_penalty == 0:
        return f"log-probability {number(node.total, 3)} over {pieces}, its end included; there is no length penalty"
    return (
        f"log-probability {number(node.total, 3)} over {pieces}, its end included, divided by "
        f"{_divisor(node.step, inspection.search.length_penalty)} = {number(divisor, 3)}, is a score of "
        f"{number(node.score, 3)}"
    )


def _divisor(pieces: int, length_penalty: float) -> str:
    """The formula of the length penalty (Wu et al., 2016, equation 14)."""
    ratio = f"(5 + {pieces}) / 6"
    return ratio if length_penalty == 1 else f"({ratio})^{length_penalty:g}"


def _leaves_greedy(inspection: InspectionData) -> tuple[Node, Node] | None:
    """The first node of the winner that is not the likeliest at its step, and the likeliest; None if there is none."""
    tree = inspection.search
    for node in tree.path(tree.winner):
        best = tree.children(node.parent)[0]
        if best is not node and best.total > node.total:
            return node, best
    return None


def _percent(node: Node) -> str:
    from math import exp

    return f"{100 * exp(node.log_probability):.0f} %"


def _reference(inspection: InspectionData, score: float, winner: Node) -> str:
    """Tells search errors from model errors where the output is not the reference (Stahlberg and Byrne, 2019)."""
    if inspection.target.ids == [*inspection.search.tokens(inspection.search.winner), EOS]:
        return "The reference is the model's own output."
    sentence = f"The reference has a score of {number(score, 3)}, against {number(winner.score, 3)} of the winner: "
    if score > winner.score:
        return sentence + "the model prefers it, but the search did not meet it (a search error: try a wider beam)."
    return sentence + "the model prefers its own translation (a model error: no beam would mend it)."
