import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from seq2seq.inspection.search_tree import search_tree
from seq2seq.search import StepResult, beam_search, length_normalizer
from seq2seq.tokenization.ids import EOS

SOURCE = [4, 5, EOS]


@dataclass(frozen=True)
class Nothing:
    def select(self, sentences):
        return self


class Prefixes:
    """An engine for one sentence, whose log-probabilities are a table of prefixes."""

    vocabulary_size = 6

    def __init__(self, seed=0, scale=1.0, fixed=None):
        self.seed, self.scale, self.fixed = seed, scale, fixed

    def log_probs(self, prefix):
        if self.fixed is not None:
            return np.log(np.maximum(self.fixed, 1e-30))
        logits = self.scale * np.random.default_rng([self.seed, 7, *prefix]).normal(size=self.vocabulary_size)
        return logits - np.log(np.exp(logits).sum())

    def encode(self, ids, lengths):
        return Nothing(), ([()],)

    def step(self, tokens, parents, state, memory, k, score_ids=None, beams=None):
        assert beams is None  # there is one sentence
        prefixes = [
            state[0][at] + (() if token == 2 else (int(token),)) for token, at in zip(tokens, parents, strict=True)
        ]
        table = np.array([self.log_probs(prefix) for prefix in prefixes])
        ids = np.argsort(-table, axis=1, kind="stable")[:, :k]
        scored = None if score_ids is None else table[np.arange(len(table)), score_ids]
        attention = np.ones((len(table), len(SOURCE))) / len(SOURCE)
        return StepResult(np.take_along_axis(table, ids, 1), ids, attention, scored, (prefixes,))


@pytest.fixture(scope="module", params=range(12))
def searched(request):
    """A tree, its best output, the engine and the arguments."""
    engine = Prefixes(request.param, 1.0 + request.param % 3)
    options = {"beam_size": 1 + request.param % 4, "length_penalty": (0.0, 0.6, 1.0)[request.param % 3], "limit": 5}
    return *search_tree(engine, SOURCE, **options), engine, options


def test_watching_changes_nothing(searched):
    tree, best, engine, options = searched
    ((plain,),) = beam_search(
        engine,
        np.array([SOURCE], np.int32),
        np.array([len(SOURCE)], np.int32),
        beam_size=options["beam_size"],
        length_penalty=options["length_penalty"],
        max_lengths=np.array([options["limit"]]),
    )
    assert best.tokens.tolist() == plain.tokens.tolist() == tree.tokens(tree.winner)
    assert best.score == plain.score == pytest.approx(tree.nodes[tree.winner].score)
    assert best.log_probability == pytest.approx(tree.nodes[tree.winner].total)


def test_every_node_has_the_tables_numbers(searched):
    tree, _, engine, options = searched
    for node in tree.nodes[1:]:
        path = [n.token for n in tree.path(node.number)]
        assert node.log_probability == pytest.approx(engine.log_probs(path[:-1])[path[-1]])
        assert node.total == pytest.approx(sum(n.log_probability for n in tree.path(node.number)))
        assert node.score == pytest.approx(node.total / length_normalizer(node.step, options["length_penalty"]))
        assert tree.nodes[node.parent].step == node.step - 1
        assert node.parent < node.number


def test_the_beam_is_no_wider_than_it_is(searched):
    tree, _, _, options = searched
    for step in range(1, options["limit"] + 1):
        here = [node for node in tree.nodes if node.step == step]
        places = [node for node in here if node.state in ("kept", "left")]
        assert len(places) <= options["beam_size"]
        refused = [node for node in here if node.state == "pruned"]
        assert len(refused) <= 5
        # What was refused was less likely than all that had a place.
        for place, other in itertools.product(places, refused):
            assert place.total >= other.total
        assert all(not tree.children(node.number) for node in here if node.state in ("pruned", "ended", "left"))


def test_the_winner_won(searched):
    tree, _, _, _ = searched
    ended = [node for node in tree.nodes if node.state == "ended"]
    assert max(ended, key=lambda node: node.score).number == tree.winner
    assert [node.number for node in tree.nodes if node.winner] == [0, *(n.number for n in tree.path(tree.winner))]
    if tree.runner_up is not None:
        assert tree.nodes[tree.runner_up].score <= tree.nodes[tree.winner].score
    if tree.rival is not None:
        assert tree.rival_bound <= tree.nodes[tree.winner].score  # or the search would have gone on


def test_ended_at_the_limit():
    never = Prefixes(fixed=[0, 0, 0, 0.1, 0.6, 0.3])
    tree, best = search_tree(never, SOURCE, beam_size=1, length_penalty=1.0, limit=3)
    assert tree.tokens(tree.winner) == best.tokens.tolist() == [4, 4, 4]
    assert tree.nodes[tree.winner].token == EOS
    assert tree.nodes[tree.winner].total == pytest.approx(best.log_probability)
