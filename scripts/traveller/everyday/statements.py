"""Frames with one main clause: what one does, did, will do, likes, asks for and refuses."""

from __future__ import annotations

from dataclasses import replace

from .. import times
from ..pairs import Pair, statement
from ..phrases import WE, YOU, I, Phrase
from .acting import Acting, progressive
from .acts import Denied, bind
from .drawing import Misfit


def plan(acting: Acting) -> Pair:
    duty = acting.rng.random() < 0.4
    act = acting.act("d" if duty else "p")
    modes = ("have to", "must", "should", "have to") if duty else ("would like to", "want to", "can", "would like to")
    return acting.told(
        bind(acting.drawing, act, acting.somebody(), acting.rng.choice(modes), time=acting.time(act, times.future))
    )


def past(acting: Acting) -> Pair:
    act = acting.act("tm")
    return acting.told(bind(acting.drawing, act, acting.somebody(), "past", time=acting.time(act, times.past)))


def perfect(acting: Acting) -> Pair:
    act = acting.act("t")
    already = Phrase("", "schon")
    clause = bind(acting.drawing, act, acting.somebody(), "perfect", time=already)
    text = clause.at(None).english()
    has = "has" if clause.subject.third else "have"
    return statement(text.replace(f" {has} ", f" {has} already ", 1), clause.second())


def habit(acting: Acting) -> Pair:
    act = acting.act("h")
    subject = acting.somebody()
    if acting.rng.random() < 0.4:
        clause = bind(acting.drawing, act, subject, "present", time=times.regular(acting.rng, None))
        return acting.told(clause)
    often = acting.drawing.value("often")
    if acting.rng.random() < 0.3:
        often = acting.drawing.value("regular")
        clause = bind(acting.drawing, act, YOU, "present", time=often)
        return statement(clause.english_question(), clause.question(), "?")
    clause = bind(acting.drawing, act, subject, "present", time=often)
    text = clause.at(None).english().replace(f"{subject} ", f"{subject} {often} ", 1)
    return statement(text, clause.second())


def refusal(acting: Acting) -> Pair:
    """What is not done, cannot be done, is not wanted."""
    style = acting.rng.randrange(6)
    kind, mode = (("t", "past"), ("t", "past"), ("p", "can"), ("p", "want to"), ("ph", "present"), ("d", "have to"))[
        style
    ]
    act = acting.act(kind)
    clause = bind(acting.drawing, act, acting.somebody(), mode, negated=True)
    text = clause.english()
    if isinstance(clause, Denied):
        text = text.replace(" some ", " any ")
    return statement(text, clause.second())


def ban(acting: Acting) -> Pair:
    act = acting.act("pr")
    clause = bind(acting.drawing, act, YOU, "must", negated=True)
    return statement(f"please do not {clause.english_infinitive()}", clause.imperative("wir"))


def let_me(acting: Acting) -> Pair:
    """Let me: lassen Sie mich."""
    clause = bind(acting.drawing, acting.act("p"), I, "will")
    if clause.pronoun in ("mich", "mir"):
        raise Misfit("lassen Sie mich mich")
    return statement(f"let me {clause.english_infinitive()}", f"lassen Sie mich {clause.infinitive()}")


def wont(acting: Acting) -> Pair:
    """The denied future."""
    clause = bind(acting.drawing, acting.act("p"), acting.somebody(), "will", negated=True)
    return statement(clause.english(), clause.second())


def lets(acting: Acting) -> Pair:
    act = acting.act("p")
    clause = bind(acting.drawing, act, WE, "present", time=acting.time(act, times.future_day, 0.2))
    return statement(f"let's {clause.english_infinitive()}", clause.question())


def doing(acting: Acting) -> Pair:
    """I am reading: the German present."""
    act = acting.act("ph")
    subject = acting.somebody()
    clause = bind(acting.drawing, act, subject, "present", time=acting.time(act, times.future, 0.25))
    return statement(f"{subject} {subject:is} {progressive(clause)}", clause.second())


def was_doing(acting: Acting) -> Pair:
    """I was reading: the German perfect."""
    subject = acting.somebody()
    clause = bind(acting.drawing, acting.act("h"), subject, "past")
    return statement(f"{subject} {subject:was} {progressive(clause)}", clause.second())


def future(acting: Acting) -> Pair:
    act = acting.act("p")
    subject = acting.somebody()
    clause = bind(acting.drawing, act, subject, "will", time=acting.time(act, times.future, 0.5))
    if acting.rng.random() < 0.5:
        return acting.told(clause)
    return statement(f"{subject} {subject:is} going to {clause.english_infinitive()}", clause.second())


def state(acting: Acting) -> Pair:
    """Liking, having, knowing, living: the simple present, as a statement, denied, or asked."""
    act = acting.act("s")
    style = acting.rng.random()
    if style < 0.3:
        clause = bind(acting.drawing, act, YOU, "present")
        return statement(clause.english_question(), clause.question(), "?")
    clause = bind(acting.drawing, act, acting.somebody(), "present", negated=style < 0.5)
    text = clause.english()
    return statement(text.replace(" some ", " any ") if style < 0.5 else text, clause.second())


def you_can(acting: Acting) -> Pair:
    act = acting.act("p" if acting.rng.random() < 0.6 else "d")
    mode = acting.rng.choice(("can", "can", "should") if "p" in act.kinds else ("have to", "should"))
    return acting.told(bind(acting.drawing, act, YOU, mode, time=acting.time(act, times.future, 0.2)))


def with_adverb(acting: Acting) -> Pair:
    """Also, still, soon, together."""
    style = acting.rng.randrange(3)
    subject = acting.somebody()
    if style == 0:
        clause = bind(acting.drawing, acting.act("p"), subject, "would like to", time=Phrase("", "auch"))
        text = clause.at(None).english().replace(" would like ", " would also like ", 1)
    elif style == 1:
        clause = bind(acting.drawing, acting.act("d"), subject, "have to", time=Phrase("", "noch"))
        have = "has to" if subject.third else "have to"
        text = clause.at(None).english().replace(f" {have} ", f" still {have} ", 1)
    else:
        clause = bind(acting.drawing, acting.act("p"), subject, "will", time=Phrase("", "bald"))
        text = clause.at(None).english().replace(" will ", " will soon ", 1)
    return statement(text, clause.second())


def liking(acting: Acting) -> Pair:
    """What one likes to do: gern."""
    act = acting.act("ph")
    subject = acting.somebody()
    if acting.rng.random() < 0.35:
        clause = bind(acting.drawing, act, YOU, "present", time=Phrase("", "gern"))
        return statement(f"do you like to {clause.at(None).english_infinitive()}", clause.question(), "?")
    likes = "likes" if subject.third else "like"
    clause = bind(acting.drawing, act, subject, "present", time=Phrase("", "gern"))
    aim = clause.at(None)
    text = aim.english_infinitive() if acting.rng.random() < 0.5 else progressive(aim)
    to = "to " if text.startswith(clause.verb.base + " ") or text == clause.verb.base else ""
    return statement(f"{subject} {likes} {to}{text}", clause.second())


def request(acting: Acting) -> Pair:
    act = acting.act("r")
    clause = bind(acting.drawing, act, YOU, "can", time=acting.time(act, times.future, 0.1))
    style = acting.rng.randrange(6)
    if style == 5:
        return statement(clause.english_infinitive(), clause.imperative("wir").replace(" bitte", "", 1))
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


FRAMES = (
    (plan, 12),
    (past, 12),
    (perfect, 4),
    (habit, 8),
    (refusal, 8),
    (ban, 2),
    (lets, 4),
    (let_me, 2),
    (wont, 3),
    (doing, 8),
    (was_doing, 2),
    (future, 5),
    (state, 14),
    (you_can, 3),
    (with_adverb, 4),
    (liking, 4),
    (request, 8),
)
"""Each frame with its share."""
