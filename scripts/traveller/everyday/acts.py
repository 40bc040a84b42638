"""What people do, from `acts.txt`, and the short frames around it: statements, questions, requests, refusals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from .. import english, times
from ..clauses import Clause
from ..pairs import Pair, statement
from ..phrases import HE, SHE, THEY, WE, YOU, I, Phrase
from .drawing import Drawing, Misfit, write
from .reading import acts_table

_INDEFINITE = ("a", "-", "some")
_ACCUSATIVE = re.compile(r"\{(\d):acc\}")
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

    @property
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
    clause = Clause(subject, mode, english.Verb(act.verb), write(rest, drawn), act.german_verb, pronoun,
                    write(act.definite, drawn), write(act.late, drawn), time, negated=nicht)  # fmt: skip
    return _Denied(**vars(clause)) if negated and not nicht else clause


class _Denied(Clause):
    """Negated in English by not and in German by kein."""

    def _english_verb(self) -> str:
        return replace(Clause(**vars(self)), negated=True)._english_verb()


class Acting:
    """Draws acts, and writes frames around them."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.rng = drawing.rng
        self.acts = read()
        self.takers = {act.name: drawing.takers(act.rest) for act in self.acts}
        self._kinds: dict[str, list[Act]] = {}
        self.frames = (
            (self.plan, 12), (self.past, 12), (self.past_question, 6), (self.modal_question, 9), (self.request, 8),
            (self.habit, 8), (self.refusal, 8), (self.ban, 2), (self.lets, 4), (self.doing, 8), (self.doing_question, 3),
            (self.future, 5), (self.when, 5), (self.why, 4), (self.state, 14), (self.aim, 5), (self.because, 5),
            (self.after_that, 3), (self.perfect, 4), (self.where, 2), (self.you_can, 3), (self.who, 3), (self.saying, 4),
        )  # fmt: skip

    def __call__(self) -> Pair:
        frame = self.rng.choices([frame for frame, _ in self.frames], [share for _, share in self.frames])[0]
        return frame()

    def act(self, kind: str) -> Act:
        """An act of one of these kinds, if possible one that takes the wanted noun."""
        if kind not in self._kinds:
            self._kinds[kind] = [act for act in self.acts if set(kind) & set(act.kinds)]
        choice = self._kinds[kind]
        wanted = id(self.drawing.wanted)
        choice = [act for act in choice if wanted in self.takers[act.name]] or choice
        return self.drawing.least(choice, [act.name for act in choice])

    def somebody(self) -> Phrase:
        draw = self.rng.random()
        if draw < 0.55:
            return self.rng.choice((I, I, WE))
        return self.another()

    def another(self) -> Phrase:
        draw = self.rng.random()
        if draw < 0.45:
            return self.rng.choice((HE, SHE, THEY))
        if draw < 0.6:
            return self.drawing.names.person(self.rng)
        if draw < 0.85:
            return self.drawing.noun(self.rng.choice(("my", "my", "our")), self.rng.choice(("", "", "+")), "relative", I).phrase()
        return self.drawing.noun("the", self.rng.choice(("", "", "+")), "stranger,worker", None).phrase()

    def _time(self, act: Act, slot: Any, share: float = 0.4) -> Phrase | None:
        return None if "n" in act.kinds or self.rng.random() > share else slot(self.rng, None)

    def _told(self, clause: Clause) -> Pair:
        fronted = clause.time is not None and self.rng.random() < 0.2
        return statement(clause.english(fronted), clause.second(fronted))

    def plan(self) -> Pair:
        duty = self.rng.random() < 0.4
        act = self.act("d" if duty else "p")
        modes = ("have to", "must", "should", "have to") if duty else ("would like to", "want to", "can", "would like to")
        return self._told(bind(self.drawing, act, self.somebody(), self.rng.choice(modes), time=self._time(act, times.future)))

    def past(self) -> Pair:
        act = self.act("tm")
        return self._told(bind(self.drawing, act, self.somebody(), "past", time=self._time(act, times.past)))

    def perfect(self) -> Pair:
        act = self.act("t")
        already = Phrase("", "schon")
        clause = bind(self.drawing, act, self.somebody(), "perfect", time=already)
        text = clause.at(None).english()
        has = "has" if clause.subject.third else "have"
        return statement(text.replace(f" {has} ", f" {has} already ", 1), clause.second())

    def past_question(self) -> Pair:
        act = self.act("t")
        subject = YOU if self.rng.random() < 0.6 else self.another()
        clause = bind(self.drawing, act, subject, "past", time=self._time(act, times.past, 0.25))
        return statement(clause.english_question(), clause.question(), "?")

    def modal_question(self) -> Pair:
        if self.rng.random() < 0.35:
            act, subject = self.act("p"), YOU
            mode = self.rng.choice(("would like to", "want to", "can"))
        else:
            act, subject = self.act("pd"), self.rng.choice((I, WE))
            plan = ("can", "can", "may", "shall")
            mode = self.rng.choice(plan if "p" in act.kinds else ("have to", "shall", "have to"))
        clause = bind(self.drawing, act, subject, mode, time=self._time(act, times.future, 0.2))
        text = clause.english_question()
        if mode == "shall":
            text = text.replace("should ", self.rng.choice(("should ", "shall ")), 1)
        return statement(text, clause.question(), "?")

    def request(self) -> Pair:
        act = self.act("r")
        clause = bind(self.drawing, act, YOU, "can", time=self._time(act, times.future, 0.1))
        style = self.rng.randrange(5)
        if style < 2:
            asked = clause.english_infinitive()
            return statement(f"please {asked}" if style else f"{asked}, please", clause.imperative("wir"))
        text = clause.english_infinitive()
        polite = replace(clause, pronoun=f"{clause.pronoun} bitte".strip())
        if style == 2:
            return statement(f"can you {text}", clause.question(), "?")
        if style == 3:
            return statement(f"can you {text}, please", polite.question(), "?")
        return statement(f"could you {text}, please", polite.question().replace("können", "könnten", 1), "?")

    def habit(self) -> Pair:
        act = self.act("h")
        subject = self.somebody()
        if self.rng.random() < 0.4:
            clause = bind(self.drawing, act, subject, "present", time=times.regular(self.rng, None))
            return self._told(clause)
        often = self.drawing.value("often")
        if self.rng.random() < 0.3:
            often = self.drawing.value("regular")
            clause = bind(self.drawing, act, YOU, "present", time=often)
            return statement(clause.english_question(), clause.question(), "?")
        clause = bind(self.drawing, act, subject, "present", time=often)
        text = clause.at(None).english().replace(f"{subject} ", f"{subject} {often} ", 1)
        return statement(text, clause.second())

    def refusal(self) -> Pair:
        """What is not done, cannot be done, is not wanted."""
        style = self.rng.randrange(6)
        kind, mode = (("t", "past"), ("t", "past"), ("p", "can"), ("p", "want to"), ("ph", "present"), ("d", "have to"))[style]
        act = self.act(kind)
        clause = bind(self.drawing, act, self.somebody(), mode, negated=True)
        text = clause.english()
        if isinstance(clause, _Denied):
            text = text.replace(" some ", " any ")
        return statement(text, clause.second())

    def ban(self) -> Pair:
        act = self.act("pr")
        clause = bind(self.drawing, act, YOU, "must", negated=True)
        return statement(f"please do not {clause.english_infinitive()}", clause.imperative("wir"))

    def lets(self) -> Pair:
        act = self.act("p")
        clause = bind(self.drawing, act, WE, "present", time=self._time(act, times.future_day, 0.2))
        return statement(f"let's {clause.english_infinitive()}", clause.question())

    def _progressive(self, clause: Clause) -> str:
        return " ".join(f"{ing(clause.verb.base)} {clause._tail()}".split())

    def doing(self) -> Pair:
        """I am reading: the German present."""
        act = self.act("ph")
        subject = self.somebody()
        clause = bind(self.drawing, act, subject, "present", time=self._time(act, times.future, 0.25))
        return statement(f"{subject} {subject:is} {self._progressive(clause)}", clause.second())

    def doing_question(self) -> Pair:
        act = self.act("ph")
        subject = YOU if self.rng.random() < 0.5 else self.another()
        clause = bind(self.drawing, act, subject, "present", time=self._time(act, times.future, 0.2))
        return statement(f"{subject:is} {subject} {self._progressive(clause)}", clause.question(), "?")

    def future(self) -> Pair:
        act = self.act("p")
        subject = self.somebody()
        clause = bind(self.drawing, act, subject, "will", time=self._time(act, times.future, 0.5))
        if self.rng.random() < 0.5:
            return self._told(clause)
        return statement(f"{subject} {subject:is} going to {clause.english_infinitive()}", clause.second())

    def when(self) -> Pair:
        past = self.rng.random() < 0.35
        act = self.act("t" if past else "pd")
        subject = self.another() if past and self.rng.random() < 0.5 else YOU if past else self.rng.choice((I, WE))
        mode = "past" if past else "can" if "p" in act.kinds else "have to"
        clause = bind(self.drawing, act, subject, mode)
        word = self.rng.choice((("when", "wann"), ("when", "wann"), ("how", "wie")) if mode == "can" else (("when", "wann"),))
        return statement(f"{word[0]} {clause.english_question()}", f"{word[1]} {clause.question()}", "?")

    def where(self) -> Pair:
        act = self.act("p")
        if " to " in f" {act.rest} " or " in " in f" {act.rest} " or not act.rest.startswith("{"):
            raise Misfit(act.name)
        if self.rng.random() < 0.6:
            clause = bind(self.drawing, act, self.rng.choice((I, WE)), "can")
        else:
            clause = bind(self.drawing, act, YOU, "past")
        return statement(f"where {clause.english_question()}", f"wo {clause.question()}", "?")

    def why(self) -> Pair:
        negated = self.rng.random() < 0.3
        act = self.act("t" if negated else "tm")
        subject = self.rng.choice((YOU, YOU, HE, SHE, THEY))
        clause = bind(self.drawing, act, subject, "past", negated=negated)
        text = clause.english_question()
        if negated:
            text = text.replace("did ", "didn't ", 1).replace(" some ", " any ")
        return statement(f"why {text}", f"warum {clause.question()}", "?")

    def who(self) -> Pair:
        """Who is the subject: wer."""
        wer = Phrase("who", "wer")
        style = self.rng.randrange(3)
        act = self.act("t" if style == 0 else "p")
        if "own" in act.rest or act.pronoun:
            raise Misfit(act.name)
        clause = bind(self.drawing, act, wer, ("past", "can", "would like to")[style])
        if style == 2:
            return statement(f"who wants to {clause.english_infinitive()}", replace(clause, mode="want to").second(), "?")
        return statement(clause.english(), clause.second(), "?")

    def state(self) -> Pair:
        """Liking, having, knowing, living: the simple present, as a statement, denied, or asked."""
        act = self.act("s")
        style = self.rng.random()
        if style < 0.3:
            clause = bind(self.drawing, act, YOU, "present")
            return statement(clause.english_question(), clause.question(), "?")
        clause = bind(self.drawing, act, self.somebody(), "present", negated=style < 0.5)
        text = clause.english()
        return statement(text.replace(" some ", " any ") if style < 0.5 else text, clause.second())

    def aim(self) -> Pair:
        """Infinitives with zu."""
        style = self.rng.randrange(6)
        act = self.act("d" if style in (0, 1) else "p")
        clause = bind(self.drawing, act, YOU if style == 0 else WE if style == 4 else I, "will")
        aim, ziel = clause.english_infinitive(), clause.zu()
        if style == 0:
            return statement(f"do not forget to {aim}", f"vergessen Sie nicht, {ziel}")
        text, gesagt = (("I forgot to", "ich habe vergessen,"), ("I forgot to", "ich habe vergessen,"),
                        ("I hope to", "ich hoffe,"), ("I have decided to", "ich habe beschlossen,"),
                        ("we are planning to", "wir haben vor,"), ("I am trying to", "ich versuche,"))[style]  # fmt: skip
        return statement(f"{text} {aim}", f"{gesagt} {ziel}")

    def because(self) -> Pair:
        subject = self.rng.choice((I, WE, HE, SHE))
        texts = (
            ("{s} cannot come", "{s:nom} {s:de.können} nicht kommen"), ("{s} {s:has} no time", "{s:nom} {s:de.haben} keine Zeit"),
            ("{s} {s:is} tired", "{s:nom} {s:de.sein} müde"), ("{s} {s:is} happy", "{s:nom} {s:de.sein} glücklich"),
            ("{s} {s:is} late", "{s:nom} {s:de.kommen} zu spät"),
        )  # fmt: skip
        n = self.rng.randrange(5)
        text, gesagt = texts[n]
        kind, mode = ("d", "have to") if n < 2 else ("t", "past") if n == 2 else ("p", "can") if n == 3 else ("m", "past")
        clause = bind(self.drawing, self.act(kind), subject, mode)
        return statement(f"{text.format(s=subject)} because {clause.english()}",
                         f"{gesagt.format(s=subject)}, weil {clause.final()}")  # fmt: skip

    def after_that(self) -> Pair:
        """Two clauses with and."""
        subject = self.rng.choice((I, WE, SHE, HE))
        past = self.rng.random() < 0.5
        first = bind(self.drawing, self.act("t" if past else "p"), subject, "past" if past else "want to")
        then = bind(self.drawing, self.act("t" if past else "p"), subject, first.mode)
        text = then.english().removeprefix(f"{subject} ")
        if not past:
            text = text.removeprefix("want to ").removeprefix("wants to ")
            return statement(f"{first.english()} and {text}", f"{first.second()} und {then.infinitive()}")
        return statement(f"{first.english()} and then {text}", f"{first.second()}, und dann {then.question()}")

    def you_can(self) -> Pair:
        act = self.act("p" if self.rng.random() < 0.6 else "d")
        mode = self.rng.choice(("can", "can", "should") if "p" in act.kinds else ("have to", "should"))
        return self._told(bind(self.drawing, act, YOU, mode, time=self._time(act, times.future, 0.2)))

    def saying(self) -> Pair:
        """Subordinate clauses: the verb comes last."""
        heads = (
            ("I think", "ich glaube,", False), ("I hope", "ich hoffe,", False), ("I know that", "ich weiß,", False),
            ("do you know whether", "wissen Sie,", True), ("I do not know if", "ich weiß nicht,", True),
            ("she says that", "sie sagt,", False),
        )  # fmt: skip
        text, gesagt, asked = self.rng.choice(heads)
        subject = self.another()
        kind = self.rng.choice("tps")
        mode = {"t": "past", "p": "will" if "hope" in text else "want to", "s": "present"}[kind]
        clause = bind(self.drawing, self.act(kind), subject, mode)
        link = "ob" if asked else "dass"
        return statement(f"{text} {clause.english()}", f"{gesagt} {link} {clause.final()}", "?" if text.startswith("do ") else ".")
