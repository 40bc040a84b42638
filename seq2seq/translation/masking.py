"""What must come out as it went in: addresses, placeholders, emoji, names that the model cannot know, numbers.

Before a sentence is translated, each such token is masked by a word that the model carries through. Afterwards the word
is looked for in the output. Where it does not come back, the token takes the place of the output's word that attends
to it most, as unknown words are put back by Luong et al. (2015, "Addressing the Rare Word Problem in Neural Machine
Translation"). So each token comes out exactly once. Numbers are left to the model, and put right in the same way where
their digits do not come back.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from seq2seq.search.interface import FloatArray
from seq2seq.tokenization.pair import Side

_EMOJI = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}"
    r"|[#*0-9]\uFE0F?\u20E3"
    r"|(?:[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\u231A-\u23FF]\uFE0F?[\U0001F3FB-\U0001F3FF]?[\U000E0020-\U000E007F]*\u200D?)+"
    r"|[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u21FF\u3030\u303D\u3297\u3299]\uFE0F)"
)
_PROTECTED = re.compile(
    "|".join(
        [
            r"(?:https?|ftp|file)://[^\s<>\"]+|\bwww\.[^\s<>\"]+",
            r"(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            r"\$?\{\{?[^{}\s]*\}?\}",
            r"(?<![\w%])%(?:%|(?:\d+\$|\([\w.]+\))?[-+0#]*\d*(?:\.\d+)?(?:hh?|ll?|[jztL])?[sdiufFgGxXeEcaopr@](?!\w))",
            r"\$[A-Za-z_]\w*",
            r"&(?:[A-Za-z]\w*|#\d+|#x[0-9A-Fa-f]+);",
            r"(?<!\w)[@#][A-Za-z_]\w+",
            _EMOJI,
        ]
    )
)
_MAY_BE_PROTECTED = re.compile(r"[@:%{$&#]|www\.|[^\x00-\u1fff]|[\u00a9\u00ae]")
_AFTER_ADDRESS = re.compile(r"[.,;:!?…»”’'\"）。，]$")
_EDGES = re.compile(rf"^(?P<before>(?:{_EMOJI}\s*)*)(?P<text>.*?)(?P<after>(?:\s*{_EMOJI})*)$", re.DOTALL)
_CAPITALIZED = re.compile(r"(?<=[^\s.!?:…]\s)[^\W\d_](?:[^\W\d_]|[-'’](?=[^\W\d_]))+")
_CONTRACTION = re.compile(r"['’](?:[a-z]{1,2})$")
"""What is no part of a name: I'm, we'll, Carter's."""
_NUMBER = re.compile(r"\d+(?:[.,:'’\u00a0\u202f]\d+)*")
_NOUNS_ARE_CAPITALIZED = {"de", "lb"}
MOST_TOKENS = 100
"""A sentence of more protected tokens is left as it is."""
FIRST_STAND_IN = 0xE000
"""The first of the characters for private use that stand for masked tokens; a line that has one is left as it is."""
_STAND_IN = re.compile(r"[\ue000-\uf8ff]")


class Masked(NamedTuple):
    """A sentence whose protected tokens are each one character for private use."""

    before: str
    """Emoji at the beginning of the sentence and the white space behind them: they are no part of `text`."""
    text: str
    after: str
    """White space and emoji at the end."""
    tokens: tuple[str, ...]
    """What the characters in `text` stand for, the first for U+E000."""
    numbers: tuple[str, ...]
    """The numbers in `text`, as they are written."""

    @property
    def is_copied(self) -> bool:
        """Whether there is nothing but protected tokens, white space and punctuation.

        Example:
            >>> Masked("", "\ue000 \ue001.", "", ("{a}", "%s"), ()).is_copied
            True
        """
        return bool(self.tokens) and not any(map(str.isalnum, self.text))

    @property
    def words_around(self) -> tuple[int, int]:
        """Numbers of words before and after `text` that white space separates from it."""
        before, after = len(self.before.split()), len(self.after.split())
        joined_before = bool(before) and not self.before[-1].isspace()
        joined_after = bool(after) and not self.after[0].isspace()
        return before - joined_before, after - joined_after


def mask(text: str, side: Side) -> Masked:
    """Finds what must come out as it went in.

    Example:
        >>> from seq2seq.tokenization.tokenizer import Tokenizer
        >>> side = Side(Tokenizer.train(["please write to us"], vocabulary_size=300), "en")
        >>> masked = mask("Please write to a@b.org, {name}! 😊", side)
        >>> masked.text, masked.tokens, masked.after
        ('Please write to \\ue000, \\ue001!', ('a@b.org', '{name}'), ' 😊')
    """
    if _STAND_IN.search(text):
        return Masked("", text, "", (), ())
    before = after = ""
    if _MAY_BE_PROTECTED.search(text) and (edges := _EDGES.match(text)) and edges["text"].strip():
        before, text, after = edges["before"], edges["text"], edges["after"]
    tokens: list[str] = []
    spans = _protected(text, side)
    for start, end in reversed(spans if len(spans) <= MOST_TOKENS else []):
        tokens.insert(0, text[start:end])
        text = text[:start] + _STAND_IN_MARK + text[end:]
    for n in range(len(tokens)):
        text = text.replace(_STAND_IN_MARK, chr(FIRST_STAND_IN + n), 1)
    # Where there is nothing but numbers, to change them may be what the model is for.
    numbers = _NUMBER.findall(text) if any(map(str.isalpha, text)) else ()
    return Masked(before, text, after, tuple(tokens), tuple(numbers))


_STAND_IN_MARK = "\uf8ff"


def _protected(text: str, side: Side) -> list[tuple[int, int]]:
    """Begin and end of each protected token, in order."""
    spans: list[tuple[int, int]] = []
    if _MAY_BE_PROTECTED.search(text):
        for match in _PROTECTED.finditer(text):
            end = match.start() + len(_without_punctuation(match[0]))
            spans.append((match.start(), end))
    names = list(_unknown_names(text, side))
    spans += [name for name in names if not any(start < name[1] and name[0] < end for start, end in spans)]
    return sorted(spans)


def _without_punctuation(token: str) -> str:
    """Takes off an address what is the sentence's: punctuation, and brackets that were opened before it."""
    if "://" not in token and not token.startswith("www."):
        return token
    while True:
        shorter = _AFTER_ADDRESS.sub("", token)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == token:
            return token
        token = shorter


def _unknown_names(text: str, side: Side) -> Iterator[tuple[int, int]]:
    """Yields begin and end of capitalized words inside a sentence of which the vocabulary knows hardly a syllable."""
    if not side.spaces or (side.language or "").split("-")[0] in _NOUNS_ARE_CAPITALIZED or text.isupper():
        return
    for match in _CAPITALIZED.finditer(text):
        name = _CONTRACTION.sub("", match[0])
        word = unicodedata.normalize("NFKC", name)
        if not word[0].isupper() or len(word) < 3 or word.isupper():
            continue
        tokens = side.tokenizer.count(word)
        if not set(word) <= side.tokenizer.characters or (tokens > 2 and len(word) < 2 * tokens):
            yield match.start(), match.start() + len(name)


class OutputText(NamedTuple):
    """An output, and where its tokens stand in it."""

    text: str
    spans: list[tuple[int, int]]
    """Begin and end of each token."""
    attention: FloatArray
    """[target tokens, source tokens] attention weights."""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def unmask(
    output: OutputText,
    words: Sequence[str],
    word_tokens: Sequence[Sequence[int]],
    numbers: Sequence[str],
    number_tokens: Sequence[Sequence[int]],
) -> tuple[str, bool]:
    """Puts the characters for private use into an output, each exactly once, and numbers whose digits are not there.

    Args:
        output: The output.
        words: The words that the tokens were masked by.
        word_tokens: For each of them the numbers of its tokens in the source.
        numbers: The source's numbers as they are written.
        number_tokens: For each of them the numbers of its tokens in the source.

    Returns:
        The text, and whether each word came back exactly once. A token whose word did not come back stands in place of
        the word that attends to it most; so does a number.
    """
    edits: list[_Edit] = []
    missing = []
    for n, word in enumerate(words):
        # An ending, as of a genitive, stays.
        spans = [
            match.span() for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w{{3}})", output.text, re.IGNORECASE)
        ]
        edits += [_Edit(*span, "" if i else chr(FIRST_STAND_IN + n)) for i, span in enumerate(spans)]
        if not spans:
            missing.append(n)
    whole = not missing and len(edits) == len(words)
    kept, wrong = _numbers_that_came(output.text, numbers)
    taken = [edit[:2] for edit in edits] + kept
    absent = [(chr(FIRST_STAND_IN + n), word_tokens[n], False) for n in missing]
    came = Counter(_digits(output.text[start:end]) for start, end in kept)
    for number, tokens in zip(numbers, number_tokens, strict=True):
        if came[_digits(number)]:
            came[_digits(number)] -= 1
        else:
            absent.append((number, tokens, True))
    left = []
    for text, tokens, is_number in absent:
        # A number that the source has not is what the model made of one that it has.
        span = wrong.pop(0) if is_number and wrong else _most_attentive(output, tokens, [*taken, *wrong])
        if span is None:
            left.append(text)
        else:
            taken.append(span)
            edits.append(_Edit(*span, text))
    text = output.text
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if left:  # the output has too few words: what is left stands behind them
        words_end = len(text.rstrip(" .!?。！？"))
        text = " ".join([*text[:words_end].split(" "), *left]).lstrip() + text[words_end:]
    return text if whole else re.sub("  +", " ", text), whole


def _numbers_that_came(text: str, numbers: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where numbers with the digits of the source's stand in a text, and where others do."""
    wanted = Counter(map(_digits, numbers))
    kept: list[tuple[int, int]] = []
    wrong: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(text) if numbers else ():
        digits = _digits(match[0])
        (kept if wanted[digits] > 0 else wrong).append(match.span())
        wanted[digits] -= 1
    return kept, wrong


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _most_attentive(
    output: OutputText, source: Sequence[int], taken: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Finds the word of an output that attends to some source tokens most; None if all are taken."""
    best, span = -1.0, None
    for match in re.finditer(r"[^\W_]+(?:[-'’][^\W_]+)*", output.text):
        start, end = match.span()
        if any(a < end and start < b for a, b in taken):
            continue
        tokens = [i for i, (a, b) in enumerate(output.spans) if a < end and start < b]
        weight = float(np.mean([output.attention[i][list(source)].sum() for i in tokens])) if tokens else 0.0
        if weight > best:
            best, span = weight, (start, end)
    return span
