from __future__ import annotations

import re

import numpy as np
import pytest

from seq2seq.search import beam_search, sample
from seq2seq.search.constraint_lexicon import ConstraintLexicon, RequiredWord
from seq2seq.search.constraints import GridSelection, WordConstraints
from seq2seq.search.rules import NoRepeat

SURFACES = [b"", b" ?", b"", b"", b" a", b"b", b" ab", b"c"]
SIZE = len(SURFACES)
SOURCES = [(7, 8, 9), (5,)]
WIDE = 700


def text_of(tokens):
    return b"".join(SURFACES[token] for token in tokens).decode().lstrip()


def says(tokens, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text_of(tokens)) is not None


def as_tuples(hypotheses):
    return [tuple(int(t) for t in h.tokens) for h in hypotheses]


def search(engine, pad, lexicon, limits, beam_size, n_best=1, rules=(), **options):
    words = WordConstraints(lexicon, limits, beam_size)
    if lexicon.complete:
        options["selection"] = GridSelection(words, beam_size, SIZE)
    return beam_search(
        engine,
        *pad(SOURCES[: len(limits)]),
        beam_size=beam_size,
        length_penalty=0.7,
        max_lengths=limits,
        n_best=n_best,
        rules=[words, *rules],
        **options,
    )


@pytest.mark.parametrize("avoid", [["ab"], ["a", "abc"], ["ab a"]])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_wide_beam_finds_the_best_without_the_words(table_engine, pad, avoid, seed):
    engine = table_engine(seed, SIZE)
    found = search(engine, pad, ConstraintLexicon(SURFACES, avoid), [4, 3], WIDE, n_best=20)
    for source, limit, hypotheses in zip(SOURCES, [4, 3], found, strict=True):
        outputs = [tokens for _, _, tokens in engine.outputs(source, limit, 0.7)]
        expected = [tokens for tokens in outputs if not any(says(tokens, word) for word in avoid)]
        assert as_tuples(hypotheses) == expected[:20]
        assert expected != outputs


REQUIRED = [
    [RequiredWord("ab", (6,))],
    [RequiredWord("ab", (4, 5))],
    [RequiredWord("abc", (6, 7)), RequiredWord("a", (4,))],
    [RequiredWord("a ab", (4, 6))],
]


@pytest.mark.parametrize("require", REQUIRED)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_wide_beam_finds_the_best_with_the_words(table_engine, pad, require, seed):
    engine = table_engine(seed, SIZE)
    found = search(engine, pad, ConstraintLexicon(SURFACES, [], require), [4, 3], WIDE, n_best=10)
    for source, limit, hypotheses in zip(SOURCES, [4, 3], found, strict=True):
        outputs = [tokens for _, _, tokens in engine.outputs(source, limit, 0.7)]
        expected = [tokens for tokens in outputs if all(says(tokens, word.text) for word in require)]
        assert as_tuples(hypotheses)[: len(expected)] == expected[:10]
        assert not any(h.breaks_rule for h in hypotheses[: len(expected)])
        for hypothesis in hypotheses[:3]:
            assert hypothesis.token_log_probabilities.tolist() == engine.forced(source, hypothesis.tokens)


@pytest.mark.parametrize("beam_size", [1, 2, 5])
@pytest.mark.parametrize("seed", range(6))
def test_narrow_beams_keep_the_rules(table_engine, pad, beam_size, seed):
    lexicon = ConstraintLexicon(SURFACES, ["a"], [RequiredWord("abc", (6, 7)), RequiredWord("ab", (6,))])
    engine = table_engine(seed, SIZE, scale=4.0)
    for hypotheses in search(engine, pad, lexicon, [9, 8], beam_size, n_best=beam_size, rules=[NoRepeat(3, 2)]):
        best = hypotheses[0]
        tokens = tuple(best.tokens.tolist())
        assert not best.breaks_rule
        assert says(tokens, "abc") and says(tokens, "ab") and not says(tokens, "a"), text_of(tokens)


@pytest.mark.parametrize("beam_size", [1, 2, 4])
@pytest.mark.parametrize("seed", range(6))
def test_narrow_beams_avoid(table_engine, pad, beam_size, seed):
    lexicon = ConstraintLexicon(SURFACES, ["ab", "a"])
    engine = table_engine(seed, SIZE, scale=4.0)
    for hypotheses in search(engine, pad, lexicon, [6, 1], beam_size, n_best=beam_size):
        assert not any(says(tokens, "ab") or says(tokens, "a") for tokens in as_tuples(hypotheses))
        assert not any(h.breaks_rule for h in hypotheses)


def test_a_required_word_that_nobody_would_say(table_engine, pad):
    def table(source, prefix):
        values = np.full(SIZE, 1e-9)
        values[4], values[3] = 0.7, 0.3
        return np.log(values / values.sum())

    engine = table_engine(table=table, vocabulary_size=SIZE)
    (found,) = search(engine, pad, ConstraintLexicon(SURFACES, [], [RequiredWord("abc", (6, 7))]), [9], 2)
    # At its end, where it is dear once and nothing comes after it; the engine is asked for all tokens.
    assert text_of(found[0].tokens.tolist()).split().count("abc") == 1
    assert found[0].log_probability > 3 * np.log(1e-9)


@pytest.mark.parametrize(("limit", "breaks_rule"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_limit_that_leaves_no_room_breaks_the_rule(table_engine, pad, limit, breaks_rule):
    engine = table_engine(1, SIZE)
    lexicon = ConstraintLexicon(SURFACES, [], [RequiredWord("abc", (6, 7))])
    ((best,),) = search(engine, pad, lexicon, [limit], 3)
    assert best.breaks_rule == breaks_rule
    assert says(tuple(best.tokens.tolist()), "abc") == (not breaks_rule)


def test_what_breaks_a_rule_ranks_below_what_does_not(table_engine, pad):
    engine = table_engine(1, SIZE)
    lexicon = ConstraintLexicon(SURFACES, [], [RequiredWord("ab", (6,))])
    for hypotheses in search(engine, pad, lexicon, [2, 2], 8, n_best=8):
        flags = [h.breaks_rule for h in hypotheses]
        assert flags == sorted(flags) and not flags[0]


@pytest.mark.parametrize("beam_size", [1, 3])
@pytest.mark.parametrize("require", [[], [RequiredWord("abc", (6, 7))]])
def test_neighbours_change_nothing(table_engine, pad, beam_size, require):
    engine = table_engine(3, SIZE)
    lexicon = ConstraintLexicon(SURFACES, ["a"], require)
    together = search(engine, pad, lexicon, [6, 4], beam_size)
    (alone,) = search(engine, pad, ConstraintLexicon(SURFACES, ["a"], require), [6], beam_size)
    assert as_tuples(alone) == as_tuples(together[0])
    assert alone[0].score == together[0][0].score


def test_only_the_sentences_that_must(table_engine, pad):
    engine = table_engine(3, SIZE)
    lexicon = ConstraintLexicon(SURFACES, [], [RequiredWord("abc", (6, 7))])
    words = WordConstraints(lexicon, [5, 5], 4, [True, False])
    free = beam_search(engine, *pad(SOURCES), beam_size=4, length_penalty=0.0, max_lengths=[5, 5])
    found = beam_search(
        engine,
        *pad(SOURCES),
        beam_size=4,
        length_penalty=0.0,
        max_lengths=[5, 5],
        rules=[words],
        selection=GridSelection(words, 4, SIZE),
    )
    assert says(tuple(found[0][0].tokens.tolist()), "abc")
    assert as_tuples(found[1]) == as_tuples(free[1])


def test_avoiding_costs_nothing_where_nothing_is_near(table_engine, pad):
    engine = table_engine(3, SIZE)
    search(engine, pad, ConstraintLexicon(SURFACES, ["abc"]), [3, 3], 1)
    # One more for what may lead into risk is the most; never the whole vocabulary.
    assert max(k for _, _, k in engine.calls) < SIZE


def test_samples_avoid(table_engine, pad):
    engine = table_engine(2, SIZE, scale=0.5)
    count = 60
    drawn = []
    for rules in ([WordConstraints(ConstraintLexicon(SURFACES, ["ab", "a"]), [5] * count, 1)], []):
        found = sample(
            engine,
            *pad([(9,)] * count),
            seeds=[(1, n) for n in range(count)],
            max_lengths=[5] * count,
            rules=rules,
        )
        drawn.append([any(says(tuple(h.tokens.tolist()), word) for word in ("ab", "a")) for (h,) in found])
    assert not any(drawn[0]) and any(drawn[1])
