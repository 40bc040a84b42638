"""What people do, from `acts.txt`, and the short frames around it: statements, questions, requests, refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from .. import english
from ..clauses import Clause
from ..phrases import THEY, WE, YOU, Phrase
from .drawing import Drawing, Misfit, write
from .reading import acts_table

_INDEFINITE = ("a", "-", "some")
_ACCUSATIVE = re.compile(r"\{(\d):acc\}")
OBJECT = re.compile(r"\{[^{}=]+\}")
PEOPLE = re.compile(r"relative|worker|child|girlfriend|boss")
_REFLEXIVE = {"ich": ("mich", "mir"), "wir": ("uns", "uns"), "er": ("sich", "sich")}
# Whom a subject cannot help, ask or call.
_SAME = {"I": ("me", "us"), "we": ("us", "me"), "you": ("you",), "he": ("him",), "she": ("her",), "they": ("them",)}
_DOUBLED = {"put", "cut", "run", "swim", "sit", "get", "stop", "plan", "hit", "shut", "win", "hug", "chat", "travel",
            "cancel", "begin", "forget", "wrap", "drop", "jog", "knit"}  # fmt: skip


def ing(verb: str) -> str:
    """The progressive form: making, running, lying."""
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) and verb != "be":
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1] if verb in _DOUBLED else ''}ing"


@dataclass(frozen=True)
class Act:
    """A line of the table. `pronoun`, `definite` and `late` are as in `clauses.Act`."""

    verb: str
    rest: str
    german_verb: str
    pronoun: str
    definite: str
    late: str
    kinds: str

    @cached_property
    def name(self) -> str:
        return f"{self.verb} {self.rest}".strip()


def read() -> list[Act]:
    """All acts.

    Raises:
        ValueError: a line has not four columns.
    """
    found = []
    for row in acts_table():
        if len(row) != 4:
            raise ValueError(f"acts.txt: not four columns in {row}")
        words, verb, objects, kinds = row
        head, _, rest = words.partition(" ")
        before, _, late = objects.partition(">")
        pronoun, definite = "", before.strip()
        if definite.startswith("^"):
            pronoun, _, definite = definite[1:].partition(" ")
        found.append(Act(head, rest, verb.replace("_", " "), pronoun, definite.strip(), late.strip(), kinds))
    return found


def _pronoun(text: str, subject: Phrase) -> str:
    mich, mir = _REFLEXIVE["er" if subject in (YOU, THEY) else subject.person if subject.person != "wir" else
                           "wir" if subject is WE else "er"]  # fmt: skip
    return {"sich": mich, "mich": mich, "mir": mir, "sich2": mir}.get(text, text)


def bind(drawing: Drawing, act: Act, subject: Phrase, mode: str, *, negated: bool = False,
         time: Phrase | None = None) -> Clause:  # fmt: skip
    """A clause of this act, its slots drawn.

    Raises:
        Misfit: it cannot be negated in German word by word.
    """
    rest, drawn = drawing.slots(act.rest, subject)
    if any(getattr(item, "english", "") in _SAME.get(subject.english, ()) for item in drawn):
        raise Misfit(act.name)
    nicht = negated
    if negated and "something" in act.rest:
        raise Misfit(act.name)
    if negated:
        direct = {int(n) - 1 for n in _ACCUSATIVE.findall(act.late)}
        if len(direct) > 1:
            raise Misfit(act.name)
        for n in direct:
            if getattr(drawn[n], "determiner", "") in _INDEFINITE:
                drawn[n], nicht = drawn[n].denied(), False
        first = act.late.split(" ")[0]
        if first[:1].isupper() or first in ("ein", "eine", "einen"):
            raise Misfit(act.name)
        if any(getattr(noun, "determiner", "") == "no" for noun in drawn):
            raise Misfit(act.name)
    pronoun = write(_pronoun(act.pronoun, subject), drawn)
    where = _where(drawing, act) if time is None and not negated else None
    clause = Clause(subject, mode, english.Verb(act.verb), write(rest, drawn), act.german_verb, pronoun,
                    write(act.definite, drawn), write(act.late, drawn), time, place=where, negated=nicht)  # fmt: skip
    return Denied(**vars(clause)) if negated and not nicht else clause


def _where(drawing: Drawing, act: Act) -> Phrase | None:
    """Where or how it is done, now and then, where no direction is in the way."""
    if set("sm") & set(act.kinds) or re.search(r"\b(to|in|at|from|on|home|off|out)\b", act.rest):
        return None
    return drawing.value("how") if drawing.rng.random() < 0.12 else None


class Denied(Clause):
    """Negated in English by not and in German by kein."""

    def _english_verb(self) -> str:
        return replace(Clause(**vars(self)), negated=True)._english_verb()
