from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from seq2seq.search import beam_search, sample
from seq2seq.search.rules import MinimumLength, NoRepeat
from seq2seq.tokenization.ids import EOS

PROBABILITIES = np.array([0.1, 0.05, 0.1, 0.15, 0.3, 0.2, 0.1])  # pad and bos have some, too
DRAWS = 4000


def flat(source, prefix):
    return np.log(PROBABILITIES)


def frequencies(engine, pad, **options):
    """How often each first token was drawn; EOS where the output is empty."""
    found = sample(
        engine,
        *pad([(9,)] * DRAWS),
        seeds=[(3, i) for i in range(DRAWS)],
        max_lengths=[1] * DRAWS,
        **options,
    )
    counts = Counter(int(h.tokens[0]) if len(h.tokens) else EOS for (h,) in found)
    return np.array([counts[i] for i in range(7)]) / DRAWS


def expected(temperature=1.0, left=(1, 3, 4, 5, 6)):
    values = np.zeros(7)
    values[list(left)] = PROBABILITIES[list(left)] ** (1 / temperature)
    return values / values.sum()


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, expected()),
        ({"temperature": 0.5}, expected(0.5)),
        ({"temperature": 3.0}, expected(3.0)),
        ({"top_k": 1}, expected(left=(4,))),
        ({"top_k": 3}, expected(left=(4, 5, 3))),
        ({"top_p": 0.4}, expected(left=(4, 5))),  # of the 0.8 that may be said: 0.375, then 0.625
        ({"top_p": 0.3}, expected(left=(4,))),
        ({"top_k": 3, "temperature": 2.0}, expected(2.0, left=(4, 5, 3))),
        ({"rules": [MinimumLength([1] * DRAWS)]}, expected(left=(1, 4, 5, 6))),
        ({"rules": [MinimumLength([1] * DRAWS)], "top_k": 2}, expected(left=(4, 5))),
        ({"prefixes": [(6,)] * DRAWS}, expected(left=(6,))),
    ],
)
def test_how_often_each_token_comes(table_engine, pad, options, wanted):
    found = frequencies(table_engine(table=flat, vocabulary_size=7), pad, **options)
    # Five standard deviations of a binomial, and exactly never where nothing is expected.
    assert found == pytest.approx(wanted, abs=5 * 0.5 / np.sqrt(DRAWS))
    assert (found[wanted == 0] == 0).all()
    assert (found[wanted == 1] == 1).all()


@pytest.mark.parametrize("samples", [1, 3])
def test_what_a_sample_says_of_itself(table_engine, pad, samples):
    engine = table_engine(seed=1, vocabulary_size=9)
    batch, limits = [(7, 8), (5,), (6, 6, 6)], [4, 1, 6]
    found = sample(
        engine,
        *pad(batch),
        seeds=[(1, i) for i in range(3)],
        max_lengths=limits,
        samples=samples,
        temperature=2.0,
        length_penalty=0.7,
        attention=True,
    )
    for source, limit, hypotheses in zip(batch, limits, found, strict=True):
        assert len(hypotheses) == samples
        assert [h.score for h in hypotheses] == sorted((h.score for h in hypotheses), reverse=True)
        for hypothesis in hypotheses:
            tokens = tuple(hypothesis.tokens.tolist())
            assert len(tokens) <= limit
            assert hypothesis.token_log_probabilities.tolist() == engine.forced(source, tokens)
            normalizer = ((5 + len(tokens) + 1) / 6) ** 0.7
            assert hypothesis.score == pytest.approx(sum(engine.forced(source, tokens)) / normalizer)
            weights = [engine.attention(source, tokens[:i]) for i in range(len(tokens) + 1)]
            assert np.array_equal(hypothesis.attention, weights)


@pytest.mark.parametrize("options", [{}, {"top_k": 4}, {"top_p": 0.8, "temperature": 1.7}, {"samples": 3}])
def test_a_sample_depends_on_its_seed_and_on_no_neighbour(table_engine, pad, options):
    engine = table_engine(seed=6, vocabulary_size=12, scale=0.7)
    batch, limits = [(7, 8), (5,), (6, 6, 6), (5,)], [9, 3, 6, 9]

    def draw(rows, seed):
        found = sample(
            engine,
            *pad([batch[i] for i in rows]),
            seeds=[(seed, i) for i in rows],
            max_lengths=[limits[i] for i in rows],
            rules=[NoRepeat(2, len(rows))],
            **options,
        )
        return {i: [h.tokens.tolist() for h in hypotheses] for i, hypotheses in zip(rows, found, strict=True)}

    together = draw([0, 1, 2, 3], 5)
    assert draw([3, 2, 1, 0], 5) == together
    for i in range(4):
        assert draw([i], 5)[i] == together[i]
    assert draw([0, 1, 2, 3], 6) != together
    assert together[1] != together[3]  # equal sources on other lines


def test_more_samples_begin_with_the_same(table_engine, pad):
    engine = table_engine(seed=6, vocabulary_size=12, scale=0.5)
    options = {"seeds": [(1, 0)], "max_lengths": [5]}
    (one,) = sample(engine, *pad([(5, 6)]), **options)
    (four,) = sample(engine, *pad([(5, 6)]), samples=4, **options)
    drawn = [h.tokens.tolist() for h in four]
    assert one[0].tokens.tolist() in drawn
    assert len({tuple(tokens) for tokens in drawn}) > 1


def test_one_of_the_top_is_greedy(table_engine, pad):
    engine = table_engine(seed=9, vocabulary_size=9)
    batch = [(7, 8), (5,)]
    greedy = beam_search(engine, *pad(batch), beam_size=1, length_penalty=0.0, max_lengths=[6, 6])
    for options in ({"top_k": 1}, {"top_p": 1e-9}, {"temperature": 1e-3}):
        drawn = sample(engine, *pad(batch), seeds=[(1,), (2,)], max_lengths=[6, 6], **options)
        assert [h[0].tokens.tolist() for h in drawn] == [h[0].tokens.tolist() for h in greedy]


def test_no_sentences(table_engine):
    assert sample(table_engine(), np.zeros((0, 3)), [], seeds=[], max_lengths=[]) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"temperature": 0.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_k": -1}, "top_k"),
        ({"top_p": 0.0}, "top_p"),
        ({"top_p": 1.1}, "top_p"),
        ({"seeds": []}, "seeds"),
    ],
)
def test_arguments_out_of_range(table_engine, pad, change, name):
    with pytest.raises(ValueError, match=name):
        sample(table_engine(), *pad([(9,)]), **{"seeds": [(1,)], "max_lengths": [3], **change})
