"""Every option of the search through a whole translator; the engine is a table of random numbers."""

from __future__ import annotations

import itertools
import json
import re

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.search import length_normalizer
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator
from tests.unit.search.conftest import TableEngine, log_softmax

TEXT = ["der hund sah die katze", "die katze sah den hund", "ein hund, eine katze und ein hase", "ab cd ef gh ij"] * 9
LINES = ["der hund", "", "die katze sah den hund und den hasen", "eine katze", "ab"]


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.train(TEXT, vocabulary_size=310)


@pytest.fixture
def make(tokenizer):
    def translator(tokenizer=tokenizer, seed=1, scale=3.0, **decoding):
        bytes_of_letters = np.array([len(piece) == 6 for piece in tokenizer.pieces(range(len(tokenizer)))])

        def table(source, prefix):
            logits = scale * np.random.default_rng([seed, *source, 10**6, *prefix]).normal(size=len(tokenizer))
            return log_softmax(logits - 30 * bytes_of_letters)

        engine = TableEngine(vocabulary_size=len(tokenizer), table=table)
        options = {"max_length_ratio": 1.0, "max_length_offset": 4, "beam_size": 4, "literal": True} | decoding
        return Translator(
            engine, TokenizerPair.of(tokenizer, languages=("en", "de")), DecodingOptions().with_(**options)
        )

    return translator


def says(text, word):
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def pieces(translation):
    return [token.piece for token in translation.tokens[:-1]]


def test_what_a_translation_says_of_itself(make, tokenizer):
    translator = make(n_best=3, length_penalty=0.6)
    for line, found in zip(LINES, translator.translations(LINES), strict=True):
        assert found.source == line
        if not line:
            assert (found.text, found.n_best, found.alignment) == ("", (), ())
            continue
        assert found.n_best[0].text == found.text and len(found.n_best) == 3
        for output in found.n_best:
            ids = [tokenizer._processor.piece_to_id(token.piece) for token in output.tokens]
            source = (*tokenizer.encode([line])[0], 3)
            assert [token.log_probability for token in output.tokens] == translator.engine.forced(source, ids[:-1])
            assert output.text == tokenizer.decode(ids[:-1])
            assert output.score == pytest.approx(output.log_probability / length_normalizer(len(ids), 0.6))
            assert output.source_words == len(line.split())
            assert [target for _, target in output.alignment] == list(range(output.target_words))
            assert all(0 <= source < output.source_words for source, _ in output.alignment)
        scores = [output.score for output in found.n_best]
        assert scores == sorted(scores, reverse=True)
    assert translator.translate(LINES) == [found.text for found in translator.translations(LINES)]


@pytest.mark.parametrize("n_best", [1, 2, 4])
def test_n_best(make, n_best):
    found = make(n_best=n_best).translations(LINES)
    assert [len(translation.n_best) for translation in found] == [n_best, 0, n_best, n_best, n_best]
    assert [t.text for t in found] == make().translate(LINES)


@pytest.mark.parametrize("limit", [1, 3])
def test_max_length(make, limit):
    assert max(len(pieces(t)) for t in make(max_length=limit).translations(LINES)) == limit


@pytest.mark.parametrize("least", [2, 15])
def test_min_length_raises_the_limit(make, least):
    found = [len(pieces(t)) for t in make(min_length=least).translations(LINES) if t.source]
    assert min(found) >= least
    assert max(found) >= 15 if least == 15 else min(found) < 15


@pytest.mark.parametrize("size", [1, 2])
def test_no_repeat_ngram(make, size):
    # Few pieces have all the probability, so that they come again.
    def repeated(**options):
        translator = make(scale=9.0, max_length=30, min_length=30, **options)
        values = np.random.default_rng(1).normal(size=translator.engine.vocabulary_size) * 5
        translator.engine._table = lambda source, prefix: values - np.log(np.exp(values).sum())
        grams = [
            list(zip(*(pieces(t)[n:] for n in range(size)), strict=False)) for t in translator.translations(["ab"])
        ]
        return [len(found) - len(set(found)) for found in grams]

    assert max(repeated()) > 0
    assert repeated(no_repeat_ngram=size) == [0]


@pytest.mark.parametrize("penalty", [0.0, 2.0])
def test_coverage_penalty(make, penalty):
    plain, found = make().translations(LINES), make(coverage_penalty=penalty).translations(LINES)
    for with_it in found:
        normalized = with_it.log_probability / length_normalizer(len(with_it.tokens), 1.0) if with_it.tokens else 0.0
        assert with_it.score <= normalized + 1e-12
    assert (found == plain) == (not penalty)


def test_prefixes(make):
    prefixes = ["die", "der", "", "eine katze sah", "a"]
    translator = make(n_best=2)
    found = translator.translations(LINES, prefixes=prefixes)
    for line, prefix, translation in zip(LINES, prefixes, found, strict=True):
        assert all(output.text.startswith(prefix) for output in translation.n_best)
        assert translation.text.startswith(prefix) or not line
    assert found[2] == translator.translations(LINES)[2]
    assert translator.translate(LINES, prefixes=prefixes) == [t.text for t in found]
    with pytest.raises(ValueError, match="as many prefixes as lines, got 1 and 2"):
        translator.translate(["a", "b"], prefixes=["c"])


def test_the_prefix_of_a_long_line_begins_its_first_part(make):
    translator = make(max_source_tokens=7, one_sentence=True)
    line = "der hund sah. die katze sah."
    warnings = []
    (found,) = translator.translations([line], prefixes=["eine"], warn=lambda n, text: warnings.append((n, text)))
    assert len(warnings) == 1
    ends = [n for n, token in enumerate(found.tokens) if token.piece == "</s>"]
    assert found.text.startswith("eine") and len(ends) == 2
    assert not "".join(token.piece for token in found.tokens[ends[0] + 1 :]).startswith("▁eine")


@pytest.mark.parametrize("options", [{"seed": 1}, {"seed": 2}, {"top_k": 9}, {"temperature": 0.5}, {"top_p": 0.5}])
def test_samples_depend_on_line_and_seed_alone(make, options):
    options = {"sample": True, "scale": 0.5, **options}
    lines = LINES * 2
    together = make(**options).translate(lines)
    assert make(**options, batch_tokens=1).translate(lines) == together
    translator = make(**options)
    assert [translator.translate([line], first_line=n)[0] for n, line in enumerate(lines)] == together
    assert list(translator.translate_iter(lines, window_lines=3)) == together
    assert together[0] != together[5]  # the same on another line
    assert make(**{**options, "seed": 7}).translate(lines) != together


def test_sampling_options_matter(make):
    found = [
        tuple(make(sample=True, scale=0.5, **options).translate(LINES))
        for options in ({}, {"top_k": 2}, {"top_k": 1}, {"top_p": 0.1}, {"temperature": 0.01}, {"temperature": 9.0})
    ]
    assert len(set(found)) >= 5
    assert found[2] == tuple(make(beam_size=1, scale=0.5).translate(LINES)) == found[4]


def test_several_samples(make):
    found = make(sample=True, n_best=6, scale=0.5).translations(LINES)
    assert [len(t.n_best) for t in found] == [6, 0, 6, 6, 6]
    assert len({output.text for output in found[0].n_best}) > 1


@pytest.mark.parametrize("sample", [False, True])
def test_avoid(make, sample):
    options = {"sample": sample, "beam_size": 3, "scale": 0.8, "max_length": 8}
    plain = make(**options).translate(LINES)
    words = sorted({text.split()[0] for text in plain if text.split()})[:2]
    found = make(avoid=tuple(words), **options).translate(LINES)
    assert not any(says(text, word) for text in found for word in words)
    assert [bool(text) for text in found] == [bool(text) for text in plain]


@pytest.mark.parametrize("beam_size", [1, 4])
@pytest.mark.parametrize("words", [("hase",), ("die katze", "hund")])
def test_require(make, beam_size, words):
    warnings = []
    translator = make(require=words, beam_size=beam_size, max_length=25)
    for line, text in zip(LINES, translator.translate(LINES, warn=lambda *said: warnings.append(said)), strict=True):
        assert all(says(text, word) for word in words) or not line
    assert warnings == []


def test_a_limit_that_leaves_no_room_for_a_required_word_is_warned_of(make):
    warnings = []
    make(require=("katze hase hund",), max_length=2).translate(LINES, warn=lambda *said: warnings.append(said))
    assert sorted(n for n, _ in warnings) == [0, 2, 3, 4]
    assert "length limit" in warnings[0][1]


def test_options_compose(make):
    translator = make(
        n_best=2,
        no_repeat_ngram=2,
        coverage_penalty=0.2,
        min_length=4,
        max_length=14,
        avoid=("katze",),
        require=("hase",),
        scale=1.0,
    )
    for found in translator.translations(LINES, prefixes=["der"] * 5):
        for output in found.n_best:
            assert output.text.startswith("der") and not says(output.text, "katze")
            assert says(output.text, "hase") or output is not found.n_best[0]
            said = [token.piece for token in output.tokens[:-1]]
            assert 4 <= len(said) <= 14
            grams = list(itertools.pairwise(said[1:]))
            assert len(grams) == len(set(grams))


def test_what_cannot_be_is_one_sentence(make):
    older = Tokenizer.train(TEXT, vocabulary_size=310, normalization="nmt_nfkc")
    with pytest.raises(UserError, match="'die katze', which is required, contains a word to avoid: no output"):
        make(avoid=("katze",), require=("die katze",)).translate(LINES)
    with pytest.raises(UserError, match="leaves nothing of"):
        make(older, avoid=("\u200b",)).translate(LINES)
    with pytest.raises(UserError, match="n_best 5 is above beam_size 4"):
        make().translate(LINES, n_best=5)


def test_the_surfaces_of_pieces_are_what_they_decode_to(tokenizer):
    surfaces = tokenizer.surfaces()
    assert surfaces[0] == surfaces[2] == surfaces[3] == b""
    ids = tokenizer.encode(["die katze 猫"])[0]
    assert b"".join(surfaces[i] for i in ids).decode().strip() == "die katze 猫"
    for i in range(4 + 256, len(tokenizer)):
        assert surfaces[i].decode().strip() == tokenizer.decode([i]).strip()
    assert tokenizer.decode([1]) == surfaces[1].decode()


def test_the_same_tokenizer(tokenizer):
    assert tokenizer.same_as(Tokenizer(tokenizer.model))
    assert tokenizer.same_as(Tokenizer.train(TEXT, vocabulary_size=310))
    assert not tokenizer.same_as(Tokenizer.train(TEXT, vocabulary_size=305))


def test_forced_scores_are_the_search_s(make):
    translator = make(scale=0.7, length_penalty=0.3)
    found = translator.translations(LINES)
    scored = translator.score(LINES, [t.text for t in found])
    for translation, score in zip(found, scored, strict=True):
        if [token.piece for token in score.tokens] == [token.piece for token in translation.tokens]:
            assert score.log_probability == pytest.approx(translation.log_probability)
            assert score.score == pytest.approx(translation.score)
            assert score.tokens == translation.tokens
    alone = [translator.score([s.source], [s.target])[0] for s in scored]
    assert alone == scored == translator.score(LINES, [t.text for t in found], batch_tokens=1)
    with pytest.raises(ValueError, match="as many sources as targets, got 1 and 0"):
        translator.score(["a"], [])


def test_a_pair_s_score_is_the_engine_s(make, tokenizer):
    translator = make()
    (score,) = translator.score(["der hund"], ["die katze"])
    source, target = (*tokenizer.encode(["der hund"])[0], 3), tokenizer.encode(["die katze"])[0]
    values = translator.engine.forced(source, target)
    assert [token.log_probability for token in score.tokens] == values
    assert score.log_probability == pytest.approx(sum(values))
    assert score.score == pytest.approx(sum(values) / length_normalizer(len(values), 1.0))
    (plain,) = translator.score(["der hund"], ["die katze"], length_penalty=0.0)
    assert plain.score == score.log_probability


def test_sentences_of_a_line_are_translated_by_themselves(make):
    translator = make(n_best=2)
    one, other = translator.translations(["Der hund.", "Die katze sah den hund."])
    (both,) = translator.translations(["Der hund.  Die katze sah den hund."])
    assert both.text == f"{one.text}  {other.text}"
    assert both.score == pytest.approx(one.score + other.score)
    assert [segment.source for segment in both.segments] == ["Der hund.", "Die katze sah den hund."]
    assert [segment.text for segment in both.segments] == [one.text, other.text]
    assert both.source_words == one.source_words + other.source_words
    shifted = [(i - one.source_words, j - one.target_words) for i, j in both.alignment[len(one.alignment) :]]
    assert (*one.alignment, *other.alignment) == (*both.alignment[: len(one.alignment)], *shifted)
    record = json.loads(both.to_json())
    assert [segment["translation"] for segment in record["segments"]] == [one.text, other.text]
    assert "segments" not in json.loads(one.to_json())
    assert len(both.n_best) == 2 and both.n_best[0].text == both.text
    (whole,) = translator.translations(["Der hund. Die katze sah den hund."], one_sentence=True)
    assert len(whole.segments) == 1 and whole.text != f"{one.text} {other.text}"


def test_what_a_sentence_gets_depends_on_no_neighbour(make):
    sentences = ["Der hund.", "Die katze sah.", "Ein hase."]
    line = "\t".join(sentences)
    for options in ({}, {"sample": True, "seed": 3}):
        alone = make(**options).translate([line], first_line=1)
        assert make(**options).translate(["eine katze", line])[1:] == alone
        assert make(batch_tokens=1, **options).translate([line], first_line=1) == alone
    assert make().translate([line]) == ["\t".join(make().translate(sentences))]


def test_a_prefix_begins_the_first_sentence(make):
    found = make().translate(["Der hund. Die katze."], prefixes=["Eine"])[0]
    assert found.startswith("Eine")
    (segments,) = (
        translation.segments for translation in make().translations(["Der hund. Die katze."], prefixes=["Ab. Ij"])
    )
    assert len(segments) == 1, "a prefix of several sentences leaves the line whole"


def test_a_line_that_must_contain_a_word_is_left_whole(make):
    (found,) = make(require=("hase",), max_length=12).translations(["Der hund. Die katze."])
    assert len(found.segments) == 1 and says(found.text, "hase")
