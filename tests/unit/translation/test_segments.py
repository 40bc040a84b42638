"""Lines become segments: at line breaks inside them, and where they are too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.segments import checked_lines, cut_lines

OPTIONS = DecodingOptions(max_source_tokens=100, literal=True)
pieces_of_text = st.lists(st.sampled_from(["Hi.", "a b", "\n", "\r\n", " ", "\n\n", "Where?"]), max_size=8)


@pytest.fixture(scope="module")
def tokenizers(identity_tokenizer):
    return TokenizerPair.of(identity_tokenizer, languages=("en", "de"))


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("one", ["one"]),
        ("one\ntwo", ["one", "two"]),
        ("one\r\n\r\n two\n", ["one", " two"]),
        ("\n\none", ["one"]),
        ("one\u2028still\rone", ["one\u2028still\rone"]),
        ("\n \n", []),
    ],
)
def test_a_line_is_cut_at_line_breaks(tokenizers, line, texts):
    tokenizer = tokenizers.source.tokenizer
    found = list(cut_lines([line], None, tokenizers, OPTIONS))
    assert [segment.ids for segment in found] == [[*ids, EOS] for ids in tokenizer.encode(texts)]
    assert [(segment.line, segment.number) for segment in found] == [(0, n) for n in range(len(texts))]


def test_prefix_and_numbers_are_the_line_s(tokenizers):
    prefix = tokenizers.target.tokenizer.encode(["Nun"])[0]
    found = list(cut_lines(["\na\nb", "", "c"], ["Nun", "Nun", ""], tokenizers, OPTIONS))
    assert [(segment.line, segment.number, segment.prefix) for segment in found] == [
        (0, 0, prefix),
        (0, 1, []),
        (2, 0, []),
    ]


@given(st.lists(pieces_of_text.map("".join), max_size=4))
def test_as_many_texts_come_out_with_the_breaks_inside_them(copying_translator, identity_tokenizer, texts):
    found = copying_translator(identity_tokenizer).translate(texts, literal=True)
    assert len(found) == len(texts)
    for text, translation in zip(texts, found, strict=True):
        lines = text.strip("\r\n ").split("\n")
        # The tokenizer makes one space of several.
        assert [line.split() for line in translation.split("\n")] == [line.split() for line in lines]
        assert translation.count("\r\n") == text.strip("\r\n ").count("\r\n")


def test_a_break_inside_a_line_does_not_change_its_translations(copying_translator):
    translator = copying_translator()
    one, other, both = translator.translations(["Where is it?", "I do not know.", "Where is it?\nI do not know."])
    assert both.text == f"{one.text}\n{other.text}"
    assert both.score == pytest.approx(one.score + other.score)


@pytest.mark.parametrize("text", ["Where is it?", b"Where is it?", ""])
def test_one_string_is_not_its_characters(copying_translator, text):
    translator = copying_translator()
    for call in (translator.translate, translator.translations, translator.translate_iter):
        with pytest.raises(TypeError, match=r"lines must be a list of strings, not one string: pass \[text\]"):
            call(text)
    with pytest.raises(TypeError, match=r"prefixes must be a list .* pass \[text\]"):
        translator.translate(["a"], prefixes=text)
    with pytest.raises(TypeError, match=r"sources must be a list .* pass \[text\]"):
        translator.score(text, ["a"])
    with pytest.raises(TypeError, match=r"targets must be a list .* pass \[text\]"):
        translator.score(["a"], text)


@pytest.mark.parametrize(
    ("lines", "name"), [(["a", None], "NoneType"), (["a", b"b"], "bytes"), (["a", 3], "int"), (["a", ["b"]], "list")]
)
def test_what_is_no_line_is_named(copying_translator, lines, name):
    with pytest.raises(TypeError, match=rf"lines\[1\] must be a string, not {name}: "):
        copying_translator().translate(lines)
    with pytest.raises(TypeError, match=rf"lines\[1\] must be a string, not {name}: "):
        list(copying_translator().translate_iter(lines))


def test_any_iterable_is_taken():
    assert checked_lines({"a": 1, "b": 2}) == ["a", "b"]
    assert checked_lines(iter(())) == []
