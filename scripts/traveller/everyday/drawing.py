"""Drawing the slots of templates and acts, so that every word gets its turn.

A slot in an English template is one of
    {det class|noun|...}   a noun of these classes: det is a, the, this, my, our, your, no, some, own (the subject's),
                           own2 (anybody's), your2 (yours), any (any of these), bare (the English noun alone), one (so,
                           but counted) or - (no article);
                           -name bars a noun; the marks + (plural), ? (perhaps an adjective) and ! (an adjective)
                           follow it
    {adj N}                an adjective that fits slot N
    {=name}                a value of `lists.txt` or of `values`
and {N:format} writes slot N again. Nouns that were drawn seldom are drawn first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from ..phrases import Phrase
from .nominals import Nominal
from .reading import Entry, Lexicon
from .values import NUMBERS, Names

SLOT = re.compile(r"\{(?:=(?P<value>\w+)|(?P<det>[a-z]+2?|-)(?P<marks>[+?!]*) (?P<names>[^{}]+))\}")
_SHARES = {"?": 0.3, "!": 1.0, "": 0.0}
_OWN = {"own2": ("my", "my", "our", "your", "his", "her"), "your2": ("your",)}
_HANDFUL = 12
_DISCARDED = 0.8  # a word whose sentences all exist already must not be drawn for ever
_ANY = ("the", "the", "the", "my", "my", "this", "your", "our", "his", "her")
_SPOUSES = {"wife", "husband", "girlfriend", "boyfriend"}


class Misfit(Exception):
    """This draw makes no sense: draw again."""


class Drawing:
    """What is drawn at random, with a count of the nouns and adjectives that were."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.lexicon = Lexicon()
        self.names = Names(self.lexicon)
        self.used: dict[str, float] = defaultdict(float)
        self._latest: list[str] = []
        self._choices: dict[tuple[str, str, str], list[tuple[Entry, bool]]] = {}
        self.wanted: Entry | None = None
        """The noun to draw as soon as a slot can take it."""

    def begin(self) -> None:
        """Start a sentence."""
        self.wanted = None
        self._latest = []

    def discard(self) -> None:
        """What was drawn for this sentence will not be said: most of it counts as not drawn."""
        for key in self._latest:
            self.used[key] -= _DISCARDED
        self._latest = []

    def want(self) -> Entry:
        """Ask for a noun that was drawn seldom: the least used of a handful."""
        handful = self.rng.sample(self.lexicon.entries, _HANDFUL)
        self.wanted = min(handful, key=lambda entry: self.used[entry.key])
        return self.wanted

    def takers(self, template: str) -> set[int]:
        """The nouns that a template's slots can take, by their identity."""
        found: set[int] = set()
        for match in SLOT.finditer(template):
            if match["det"] and match["det"] != "adj":
                choice = self._choice(match["det"], match["marks"], match["names"])
                found.update(id(entry) for entry, _ in choice)
        return found

    def least(self, items: Sequence[Any], keys: Sequence[str]) -> Any:
        weights = [1.0 / (1 + self.used[key]) ** 1.5 for key in keys]
        chosen = self.rng.choices(range(len(items)), weights)[0]
        self.used[keys[chosen]] += 1.0
        self._latest.append(keys[chosen])
        return items[chosen]

    def value(self, name: str) -> Phrase:
        name = name.lower()
        rng = self.rng
        if name in NUMBERS:
            return NUMBERS[name](rng)
        if name in ("firstname", "shename", "hename", "fullname", "surname", "title", "titleacc", "person"):
            kind = {
                "firstname": self.names.first,
                "shename": self.names.she,
                "hename": self.names.he,
                "fullname": self.names.full,
                "surname": self.names.surname,
            }
            return kind.get(name, self.names.title)(rng)
        if name not in self.lexicon.lists:
            raise KeyError(f"no list is called {name!r}")
        items = self.lexicon.lists[name]
        english, *forms = self.least(items, [f"{name}/{item[0]}" for item in items])
        german = tuple(forms) if len(forms) == 3 else (forms[0],) * 3
        return Phrase(english, german)

    def noun(self, determiner: str, marks: str, names: str, owner: Phrase | None) -> Nominal:
        determiner = {"an": "a", "these": "this", "plural": "bare"}.get(determiner, determiner)
        if determiner == "any":
            determiner = self.rng.choice(_ANY)
            marks += "+" if self.rng.random() < 0.2 and self._choice(determiner, f"{marks}+", names) else ""
        if determiner == "own":
            determiner = (owner.possessive if owner else ("my", "mein"))[0]
        determiner = self.rng.choice(_OWN[determiner]) if determiner in _OWN else determiner
        choice = self._choice(determiner, marks, names)
        if not choice:
            raise Misfit(f"{determiner}{marks} {names}")
        asked = [pair for pair in choice if pair[0] is self.wanted]
        choice = asked or choice
        entry, plural = self.least(choice, [entry.key for entry, _ in choice])
        if asked:
            self.wanted = None
        plural = plural and not entry.only_plural
        adjective = None
        share = max(_SHARES[mark] for mark in ("", *marks.replace("+", "")))
        if not entry.adjective and self.rng.random() < share:
            fitting = self.lexicon.adjectives(entry, predicative=False)
            if fitting:
                adjective = self.least(fitting, [f"adjective {pair[0]}" for pair in fitting])
            elif share == 1.0:
                raise Misfit(names)
        return Nominal(entry, determiner, plural, adjective)

    def _choice(self, determiner: str, marks: str, names: str) -> list[tuple[Entry, bool]]:
        """The nouns that can stand in a slot, and whether in the plural."""
        key = (determiner, marks, names)
        if key not in self._choices:
            parts = names.split(",")
            barred = {name[1:] for name in parts if name.startswith("-")}
            self._choices[key] = [
                (entry, several)
                for name in parts if not name.startswith("-")
                for several in ["+" in marks or name.endswith("+")]
                for entry in self.lexicon.group(name.rstrip("+"))
                if entry.english not in barred and _fits(entry, determiner, several)
            ]  # fmt: skip
        return self._choices[key]

    def slots(self, template: str, owner: Phrase | None = None) -> tuple[str, list[Any]]:
        """The template with numbered slots, and what was drawn for them."""
        drawn: list[Any] = []
        entries: set[int] = set()

        def replace(match: re.Match[str]) -> str:
            if match["value"]:
                drawn.append(self.value(match["value"]))
            elif match["det"] == "adj":
                drawn.append(self._predicative(drawn[int(match["names"]) - 1]))
            else:
                noun = self.noun(match["det"], match["marks"], match["names"], owner)
                if id(noun.entry) in entries:
                    raise Misfit(noun.english)
                entries.add(id(noun.entry))
                drawn.append(noun)
            return f"{{{len(drawn)}}}"

        return SLOT.sub(replace, template), drawn

    def _predicative(self, noun: Nominal) -> Phrase:
        fitting = self.lexicon.adjectives(noun.entry, predicative=True)
        fitting = [pair for pair in fitting if not noun.adjective or pair[0] != noun.adjective[0]]
        if not fitting:
            raise Misfit(noun.english)
        return Phrase(*self.least(fitting, [f"adjective {pair[0]}" for pair in fitting]))


def write(template: str, drawn: Sequence[Any]) -> str:
    """The template's text: slot N is the N-th that was drawn."""
    slots: Mapping[str, Any] = {f"s{n}": item for n, item in enumerate(drawn, 1)}
    return " ".join(re.sub(r"\{(\d)", r"{s\1", template).format(**slots).split())


def _fits(entry: Entry, determiner: str, plural: bool) -> bool:
    if plural and not (entry.english_plural or (entry.only_plural and entry.german.gender == "p")):
        return False
    if determiner == "some" and not plural and not entry.mass:
        return False
    if determiner in ("a", "one") and (entry.mass or entry.only_plural or entry.german.gender == "p"):
        return False
    if entry.english in _SPOUSES:
        if determiner in ("our", "their"):
            return False
        if determiner == "his" and entry.english in ("husband", "boyfriend"):
            return False
        if determiner == "her" and entry.english in ("wife", "girlfriend"):
            return False
    return True
