"""Lines are cut at sentence ends, and nothing of them is lost."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seq2seq.translation import sentences
from seq2seq.translation.sentences import cut_sentences, segmenter

LANGUAGES = ["en", "de", "fr", "ja", "zh-CN", "cs", "xx", None]
parts = st.sampled_from(
    [
        "Hi.",
        "Dr. Who",
        "Where?",
        " ",
        "  ",
        "\t",
        "\u00a0",
        "...",
        "3.14",
        "猫。",
        "「犬。」",
        "e.g.",
        "…",
        "A",
        "www.a.b",
    ]
)


@pytest.fixture(params=["sentencex", "plain"])
def either_rule(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setattr(sentences, "segmenter", lambda: sentences._plain_rule)
    return request.param


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("Where is the station? I want to pay.", ["Where is the station?", "I want to pay."]),
        ("One.  Two!\tThree", ["One.", "Two!", "Three"]),
        ("  Only one. ", ["Only one."]),
        ("It is 3.14 or 2.5.", ["It is 3.14 or 2.5."]),
        ('He said "Go." And she went.', ['He said "Go."', "And she went."]),
        ("See www.example.org. It is good.", ["See www.example.org.", "It is good."]),
        ("No! !!! Yes.", ["No! !!!", "Yes."]),
        ("... Yes.", ["... Yes."]),
        ("", []),
        (" \t", []),
    ],
)
def test_lines_are_cut_at_sentence_ends(either_rule, line, texts):
    assert [sentence.text for sentence in cut_sentences(line, "en")] == texts


def test_a_script_without_spaces_is_cut_after_its_own_marks(either_rule):
    assert [sentence.text for sentence in cut_sentences("猫が好き。犬も好き。", "ja")] == ["猫が好き。", "犬も好き。"]


def test_abbreviations_end_no_sentence():
    assert len(cut_sentences("Dr. Smith met Mr. Jones at 5 p.m. yesterday.", "en")) == 1
    assert len(cut_sentences("Das ist z. B. am 3. Mai so.", "de")) == 1


@given(st.lists(parts, max_size=8).map("".join) | st.text(max_size=30), st.sampled_from(LANGUAGES))
@example("A.\u2028B. \x85 C.\rD.", "en")
def test_no_character_is_lost(line, language):
    found = cut_sentences(line, language)
    assert "".join(sentence.space + sentence.text for sentence in found) == line.strip()
    assert all(sentence.text == sentence.text.strip() and sentence.text for sentence in found)
    assert not any(sentence.space.strip() for sentence in found)


def test_without_the_segmenter_a_plain_rule_cuts_and_says_so_once(monkeypatch):
    segmenter.cache_clear()
    monkeypatch.setitem(sys.modules, "sentencex", None)
    try:
        with pytest.warns(UserWarning, match=r"sentencex is not installed: .*pip install sentencex") as warned:
            assert len(cut_sentences("One. Two. three", "en")) == len(cut_sentences("One! Two", "en")) == 2
        assert len(warned) == 1
    finally:
        segmenter.cache_clear()
