"""Letters in capitals, or none: the case that a model knows a word in, and the case of the source given back.

The vocabulary tells how a model knows a word: what its training text often held is few tokens. So a word of a sentence
in capitals gets the spelling, with or without a capital at its start, that has fewer tokens.
"""

from __future__ import annotations

import re

from seq2seq.tokenization.pair import Side

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"\S+")
# The one English word that is always a capital, and its short forms.
_ENGLISH_I = re.compile(r"\W*i(['’](m|ll|ve|d))?\W*")
_TURKIC = {"tr", "az"}


def in_capitals(text: str) -> bool:
    """Whether all letters are capitals in more than one word, or in one of five letters and more.

    Example:
        >>> in_capitals("WHERE IS IT?"), in_capitals("STATION"), in_capitals("USA")
        (True, True, False)
    """
    if not text.isupper():
        return False
    sizes = [len(_LETTER.findall(word)) for word in text.split()]
    return max(sizes) >= 2 and (sum(size > 0 for size in sizes) >= 2 or max(sizes) >= 5)


def without_capitals(text: str) -> bool:
    """Whether a text of at least two words has letters with a case, and none is a capital.

    Example:
        >>> without_capitals("where is it?"), without_capitals("where"), without_capitals("where is Anna?")
        (True, False, False)
    """
    return text.islower() and len(text.split()) > 1


def truecase(text: str, side: Side) -> str:
    """Writes a sentence that is all in capitals, or has none, as the model knows its words.

    The first letter becomes a capital. Every other word begins with one if it is fewer tokens so. Words with a digit
    stay as they are.

    Args:
        text: The sentence.
        side: The source side, whose tokens are counted.
    """
    language = _base(side.language)
    count = 0

    def spelling(match: re.Match[str]) -> str:
        nonlocal count
        word = match[0]
        if not _LETTER.search(word):
            count += any("\ue000" <= character <= "\uf8ff" for character in word)  # a masked token is a word, too
            return word
        count += 1
        if any(map(str.isdigit, word)):
            return word
        lower = lower_case(word, side.language)
        title = capitalized(lower, side.language)
        if count == 1 or (language == "en" and _ENGLISH_I.fullmatch(lower)):
            return title
        return title if side.tokenizer.count(title) < side.tokenizer.count(lower) else lower

    return _WORD.sub(spelling, text)


def capitalized(text: str, language: str | None) -> str:
    """Makes the first letter a capital.

    Example:
        >>> capitalized("¿dónde está?", "es")
        '¿Dónde está?'
    """
    return _LETTER.sub(lambda match: upper_case(match[0], language), text, count=1)


def lower_case(text: str, language: str | None) -> str:
    """Makes all letters small.

    Example:
        >>> lower_case("ISPARTA", "tr"), lower_case("İZMİR", "tr"), lower_case("ISPARTA", "en")
        ('ısparta', 'izmir', 'isparta')
    """
    if _base(language) in _TURKIC:
        text = text.replace("I", "ı").replace("İ", "i")
    return text.lower()


def upper_case(text: str, language: str | None) -> str:
    """Makes all letters capitals.

    Example:
        >>> upper_case("izmir", "tr"), upper_case("Straße", "de")
        ('İZMİR', 'STRASSE')
    """
    if _base(language) in _TURKIC:
        text = text.replace("i", "İ")
    return text.upper()


def _base(language: str | None) -> str:
    return (language or "").replace("_", "-").split("-")[0].lower()
