"""The form in which the model reads a sentence, and the way back from its output.

Training text is mostly written with care: sentences that begin with a capital and end with a full stop, one kind of
quotation marks. A sentence that is written otherwise is brought into that form, and the output into the sentence's own.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seq2seq.search.interface import FloatArray
from seq2seq.tokenization.pair import Side
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.tokenization.words import SPACE
from seq2seq.translation.casing import in_capitals, truecase, upper_case, without_capitals
from seq2seq.translation.masking import FIRST_STAND_IN, Masked, OutputText, mask, unmask

FORMS_OF_MASKED = 3
"""Number of forms, with other words for masks, that are tried for a sentence with protected tokens."""

# Characters that a model may not know, and what its training text may have had in their place.
_PLAIN = dict(zip("‘’‚‛′“”„‟″«»–—‑‒−…", [*"'''''", *'"""""""', *"-----", "..."], strict=True))
_UNUSUAL = re.compile(f"[{''.join(_PLAIN)}']")
_WORD = re.compile(r"[^\W\d_]+")
_SPACES = re.compile("  +")
_FINAL = re.compile(r"\s*[.?!。？！؟;…]$")


UNMASKED = Masked("", "", "", (), ())


@dataclass(frozen=True)
class SourceForm:
    """A sentence as the model reads it.

    Attributes:
        text: What the model reads.
        masked: The sentence's protected tokens and what stands around the text.
        words: The words in `text` that stand for protected tokens.
        capitals: Whether the sentence is all in capitals, and so will be its translation.
        mark: The mark that was put at the end, and will be taken off the translation.
    """

    text: str
    masked: Masked = UNMASKED
    words: tuple[str, ...] = ()
    capitals: bool = False
    mark: str = ""

    @property
    def needs_attention(self) -> bool:
        """Whether the way back may need attention weights."""
        return bool(self.words or self.masked.numbers)

    def restore(
        self,
        text: str,
        sides: tuple[Side, Side],
        tokens: Sequence[int],
        source_ids: Sequence[int],
        attention: FloatArray | None,
    ) -> tuple[str, bool]:
        """Brings an output into the form of the sentence.

        Args:
            text: The text of the output.
            sides: Source and target.
            tokens: The tokens of the output, without the end of sentence.
            source_ids: The tokens of `self.text`.
            attention: [target tokens, source tokens] attention weights; needed if `needs_attention`.

        Returns:
            The text, and whether all protected tokens came back by themselves.
        """
        whole = True
        if self.needs_attention and attention is not None:
            source, target = sides
            output = OutputText(text, _output_spans(target.tokenizer, tokens), attention)
            places = _source_tokens(source.tokenizer, source_ids, (*self.words, *self.masked.numbers))
            words = len(self.words)
            text, whole = unmask(output, self.words, places[:words], self.masked.numbers, places[words:])
        if self.capitals:
            text = upper_case(text, sides[1].language)
        if self.mark:
            text = _FINAL.sub("", text).removeprefix("¿").removeprefix("¡")
        for n, token in enumerate(self.masked.tokens):
            text = text.replace(chr(FIRST_STAND_IN + n), token)
        return self.masked.before + text + self.masked.after, whole


def source_forms(
    text: str, side: Side, carriers: Callable[[], Sequence[str]], *, part: bool = False
) -> list[SourceForm]:
    """Brings a sentence into the forms that are to be tried.

    Args:
        text: The sentence.
        side: The source side.
        carriers: Gives the words that the model carries through, the surest first; called if any are needed.
        part: Whether the text is but a part of a sentence: its first letter need not be a capital, and it needs no mark
            at its end.

    Returns:
        One form as a rule, none for a sentence that has nothing to translate. A sentence without a mark at its end has
        three: as it is, with a full stop and with a question mark. One with protected tokens has several, masked by
        other words.
    """
    masked = mask(text, side)
    if masked.is_copied:
        return []
    body = unicodedata.normalize("NFC", masked.text)
    body = _SPACES.sub(" ", _with_known_characters(body, side.tokenizer.characters))
    capitals = in_capitals(body)
    names = any(token[0].isupper() for token in masked.tokens)  # their writer knows capitals
    if capitals or (without_capitals(body) and not part and not names):
        body = truecase(body, side)
    if masked.tokens:
        return [
            SourceForm(_with_words(body, words), masked, words, capitals)
            for words in _choices_of_words(body, carriers(), len(masked.tokens))
        ]
    # A single word, such as a heading's or a list's, is no sentence.
    open_end = not part and side.spaces and body[-1:].isalnum() and len(_WORD.findall(body)) > 1
    return [
        SourceForm(body + mark, masked, capitals=capitals, mark=mark) for mark in ("", ".", "?")[: 3 if open_end else 1]
    ]


def _with_known_characters(text: str, known: frozenset[str]) -> str:
    """Puts plain quotation marks, hyphens and dots in place of others that the model does not know."""
    if not _UNUSUAL.search(text):
        return text

    def plain(match: re.Match[str]) -> str:
        character = match[0]
        if character in known:
            return character
        if character == "'":
            return "’" if "’" in known else "'"
        return _PLAIN[character] if set(_PLAIN[character]) <= known else character

    return _UNUSUAL.sub(plain, text)


def _choices_of_words(text: str, carriers: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """Chooses words for the masks of a sentence, several times if there are enough."""
    lower = text.lower()
    free: list[str] = []
    # A vocabulary without such words: letters that a reader would take for a name.
    for word in (*carriers, *(f"X{a}{b}" for a in "aeiouy" for b in "bcdfghjklmnpqrstvwxz")):
        if word.lower() not in lower and not any(word.startswith(other) or other.startswith(word) for other in free):
            free.append(word)
        if len(free) == FORMS_OF_MASKED * count:
            break
    starts = range(0, len(free) - count + 1, count)
    return [tuple(free[start : start + count]) for start in starts]


def _with_words(text: str, words: Sequence[str]) -> str:
    for n, word in enumerate(words):
        text = text.replace(chr(FIRST_STAND_IN + n), word)
    return text


def _source_tokens(tokenizer: Tokenizer, ids: Sequence[int], words: Sequence[str]) -> list[list[int]]:
    """Numbers of the tokens that spell each of some words in their order."""
    pieces = [piece.replace(SPACE, " ") for piece in tokenizer.pieces(ids)]
    text = "".join(pieces)
    ends = [sum(map(len, pieces[: n + 1])) for n in range(len(pieces))]
    found: list[list[int]] = []
    start: dict[str, int] = {}
    for word in words:
        at = text.find(word, start.get(word, 0))
        start[word] = at + len(word)
        span = (at, at + len(word)) if at >= 0 else (0, 0)
        found.append([n for n, end in enumerate(ends) if end - len(pieces[n]) < span[1] and span[0] < end])
    return found


def _output_spans(tokenizer: Tokenizer, tokens: Sequence[int]) -> list[tuple[int, int]]:
    """Begin and end of each token in the text of all."""
    ends = [0, *(len(tokenizer.decode(tokens[: n + 1])) for n in range(len(tokens)))]
    return list(itertools.pairwise(ends))
