"""One clause in both languages: the same subject, deed, time and place, each language in its own order.

German order in the middle field: pronouns, time, definite objects, nicht, company, place, indefinite objects and
directions. The finite verb comes second, first or last; participle, infinitive and prefix close the clause.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from . import english
from .phrases import Phrase, Slot, fill
from .verbs import finite, lookup


@dataclass(frozen=True)
class Act:
    """Something a traveller does. Its kinds say where it makes sense:

    plan (can, will), past, ask (could you), duty (have to), of which some are urgent, errand (forgot to),
    wish (would like to), allowed (may), habit (every day), scheduled (the present for what is to come);
    tiring; mishap, and remedy against it; booked, booked_room and booked_table: arranged beforehand;
    trip and contact, and trip_aim and contact_aim for what one undertakes them;
    done, and settled, as soon as which others go on; depart, before which other things are to be done;
    needs_papers, which takes a formality, meal, which takes booked_table, needs_change, which takes a change.

    Its hours say when it can be: clock, day, morning, late, recent or none (in the past then a day).
    """

    verb: str
    rest: str
    german_verb: str
    definite: str = ""  # German objects that come before nicht and the place
    late: str = ""  # German objects, manners and directions that come after the place
    kinds: tuple[str, ...] = ()
    hours: str = "clock"
    company: bool = False
    place: Slot | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    pronoun: str = ""  # German pronoun object, before the time


def act(
    verb: str,
    rest: str,
    german_verb: str,
    *,
    definite: str = "",
    late: str = "",
    kinds: str = "",
    hours: str = "clock",
    company: bool = False,
    place: Slot | None = None,
    pronoun: str = "",
    **slots: Slot,
) -> Act:
    return Act(verb, rest, german_verb, definite, late, tuple(kinds.split()), hours, company, place, slots, pronoun)


@dataclass(frozen=True)
class Mode:
    """How an auxiliary is said: English for plain and third person, negated, as a question; the German verb."""

    plain: str
    third: str
    negative: str
    negative_third: str
    ask: str
    ask_third: str
    after: str  # what stays behind the subject of a question
    german: str


MODES = {
    "can": Mode("can", "can", "cannot", "cannot", "can", "can", "", "können"),
    "must": Mode("must", "must", "must not", "must not", "must", "must", "", "müssen"),
    "have to": Mode("have to", "has to", "do not have to", "does not have to", "do", "does", "have to", "müssen"),
    "may": Mode("may", "may", "may not", "may not", "may", "may", "", "dürfen"),
    "should": Mode("should", "should", "should not", "should not", "should", "should", "", "sollen"),
    "want to": Mode("want to", "wants to", "do not want to", "does not want to", "do", "does", "want to", "wollen"),
    "would like to": Mode("would like to", "would like to", "would not like to", "would not like to",
                          "would", "would", "like to", "möchten"),
    "will": Mode("will", "will", "will not", "will not", "will", "will", "", "werden"),
    "had to": Mode("had to", "had to", "did not have to", "did not have to", "did", "did", "have to", "musste"),
    "could": Mode("could", "could", "could not", "could not", "could", "could", "", "konnte"),
    "shall": Mode("should", "should", "should not", "should not", "should", "should", "", "soll"),
    "wanted to": Mode("wanted to", "wanted to", "did not want to", "did not want to", "did", "did", "want to",
                      "wollte"),
}  # fmt: skip
TENSES = ("present", "past", "perfect")


@dataclass(frozen=True)
class Clause:
    subject: Phrase
    mode: str
    verb: english.Verb
    rest: str
    german_verb: str
    pronoun: str
    definite: str
    late: str
    time: Phrase | None = None
    company: Phrase | None = None
    place: Phrase | None = None
    negated: bool = False

    def at(self, time: Phrase | None) -> Clause:
        return replace(self, time=time)

    # English

    def tail(self, time: bool = True) -> str:
        parts = [self.rest, self.company, self.place, self.time if time else None]
        return " ".join(str(part.english if isinstance(part, Phrase) else part) for part in parts if part)

    def _english_verb(self) -> str:
        third = self.subject.third
        if self.mode == "present":
            if self.negated:
                return f"{'does' if third else 'do'} not {self.verb.base}"
            return self.verb.third if third else self.verb.base
        if self.mode == "past":
            return f"did not {self.verb.base}" if self.negated else self.verb.past
        if self.mode == "perfect":
            return f"{'has' if third else 'have'} {'not ' if self.negated else ''}{self.verb.participle}"
        mode = MODES[self.mode]
        if self.negated:
            return f"{mode.negative_third if third else mode.negative} {self.verb.base}"
        return f"{mode.third if third else mode.plain} {self.verb.base}"

    def english(self, fronted: bool = False) -> str:
        """The statement; a fronted time stands before it as in "Tomorrow we want to ..."."""
        front = f"{self.time.english} " if fronted and self.time else ""
        return f"{front}{self.subject} {self._english_verb()} {self.tail(not fronted)}".rstrip()

    def english_question(self) -> str:
        third = self.subject.third
        if self.mode in TENSES:
            auxiliary = {"present": ("do", "does"), "past": ("did", "did"), "perfect": ("have", "has")}[self.mode]
            verb = self.verb.participle if self.mode == "perfect" else self.verb.base
            return f"{auxiliary[third]} {self.subject} {verb} {self.tail()}".rstrip()
        mode = MODES[self.mode]
        return " ".join(f"{mode.ask_third if third else mode.ask} {self.subject} {mode.after} "
                        f"{self.verb.base} {self.tail()}".split())  # fmt: skip

    def english_infinitive(self) -> str:
        return f"{self.verb.base} {self.tail()}".rstrip()

    def english_relative(self) -> str:
        """Without the subject, which the relative pronoun is."""
        return f"{self._english_verb()} {self.tail()}".rstrip()

    # German

    def _middle(self, time: bool = True) -> str:
        parts: list[Phrase | str | None] = [self.pronoun, self.time if time else None, self.definite]
        parts += ["nicht" if self.negated else "", self.company, self.place, self.late]
        return " ".join(part.case("nom") if isinstance(part, Phrase) else part for part in parts if part)

    def _finite(self) -> tuple[str, str]:
        """The finite verb, and what closes the clause."""
        verb = lookup(self.german_verb)
        person = self.subject.person
        if self.mode == "present":
            return verb.present(person), verb.prefix
        if self.mode in TENSES:
            return finite(verb.auxiliary, person), verb.participle
        return finite(MODES[self.mode].german, person), verb.infinitive

    def second(self, fronted: bool = False) -> str:
        """Verb second: the subject or the time stands before the finite verb."""
        verb, end = self._finite()
        subject = self.subject.case("nom")
        if fronted and self.time:
            return " ".join(f"{self.time:de} {verb} {subject} {self._middle(False)} {end}".split())
        return " ".join(f"{subject} {verb} {self._middle()} {end}".split())

    def question(self) -> str:
        """Verb first; so too after a clause that takes the first place."""
        verb, end = self._finite()
        return " ".join(f"{verb} {self.subject.case('nom')} {self._middle()} {end}".split())

    def final(self) -> str:
        """Verb last, as after weil, dass and the relative pronoun."""
        return " ".join(f"{self.subject.case('nom')} {self.relative()}".split())

    def relative(self) -> str:
        verb, end = self._finite()
        cluster = end + verb if self.mode == "present" else f"{end} {verb}"
        return " ".join(f"{self._middle()} {cluster}".split())

    def zu(self) -> str:
        return f"{self._middle()} {lookup(self.german_verb).zu_infinitive}".strip()

    def um_zu(self) -> str:
        return f"um {self.zu()}"

    def infinitive(self) -> str:
        return f"{self._middle()} {lookup(self.german_verb).infinitive}".strip()

    def imperative(self, person: str) -> str:
        """Bringen Sie mir bitte ..., bring mir bitte ..."""
        verb = lookup(self.german_verb)
        head = f"{verb.stem_verb} Sie" if person == "wir" else verb.imperative_du()
        objects = " ".join(part for part in (self.pronoun,) if part)
        rest = replace(self, pronoun="")._middle()
        return " ".join(f"{head} {objects} bitte {rest} {verb.prefix}".split())


def bind(rng: Random, deed: Act, subject: Phrase, mode: str, time: Slot | None = None, place: float = 0.0,
         company: float = 0.0, companions: Slot | None = None, negated: bool = False) -> Clause:  # fmt: skip
    """Draw the slots of the act, its time, and perhaps where and with whom."""
    slots = {name: slot(rng, subject) for name, slot in deed.slots.items()}
    slots["s"] = subject
    where = deed.place(rng, subject) if deed.place and rng.random() < place else None
    who = companions(rng, subject) if companions and deed.company and rng.random() < company else None
    return Clause(subject, mode, english.Verb(deed.verb), fill(deed.rest, slots), deed.german_verb,
                  fill(deed.pronoun, slots), fill(deed.definite, slots), fill(deed.late, slots),
                  time(rng, subject) if time else None, who, where, negated)  # fmt: skip
