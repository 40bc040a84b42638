"""What must not change comes out as it went in, each exactly once, whatever the model makes of it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.tokenization.pair import Side, TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.masking import OutputText, mask, unmask
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator
from tests.unit.search.conftest import TableEngine, log_softmax

TOKENS = [
    "https://example.org/a?b=1&c=(2)",
    "www.example.org/x_y",
    "anna.b+c@mail.example.org",
    "{name}",
    "{{count}}",
    "{0:.2f}",
    "${HOME}",
    "$PATH",
    "%s",
    "%(count)d",
    "%1$s",
    "%.2f",
    "%@",
    "&nbsp;",
    "&#8217;",
    "@anna_b",
    "#travel",
    "😊",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇩🇪",
    "❤️",
    "Qxzkwv",
    "Łódźżyński",
]
NUMBERS = ["7", "37", "3.14", "1,000", "12:30", "2026"]
WORDS = ["please", "write", "to", "the", "station", "and", "I"]


@pytest.fixture(scope="module")
def english():
    text = ["please write to the station and i", "Nora is at the station.", "Please write to Julia!"] * 9
    return TokenizerPair.of(Tokenizer.train(text, vocabulary_size=330), languages=("en", "de"))


@pytest.fixture(scope="module")
def faithful(english, copying_translator):
    engine = copying_translator(english.source.tokenizer).engine
    return Translator(engine, english)


@pytest.fixture(scope="module")
def careless(english):
    """A model whose outputs have nothing to do with the source."""
    size = len(english.target.tokenizer)
    is_byte = np.array([len(piece) == 6 for piece in english.target.tokenizer.pieces(range(size))])

    def table(source, prefix):
        logits = np.random.default_rng([1, *source, 10**6, *prefix]).normal(size=size)
        return log_softmax(logits - 30 * is_byte)

    options = DecodingOptions(beam_size=2, max_length_ratio=1.0, max_length_offset=3)
    return Translator(TableEngine(vocabulary_size=size, table=table), english, options)


@pytest.mark.parametrize("token", TOKENS)
def test_what_is_protected(english, token):
    side = english.source
    assert mask(f"please write {token} to the station", side).tokens == (token,)
    assert mask(f"please ({token}), and {token}.", side).tokens[:1] == (token,)


@pytest.mark.parametrize(
    "text",
    [
        "It costs 100% of it, 5 % more.",
        "100%sure",
        "write & station",
        "a {b c d",
        "I have 5$ and $5.",
        "No. 5 # 6 @ home",
        "I. Write to the station",
        "a < b; c > d",
    ],
)
def test_what_is_not(english, text):
    assert mask(text, english.source).tokens == ()


def test_punctuation_after_an_address_is_the_sentence_s(english):
    masked = mask("See https://a.org/b(c), (www.d.org/e). Mail f@g.org!", english.source)
    assert masked.tokens == ("https://a.org/b(c)", "www.d.org/e", "f@g.org")
    assert masked.text == "See \ue000, (\ue001). Mail \ue002!"


def test_emoji_around_a_sentence_are_no_part_of_it(english):
    masked = mask("😊 👍🏽 Please write ❤️ now. 🇩🇪😊", english.source)
    assert (masked.before, masked.after) == ("😊 👍🏽 ", " 🇩🇪😊")
    assert masked.text == "Please write \ue000 now." and masked.tokens == ("❤️",)


def test_a_contraction_is_no_name(english):
    assert mask("sorry I'm late and we'll see", english.source).tokens == ()
    assert mask("this is Xqzwkjv's hat", english.source).tokens == ("Xqzwkjv",)


def test_in_a_language_that_capitalizes_nouns_they_are_no_unknown_names(english):
    german = Side(english.source.tokenizer, "de")
    assert mask("Ich sah das Qxzkwv dort", german).tokens == ()


def test_a_line_with_characters_for_private_use_is_left_alone(english):
    assert mask("\ue000 %s 😊", english.source).tokens == ()


sentences = st.lists(st.sampled_from(TOKENS + NUMBERS + WORDS), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(words=sentences, end=st.sampled_from(["", ".", "?", "!"]))
@pytest.mark.parametrize("model", ["faithful", "careless"])
def test_each_comes_out_exactly_once(request, model, words, end):
    translator = request.getfixturevalue(model)
    # A name of which nothing is known is a name inside a sentence only.
    text = "please " + " ".join(words) + end
    found = translator.translate([text])[0]
    for token in {word for word in words if word in TOKENS}:
        exactly = rf"(?<![\w/]){re.escape(token)}(?!\w)" if token.isalpha() else re.escape(token)
        assert len(re.findall(exactly, found)) == len(re.findall(exactly, text)), (text, found)
    wanted, came = (sorted(re.findall(r"\d+", re.sub(OTHERS, "", line))) for line in (text, found))
    assert wanted == came, (text, found)


OTHERS = "|".join(re.escape(token) for token in sorted(TOKENS, key=len, reverse=True))


@pytest.mark.parametrize("model", ["faithful", "careless"])
def test_nothing_else_is_nothing_to_translate(request, model):
    line = "{name} 😊 https://a.org/b"
    (found,) = request.getfixturevalue(model).translations([line])
    assert (found.text, found.log_probability, found.tokens) == (line, 0.0, ())
    assert found.alignment == ((0, 0), (1, 1), (2, 2))


def test_what_the_model_lost_is_told(careless, faithful):
    for translator, lines in ((faithful, []), (careless, [1])):
        warned = []
        translator.translate(["Please write.", "please write to {name}."], warn=lambda n, text, to=warned: to.append(n))
        assert warned == lines


def test_literally_a_line_is_as_it_is(faithful):
    assert faithful.translate(["please write to nora."], literal=True) == ["please write to nora."]
    assert faithful.translate(["please write to nora."]) == ["Please write to Nora."]


def output(text, attention):
    words = [match.span() for match in re.finditer(r"\S+", text)]
    return OutputText(text, words, np.array(attention))


def test_a_lost_word_is_where_attention_is():
    found = output("Ich schreibe Haus heute.", [[0.9, 0, 0.1], [0.8, 0.1, 0.1], [0.1, 0.9, 0], [0.2, 0.1, 0.7]])
    assert unmask(found, ["Nora"], [[1]], (), ()) == ("Ich schreibe \ue000 heute.", False)
    assert unmask(found, ["Haus"], [[1]], (), ()) == ("Ich schreibe \ue000 heute.", True)
    assert unmask(found, ["Nora", "Julia"], [[1], [2]], (), ()) == ("Ich schreibe \ue000 \ue001.", False)


def test_a_word_that_came_twice_is_there_once():
    found = output("Nora und Nora sind da.", np.full((5, 2), 0.5))
    assert unmask(found, ["Nora"], [[0]], (), ()) == ("\ue000 und sind da.", False)


def test_numbers_with_their_digits_are_left_as_the_model_writes_them():
    found = output("Es sind 3,14 und 12 Uhr.", np.full((6, 4), 0.25))
    assert unmask(found, (), (), ["3.14", "12"], [[1], [2]])[0] == "Es sind 3,14 und 12 Uhr."
    assert unmask(found, (), (), ["3.14", "7:30"], [[1], [2]])[0] == "Es sind 3,14 und 7:30 Uhr."
    assert unmask(found, (), (), ["5", "12", "314"], [[3], [2], [1]])[0].count("5") == 1


def test_an_empty_output_has_them_all():
    empty = OutputText("", [], np.zeros((0, 3)))
    assert unmask(empty, ["Nora", "Julia"], [[0], [1]], ["5"], [[2]])[0].split() == ["\ue000", "\ue001", "5"]
