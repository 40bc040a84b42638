from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.search import beam_search, forced_attention, forced_scores
from seq2seq.tokenization.ids import EOS

seeds = st.integers(0, 2**32 - 1)
sources = st.lists(st.integers(4, 20), min_size=1, max_size=4).map(tuple)
targets = st.lists(st.sampled_from([1, 4, 5, 6]), max_size=6).map(tuple)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(sources, targets), min_size=1, max_size=6),
    st.integers(0, 2),
)
def test_forced_scores_are_those_of_the_table(table_engine, pad, seed, pairs, extra):
    engine = table_engine(seed, vocabulary_size=7)
    batch, outputs = zip(*pairs, strict=True)
    found = forced_scores(engine, *pad(batch, extra), *pad(outputs, extra))
    assert [scores.tolist() for scores in found] == [engine.forced(source, output) for source, output in pairs]
    assert {k for _, _, k in engine.calls} == {1}
    assert [sentences for sentences, _, _ in engine.calls] == [
        sum(len(output) >= position for output in outputs) for position in range(max(map(len, outputs)) + 1)
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(sources, min_size=1, max_size=4), st.integers(1, 5), st.integers(0, 6))
def test_a_translation_scores_as_it_is_forced(table_engine, pad, seed, batch, beam_size, limit):
    engine = table_engine(seed, vocabulary_size=8)
    limits = [(limit + i) % 7 for i in range(len(batch))]
    found = beam_search(engine, *pad(batch), beam_size=beam_size, length_penalty=1.0, max_lengths=limits)
    best = [hypotheses[0] for hypotheses in found]
    forced = forced_scores(engine, *pad(batch), *pad([h.tokens for h in best]))
    for hypothesis, scores in zip(best, forced, strict=True):
        assert hypothesis.token_log_probabilities.tolist() == scores.tolist()
        assert hypothesis.log_probability == pytest.approx(scores.sum())


def test_what_stands_beyond_the_length_is_not_read(table_engine, pad):
    engine = table_engine(seed=1, vocabulary_size=7)
    (found,) = forced_scores(engine, *pad([(9,)]), [[5, 6, 4]], [1])
    assert found.tolist() == engine.forced((9,), (5,))


def test_no_sentences(table_engine):
    assert forced_scores(table_engine(), np.zeros((0, 3)), [], np.zeros((0, 2)), []) == []


def test_nan_is_an_error(table_engine, pad):
    def table(source, prefix):
        values = np.full(6, -np.log(6))
        values[EOS] = np.nan if prefix == (5,) else values[EOS]
        return values

    with pytest.raises(FloatingPointError, match="not numbers"):
        forced_scores(table_engine(table=table), *pad([(9,)]), *pad([(5,)]))


@pytest.mark.parametrize(
    ("targets", "lengths", "message"),
    [([[5]], [2], "target_lengths"), ([[5]], [-1], "target_lengths"), ([[5], [6]], [1, 1], "shapes")],
)
def test_shapes_that_do_not_fit(table_engine, pad, targets, lengths, message):
    with pytest.raises(ValueError, match=message):
        forced_scores(table_engine(), *pad([(9,)]), targets, lengths)


def test_attention_is_that_of_the_search(table_engine, pad):
    engine = table_engine(seed=3, vocabulary_size=8)
    batch = [(4, 5), (6, 7, 5, 4), (7,)]
    found = [
        hypotheses[0]
        for hypotheses in beam_search(
            engine, *pad(batch), beam_size=2, length_penalty=1.0, max_lengths=[3, 5, 1], attention=True
        )
    ]
    forced = forced_attention(engine, *pad(batch), *pad([h.tokens for h in found]))
    for hypothesis, attention, source in zip(found, forced, batch, strict=True):
        assert attention.shape == (len(hypothesis.tokens) + 1, len(source))
        np.testing.assert_array_equal(attention, hypothesis.attention)


def test_attention_of_no_sentences(table_engine):
    assert forced_attention(table_engine(), np.zeros((0, 3)), [], np.zeros((0, 2)), []) == []
