from __future__ import annotations

import itertools

import numpy as np
import pytest

from seq2seq.search import beam_search
from seq2seq.search.rules import MinimumLength, NoRepeat, Prefixes
from seq2seq.tokenization.ids import EOS

SOURCES = [(7, 8, 9), (5,), (11, 12)]
WIDE = 700


def as_tuples(hypotheses):
    return [tuple(int(t) for t in h.tokens) for h in hypotheses]


def allowed(engine, source, limit, alpha, keeps):
    return [tokens for _, _, tokens in engine.outputs(source, limit, alpha) if keeps(tokens)]


def repeats(tokens, n):
    grams = list(zip(*(tokens[i:] for i in range(n)), strict=False))
    return len(grams) != len(set(grams))


@pytest.mark.parametrize("minimum", [0, 2, 3])
def test_a_minimum_length_leaves_the_best_of_the_long_ones(table_engine, pad, minimum):
    engine = table_engine(seed=minimum)
    minimums = [minimum, 0, 1]
    found = beam_search(
        engine,
        *pad(SOURCES),
        beam_size=WIDE,
        length_penalty=0.6,
        max_lengths=[3] * 3,
        n_best=5,
        rules=[MinimumLength(minimums)],
    )
    for source, shortest, hypotheses in zip(SOURCES, minimums, found, strict=True):
        expected = allowed(engine, source, 3, 0.6, lambda tokens, s=shortest: len(tokens) >= s)
        assert as_tuples(hypotheses) == expected[:5]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_repeated_n_gram_leaves_the_best_of_the_others(table_engine, pad, size):
    engine = table_engine(seed=size, vocabulary_size=6)
    found = beam_search(
        engine,
        *pad(SOURCES),
        beam_size=WIDE,
        length_penalty=1.0,
        max_lengths=[4] * 3,
        n_best=9,
        rules=[NoRepeat(size, 3)],
    )
    for source, hypotheses in zip(SOURCES, found, strict=True):
        assert as_tuples(hypotheses) == allowed(engine, source, 4, 1.0, lambda tokens: not repeats(tokens, size))[:9]


@pytest.mark.parametrize(("beam_size", "size"), itertools.product([1, 2, 4], [1, 2]))
def test_a_narrow_beam_that_must_not_repeat_never_runs_dry(table_engine, pad, beam_size, size):
    # One token is by far the likeliest: without the rule it is all that is said.
    def table(source, prefix):
        values = np.full(9, 0.01)
        values[5], values[6], values[EOS] = 0.8, 0.1, 0.03
        return np.log(values)

    def search(**options):
        engine = table_engine(table=table, vocabulary_size=9)
        (found,) = beam_search(
            engine, *pad([(9,)]), beam_size=beam_size, length_penalty=1.0, max_lengths=[5], n_best=beam_size, **options
        )
        return as_tuples(found)

    assert (5, 5, 5, 5, 5) in search()
    found = search(rules=[NoRepeat(size, 1)])
    assert len(found) == beam_size
    assert not any(repeats(tokens, size) for tokens in found)


@pytest.mark.parametrize("prefixes", [[(4, 5), (), (1,)], [(), (4, 4, 4, 4), (5, 4)]])
def test_a_prefix_leaves_the_best_that_begin_with_it(table_engine, pad, prefixes):
    engine = table_engine(seed=3)
    found = beam_search(
        engine, *pad(SOURCES), beam_size=WIDE, length_penalty=0.6, max_lengths=[3] * 3, n_best=4, prefixes=prefixes
    )
    for source, prefix, hypotheses in zip(SOURCES, prefixes, found, strict=True):
        limit = max(3, len(prefix))
        expected = allowed(engine, source, limit, 0.6, lambda t, p=prefix: t[: len(p)] == p)
        assert as_tuples(hypotheses) == expected[:4]
        for hypothesis in hypotheses:
            assert hypothesis.token_log_probabilities.tolist() == engine.forced(source, hypothesis.tokens)


def test_rules_and_prefixes_compose(table_engine, pad):
    engine = table_engine(seed=8)
    found = beam_search(
        engine,
        *pad(SOURCES),
        beam_size=WIDE,
        length_penalty=1.0,
        max_lengths=[4] * 3,
        n_best=3,
        coverage_penalty=0.4,
        prefixes=[(4,), (5, 5), ()],
        rules=[MinimumLength([3, 3, 0]), NoRepeat(2, 3)],
    )
    for source, prefix, least, hypotheses in zip(SOURCES, [(4,), (5, 5), ()], [3, 3, 0], found, strict=True):
        possible = []
        for score, _, tokens in engine.outputs(source, 4, 1.0):
            if tokens[: len(prefix)] == prefix and len(tokens) >= least and not repeats(tokens, 2):
                sums = np.sum([engine.attention(source, tokens[:i]) for i in range(len(tokens) + 1)], axis=0)
                possible.append((score + 0.4 * np.log(np.minimum(sums, 1.0)).sum(), tokens))
        expected = [tokens for _, tokens in sorted(possible, key=lambda item: -item[0])[:3]]
        assert as_tuples(hypotheses) == expected


@pytest.mark.parametrize("beam_size", [1, 3])
def test_neighbours_change_nothing(table_engine, pad, beam_size):
    engine = table_engine(seed=5, vocabulary_size=8)

    def search(rows):
        return beam_search(
            engine,
            *pad([SOURCES[i] for i in rows]),
            beam_size=beam_size,
            length_penalty=1.0,
            max_lengths=[4 + i for i in rows],
            n_best=beam_size,
            prefixes=[[(4, 5), (), (7,)][i] for i in rows],
            rules=[MinimumLength([2 * i for i in rows]), NoRepeat(1, len(rows))],
        )

    together = search([0, 1, 2])
    for i in range(3):
        (alone,) = search([i])
        assert as_tuples(alone) == as_tuples(together[i])
        assert [h.score for h in alone] == [h.score for h in together[i]]


def test_a_prefix_is_asked_for_alone(table_engine, pad):
    engine = table_engine(vocabulary_size=9)
    beam_search(
        engine, *pad(SOURCES), beam_size=4, length_penalty=1.0, max_lengths=[5] * 3, prefixes=[(4, 5), (6, 7), (8, 4)]
    )
    assert [k for _, _, k in engine.calls[:3]] == [1, 1, 6]


def test_prefixes_of_other_sentences_are_an_error(table_engine, pad):
    with pytest.raises(ValueError, match="prefixes of 3"):
        beam_search(table_engine(), *pad(SOURCES), beam_size=1, length_penalty=1.0, max_lengths=[3] * 3, prefixes=[()])


def test_the_tokens_of_prefixes():
    prefixes = Prefixes([[4, 5], [], [6]])
    assert prefixes.at(np.array([0, 1, 2]), 0).tolist() == [4, -1, 6]
    assert prefixes.at(np.array([0, 2]), 1).tolist() == [5, -1]
    assert prefixes.at(np.array([0, 1, 2]), 9).tolist() == [-1, -1, -1]
    assert Prefixes([[], []]).at(np.array([1]), 0).tolist() == [-1]


def test_extra_is_what_a_row_may_lose():
    rule = NoRepeat(2, 1)
    assert rule.extra() == 0
    for token in (4, 5, 4, 6, 4):
        rule.keep(np.array([0]), np.array([[0]]), np.array([[token]]))
    assert rule.extra() == 2  # after 4 neither 5 nor 6
    candidates = np.zeros((1, 1, 4))
    rule.forbid(candidates, np.array([[[4, 5, 6, 7]]]))
    assert candidates.tolist() == [[[0.0, -np.inf, -np.inf, 0.0]]]
