from __future__ import annotations

import numpy as np
import pytest

from seq2seq.search import beam_search, length_normalizer
from seq2seq.search.coverage_penalty import FLOOR, CoveragePenalty

SOURCES = [(7, 8, 9), (5,), (11, 12)]


def penalty(engine, source, tokens, beta):
    """Wu et al. 2016, equation 14, word by word."""
    total = 0.0
    for i in range(len(source)):
        total += np.log(min(sum(engine.attention(source, tokens[:j])[i] for j in range(len(tokens) + 1)), 1.0))
    return -beta * total


@pytest.mark.parametrize("beta", [0.0, 0.3, 5.0])
def test_the_best_by_score_less_penalty(table_engine, pad, beta):
    engine = table_engine(seed=2)
    found = beam_search(
        engine,
        *pad(SOURCES),
        beam_size=500,
        length_penalty=0.8,
        max_lengths=[3] * 3,
        n_best=6,
        coverage_penalty=beta,
    )
    for source, hypotheses in zip(SOURCES, found, strict=True):
        scored = [(s - penalty(engine, source, t, beta), p, t) for s, p, t in engine.outputs(source, 3, 0.8)]
        expected = sorted(scored, key=lambda item: -item[0])[:6]
        assert [tuple(h.tokens.tolist()) for h in hypotheses] == [tokens for _, _, tokens in expected]
        assert [h.score for h in hypotheses] == pytest.approx([score for score, _, _ in expected])
        assert [h.log_probability for h in hypotheses] == pytest.approx([p for _, p, _ in expected])


def test_it_changes_what_is_best(table_engine, pad):
    best = []
    for beta in (0.0, 5.0):
        found = beam_search(
            table_engine(seed=2),
            *pad(SOURCES),
            beam_size=500,
            length_penalty=0.8,
            max_lengths=[3] * 3,
            coverage_penalty=beta,
        )
        best.append([h[0].tokens.tolist() for h in found])
    assert best[0] != best[1]


@pytest.mark.parametrize("beam_size", [1, 2, 5])
@pytest.mark.parametrize("stop_early", [True, False])
def test_narrow_beams_score_by_the_formula(table_engine, pad, beam_size, stop_early):
    engine = table_engine(seed=4, vocabulary_size=9)
    results = []
    for rows in ([0, 1, 2], [2]):
        found = beam_search(
            engine,
            *pad([SOURCES[i] for i in rows], extra=len(rows)),
            beam_size=beam_size,
            length_penalty=1.0,
            max_lengths=[4] * len(rows),
            coverage_penalty=0.7,
            _stop_early=stop_early,
        )
        results.append(found[-1][0])
        for i, (hypothesis,) in zip(rows, found, strict=True):
            tokens = tuple(hypothesis.tokens.tolist())
            score = hypothesis.log_probability / length_normalizer(len(tokens) + 1, 1.0)
            assert hypothesis.score == pytest.approx(score - penalty(engine, SOURCES[i], tokens, 0.7))
            assert hypothesis.attention is None
    assert results[0].tokens.tolist() == results[1].tokens.tolist()
    assert results[0].score == pytest.approx(results[1].score, rel=1e-12)


def test_what_got_nothing_costs_the_floor():
    coverage = CoveragePenalty(2.0, np.array([2, 1]), 3)
    coverage.add(np.array([[[0.0, 0.5, 0.0]], [[2.0, 0.0, 0.0]]]))
    assert coverage.penalties()[:, 0] == pytest.approx([-2 * np.log(FLOOR) - 2 * np.log(0.5), 0.0])


def test_a_penalty_below_zero_is_an_error(table_engine, pad):
    with pytest.raises(ValueError, match="coverage_penalty"):
        beam_search(
            table_engine(), *pad(SOURCES), beam_size=1, length_penalty=1.0, max_lengths=[3] * 3, coverage_penalty=-1
        )
