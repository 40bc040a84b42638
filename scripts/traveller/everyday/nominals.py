"""A noun with its determiner and adjective, written in either language and any case.

Formats in a template: nothing is English; `nom`, `acc`, `dat` a German case; `für+acc` a preposition before it;
`is`, `was`, `has`, `does`, `en.cost` agree in English and `ist`, `war`, `hat`, `de.kosten` in German; the names of
`_OTHER` take another determiner or adjective than the English side has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .. import english, german, verbs
from ..phrases import Phrase
from .reading import Entry

_AGREEING = {"is": ("is", "are"), "was": ("was", "were"), "has": ("has", "have"), "does": ("does", "do")}
_GERMAN = {"ist": ("ist", "sind"), "war": ("war", "waren"), "hat": ("hat", "haben")}
# Name of the format → determiner, adjective, case.
_OTHER = {
    "naechst": ("der", "nächst", "nom"), "letzt": ("der", "letzt", "nom"), "der": ("der", "", "nom"),
    "ein": ("ein", "", "acc"), "kein": ("kein", "", "acc"), "dem": ("der", "", "dat"), "ohne": ("", "", "nom"),
    "mein": ("mein", "", "nom"), "meinacc": ("mein", "", "acc"), "ihr": ("Ihr", "", "nom"),
    "welch": ("welch", "", "nom"), "jed": ("jed", "", "nom"), "keinnom": ("kein", "", "nom"),
    "neu": ("ein", "neu", "acc"), "schoen": ("ein", "schön", "nom"), "schoenacc": ("ein", "schön", "acc"),
    "den": ("der", "", "acc"),
}  # fmt: skip
_POSSESSIVES = {"my": "mein", "our": "unser", "your": "Ihr", "his": "sein", "her": "ihr", "their": "ihr"}
_STEMS = {
    "a": "ein",
    "the": "der",
    "this": "dies",
    "no": "kein",
    "some": "",
    "-": "",
    "bare": "",
    "one": "",
    **_POSSESSIVES,
}


@dataclass(frozen=True)
class Nominal:
    entry: Entry
    determiner: str
    plural: bool = False
    adjective: tuple[str, str] | None = None
    negated: bool = False  # German kein for ein and for no article

    @property
    def english_plural(self) -> bool:
        return self.plural or self.entry.only_plural

    @property
    def german_plural(self) -> bool:
        return self.plural or self.entry.german.gender == "p"

    @property
    def english(self) -> str:
        name = self.entry.english_plural if self.plural else self.entry.english
        words = f"{self.adjective[0]} {name}" if self.adjective else name
        if self.determiner in ("-", "bare", "one"):
            return words
        if self.determiner == "a":
            return words if self.english_plural else english.with_a(words)
        if self.determiner == "this":
            return f"{'these' if self.english_plural else 'this'} {words}"
        if self.determiner == "some" and self.negated:
            return f"any {words}"
        return f"{self.determiner} {words}"

    def _text(self, stem: str, adjective: str, case: str) -> str:
        plural = self.german_plural
        gender = "p" if plural else self.entry.german.gender
        strong = stem in ("welch", "jed")
        words = [stem + german.strong_ending(gender, case) if strong else german.determiner(stem, gender, case)]
        kind = "der" if strong else stem
        words += [german.adjective(part, kind, gender, case) for part in (adjective, self.entry.adjective) if part]
        noun = self.entry.german.form(case, plural)
        return " ".join(word for word in (*words, noun) if word)

    def case(self, case: str) -> str:
        stem = _STEMS[self.determiner]
        if self.negated and stem in ("ein", ""):
            stem = "kein"
        text = self._text(stem, self.adjective[1] if self.adjective else "", case)
        if self.determiner == "some" and not self.negated:
            return f"{'ein paar' if self.german_plural else 'etwas'} {text}"
        return text

    def __format__(self, spec: str) -> str:
        if spec == "":
            return self.english
        if spec in german.CASES:
            return self.case(spec)
        if spec in _AGREEING:
            return _AGREEING[spec][self.english_plural]
        if spec in _GERMAN:
            return _GERMAN[spec][self.german_plural]
        if spec in ("rel", "rela"):
            gender = "p" if self.german_plural else self.entry.german.gender
            return german.relative_pronoun(gender, "nom" if spec == "rel" else "acc")
        if spec in _OTHER:
            return self._text(*_OTHER[spec])
        return self._composed(spec)

    def _composed(self, spec: str) -> str:
        head, dot, tail = spec.partition(".")
        if dot and head == "de":
            return verbs.finite(tail, "wir" if self.german_plural else "er")
        if dot and head == "en":
            verb = english.Verb(tail.replace("_", " "))
            return verb.base if self.english_plural else verb.third
        preposition, plus, case = spec.partition("+")
        if not plus:
            raise ValueError(f"unknown format {spec!r} of {self.entry.english!r}")
        *before, last = preposition.split("_")
        phrase = self.case(case)
        # Nobody remembers "ans Lied".
        contracts = _STEMS[self.determiner] == "der" and (last, case) != ("an", "acc")
        joined = german.contract(last, phrase) if contracts else f"{last} {phrase}"
        return " ".join([*before, joined])

    def denied(self) -> Nominal:
        return replace(self, negated=True)

    def phrase(self) -> Phrase:
        """As the subject of a clause."""
        gender = "p" if self.german_plural else self.entry.german.gender
        possessive = ("their", "ihr") if self.plural or self.entry.german.gender == "p" else self.entry.possessive
        return Phrase(self.english, (self.case("nom"), self.case("acc"), self.case("dat")), gender,
                      "wir" if self.german_plural else "er", possessive)  # fmt: skip
