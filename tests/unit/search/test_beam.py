from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.search import beam_search
from seq2seq.tokenization.ids import BOS, EOS, PAD, UNK

FORBIDDEN = (PAD, BOS)

seeds = st.integers(0, 2**32 - 1)
vocabularies = st.integers(4, 9)
scales = st.sampled_from([0.3, 1.0, 3.0])
penalties = st.sampled_from([0.0, 0.6, 1.0, 2.0])
sources = st.lists(st.lists(st.integers(4, 20), min_size=1, max_size=4).map(tuple), min_size=1, max_size=5)
batches = sources.flatmap(
    lambda chosen: st.tuples(st.just(chosen), st.lists(st.integers(0, 6), min_size=len(chosen), max_size=len(chosen)))
)
few = settings(max_examples=60, deadline=None)


def greedy(engine, source, limit):
    prefix = ()
    while len(prefix) < limit:
        values = engine.log_probs(source, prefix).copy()
        values[list(FORBIDDEN)] = -np.inf
        best = int(values.argmax())
        if best == EOS:
            break
        prefix = (*prefix, best)
    return prefix


def plain_beam(engine, source, limit, beam_size):
    """All that ends, as {tokens: log_probability}, and what is live in each step: one sentence, prefixes copied."""
    live, ended, steps = [((), 0.0)], {}, []
    while live:
        candidates = []
        steps.append([prefix for prefix, _ in live])
        for prefix, total in live:
            values = engine.log_probs(source, prefix).astype(float)
            if len(prefix) == limit:
                ended[prefix] = total + values[EOS]
                continue
            for token in np.argsort(-values, kind="stable"):
                if token not in FORBIDDEN:
                    candidates.append((prefix, int(token), total + values[token]))
        free = beam_size - len(ended)
        live = []
        for prefix, token, total in sorted(candidates, key=lambda c: -c[2])[:free]:
            if token == EOS:
                ended[prefix] = total
            else:
                live.append(((*prefix, token), total))
    return ended, steps


def as_tuples(hypotheses):
    return [tuple(int(t) for t in h.tokens) for h in hypotheses]


def assert_same(one, other):
    """Equal to the last bit."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.tokens, b.tokens)
        assert a.log_probability == b.log_probability
        assert a.score == b.score
        assert np.array_equal(a.token_log_probabilities, b.token_log_probabilities)
        assert (a.attention is None) == (b.attention is None)
        assert a.attention is None or np.array_equal(a.attention, b.attention)


@few
@given(seeds, vocabularies, scales, penalties, batches)
def test_a_beam_of_one_is_greedy(table_engine, pad, seed, vocabulary, scale, alpha, batch):
    engine = table_engine(seed, vocabulary, scale)
    found = beam_search(engine, *pad(batch[0]), beam_size=1, length_penalty=alpha, max_lengths=batch[1])
    for source, limit, hypotheses in zip(*batch, found, strict=True):
        assert as_tuples(hypotheses) == [greedy(engine, source, limit)]


@few
@given(seeds, st.integers(5, 6), scales, penalties, st.integers(0, 3))
def test_a_beam_as_wide_as_the_space_is_brute_force(table_engine, pad, seed, vocabulary, scale, alpha, limit):
    engine = table_engine(seed, vocabulary, scale)
    batch = [(7, 8, 9), (5,)]
    for n_best in (1, 500):
        found = beam_search(
            engine, *pad(batch), beam_size=500, length_penalty=alpha, max_lengths=[limit, 2], n_best=n_best
        )
        for source, longest, hypotheses in zip(batch, (limit, 2), found, strict=True):
            expected = engine.outputs(source, longest, alpha)[:n_best]
            assert as_tuples(hypotheses) == [tokens for _, _, tokens in expected]
            assert [h.score for h in hypotheses] == pytest.approx([score for score, _, _ in expected])
            assert [h.log_probability for h in hypotheses] == pytest.approx([p for _, p, _ in expected])


@few
@given(seeds, vocabularies, scales, penalties, batches, st.integers(1, 6))
def test_any_beam_is_the_plain_one(table_engine, pad, seed, vocabulary, scale, alpha, batch, beam_size):
    engine = table_engine(seed, vocabulary, scale)
    found = beam_search(
        engine,
        *pad(batch[0]),
        beam_size=beam_size,
        length_penalty=alpha,
        max_lengths=batch[1],
        n_best=beam_size,
    )
    for source, limit, hypotheses in zip(*batch, found, strict=True):
        expected, _ = plain_beam(engine, source, limit, beam_size)
        assert {t: h.log_probability for t, h in zip(as_tuples(hypotheses), hypotheses, strict=True)} == (
            pytest.approx(expected)
        )
        assert len(hypotheses) == len(expected) <= beam_size


@few
@given(seeds, vocabularies, scales, batches, st.integers(1, 6))
def test_the_engine_is_asked_about_live_hypotheses_only(table_engine, pad, seed, vocabulary, scale, batch, beam_size):
    engine = table_engine(seed, vocabulary, scale)
    options = {"beam_size": beam_size, "length_penalty": 1.0, "max_lengths": batch[1]}
    beam_search(engine, *pad(batch[0]), **options, _stop_early=False)
    live = [(source, plain_beam(engine, source, limit, beam_size)[1]) for source, limit in zip(*batch, strict=True)]
    expected = [
        [(source, prefix) for source, steps in live if step < len(steps) for prefix in steps[step]]
        for step in range(max(len(steps) for _, steps in live))
    ]
    assert engine.rows == expected


@few
@given(seeds, vocabularies, scales, penalties, batches, st.integers(1, 6))
def test_what_an_output_says_of_itself(table_engine, pad, seed, vocabulary, scale, alpha, batch, beam_size):
    engine = table_engine(seed, vocabulary, scale)
    found = beam_search(
        engine,
        *pad(batch[0], extra=2),
        beam_size=beam_size,
        length_penalty=alpha,
        max_lengths=batch[1],
        n_best=beam_size,
        attention=True,
    )
    for source, limit, hypotheses in zip(*batch, found, strict=True):
        scores = [h.score for h in hypotheses]
        assert scores == sorted(scores, reverse=True)
        assert len(set(as_tuples(hypotheses))) == len(hypotheses) > 0
        for hypothesis, tokens in zip(hypotheses, as_tuples(hypotheses), strict=True):
            assert len(tokens) <= limit
            assert not {PAD, BOS, EOS} & set(tokens)
            assert hypothesis.token_log_probabilities.tolist() == engine.forced(source, tokens)
            assert hypothesis.log_probability == pytest.approx(sum(engine.forced(source, tokens)))
            normalizer = ((5 + len(tokens) + 1) / 6) ** alpha
            assert hypothesis.score == pytest.approx(hypothesis.log_probability / normalizer)
            expected = [engine.attention(source, tokens[:i]) for i in range(len(tokens) + 1)]
            assert hypothesis.attention.shape == (len(tokens) + 1, len(source))
            assert np.array_equal(hypothesis.attention, expected)


@few
@given(seeds, vocabularies, scales, batches, st.integers(1, 5), st.integers(0, 3), st.booleans())
def test_neighbours_and_padding_change_nothing(
    table_engine, pad, seed, vocabulary, scale, batch, beam_size, extra, n_best
):
    options = {"beam_size": beam_size, "length_penalty": 1.0, "attention": True}
    options["n_best"] = beam_size if n_best else 1
    engine = table_engine(seed, vocabulary, scale)
    together = beam_search(engine, *pad(batch[0], extra), max_lengths=batch[1], **options)
    backwards = beam_search(engine, *pad(batch[0][::-1]), max_lengths=batch[1][::-1], **options)[::-1]
    for i, (source, limit) in enumerate(zip(*batch, strict=True)):
        (alone,) = beam_search(engine, *pad([source]), max_lengths=[limit], **options)
        assert_same(alone, together[i])
        assert_same(alone, backwards[i])


@few
@given(seeds, vocabularies, scales, penalties, batches, st.integers(2, 6))
def test_stopping_early_changes_nothing(table_engine, pad, seed, vocabulary, scale, alpha, batch, beam_size):
    engine = table_engine(seed, vocabulary, scale)
    early, late = (
        beam_search(
            engine,
            *pad(batch[0]),
            beam_size=beam_size,
            length_penalty=alpha,
            max_lengths=batch[1],
            attention=True,
            _stop_early=stop_early,
        )
        for stop_early in (True, False)
    )
    for one, other in zip(early, late, strict=True):
        assert_same(one, other)


def test_stopping_early_saves_steps_and_only_for_one_output(table_engine, pad):
    calls = {}
    for n_best, stop_early in ((1, True), (1, False), (2, True)):
        engine = table_engine(seed=3, vocabulary_size=12, scale=3.0)
        beam_search(
            engine,
            *pad([(5, 6), (7,), (8, 9)]),
            beam_size=4,
            length_penalty=0.0,
            max_lengths=[30] * 3,
            n_best=n_best,
            _stop_early=stop_early,
        )
        calls[n_best, stop_early] = sum(sentences * beams for sentences, beams, _ in engine.calls)
    assert calls[1, True] < calls[1, False] == calls[2, True]


def chain(*steps):
    """A table: after n tokens, these probabilities {token: p}; what is left over goes to pad."""

    def table(source, prefix):
        values = np.zeros(8)
        probabilities = steps[min(len(prefix), len(steps) - 1)]
        for token, p in probabilities.items():
            values[token] = p
        values[PAD] = 1 - sum(probabilities.values())
        with np.errstate(divide="ignore"):
            return np.log(values)

    return table


def test_an_ended_hypothesis_keeps_its_slot(table_engine, pad):
    # With two slots, the empty output takes one for good; the other follows 4, then 4 5, and never 4 6,
    # although both of these beat the empty output.
    engine = table_engine(table=chain({4: 0.9, EOS: 0.1}, {5: 0.5, 6: 0.4}, {EOS: 1.0}), vocabulary_size=8)
    (found,) = beam_search(engine, *pad([(9,)]), beam_size=2, length_penalty=0.0, max_lengths=[5], n_best=2)
    assert as_tuples(found) == [(4, 5), ()]
    assert [h.log_probability for h in found] == pytest.approx(np.log([0.45, 0.1]), rel=1e-6)


def test_candidates_compete_by_log_probability_and_outputs_by_score(table_engine, pad):
    engine = table_engine(table=chain({4: 0.45, EOS: 0.55}, {5: 1.0}, {6: 1.0}, {EOS: 1.0}), vocabulary_size=8)
    for alpha, expected in ((0.0, [(), (4, 5, 6)]), (1.0, [(4, 5, 6), ()])):
        (found,) = beam_search(engine, *pad([(9,)]), beam_size=2, length_penalty=alpha, max_lengths=[5], n_best=2)
        assert as_tuples(found) == expected
        assert sorted(np.exp(h.log_probability) for h in found) == pytest.approx([0.45, 0.55])
    # Greedy cannot see that the longer one is better by score.
    (found,) = beam_search(engine, *pad([(9,)]), beam_size=1, length_penalty=1.0, max_lengths=[5])
    assert as_tuples(found) == [()]


def test_the_limit_forces_a_true_eos(table_engine, pad):
    engine = table_engine(table=chain({4: 0.75, EOS: 0.25}), vocabulary_size=8)
    batch = [(9,), (10,), (11,)]
    found = beam_search(engine, *pad(batch), beam_size=1, length_penalty=1.0, max_lengths=[3, 0, 1])
    assert [as_tuples(h)[0] for h in found] == [(4, 4, 4), (), (4,)]
    expected = np.log([0.75**3 * 0.25, 0.25, 0.75 * 0.25])
    assert [h[0].log_probability for h in found] == pytest.approx(expected, rel=1e-6)
    assert found[0][0].token_log_probabilities == pytest.approx(np.log([0.75, 0.75, 0.75, 0.25]), rel=1e-6)
    # All at their limit: nothing is wanted but the score of EOS.
    assert engine.calls[-1] == (1, 1, 1)


def test_an_eos_that_cannot_be_still_ends_at_the_limit(table_engine, pad):
    engine = table_engine(table=chain({4: 1.0}), vocabulary_size=8)
    ((found,),) = beam_search(engine, *pad([(9,)]), beam_size=3, length_penalty=1.0, max_lengths=[2])
    assert as_tuples([found]) == [(4, 4)]
    assert found.log_probability == found.score == -np.inf


def test_pad_and_bos_are_never_said_even_when_likeliest(table_engine, pad):
    engine = table_engine(table=chain({BOS: 0.4, 4: 0.1, UNK: 0.06, EOS: 0.04}), vocabulary_size=8)
    (found,) = beam_search(engine, *pad([(9,)]), beam_size=3, length_penalty=0.0, max_lengths=[2], n_best=3)
    assert as_tuples(found) == [(), (4, 4), (4, UNK)]
    assert {k for _, _, k in engine.calls} == {5, 1}


def test_ties_go_to_the_lowest_candidate(table_engine, pad):
    engine = table_engine(table=lambda source, prefix: np.full(7, -np.log(7)), vocabulary_size=7)
    batch = [(9,), (10, 11)]
    found = beam_search(engine, *pad(batch), beam_size=3, length_penalty=0.0, max_lengths=[2, 2], n_best=3)
    # Three slots take unk, eos and 4; unk unk and unk eos take the two that are left.
    for hypotheses in found:
        assert as_tuples(hypotheses) == [(), (UNK,), (UNK, UNK)]


@pytest.mark.parametrize("beam_size", [4, 50])
def test_a_beam_wider_than_the_vocabulary(table_engine, pad, beam_size):
    # Nothing but unk and eos can be said: 1 + limit outputs exist.
    engine = table_engine(vocabulary_size=4, scale=0.5)
    (found,) = beam_search(
        engine, *pad([(9,)]), beam_size=beam_size, length_penalty=0.0, max_lengths=[3], n_best=beam_size
    )
    assert sorted(as_tuples(found)) == [(), (UNK,), (UNK, UNK), (UNK, UNK, UNK)]
    assert all(np.isfinite(h.log_probability) for h in found)
    assert max(k for _, _, k in engine.calls) == 4


def test_done_sentences_leave_the_batch(table_engine, pad):
    engine = table_engine(table=chain({4: 1.0, EOS: 0.0}), vocabulary_size=8)
    beam_search(engine, *pad([(9,), (10,), (11,)]), beam_size=2, length_penalty=1.0, max_lengths=[3, 0, 1])
    assert [sentences for sentences, _, _ in engine.calls] == [3, 2, 1, 1]
    assert [beams for _, beams, _ in engine.calls] == [1, 1, 1, 1]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_a_neighbour_with_more_beams_adds_no_output(table_engine, pad, limit):
    # Source 9 has one live hypothesis at a time, its neighbour four: the three empty slots of 9, which repeat its own
    # hypothesis, must come out neither as EOS is chosen nor as it is forced at the limit.
    straight = chain({4: 1.0}, {4: 0.5, EOS: 0.5})
    broad = chain(dict.fromkeys((UNK, EOS, 4, 5, 6, 7), 1 / 6))
    engine = table_engine(
        table=lambda source, prefix: (straight if source == (9,) else broad)(source, prefix), vocabulary_size=8
    )
    options = {"beam_size": 5, "length_penalty": 1.0, "n_best": 5}
    found, _ = beam_search(engine, *pad([(9,), (10,)]), max_lengths=[limit, 4], **options)
    assert max(beams for sentences, beams, _ in engine.calls if sentences == 2) >= 4
    assert sorted(as_tuples(found)) == [(4,) * length for length in range(1, limit + 1)]
    assert all(np.isfinite(h.log_probability) for h in found)


@pytest.mark.parametrize(
    ("limit", "alpha", "calls"),
    [
        # log 0.6 has ended, log 0.4 lives: without a penalty nothing that lives can get better.
        (5, 0.0, 1),
        # At best it ends at the limit for nothing more: log 0.4 / (9 / 6) is below log 0.6,
        (3, 1.0, 1),
        # but log 0.4 / (11 / 6) is above it, so that waiting is right.
        (5, 1.0, 6),
    ],
)
def test_stopping_early_does_not_wait(table_engine, pad, limit, alpha, calls):
    for stop_early, expected in ((True, calls), (False, limit + 1)):
        engine = table_engine(table=chain({4: 0.4, EOS: 0.6}, {4: 1.0}), vocabulary_size=8)
        ((found,),) = beam_search(
            engine, *pad([(9,)]), beam_size=2, length_penalty=alpha, max_lengths=[limit], _stop_early=stop_early
        )
        assert as_tuples([found]) == [()]
        assert len(engine.calls) == expected


def test_attention_only_when_asked_for(table_engine, pad):
    ((found,),) = beam_search(table_engine(), *pad([(9,)]), beam_size=2, length_penalty=1.0, max_lengths=[2])
    assert found.attention is None


def test_no_sentences(table_engine):
    empty = np.zeros((0, 3)), []
    assert beam_search(table_engine(), *empty, beam_size=2, length_penalty=1.0, max_lengths=[]) == []


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_an_error(table_engine, pad, position, value):
    def table(source, prefix):
        values = np.full(6, -np.log(6))
        values[EOS] = -30.0
        if len(prefix) == position:
            values[:] = value  # a softmax spreads it over the whole row
        return values

    with pytest.raises(FloatingPointError, match="not numbers"):
        beam_search(table_engine(table=table), *pad([(9,)]), beam_size=2, length_penalty=1.0, max_lengths=[2])


def test_no_possible_output_is_an_error(table_engine, pad):
    engine = table_engine(table=chain({BOS: 0.5}), vocabulary_size=8)
    with pytest.raises(FloatingPointError, match="probability zero"):
        beam_search(engine, *pad([(9,)]), beam_size=2, length_penalty=1.0, max_lengths=[2])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"beam_size": 0}, "beam_size"),
        ({"n_best": 3}, "n_best"),
        ({"n_best": 0}, "n_best"),
        ({"length_penalty": -0.1}, "length_penalty"),
        ({"length_penalty": float("nan")}, "length_penalty"),
        ({"max_lengths": [-1]}, "max_lengths"),
        ({"max_lengths": [1, 2]}, "shapes"),
        ({"max_lengths": 5}, "shapes"),
    ],
)
def test_arguments_out_of_range(table_engine, pad, change, name):
    options = {"beam_size": 2, "length_penalty": 1.0, "max_lengths": [3], **change}
    with pytest.raises(ValueError, match=name):
        beam_search(table_engine(), *pad([(9,)]), **options)
