"""Sentences in capitals, or without any, are written as the model knows their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.tokenization.pair import Side
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.casing import in_capitals, truecase, without_capitals


@pytest.fixture(scope="module")
def side():
    lines = ["I want to go to Berlin with Anna.", "Where is the station?", "It's in Berlin, Anna said."] * 20
    return Side(Tokenizer.train(lines, vocabulary_size=360), "en")


@pytest.mark.parametrize(
    ("text", "capitals", "small"),
    [
        ("WHERE IS IT?", True, False),
        ("WO IST DIE STRASSE 5B?", True, False),
        ("STATION", True, False),
        ("NATO", False, False),
        ("A B", False, False),
        ("I AM", True, False),
        ("where is it?", False, True),
        ("where", False, False),
        ("iPhone is", False, False),
        ("12 34", False, False),
        ("猫が 好き", False, False),
        ("", False, False),
    ],
)
def test_which_case_a_text_has(text, capitals, small):
    assert (in_capitals(text), without_capitals(text)) == (capitals, small)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WHERE IS THE STATION?", "Where is the station?"),
        ("i want to go to berlin, anna said.", "I want to go to Berlin, Anna said."),
        ("IT'S THE STATION I'M IN", "It's the station I'm in"),
        ("«WHERE»  IS\tBERLIN", "«Where»  is\tBerlin"),
        ("GO TO B52 OR C3PO", "Go to B52 or C3PO"),
        ("\ue000 IS IN BERLIN", "\ue000 is in Berlin"),
        ("5 IS THE STATION", "5 Is the station"),
    ],
)
def test_words_get_the_case_that_the_vocabulary_knows(side, text, expected):
    assert truecase(text, side) == expected


@given(st.text(max_size=40))
def test_nothing_but_case_changes(side, text):
    assert truecase(text, side).casefold() == text.lower().casefold() or not text.isascii()
    assert len(truecase(text, side).split()) == len(text.split())
