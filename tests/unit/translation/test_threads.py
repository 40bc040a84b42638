"""Contract 14: one translator, many threads, different options; each call gets what it alone would get."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from seq2seq.search.constraint_lexicon import ConstraintLexicon
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.lexicon_cache import CAPACITY, LexiconCache
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator
from tests.unit.search.conftest import TableEngine, log_softmax
from tests.unit.translation.test_translator_features import LINES, TEXT

THREADS = 8
OPTIONS = [
    DecodingOptions(beam_size=1),
    DecodingOptions(beam_size=4, n_best=3),
    DecodingOptions(avoid=("katze",)),
    DecodingOptions(avoid=("katze", "hund"), beam_size=2),
    DecodingOptions(require=("hase",), beam_size=3, max_length=12),
    DecodingOptions(require=("die katze",), avoid=("hase",), max_length=12),
    DecodingOptions(sample=True, n_best=2, seed=4),
    DecodingOptions(sample=True, avoid=("der",), seed=5),
    DecodingOptions(no_repeat_ngram=2, min_length=4, coverage_penalty=0.3),
    DecodingOptions(batch_tokens=1, length_penalty=0.0, beam_size=2),
]


@pytest.fixture(scope="module")
def tokenizers():
    return TokenizerPair.of(Tokenizer.train(TEXT, vocabulary_size=310), languages=("en", "de"))


@pytest.fixture
def make(tokenizers):
    size = len(tokenizers.target.tokenizer)
    is_byte = np.array([len(piece) == 6 for piece in tokenizers.target.tokenizer.pieces(range(size))])

    def table(source, prefix):
        logits = 0.8 * np.random.default_rng([1, *source, 10**6, *prefix]).normal(size=size)
        return log_softmax(logits - 30 * is_byte)

    return lambda parallel=1: Translator(
        TableEngine(vocabulary_size=size, table=table), tokenizers, DecodingOptions(max_length=9), parallel=parallel
    )


@pytest.fixture
def hurried():
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("parallel", [1, 3])
def test_each_call_gets_what_it_alone_would_get(make, hurried, parallel):
    expected = {options: make().translations(LINES, options) for options in OPTIONS}
    assert len({tuple(found) for found in expected.values()}) == len(OPTIONS), "options that make no difference"
    shared = make(parallel)
    calls = [options for n in range(3) for options in OPTIONS[n:] + OPTIONS[:n]]
    begin = threading.Barrier(THREADS)
    waited = set()

    def call(options):
        if threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            begin.wait(60)
        return shared.translations(LINES, options)

    with ThreadPoolExecutor(THREADS) as pool:
        for options, found in zip(calls, pool.map(call, calls), strict=True):
            assert found == expected[options], options
    assert shared.options == DecodingOptions(max_length=9)


def test_a_lexicon_that_grows_in_many_threads(tokenizers, hurried):
    surfaces = tokenizers.target.tokenizer.surfaces()
    rng = np.random.default_rng(1)
    outputs = [rng.integers(260, len(surfaces), 12) for _ in range(24)]

    def read(lexicon, output):
        states, seen = np.array([lexicon.starts[0]]), []
        for token in output:
            token = np.array([token])
            seen.append((lexicon.forbidden(states, token).tolist(), lexicon.refused(states).tolist()))
            states = lexicon.next(states, token)
            seen.append((lexicon.at_risk(states).tolist(), lexicon.may_end(states).tolist()))
        return seen

    def lexicon():
        return ConstraintLexicon(surfaces, ["katze", "der hund", "ab cd"])

    expected = [read(lexicon(), output) for output in outputs]
    for _ in range(3):
        shared, begin = lexicon(), threading.Barrier(THREADS)

        def work(n, shared=shared, begin=begin):
            begin.wait(60)
            return [read(shared, output) for output in outputs[n:] + outputs[:n]]

        with ThreadPoolExecutor(THREADS) as pool:
            for n, found in enumerate(pool.map(work, range(0, 3 * THREADS, 3))):
                assert found == expected[3 * n :] + expected[: 3 * n]


def test_a_lexicon_is_kept_while_it_is_used(tokenizers):
    cache = LexiconCache(tokenizers.target)
    first = cache.get(("katze",), ())
    assert cache.get(("katze",), ()) is first
    assert cache.get((), ("hund",)) is not cache.get(("hund",), ())
    letters = "abcdefghij"[:CAPACITY]
    for letter in letters:
        cache.get((letter,), ())
        assert cache.get(("katze",), ()) is first
    for letter in letters:
        cache.get((letter, "ab"), ())
    assert cache.get(("katze",), ()) is not first, "others were used since"
