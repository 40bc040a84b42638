"""Noun phrases in both languages at once, and the slots that draw them.

A phrase writes itself into a template by its format: nothing for English, a case for German, a preposition and
a case ("zu+dat" gives zum or zur), or a word that has to agree with it ({x:is}, {x:ist}, {x:it}, {x:de.kosten}).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from . import english, german, lexicon, verbs

_AGREEING = {"is": ("is", "are"), "was": ("was", "were"), "has": ("has", "have"), "does": ("does", "do"),
             "it": ("it", "they"), "them": ("it", "them"),
             "ist": ("ist", "sind"), "war": ("war", "waren"), "hat": ("hat", "haben")}  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    english: str
    german: tuple[str, str, str] | str  # one form for all cases, or nom, acc and dat
    gender: str = "n"
    person: str = "er"
    possessive: tuple[str, str] = ("its", "sein")
    contracts: bool = False
    first: bool = False  # the English I, which takes am

    @property
    def several(self) -> bool:
        return self.gender == "p" and self.english != "you"

    @property
    def third(self) -> bool:
        """Third person singular, in both languages."""
        return self.person == "er"

    def case(self, case: str) -> str:
        return self.german if isinstance(self.german, str) else self.german[german.CASES.index(case)]

    def __format__(self, spec: str) -> str:
        if spec == "":
            return self.english
        if spec == "de":
            return self.case("nom")
        if spec in german.CASES:
            return self.case(spec)
        if spec in _AGREEING:
            if self.first and spec in ("is", "was"):
                return {"is": "am", "was": "was"}[spec]
            return _AGREEING[spec][not self.third]
        head, dot, tail = spec.partition(".")
        if dot:
            return self._agree(head, tail)
        preposition, plus, case = spec.partition("+")
        if plus:
            phrase = self.case(case)
            return german.contract(preposition, phrase) if self.contracts else f"{preposition} {phrase}"
        raise ValueError(f"unknown format {spec!r} of {self.english!r}")

    def _agree(self, head: str, tail: str) -> str:
        if head == "de":
            return verbs.finite(tail, self.person)
        if head == "en":
            verb = english.Verb(tail.replace("_", " "))
            return verb.third if self.third else verb.base
        if head == "pro":
            return german.personal_pronoun(self.gender, tail)
        if head == "rel":
            return german.relative_pronoun(self.gender, tail)
        if head == "ein":
            article = german.determiner("ein", self.gender, "acc")
            return f"{article} {german.adjective(tail, 'ein', self.gender, 'acc')}"
        raise ValueError(f"unknown format {head}.{tail}")


Slot = Callable[[Random, Phrase | None], Phrase]

I = Phrase("I", ("ich", "mich", "mir"), "m", "ich", ("my", "mein"), first=True)  # noqa: E741
WE = Phrase("we", ("wir", "uns", "uns"), "p", "wir", ("our", "unser"))
YOU = Phrase("you", ("Sie", "Sie", "Ihnen"), "p", "wir", ("your", "Ihr"))
DU = Phrase("you", ("du", "dich", "dir"), "p", "du", ("your", "dein"))
HE = Phrase("he", ("er", "ihn", "ihm"), "m", "er", ("his", "sein"))
SHE = Phrase("she", ("sie", "sie", "ihr"), "f", "er", ("her", "ihr"))
THEY = Phrase("they", ("sie", "sie", "ihnen"), "p", "wir", ("their", "ihr"))


def noun_phrase(entry: lexicon.Entry, kind: tuple[str, str], adjective: tuple[str, str] | None = None,
                plural: bool = False) -> Phrase:  # fmt: skip
    """`kind` is the determiner: English word and German stem, ("a", "ein"), ("the", "der"), ("my", "mein")."""
    gender = "p" if plural else entry.noun.gender
    name = entry.english_plural if plural else entry.english
    words = f"{adjective[0]} {name}" if adjective else name
    article, stem = kind
    if article == "a":
        text = words if plural else english.with_a(words)
    else:
        text = f"{'these' if plural and article == 'this' else article} {words}".strip()
    cases = [_german(entry, stem, adjective, gender, case) for case in german.CASES]
    possessive = ("their", "ihr") if plural else entry.possessive
    return Phrase(text, (cases[0], cases[1], cases[2]), gender, "wir" if plural else "er", possessive,
                  contracts=stem == "der")  # fmt: skip


def _german(entry: lexicon.Entry, stem: str, adjective: tuple[str, str] | None, gender: str, case: str) -> str:
    words = [german.determiner(stem, gender, case)]
    if adjective:
        words.append(german.adjective(adjective[1], stem, gender, case))
    words.append(entry.noun.form(case, gender == "p"))
    return " ".join(word for word in words if word)


def _fits(entry: lexicon.Entry, possessive: tuple[str, str]) -> bool:
    """He has a wife and she a husband; I and you (Sie) may have either, we and they neither."""
    if "spouse" not in entry.classes:
        return True
    if entry.english == "wife" and possessive == ("his", "sein"):
        return True
    return possessive in (("my", "mein"), ("your", "Ihr")) or (entry.english, possessive[0]) == ("husband", "her")


def _slot(kind: tuple[str, str] | None, name: str, adjectives: float, plurals: float) -> Slot:
    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        possessive = kind or (owner or I).possessive
        entry = rng.choice([entry for entry in lexicon.of_class(name) if _fits(entry, possessive)])
        wanted = entry.adjectives and rng.random() < adjectives
        adjective = rng.choice(entry.adjectives) if wanted else None
        plural = bool(entry.noun.plural) and rng.random() < plurals
        if plurals == 1.0 and not plural:
            return draw(rng, owner)
        if kind is None and "personal" in entry.classes and owner and owner.several:
            plural = True  # our passports: each has one
        if adjective and adjective[0] == "second":
            plural = False
        return noun_phrase(entry, possessive, adjective, plural)

    return draw


def a(name: str, adjectives: float = 0.4, plurals: float = 0.0) -> Slot:
    return _slot(("a", "ein"), name, adjectives, plurals)


def the(name: str, adjectives: float = 0.15, plurals: float = 0.0) -> Slot:
    return _slot(("the", "der"), name, adjectives, plurals)


def this(name: str, adjectives: float = 0.25, plurals: float = 0.3) -> Slot:
    return _slot(("this", "dies"), name, adjectives, plurals)


def no(name: str, adjectives: float = 0.2, plurals: float = 0.2) -> Slot:
    return _slot(("no", "kein"), name, adjectives, plurals)


def own(name: str, adjectives: float = 0.15, plurals: float = 0.0) -> Slot:
    """Belonging to the subject: my, our, her ..."""
    return _slot(None, name, adjectives, plurals)


def my(name: str, adjectives: float = 0.1, plurals: float = 0.0) -> Slot:
    return _slot(("my", "mein"), name, adjectives, plurals)


def our(name: str, adjectives: float = 0.1, plurals: float = 0.0) -> Slot:
    return _slot(("our", "unser"), name, adjectives, plurals)


def your(name: str, adjectives: float = 0.1, plurals: float = 0.0) -> Slot:
    return _slot(("your", "Ihr"), name, adjectives, plurals)


def bare(name: str) -> Slot:
    """Without any article, as the drinks and the jobs."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        return noun_phrase(rng.choice(lexicon.of_class(name)), ("", ""))

    return draw


def many(name: str, kind: tuple[str, str] = ("", ""), adjectives: float = 0.2) -> Slot:
    """The plural: towels, no clean towels, our neighbours."""
    return _slot(kind, name, adjectives, 1.0)


def count(name: str, top: int = 6, adjectives: float = 0.2) -> Slot:
    """Two to `top` of them."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        n = rng.randint(2, top)
        entry = rng.choice([entry for entry in lexicon.of_class(name) if entry.noun.plural])
        usable = [pair for pair in entry.adjectives if pair[0] != "second"]
        adjective = rng.choice(usable) if usable and rng.random() < adjectives else None
        phrase = noun_phrase(entry, ("", ""), adjective, plural=True)
        forms = [f"{german.number(n)} {phrase.case(case)}" for case in german.CASES]
        return Phrase(f"{english.number(n)} {phrase.english}", (forms[0], forms[1], forms[2]), "p", "wir")

    return draw


def mix(*slots: Slot) -> Slot:
    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        return rng.choice(slots)(rng, owner)

    return draw


def words(*pairs: tuple[str, str]) -> Slot:
    """Fixed expressions that have one form."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        return Phrase(*rng.choice(pairs))

    return draw


def city(rng: Random, owner: Phrase | None) -> Phrase:
    return Phrase(*rng.choice(lexicon.CITIES))


def inland(rng: Random, owner: Phrase | None) -> Phrase:
    """Where trains and buses go."""
    return Phrase(*rng.choice(lexicon.INLAND))


def surname(rng: Random, owner: Phrase | None) -> Phrase:
    name = rng.choice(lexicon.SURNAMES)
    return Phrase(name, name)


def first_name(rng: Random, owner: Phrase | None) -> Phrase:
    name = rng.choice(lexicon.FIRST_NAMES_SHE + lexicon.FIRST_NAMES_HE)
    return Phrase(name, name)


def named(rng: Random, owner: Phrase | None) -> Phrase:
    """Mr Weber is weak in German: Herrn Weber, but Frau Keller stays."""
    name = rng.choice(lexicon.SURNAMES)
    if rng.random() < 0.5:
        return Phrase(f"Mr {name}", (f"Herr {name}", f"Herrn {name}", f"Herrn {name}"), "m", "er", ("his", "sein"))
    return Phrase(f"Mrs {name}", f"Frau {name}", "f", "er", ("her", "ihr"))


def maybe(slot: Slot, chance: float = 0.5) -> Slot:
    """The phrase, or nothing."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        return slot(rng, owner) if rng.random() < chance else Phrase("", "")

    return draw


def fill(template: str, slots: dict[str, Phrase]) -> str:
    """The template's text, with single spaces though a slot be empty."""
    return " ".join(template.format(**slots).split())
