"""An automaton over tokens that follows which words an output contains, has begun, and must not contain.

Words are compared as text, whatever tokens spell it: "Hund" may be one token, "H" and "und", or four bytes. A word
stands between characters that belong to no word ((?<!\\w)Hund(?!\\w), marks counted as letters): "Hund." holds it and
"Hunde" does not. Where a word itself begins or ends with such a character, or the language writes no spaces, that side
may touch anything.

The automaton reads characters as Aho and Corasick's does (1975, "Efficient String Matching"): a state is the longest
end of the text that may yet become a word, and the set of required words that are missing. States are made when a
search first meets them.
"""

from __future__ import annotations

import codecs
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.search.interface import IntArray
from seq2seq.tokenization.ids import EOS


class RequiredWord(NamedTuple):
    """A word that an output must contain."""

    text: str
    tokens: Sequence[int]
    """The word's preferred segmentation. Progress is counted in these tokens; another segmentation counts when it ends
    where one of them ends."""


@dataclass(frozen=True)
class _State:
    text: str
    """One character, " " or "x" for one of a word or not, then the longest end of the text that begins a word."""
    rest: bytes
    """The first bytes of a character that is not complete, which stand after the text."""
    missing: frozenset[int]
    """Numbers of the required words that the output does not contain yet."""


class ConstraintLexicon:
    """States and transitions for given words.

    It serves any number of searches, also in several threads at once.

    Attributes:
        starts: The state of an empty output that must contain every required word, and that of one that need not.
        complete: The progress of an output that contains all required words, see `progress`.

    Example:
        >>> surfaces = [b"", b" ?", b"", b"", b" a", b"b"]  # of the tokens: four special ones, " a" and "b"
        >>> lexicon = ConstraintLexicon(surfaces, avoid=["ab"])
        >>> start = np.array(lexicon.starts[:1])
        >>> lexicon.at_risk(lexicon.next(lexicon.next(start, np.array([4])), np.array([5]))).tolist()
        [True]
    """

    def __init__(
        self, surfaces: Sequence[bytes], avoid: Sequence[str], require: Sequence[RequiredWord] = (), spaces: bool = True
    ) -> None:
        """Takes the words.

        Args:
            surfaces: The UTF-8 bytes that each token adds to the text; " " before a word, b"" for special tokens.
            avoid: Words, or phrases with spaces, that an output must not contain.
            require: Words or phrases that it must contain.
            spaces: Whether the language writes spaces between words.

        Raises:
            ValueError: A required word contains one to avoid.
        """
        self._surfaces = list(surfaces)
        self._avoid, self._require, self._spaces = list(avoid), list(require), spaces
        self._avoided = [self._pattern(avoid, end) for end in (False, True)] if avoid else []
        self._required = [[self._pattern([word.text], end) for end in (False, True)] for word in require]
        for word in require:
            if avoid and self._avoided[1].search(word.text):
                raise ValueError(f"'{word.text}', which is required, contains a word to avoid.")
        self.complete = sum(len(word.tokens) for word in require)
        self._longest = max(map(len, (*avoid, *(word.text for word in require))), default=0)
        self._known_beginnings: dict[frozenset[int], tuple[frozenset[str], frozenset[str]]] = {}
        # Searches read without it: only a state that no search has met is worked out under the lock, by one thread.
        # Arrays grow by being replaced, and what is in them stays as it is.
        self._lock = threading.Lock()
        self._states: list[_State] = []
        self._numbers: dict[_State, int] = {}
        self._progress = np.zeros(0, np.int64)
        self._may_end, self._at_risk = np.zeros(0, np.bool_), np.zeros(0, np.bool_)
        self._rows = np.zeros(0, np.int64)  # [states] the state's row in what follows, -1 where it is not known yet
        self._next = np.zeros((0, len(surfaces)), np.int32)  # [rows, vocabulary] states
        self._forbidden = np.zeros((0, len(surfaces)), np.bool_)  # [rows, vocabulary]
        self.starts = tuple(self._number(_State(" ", b"", frozenset(m))) for m in (range(len(require)), ()))

    def next(self, states: IntArray, tokens: IntArray) -> IntArray:
        """The states after these tokens; the arguments broadcast. EOS leaves a state as it is."""
        rows = self._row(states)
        return self._next[rows, tokens]

    def forbidden(self, states: IntArray, tokens: IntArray) -> NDArray[np.bool_]:
        """Whether the token completes a word to avoid or ends the output too early; the arguments broadcast."""
        rows = self._row(states)
        return self._forbidden[rows, tokens]

    def progress(self, states: IntArray) -> NDArray[np.int64]:
        """Number of tokens of required words in the output: only hypotheses equal in this should compete."""
        return np.asarray(self._progress[states])

    def may_end(self, states: IntArray) -> NDArray[np.bool_]:
        """Whether an output that ends here contains no word to avoid and every required word."""
        return np.asarray(self._may_end[states])

    def at_risk(self, states: IntArray) -> NDArray[np.bool_]:
        """Whether the output ends with a word to avoid, unless the next token continues it."""
        return np.asarray(self._at_risk[states])

    def refused(self, states: IntArray) -> NDArray[np.int64]:
        """Number of tokens that are forbidden or lead to a state at risk; shaped like `states`."""
        rows = self._row(states)
        unique, inverse = np.unique(rows, return_inverse=True)
        counts = (self._forbidden[unique] | self._at_risk[self._next[unique]]).sum(axis=-1)
        return counts[inverse].reshape(np.shape(states))

    def _row(self, states: IntArray) -> IntArray:
        unknown = states[self._rows[states] < 0]
        if unknown.size:
            with self._lock:
                for state in np.unique(unknown[self._rows[unknown] < 0]):
                    self._expand(int(state))
        return self._rows[states]

    def _expand(self, number: int) -> None:
        """Computes the state after each token."""
        state = self._states[number]
        following, forbidden = np.zeros(len(self._surfaces), np.int32), np.zeros(len(self._surfaces), np.bool_)
        for token, surface in enumerate(self._surfaces):
            if surface:
                following[token], forbidden[token] = self._read(state, surface)
            else:
                following[token] = number
        forbidden[EOS] = not self._may_end[number]
        row = len(self._forbidden)
        self._next = np.concatenate([self._next[:row], following[None]])
        self._forbidden = np.concatenate([self._forbidden, forbidden[None]])
        # Last, since from here on other threads read the row.
        self._rows[number] = row

    def _read(self, state: _State, surface: bytes) -> tuple[int, bool]:
        """The state after a token, and whether it completes a word to avoid."""
        characters, rest = _decode(state.rest + surface)
        text = state.text + characters
        # From 1: the first character stands for what came before, and is part of no word itself.
        forbidden = bool(self._avoided) and self._avoided[0].search(text, 1) is not None
        missing = state.missing
        if missing:
            missing = frozenset(n for n in missing if not self._required[n][0].search(text, 1))
        return self._number(_State(self._shorten(text, missing), rest, missing)), forbidden

    def _shorten(self, text: str, missing: frozenset[int]) -> str:
        """The end of a text on which the next states depend, after " " or "x" for the character before it."""
        bound, free = self._beginnings(missing)
        for start in range(max(1, len(text) - self._longest), len(text)):
            before, end = text[start - 1], text[start:]
            if end in free or (end in bound and not _in_word(before)):
                return ("x" if _in_word(before) else " ") + end
        return "x" if _in_word(text[-1]) else " "

    def _beginnings(self, missing: frozenset[int]) -> tuple[frozenset[str], frozenset[str]]:
        """The beginnings of words, of those that must not follow a letter and of those that may."""
        if missing in self._known_beginnings:
            return self._known_beginnings[missing]
        bound: set[str] = set()
        free: set[str] = set()
        for word in [*self._avoid, *(self._require[n].text for n in missing)]:
            # A word that needs no boundary after it counts as soon as it is complete.
            beginnings = {word[:n] for n in range(1, len(word) + self._bounded(word[-1]))}
            (bound if self._bounded(word[0]) else free).update(beginnings)
        self._known_beginnings[missing] = frozenset(bound), frozenset(free)
        return self._known_beginnings[missing]

    def _bounded(self, edge: str) -> bool:
        return self._spaces and _in_word(edge)

    def _pattern(self, words: Sequence[str], at_end: bool) -> re.Pattern[str]:
        """Finds any of the words.

        A word that needs a boundary after it is found if the boundary is there; with `at_end`, also at the end of the
        text.
        """
        letters = rf"\w{_marks()}"
        after = f"(?![{letters}])" if at_end else f"(?=[^{letters}])"
        return re.compile(
            "|".join(
                (f"(?<![{letters}])" if self._bounded(word[0]) else "")
                + re.escape(word)
                + (after if self._bounded(word[-1]) else "")
                for word in words
            )
        )

    def _number(self, state: _State) -> int:
        number = self._numbers.get(state)
        if number is None:
            number = len(self._numbers)
            risk = bool(self._avoided) and self._avoided[1].search(state.text, 1) is not None
            all_there = all(self._required[n][1].search(state.text, 1) for n in state.missing)
            self._rows = np.append(self._rows[:number], -1)
            self._progress = np.append(self._progress[:number], self._progress_of(state))
            self._at_risk = np.append(self._at_risk[:number], risk)
            self._may_end = np.append(self._may_end[:number], all_there and not risk)
            self._states[number:] = [state]
            # Last: what an interrupt (Ctrl-C) left half done above is done again, from the same number.
            self._numbers[state] = number
        return number

    def _progress_of(self, state: _State) -> int:
        """Number of tokens of the words that are there, and of the one that has begun."""
        text = state.text.encode() + state.rest
        begun = 0
        for n in state.missing:
            word = self._require[n]
            for count in range(len(word.tokens), begun, -1):
                beginning = b"".join(self._surfaces[token] for token in word.tokens[:count]).lstrip(b" ")
                if not text.endswith(beginning) or len(text) == len(beginning):
                    continue
                before = text[: len(text) - len(beginning)].decode(errors="ignore")[-1:]
                if not (self._bounded(word.text[0]) and _in_word(before)):
                    begun = count
                    break
        return self.complete - sum(len(self._require[n].tokens) for n in state.missing) + begun


def _decode(data: bytes) -> tuple[str, bytes]:
    """The characters of UTF-8 bytes, and the bytes at the end that only begin a character."""
    try:
        return data.decode(), b""
    except UnicodeDecodeError:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return decoder.decode(data), decoder.getstate()[0]


@lru_cache(maxsize=65536)
def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character or " ").startswith("M")


@lru_cache(maxsize=1)
def _marks() -> str:
    """Marks (accents, vowel signs) for a regular expression's character class; \\w lacks most of them."""
    marks = [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")]
    starts = [code for code in marks if unicodedata.category(chr(code - 1))[0] != "M"]
    ends = [code for code in marks if unicodedata.category(chr(code + 1))[0] != "M"]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
