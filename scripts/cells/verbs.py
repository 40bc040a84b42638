"""German verbs and the word, often far in front of them, that decides them.

Two kinds of dependencies are found in sentences of the traveller corpus:

bracket     A finite auxiliary opens a clause and decides how it closes: "Ich *muss* morgen um neun Uhr Frau Weber
            *abholen*", "Wir *haben* ... *gekauft*". So do a verb with a separable prefix, and "um" before "zu".
            Decided is the last word of the clause.
agreement   The subject decides the finite verb, where that stands at the end of a subordinate clause, "weil die
            *Damen* gestern um acht Uhr den Zug verpasst *haben*", or behind a relative clause: "Der *Mann*, der ...,
            *muss* ...".

The distance of the two is the number of words from one to the other: 1 for neighbours.

The corpus has one clause between two commas, or a part of one around a relative clause, and a fixed set of verbs, so
its own tables (`scripts.traveller.verbs`) are all that is needed to find them. What fits no rule is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scripts.traveller.verbs import FORMS, VERBS

PUNCTUATION = ".,?!"
CONJUNCTIONS = {
    "weil", "dass", "ob", "wenn", "obwohl", "bevor", "sobald", "nachdem", "während", "als", "damit", "da", "bis",
}  # fmt: skip
RELATIVES = {"der", "die", "das", "den", "dem"}
PRONOUNS = {"ich", "du", "er", "wir", "sie", "Sie", "es", "man"}
POSSESSIVES = {"mein", "meine", "unser", "unsere"}
AUXILIARIES = {form for forms in FORMS.values() for form in forms.split()} | {"könnten", "könnte", "würde", "würden"}
FINITE = AUXILIARIES | {verb.present(person) for verb in VERBS.values() for person in ("ich", "er", "wir")}
JOINED = {verb.prefix + verb.present(person) for verb in VERBS.values() for person in ("ich", "er", "wir")}
CLOSING = (
    set(VERBS)
    | {verb.participle for verb in VERBS.values()}
    | {verb.zu_infinitive.split()[-1] for verb in VERBS.values()}
)
PREFIXES = {verb.prefix for verb in VERBS.values()} - {""}


@dataclass(frozen=True)
class Dependency:
    """A verb and the word that decides it, each by its number in the sentence, from 0."""

    kind: Literal["bracket", "agreement"]
    decider: int
    verb: int

    @property
    def distance(self) -> int:
        """Number of words from one to the other."""
        return self.verb - self.decider


@dataclass
class _Open:
    """A clause that a relative clause has interrupted, and that waits for its verb."""

    subject: int
    final: bool  # whether its verb stands last


Word = tuple[int, str]


def dependencies(line: str) -> list[Dependency]:
    """All dependencies of a German sentence, in the order of their verbs."""
    found: list[Dependency] = []
    waiting: list[_Open] = []
    head: int | None = None  # number of the noun before the last comma
    for stretch in stretches(line):
        first, last = stretch[0][1], stretch[-1]
        if first.lower() in CONJUNCTIONS:
            subject = _subject(stretch[1:])
            if subject is not None and _final(last[1]):
                found.append(Dependency("agreement", subject, last[0]))
            elif subject is not None:
                waiting.append(_Open(subject, final=True))
        elif first in RELATIVES and head is not None and _final(last[1]):
            # "das Hemd, das ich gekauft habe": the pronoun is the object, and the subject comes behind it.
            own = stretch[1][1] in PRONOUNS or (first != "der" and stretch[1][1] in POSSESSIVES)
            subject = _subject(stretch[1:]) if own else head if first in ("der", "die", "das") else None
            if subject is not None:
                found.append(Dependency("agreement", subject, last[0]))
        elif first == "um" and last[1] in CLOSING:
            found.append(Dependency("bracket", stretch[0][0], last[0]))
        elif waiting:
            clause = waiting.pop()
            verb = last if clause.final else stretch[0]
            if verb[1] in FINITE or (clause.final and _final(verb[1])):
                found.append(Dependency("agreement", clause.subject, verb[0]))
            if not clause.final:
                found += _bracket(stretch)
        elif not any(word in FINITE for _, word in stretch):
            subject = _subject(stretch)
            if subject is not None:
                waiting.append(_Open(subject, final=False))
        else:
            found += _bracket(stretch)
        head = _subject(stretch)
    return sorted(found, key=lambda dependency: dependency.verb)


def stretches(line: str) -> list[list[Word]]:
    """The numbered words between the commas, without punctuation."""
    result: list[list[Word]] = [[]]
    for n, word in enumerate(line.split()):
        result[-1].append((n, word.strip(PUNCTUATION)))
        if word.endswith(","):
            result.append([])
    return [stretch for stretch in result if stretch]


def _final(word: str) -> bool:
    """Whether a word can be the finite verb at the end of a clause."""
    return word in FINITE or word in JOINED


def _subject(words: list[Word]) -> int | None:
    """The first pronoun or noun; the first word of a sentence is a noun only if no other follows."""
    for n, word in words:
        if word in PRONOUNS or (n == 0 and word.lower() in PRONOUNS):
            return n
        if n > 0 and word[:1].isupper():
            return n
    return None


def _bracket(words: list[Word]) -> list[Dependency]:
    """The finite verb of a main clause and the word that closes it."""
    for n, word in words:
        if word in FINITE or (n == 0 and word.lower() in FINITE):
            last, closing = words[-1]
            auxiliary = word.lower() in AUXILIARIES
            if last > n and (closing in CLOSING if auxiliary else closing in PREFIXES):
                return [Dependency("bracket", n, last)]
            return []
    return []
