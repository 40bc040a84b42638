"""Questions about acts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from .. import times
from ..pairs import Pair, statement
from ..phrases import HE, SHE, THEY, WE, YOU, I, Phrase
from .acting import Acting, progressive
from .acts import OBJECT, PEOPLE, Denied, bind
from .drawing import Misfit


def past_question(acting: Acting) -> Pair:
    act = acting.act("t")
    subject = YOU if acting.rng.random() < 0.6 else acting.another()
    clause = bind(acting.drawing, act, subject, "past", time=acting.time(act, times.past, 0.25))
    return statement(clause.english_question(), clause.question(), "?")


def modal_question(acting: Acting) -> Pair:
    if acting.rng.random() < 0.35:
        act, subject = acting.act("p"), YOU
        mode = acting.rng.choice(("would like to", "want to", "can"))
    else:
        act, subject = acting.act("pd"), acting.rng.choice((I, WE))
        plan = ("can", "can", "may", "shall")
        mode = acting.rng.choice(plan if "p" in act.kinds else ("have to", "shall", "have to"))
    clause = bind(acting.drawing, act, subject, mode, time=acting.time(act, times.future, 0.2))
    text = clause.english_question()
    if mode == "shall":
        text = text.replace("should ", acting.rng.choice(("should ", "shall ")), 1)
    return statement(text, clause.question(), "?")


def will_question(acting: Acting) -> Pair:
    """Will you, will he: werden."""
    act = acting.act("p")
    subject = YOU if acting.rng.random() < 0.4 else acting.another()
    clause = bind(acting.drawing, act, subject, "will", time=acting.time(act, times.future, 0.3))
    return statement(clause.english_question(), clause.question(), "?")


def doing_question(acting: Acting) -> Pair:
    act = acting.act("ph")
    subject = YOU if acting.rng.random() < 0.5 else acting.another()
    clause = bind(acting.drawing, act, subject, "present", time=acting.time(act, times.future, 0.2))
    return statement(f"{subject:is} {subject} {progressive(clause)}", clause.question(), "?")


def when(acting: Acting) -> Pair:
    past = acting.rng.random() < 0.35
    act = acting.act("t" if past else "pd")
    subject = acting.another() if past and acting.rng.random() < 0.5 else YOU if past else acting.rng.choice((I, WE))
    mode = "past" if past else "can" if "p" in act.kinds else "have to"
    clause = bind(acting.drawing, act, subject, mode)
    word = acting.rng.choice(
        (("when", "wann"), ("when", "wann"), ("how", "wie")) if mode == "can" else (("when", "wann"),)
    )
    return statement(f"{word[0]} {clause.english_question()}", f"{word[1]} {clause.question()}", "?")


def where(acting: Acting) -> Pair:
    act = acting.act("p")
    if " to " in f" {act.rest} " or " in " in f" {act.rest} " or not act.rest.startswith("{"):
        raise Misfit(act.name)
    if acting.rng.random() < 0.6:
        clause = bind(acting.drawing, act, acting.rng.choice((I, WE)), "can")
    else:
        clause = bind(acting.drawing, act, YOU, "past")
    clause = replace(clause, place=None)
    return statement(f"where {clause.english_question()}", f"wo {clause.question()}", "?")


def why(acting: Acting) -> Pair:
    negated = acting.rng.random() < 0.3
    act = acting.act("t" if negated else "tm")
    subject = acting.rng.choice((YOU, YOU, HE, SHE, THEY))
    clause = bind(acting.drawing, act, subject, "past", negated=negated)
    text = clause.english_question()
    if negated:
        text = text.replace("did ", "didn't ", 1).replace(" some ", " any ")
    return statement(f"why {text}", f"warum {clause.question()}", "?")


def who(acting: Acting) -> Pair:
    """Who is the subject: wer."""
    wer = Phrase("who", "wer")
    style = acting.rng.randrange(3)
    act = acting.act("t" if style == 0 else "p")
    if "own" in act.rest or act.pronoun:
        raise Misfit(act.name)
    clause = bind(acting.drawing, act, wer, ("past", "can", "would like to")[style])
    if style == 2:
        return statement(f"who wants to {clause.english_infinitive()}", replace(clause, mode="want to").second(), "?")
    return statement(clause.english(), clause.second(), "?")


def what(acting: Acting) -> Pair:
    """Asking for the object: what did you buy, whom did you visit."""
    german = defaultdict(set)  # without its object, "open" could be öffnen or auspacken
    for act in acting.acts:
        german[act.verb].add(act.german_verb)
    choice = [act for act in acting.acts if OBJECT.fullmatch(act.rest) and "{1:acc}" in (act.definite, act.late)
              and not act.pronoun and not set("sm") & set(act.kinds) and len(german[act.verb]) == 1]  # fmt: skip
    act = acting.drawing.least(choice, [act.name for act in choice])
    asked = "who" if PEOPLE.search(act.rest) else "what"
    subject = acting.rng.choice((YOU, YOU, acting.another(), I, WE))
    kinds = [kind for kind in ("t", "p", "ph") if set(kind) & set(act.kinds)]
    if not kinds:
        raise Misfit(act.name)
    kind = acting.rng.choice(kinds)
    mode = {"t": "past", "p": acting.rng.choice(("can", "would like to", "want to")), "ph": "present"}[kind]
    act = replace(act, rest="", definite="", late="")
    clause = bind(acting.drawing, act, subject, mode)
    text = clause.english_question()
    if mode == "present":
        text = f"{subject:is} {subject} {progressive(clause)}"
    return statement(f"{asked} {text}", f"{'wen' if asked == 'who' else 'was'} {clause.question()}", "?")


def ever(acting: Acting) -> Pair:
    """The perfect with ever, never, just and not yet."""
    act = acting.act("t")
    style = acting.rng.randrange(4)
    if style == 0:
        clause = bind(acting.drawing, act, YOU, "perfect", time=Phrase("", "schon einmal"))
        return statement(f"have you ever {clause.verb.participle} {clause.at(None).tail()}", clause.question(), "?")
    subject = acting.somebody()
    has = "has" if subject.third else "have"
    if style == 3:
        clause = bind(acting.drawing, act, subject, "perfect", negated=True)
        if isinstance(clause, Denied) or clause.definite or clause.late:
            raise Misfit(act.name)
        text = f"{subject} {has} not {clause.verb.participle} {clause.tail()} yet"
        return statement(" ".join(text.split()), clause.second().replace(" nicht ", " noch nicht ", 1))
    word = (("never", "noch nie"), ("just", "gerade"))[style - 1]
    clause = bind(acting.drawing, act, subject, "perfect", time=Phrase("", word[1]))
    text = f"{subject} {has} {word[0]} {clause.verb.participle} {clause.at(None).tail()}"
    return statement(" ".join(text.split()), clause.second())


FRAMES = (
    (past_question, 6),
    (modal_question, 9),
    (doing_question, 3),
    (will_question, 3),
    (when, 5),
    (where, 2),
    (why, 4),
    (who, 3),
    (what, 5),
    (ever, 4),
)
"""Each frame with its share."""
