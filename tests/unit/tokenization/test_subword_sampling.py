import math
import subprocess
import sys
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.text.lines import read_lines
from seq2seq.tokenization.subword_sampling import SubwordSampler
from seq2seq.tokenization.tokenizer import Tokenizer

UNIGRAM = {"a": (0, -1.5), "b": (1, -2.5), "ab": (2, -2.0), "ba": (3, -3.5), "aba": (4, -4.0)}


@pytest.fixture(scope="module")
def learnt(traveller):
    """A tokenizer of each kind."""
    lines = read_lines(traveller / "train.en")[:2000]
    return {kind: Tokenizer.train(lines, vocabulary_size=700, type=kind) for kind in ("bpe", "unigram")}


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
def test_byte_pairs_without_dropout_are_sentencepieces_own(learnt, text):
    line = " ".join(text.split("\n"))
    assert learnt["bpe"].sample([line], 0.0, seed=1) == learnt["bpe"].encode([line])


def test_byte_pairs_without_dropout_on_real_text(learnt, traveller):
    lines = read_lines(traveller / "test-long.en")[:300]
    assert learnt["bpe"].sample(lines, 0.0, seed=1) == learnt["bpe"].encode(lines)


@pytest.mark.parametrize("alpha", [0.1, 0.5])
@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_as_many_pieces_as_sentencepiece_samples(learnt, traveller, kind, alpha):
    lines = read_lines(traveller / "test.en")[:500]
    tokenizer = learnt[kind]
    ours = sum(map(len, tokenizer.sample(lines, alpha, seed=3)))
    theirs = sum(map(len, tokenizer._processor.encode(lines, enable_sampling=True, alpha=alpha, nbest_size=-1)))
    assert ours == pytest.approx(theirs, rel=0.04)


@pytest.mark.parametrize("alpha", [0.3, 1.0])
def test_unigram_probabilities_are_those_of_all_segmentations(alpha):
    def segmentations(word):
        if not word:
            yield ()
        for end in range(1, len(word) + 1):
            if word[:end] in UNIGRAM:
                yield from ((word[:end], *rest) for rest in segmentations(word[end:]))

    weights = {s: math.exp(alpha * sum(UNIGRAM[piece][1] for piece in s)) for s in segmentations("ababa")}
    sampler, random = SubwordSampler(UNIGRAM, []), Random(5)
    spelling = {i: piece for piece, (i, _) in UNIGRAM.items()}
    draws = 20_000
    found = Counter(tuple(spelling[i] for i in sampler.sample("ababa", alpha, random)) for _ in range(draws))
    for segmentation, weight in weights.items():
        expected = weight / sum(weights.values())
        assert found[segmentation] / draws == pytest.approx(expected, abs=4 * math.sqrt(expected / draws))


def test_merges_are_left_out_as_often_as_alpha_says():
    sampler, random = SubwordSampler({"a": (0, -1.0), "b": (1, -2.0), "ab": (2, 0.0)}, []), Random(5)
    kept = sum(sampler.sample("ab", 0.3, random) == [2] for _ in range(10_000))
    assert kept / 10_000 == pytest.approx(0.7, abs=0.02)


def test_a_character_outside_the_vocabulary_is_its_bytes():
    assert SubwordSampler({"a": (0, -1.5)}, list(range(1000, 1256))).sample("aé", 0.5, Random(1)) == [0, 1195, 1169]


def test_every_process_samples_the_same(learnt, tmp_path):
    """SentencePiece's own samples differ from process to process, whatever the seed."""
    for kind, tokenizer in learnt.items():
        (tmp_path / kind).write_bytes(tokenizer.model)
        line = "Where is the nearest station?"
        program = (
            "import sys; from pathlib import Path; from seq2seq.tokenization.tokenizer import Tokenizer;"
            "print(Tokenizer.load(Path(sys.argv[1])).sample([sys.argv[2]] * 5, 0.3, 7))"
        )
        printed = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / kind), line], capture_output=True, text=True, check=True
        ).stdout
        assert printed.strip() == str(tokenizer.sample([line] * 5, 0.3, 7))
