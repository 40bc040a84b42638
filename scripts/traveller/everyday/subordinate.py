"""Two clauses: infinitives with zu, and clauses whose verb comes last."""

from __future__ import annotations

from dataclasses import replace

from ..pairs import Pair, statement
from ..phrases import HE, SHE, WE, YOU, I
from .acting import Acting
from .acts import OBJECT, bind
from .drawing import Misfit


def aim(acting: Acting) -> Pair:
    """Infinitives with zu."""
    style = acting.rng.randrange(6)
    act = acting.act("d" if style in (0, 1) else "p")
    clause = bind(acting.drawing, act, YOU if style == 0 else WE if style == 4 else I, "will")
    aim, ziel = clause.english_infinitive(), clause.zu()
    if style == 0:
        return statement(f"do not forget to {aim}", f"vergessen Sie nicht, {ziel}")
    text, gesagt = (("I forgot to", "ich habe vergessen,"), ("I forgot to", "ich habe vergessen,"),
                    ("I hope to", "ich hoffe,"), ("I have decided to", "ich habe beschlossen,"),
                    ("we are planning to", "wir haben vor,"), ("I am trying to", "ich versuche,"))[style]  # fmt: skip
    return statement(f"{text} {aim}", f"{gesagt} {ziel}")


def because(acting: Acting) -> Pair:
    subject = acting.rng.choice((I, WE, HE, SHE))
    texts = (
        ("{s} cannot come", "{s:nom} {s:de.können} nicht kommen"),
        ("{s} {s:has} no time", "{s:nom} {s:de.haben} keine Zeit"),
        ("{s} {s:is} tired", "{s:nom} {s:de.sein} müde"), ("{s} {s:is} happy", "{s:nom} {s:de.sein} glücklich"),
        ("{s} {s:is} late", "{s:nom} {s:de.kommen} zu spät"),
    )  # fmt: skip
    n = acting.rng.randrange(5)
    text, gesagt = texts[n]
    kind, mode = ("d", "have to") if n < 2 else ("t", "past") if n == 2 else ("p", "can") if n == 3 else ("m", "past")
    clause = bind(acting.drawing, acting.act(kind), subject, mode)
    return statement(f"{text.format(s=subject)} because {clause.english()}",
                     f"{gesagt.format(s=subject)}, weil {clause.final()}")  # fmt: skip


def after_that(acting: Acting) -> Pair:
    """Two clauses with and."""
    subject = acting.rng.choice((I, WE, SHE, HE))
    past = acting.rng.random() < 0.5
    first = bind(acting.drawing, acting.act("t" if past else "p"), subject, "past" if past else "want to")
    then = bind(acting.drawing, acting.act("t" if past else "p"), subject, first.mode)
    text = then.english().removeprefix(f"{subject} ")
    if not past:
        text = text.removeprefix("want to ").removeprefix("wants to ")
        return statement(f"{first.english()} and {text}", f"{first.second()} und {then.infinitive()}")
    return statement(f"{first.english()} and then {text}", f"{first.second()}, und dann {then.question()}")


def saying(acting: Acting) -> Pair:
    """Subordinate clauses: the verb comes last."""
    heads = (
        ("I think", "ich glaube,", False), ("I hope", "ich hoffe,", False), ("I know that", "ich weiß,", False),
        ("do you know whether", "wissen Sie,", True), ("I do not know if", "ich weiß nicht,", True),
        ("she says that", "sie sagt,", False),
    )  # fmt: skip
    text, gesagt, asked = acting.rng.choice(heads)
    subject = acting.another()
    kind = acting.rng.choice("tps")
    mode = {"t": "past", "p": "will" if "hope" in text else "want to", "s": "present"}[kind]
    clause = bind(acting.drawing, acting.act(kind), subject, mode)
    link = "ob" if asked else "dass"
    return statement(
        f"{text} {clause.english()}", f"{gesagt} {link} {clause.final()}", "?" if text.startswith("do ") else "."
    )


def indirect(acting: Acting) -> Pair:
    """Where, when and how in a subordinate clause."""
    act = acting.act("p")
    word = acting.rng.choice((("how", "wie"), ("when", "wann"), ("where", "wo"), ("why", "warum")))
    if word[0] == "where" and not OBJECT.fullmatch(act.rest):
        raise Misfit(act.name)
    head = acting.rng.choice((
        ("can you tell me", "können Sie mir sagen,", "?"), ("do you know", "wissen Sie,", "?"),
        ("I do not know", "ich weiß nicht,", "."), ("could you show me", "könnten Sie mir zeigen,", "?"),
    ))  # fmt: skip
    if word[0] == "why":
        clause = bind(acting.drawing, acting.act("t"), acting.another(), "past")
    else:
        clause = bind(acting.drawing, act, acting.rng.choice((I, I, WE)), "can")
    if word[0] == "where":
        clause = replace(clause, place=None)
    if head[0] == "could you show me" and word[0] in ("when", "why"):
        raise Misfit(act.name)
    return statement(f"{head[0]} {word[0]} {clause.english()}", f"{head[1]} {word[1]} {clause.final()}", head[2])


def judging(acting: Acting) -> Pair:
    """It is difficult to ..."""
    act = acting.act("pd")
    clause = bind(acting.drawing, act, I, "will")
    if "mich" in clause.zu() or "mein" in clause.zu() or "mir" in clause.zu():
        raise Misfit(act.name)
    word = acting.drawing.value("hard")
    return statement(f"it is {word} to {clause.english_infinitive()}", f"es ist {word:de}, {clause.zu()}")


def if_allowed(acting: Acting) -> Pair:
    act = acting.act("p")
    clause = bind(acting.drawing, act, acting.rng.choice((I, WE)), "present")
    text, gesagt = acting.rng.choice(
        (("is it OK if", "ist es in Ordnung, wenn"), ("do you mind if", "stört es Sie, wenn"))
    )
    return statement(f"{text} {clause.english()}", f"{gesagt} {clause.final()}", "?")


FRAMES = ((aim, 5), (because, 5), (after_that, 3), (saying, 4), (indirect, 5), (judging, 3), (if_allowed, 2))
"""Each frame with its share."""
