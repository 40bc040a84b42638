"""The form that the model reads, and the way back."""

from __future__ import annotations

import unicodedata

import pytest

from seq2seq.tokenization.pair import Side, TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.carriers import Carriers, candidates, carriers
from seq2seq.translation.source_form import source_forms
from seq2seq.translation.translator import Translator
from tests.unit.search.conftest import TableEngine, log_softmax

PLAIN = ['It\'s "good" - I said...', "Where is the café?", "Nora met Julia and Max."] * 20


@pytest.fixture(scope="module")
def side():
    return Side(Tokenizer.train(PLAIN, vocabulary_size=340), "en")


def read(text, side):
    return [form.text for form in source_forms(text, side, lambda: ["Nora", "Julia", "Max"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s “good” – I said…", 'It\'s "good" - I said...'),
        ("Where  is   the café?", "Where is the café?"),
        (unicodedata.normalize("NFD", "Where is the café?"), "Where is the café?"),
        ("Where is the café?", "Where is the café?"),
        ("WHERE IS THE CAFÉ?", "Where is the café?"),
        ("where is the café?", "Where is the café?"),
        ("Where", "Where"),
        ("3 1 2", "3 1 2"),
        ("Where is 5?", "Where is 5?"),
    ],
)
def test_one_form_as_a_rule(side, text, expected):
    assert read(text, side) == [expected]


def test_a_missing_mark_is_tried(side):
    assert read("Where is the café", side) == ["Where is the café", "Where is the café.", "Where is the café?"]
    assert read("Where is the café", Side(side.tokenizer, "ja")) == ["Where is the café"]
    assert len(source_forms("Where is the café", side, list, part=True)) == 1


def test_protected_tokens_are_masked_by_words_that_the_sentence_has_not(side):
    assert read("Where is {x}?", side) == ["Where is Nora?", "Where is Julia?", "Where is Max?"]
    assert read("Where is nora with {x}?", side)[:2] == ["Where is nora with Julia?", "Where is nora with Max?"]
    assert read("{x} {y} met {z} and {x}.", side)[0].startswith("Nora Julia met Max and X")
    assert read("{x} %s", side) == []


def test_quotation_marks_that_the_model_knows_stay():
    known = Side(Tokenizer.train(["It’s “good” – I said…"] * 30, vocabulary_size=300, normalization="identity"), "en")
    assert read("It's “good”.", known) == ["It’s “good”."]


def test_carriers_are_words_that_come_back(side):
    tried = []

    def search(texts):
        tried.extend(texts)
        return [(text.replace("Max", "Moritz").replace("Julia", "Das ist Julia"), -len(text)) for text in texts]

    pair = TokenizerPair(side, side)
    assert {"Nora", "Julia", "Max"} <= set(candidates(pair))
    found = Carriers(pair)
    first = found.get(search)
    assert "Nora" in first and "Max" not in first and first[-1] == "Julia"
    assert first[:-1] == sorted(first[:-1], key=len)
    assert found.get(search) is first and len(tried) == 2 * len(candidates(pair))
    assert carriers([], search) == []


@pytest.fixture(scope="module")
def asking():
    """A model that gives its input back, and is sure only of sentences with a question mark."""
    tokenizer = Tokenizer.train(["wo ist der Hund?", "Wo ist der Hund."] * 20, vocabulary_size=310)
    mark = tokenizer.encode(["Hund?"])[0][-1]

    def table(source, prefix):
        import numpy as np

        logits = np.zeros(len(tokenizer))
        logits[source[len(prefix)] if len(prefix) < len(source) else 3] = 12.0 if mark in source else 6.0
        return log_softmax(logits)

    pair = TokenizerPair.of(tokenizer, languages=("de", "de"))
    return Translator(TableEngine(vocabulary_size=len(tokenizer), table=table), pair)


def test_the_likeliest_form_is_taken_and_its_mark_taken_off(asking):
    (found,) = asking.translations(["Wo ist der Hund"])
    assert found.text == "Wo ist der Hund" and found.tokens[-2].piece == "?"
    assert asking.translate(["Wo ist der Hund", "Wo ist der Hund."]) == ["Wo ist der Hund", "Wo ist der Hund."]
    assert asking.translate(["WO IST DER HUND?", "WO IST DER HUND"]) == ["WO IST DER HUND?", "WO IST DER HUND"]
    (literal,) = asking.translations(["Wo ist der Hund"], literal=True)
    assert literal.tokens[-2].piece != "?" and literal.log_probability < found.log_probability
