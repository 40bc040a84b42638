"""An ensemble of tables is a table: the weighted mean of their probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from seq2seq.engines.ensemble import Ensemble
from seq2seq.search import beam_search, forced_scores
from seq2seq.tokenization.ids import BOS
from tests.unit.search.conftest import TableEngine, padded

SOURCES = [(7, 8, 9), (5,), (11, 12)]


class TwoPartState(TableEngine):
    """A member whose state has another arity."""

    def encode(self, ids, lengths):
        memory, state = super().encode(ids, lengths)
        return memory, (*state, np.arange(len(ids)))

    def step(self, tokens, parents, state, memory, k, score_ids=None, beams=None):
        result = super().step(tokens, parents, state[:2], memory, k, score_ids, beams)
        return result._replace(state=(*result.state, state[2][parents]))


def mean_table(engines, weights):
    def table(source, prefix):
        return np.log(
            sum(w * np.exp(e.log_probs(source, prefix).astype(float)) for w, e in zip(weights, engines, strict=True))
        )

    return TableEngine(vocabulary_size=7, table=table)


@pytest.mark.parametrize(("given", "weights"), [(None, (0.5, 0.5)), ((3, 1), (0.75, 0.25)), ((1, 9), (0.1, 0.9))])
@pytest.mark.parametrize("beam_size", [1, 3, 200])
def test_it_is_the_mean_of_probabilities(given, weights, beam_size):
    members = [TableEngine(1, 7), TwoPartState(2, 7)]
    options = {"beam_size": beam_size, "length_penalty": 0.7, "max_lengths": [3, 2, 3], "n_best": min(beam_size, 4)}
    found = beam_search(Ensemble(members, given), *padded(SOURCES), **options, attention=True)
    expected = beam_search(mean_table(members, weights), *padded(SOURCES), **options)
    for ours, theirs, source in zip(found, expected, SOURCES, strict=True):
        assert [h.tokens.tolist() for h in ours] == [h.tokens.tolist() for h in theirs]
        assert [h.score for h in ours] == pytest.approx([h.score for h in theirs], rel=1e-6)
        for hypothesis in ours:
            tokens = tuple(hypothesis.tokens.tolist())
            attention = [
                sum(w * m.attention(source, tokens[:i]) for w, m in zip(weights, members, strict=True))
                for i in range(len(tokens) + 1)
            ]
            assert hypothesis.attention == pytest.approx(np.array(attention), abs=1e-6)


def test_the_weights_matter():
    members = [TableEngine(1, 7), TableEngine(2, 7)]
    options = {"beam_size": 4, "length_penalty": 0.0, "max_lengths": [3, 3, 3]}
    scores = [
        [h[0].score for h in beam_search(Ensemble(members, weights), *padded(SOURCES), **options)]
        for weights in ((1, 1), (9, 1), (1, 9))
    ]
    assert scores[0] != scores[1] != scores[2]


def test_forced_scores_are_of_the_mean():
    members = [TableEngine(1, 7), TableEngine(2, 7)]
    targets = [(4, 5), (6,), ()]
    found = forced_scores(Ensemble(members), *padded(SOURCES), *padded(targets))
    mean = mean_table(members, (0.5, 0.5))
    for source, target, values in zip(SOURCES, targets, found, strict=True):
        assert values == pytest.approx(mean.forced(source, target), rel=1e-6)


def test_neighbours_change_nothing():
    engine = Ensemble([TableEngine(1, 7), TableEngine(2, 7)])
    options = {"beam_size": 3, "length_penalty": 1.0}
    together = beam_search(engine, *padded(SOURCES), max_lengths=[4, 4, 4], **options)
    for i, source in enumerate(SOURCES):
        ((alone,),) = beam_search(engine, *padded([source]), max_lengths=[4], **options)
        assert alone.tokens.tolist() == together[i][0].tokens.tolist()
        assert alone.score == together[i][0].score


def test_what_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match=r"one vocabulary.*\[7, 8\]"):
        Ensemble([TableEngine(1, 7), TableEngine(1, 8)])
    for weights in ((1,), (1, 0), (1, float("nan")), (1, -1)):
        with pytest.raises(ValueError, match="weight above 0"):
            Ensemble([TableEngine(1, 7), TableEngine(1, 7)], weights)


def test_encoding_others_meanwhile_does_not_matter():
    """What a step needs lies in its memory: two searches may share one ensemble."""
    engine = Ensemble([TableEngine(1, 7), TwoPartState(2, 7)])
    memory, state = engine.encode(*padded(SOURCES))
    assert memory.state_lengths == memory.select(np.array([0])).state_lengths == (len(state) - 3, 3)
    rows = np.arange(len(SOURCES), dtype=np.int32)
    first = np.full_like(rows, BOS)
    before = engine.step(first, rows, state, memory, 3)
    engine.encode(*padded(SOURCES[:1]))
    np.testing.assert_array_equal(engine.step(first, rows, state, memory, 3).log_probs, before.log_probs)
