"""The rule "nfc" is Unicode's, spelling by spelling."""

import itertools
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.tokenization.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.train(["some text"] * 20, vocabulary_size=270, normalization="nfc")


def read(tokenizer, text):
    (ids,) = tokenizer.encode([text])
    return tokenizer.decode(ids)


def test_every_character_of_unicode_in_both_forms(tokenizer):
    characters = [
        chr(n) for n in range(0x21, sys.maxunicode + 1) if not 0xD800 <= n < 0xE000 and n not in (0x2581, 0x344)
    ]
    for form in ("NFC", "NFD"):
        lines = [unicodedata.normalize(form, character) for character in characters]
        for line, ids in zip(lines, tokenizer.encode(lines), strict=True):
            assert tokenizer.decode(ids) == unicodedata.normalize("NFC", line)


@pytest.mark.parametrize("base", "aeo")
def test_marks_in_any_order(tokenizer, base):
    for marks in itertools.permutations("\u0323\u0302"):
        for text in ("".join((base, *marks)), unicodedata.normalize("NFC", base + marks[0]) + marks[1]):
            assert read(tokenizer, text) == unicodedata.normalize("NFC", text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="▁\n ")))
def test_nothing_is_lost(tokenizer, text):
    assert unicodedata.normalize("NFD", read(tokenizer, text)) == unicodedata.normalize("NFD", text)


def test_the_same_text_gives_the_same_file(tokenizer):
    again = Tokenizer.train(["some text"] * 20, vocabulary_size=270, normalization="nfc")
    assert again.model == tokenizer.model
    assert b".tsv" not in again.model
