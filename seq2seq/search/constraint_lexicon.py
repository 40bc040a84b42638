"""An automaton over tokens that knows which words an output has said, has begun, and must not say.

Words are compared as text, whatever tokens spell it: "Hund" may be one token, "H" and "und", or four bytes. A word
stands between characters that belong to no word ((?<!\\w)Hund(?!\\w), marks counted as letters): "Hund." holds it and
"Hunde" does not. Where a word itself begins or ends with such a character, or the language writes no spaces, that side
may touch anything.

The automaton reads characters as Aho and Corasick's does (1975, "Efficient String Matching"): a state is the longest
end of the text that may yet become a word, and the set of words that were said. States are made as they are met.
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


class Required(NamedTuple):
    """A word that must be said."""

    text: str
    tokens: Sequence[int]
    """How it is best said. Its progress is counted in these; others that spell it count as well once they reach the
    end of one of these."""


@dataclass(frozen=True)
class _State:
    text: str
    """One character, " " or "x" for one of a word or not, then the longest end of the text that begins a word."""
    rest: bytes
    """What follows: the first bytes of a character that is not complete."""
    missing: frozenset[int]
    """Required words that were not said."""


class Lexicon:
    """States and transitions for given words. It serves any number of searches.

    Attributes:
        starts: the state of an empty output that must say every required word, and that of one that need not.
        full: the bank of a state in which all required words were said, see `banks`.
    """

    def __init__(
        self, surfaces: Sequence[bytes], avoid: Sequence[str], require: Sequence[Required] = (), spaces: bool = True
    ) -> None:
        """Takes the words.

        Args:
            surfaces: the UTF-8 bytes that each token adds to the text; " " before a word, b"" for special tokens.
            avoid: words, or phrases with spaces, that must not be said.
            require: words or phrases that must.
            spaces: whether the language writes spaces between words.

        Raises:
            ValueError: a required word holds one to avoid.
        """
        self._surfaces = list(surfaces)
        self._avoid, self._require, self._spaces = list(avoid), list(require), spaces
        self._avoided = [self._pattern(avoid, end) for end in (False, True)] if avoid else []
        self._required = [[self._pattern([word.text], end) for end in (False, True)] for word in require]
        for word in require:
            if avoid and self._avoided[1].search(word.text):
                raise ValueError(f"'{word.text}', which is required, holds a word to avoid.")
        self.full = sum(len(word.tokens) for word in require)
        self._longest = max(map(len, (*avoid, *(word.text for word in require))), default=0)
        self._known_beginnings: dict[frozenset[int], tuple[frozenset[str], frozenset[str]]] = {}
        # Searches read without it: only a state that no search has met is worked out under the lock, by one thread.
        # Arrays grow by being replaced, and what is in them stays as it is.
        self._lock = threading.Lock()
        self._states: list[_State] = []
        self._numbers: dict[_State, int] = {}
        self._banks = np.zeros(0, np.int64)
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
        """Where the token says a word to avoid or ends too early; the arguments broadcast."""
        rows = self._row(states)
        return self._forbidden[rows, tokens]

    def banks(self, states: IntArray) -> NDArray[np.int64]:
        """How many tokens of required words were said: only hypotheses equal in this should compete."""
        return np.asarray(self._banks[states])

    def may_end(self, states: IntArray) -> NDArray[np.bool_]:
        """Whether an output that ends here says no word it must not and all that it must."""
        return np.asarray(self._may_end[states])

    def at_risk(self, states: IntArray) -> NDArray[np.bool_]:
        """Whether a word that must not be said is complete, unless the next token continues it."""
        return np.asarray(self._at_risk[states])

    def refused(self, states: IntArray) -> NDArray[np.int64]:
        """How many tokens are forbidden or lead to a state at risk: shaped like `states`."""
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
        """Works out where each token leads from a state."""
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
        # From 1: the first character stands for what came before, and says no word itself.
        forbidden = bool(self._avoided) and self._avoided[0].search(text, 1) is not None
        missing = state.missing
        if missing:
            missing = frozenset(n for n in missing if not self._required[n][0].search(text, 1))
        return self._number(_State(self._shorten(text, missing), rest, missing)), forbidden

    def _shorten(self, text: str, missing: frozenset[int]) -> str:
        """What of a text may yet matter."""
        bound, free = self._beginnings(missing)
        for start in range(max(1, len(text) - self._longest), len(text)):
            before, end = text[start - 1], text[start:]
            if end in free or (end in bound and not _in_word(before)):
                return ("x" if _in_word(before) else " ") + end
        return "x" if _in_word(text[-1]) else " "

    def _beginnings(self, missing: frozenset[int]) -> tuple[frozenset[str], frozenset[str]]:
        """What words begin with: where they must not follow a letter, and where they may."""
        if missing in self._known_beginnings:
            return self._known_beginnings[missing]
        bound: set[str] = set()
        free: set[str] = set()
        for word in [*self._avoid, *(self._require[n].text for n in missing)]:
            # A word that needs no end is said as soon as it is complete.
            beginnings = {word[:n] for n in range(1, len(word) + self._bounded(word[-1]))}
            (bound if self._bounded(word[0]) else free).update(beginnings)
        self._known_beginnings[missing] = frozenset(bound), frozenset(free)
        return self._known_beginnings[missing]

    def _bounded(self, edge: str) -> bool:
        return self._spaces and _in_word(edge)

    def _pattern(self, words: Sequence[str], at_end: bool) -> re.Pattern[str]:
        """Finds any of the words; one that needs an end is found where that has come, or `at_end` of the text."""
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
            all_said = all(self._required[n][1].search(state.text, 1) for n in state.missing)
            self._rows = np.append(self._rows[:number], -1)
            self._banks = np.append(self._banks[:number], self._bank(state))
            self._at_risk = np.append(self._at_risk[:number], risk)
            self._may_end = np.append(self._may_end[:number], all_said and not risk)
            self._states[number:] = [state]
            # Last: what an interrupt (Ctrl-C) left half done above is done again, from the same number.
            self._numbers[state] = number
        return number

    def _bank(self, state: _State) -> int:
        """Tokens of the words that were said, and of the one that is begun."""
        text = state.text.encode() + state.rest
        begun = 0
        for n in state.missing:
            word = self._require[n]
            for count in range(len(word.tokens), begun, -1):
                said = b"".join(self._surfaces[token] for token in word.tokens[:count]).lstrip(b" ")
                if not text.endswith(said) or len(text) == len(said):
                    continue
                before = text[: len(text) - len(said)].decode(errors="ignore")[-1:]
                if not (self._bounded(word.text[0]) and _in_word(before)):
                    begun = count
                    break
        return self.full - sum(len(self._require[n].tokens) for n in state.missing) + begun


def _decode(data: bytes) -> tuple[str, bytes]:
    """The characters of UTF-8, and the bytes at the end that are the beginning of one."""
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
    """Marks (accents, vowel signs) as the inside of a regular expression's character class: \\w lacks most of them."""
    marks = [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")]
    starts = [code for code in marks if unicodedata.category(chr(code - 1))[0] != "M"]
    ends = [code for code in marks if unicodedata.category(chr(code + 1))[0] != "M"]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
