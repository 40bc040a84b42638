from __future__ import annotations

import numpy as np
import pytest

from seq2seq.search.constraint_lexicon import ConstraintLexicon, RequiredWord
from seq2seq.tokenization.ids import EOS

# Special tokens, then characters, then every byte.
TEXTS = [*"abcdehnuABHN .,-ä犬が", " Hund", "und", " und", "ie Hun", " guten", " Tag"]
SURFACES = [b"", " ⁇ ".encode(), b"", b"", *(text.encode() for text in TEXTS), *(bytes([n]) for n in range(256))]
TOKENS = {surface: number for number, surface in enumerate(SURFACES)}


def read(lexicon, *surfaces, required=True):
    """The state after these, and whether something forbidden was said on the way."""
    state, forbidden = np.array(lexicon.starts[0 if required else 1]), False
    for surface in surfaces:
        token = np.array(TOKENS[surface if isinstance(surface, bytes) else surface.encode()])
        forbidden |= bool(lexicon.forbidden(state, token))
        state = lexicon.next(state, token)
    return state, forbidden


def says(lexicon, *surfaces):
    """Whether the whole output says what must not be said, by forbidden tokens or by its end."""
    state, forbidden = read(lexicon, *surfaces)
    assert bool(lexicon.forbidden(state, np.array(EOS))) == (not lexicon.may_end(state))
    return forbidden or not lexicon.may_end(state)


@pytest.mark.parametrize(
    ("word", "surfaces", "said"),
    [
        ("Hund", [" Hund"], True),
        ("Hund", ["H", "und"], True),
        ("Hund", ["H", "u", "n", "d"], True),
        ("Hund", [b"H", b"u", "n", b"d"], True),
        ("Hund", [" Hund", "."], True),
        ("Hund", [" Hund", " und"], True),
        ("Hund", [" Hund", "e"], False),
        ("Hund", [" Hund", "-", "a"], True),
        ("Hund", ["d", "ie Hun", "d"], True),
        ("Hund", ["d", "ie Hun", "e"], False),
        ("Hund", ["a", "H", "und"], False),
        ("Hund", ["ä", "H", "und"], False),
        ("und", [" Hund"], False),
        ("und", [" und", "und"], False),
        ("guten Tag", [" guten", " Tag"], True),
        ("guten Tag", [" guten", " Tag", "e"], False),
        ("guten Tag", [" guten", " guten", " Tag", ","], True),
        ("a-", ["a", "-", "b"], True),  # its own edge is no letter
        ("a-", ["b", "a", "-", "b"], False),
        ("ä", [b"\xc3", b"\xa4"], True),
        ("ä", [b"\xc3", b"\xa4", "n"], False),
        ("a", ["a", b"\xc3", b"\xa4"], False),  # half a letter is none yet
        ("a", ["a", b"\xc3", " "], True),  # and never became one
        ("犬", ["が", "犬"], False),
        ("n", ["n", b"\xcc", b"\x84"], False),  # n with a combining macron
    ],
)
def test_a_word_is_text_between_what_is_no_letter(word, surfaces, said):
    assert says(ConstraintLexicon(SURFACES, [word]), *surfaces) == said


def test_without_spaces_a_word_is_anywhere():
    lexicon = ConstraintLexicon(SURFACES, ["犬"], spaces=False)
    assert says(lexicon, "が", "犬", "が")
    assert not says(lexicon, "が", "が")


def test_a_word_is_said_in_the_step_that_completes_it():
    lexicon = ConstraintLexicon(SURFACES, ["Hund"])
    state, forbidden = read(lexicon, "H", "und")
    assert not forbidden and lexicon.at_risk(state)
    tokens = np.array([TOKENS[text.encode()] for text in ("e", ".", " und", "n")] + [EOS])
    assert lexicon.forbidden(state, tokens).tolist() == [False, True, True, False, True]
    assert read(lexicon, "H", "und", "e")[1] is False
    assert lexicon.refused(np.array(lexicon.starts[0])) == 1  # " Hund" leads into risk; no token says it all


@pytest.mark.parametrize("avoid", [["Hund", "Hunde"], ["Hunde", "Hund"], ["Hunde", "und", "Hund"]])
def test_words_that_begin_alike(avoid):
    lexicon = ConstraintLexicon(SURFACES, avoid)
    assert says(lexicon, " Hund") and says(lexicon, " Hund", "e") and says(lexicon, " Hund", "e", ".")
    assert not says(lexicon, " Hund", "e", "n")


def required(text, *surfaces):
    return RequiredWord(text, [TOKENS[surface.encode()] for surface in surfaces])


def test_banks_count_what_was_said_of_the_required_words():
    lexicon = ConstraintLexicon(SURFACES, [], [required("Hund", "H", "u", "nd"[0], "d"), required("Tag", " Tag")])
    assert lexicon.complete == 5
    for surfaces, bank in [
        ((), 0),
        (("H",), 1),
        (("H", "u"), 2),
        (("H", "a"), 0),
        (("H", "und"), 4),
        (("H", "und", "e"), 0),
        (("H", "und", " Tag"), 5),
        (("H", "und", " Tag", "a"), 4),
        ((" Tag", " ", "H"), 2),
        ((" Tag", "H"), 0),
    ]:
        assert lexicon.progress(read(lexicon, *surfaces)[0]) == bank, surfaces


def test_an_output_may_end_when_all_was_said():
    lexicon = ConstraintLexicon(SURFACES, [], [required("Hund", " Hund"), required("Tag", " Tag")])
    assert not says(lexicon, " Hund", ",", " Tag")
    assert says(lexicon, " Hund", "e", " Tag")
    assert says(lexicon, " Tag")
    exempt, _ = read(lexicon, " Tag", required=False)
    assert lexicon.may_end(exempt)


def test_what_contradicts_itself_is_an_error():
    with pytest.raises(ValueError, match="'guten Tag', which is required, contains"):
        ConstraintLexicon(SURFACES, ["Tag"], [required("guten Tag", " guten", " Tag")])
    ConstraintLexicon(SURFACES, ["Ta"], [required("guten Tag", " guten", " Tag")])
