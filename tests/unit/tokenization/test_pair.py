"""The tokenizers of both sides as one value."""

from dataclasses import FrozenInstanceError

import pytest

from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer

TEXT = ["the cat sits on the mat", "die Katze sitzt auf der Matte", "a dog and a cat", "ein Hund und eine Katze"] * 9


@pytest.fixture(scope="module")
def one():
    return Tokenizer.train(TEXT, vocabulary_size=300)


@pytest.fixture(scope="module")
def other():
    return Tokenizer.train(TEXT, vocabulary_size=290)


def test_one_tokenizer_serves_both_sides(one, other):
    pair = TokenizerPair.of(one)
    assert pair.source.tokenizer is pair.target.tokenizer is one
    assert pair.joint
    assert TokenizerPair.of(one, Tokenizer(one.model)).joint, "read from two files"
    assert not TokenizerPair.of(one, other).joint


@pytest.mark.parametrize(
    ("language", "spaces", "separator"), [("de", True, " "), ("ja", False, ""), ("zh-TW", False, ""), (None, True, " ")]
)
def test_a_side_is_written_as_its_language(one, language, spaces, separator):
    target = TokenizerPair.of(one, languages=("en", language)).target
    assert (target.language, target.spaces, target.separator) == (language, spaces, separator)


def test_pairs_are_the_same_if_both_sides_are(one, other):
    pair = TokenizerPair.of(one, other)
    assert pair.same_as(TokenizerPair.of(Tokenizer(one.model), Tokenizer(other.model), ("en", "de")))
    assert not pair.same_as(TokenizerPair.of(other, one))
    assert not pair.same_as(TokenizerPair.of(one))


def test_a_pair_never_changes(one):
    pair = TokenizerPair.of(one)
    with pytest.raises(FrozenInstanceError):
        pair.source = pair.target
    with pytest.raises(FrozenInstanceError):
        pair.source.language = "fr"
