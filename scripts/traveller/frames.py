"""The frames around an act: statements, questions, requests, and clauses joined to clauses.

Every frame takes how rich it shall be (0 to 1): the chance of each further adverbial and relative clause. The same
frames so write the short sentences and the long ones, where the verb stands far from what decides it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from . import times
from .clauses import Clause
from .pairs import Pair, statement
from .people import again, known, relative_of_mine, someone, third_person, told_apart
from .phrases import DU, WE, YOU, I, Phrase, first_name, mix, my, named, words
from .planning import doing, event, plan

Frame = Callable[[Random, float], Pair]

_call = mix(first_name, first_name, first_name, words(("my friend", "mein Freund"), ("honey", "Schatz")))


def _any(rng: Random, rich: float, subject: Phrase | None = None, denied: float = 0.1) -> Clause:
    subject = subject or someone(rng, rich)
    return plan(rng, rich, subject) if rng.random() < 0.55 else event(rng, rich, subject, denied)


def plain(rng: Random, rich: float) -> Pair:
    clause = _any(rng, rich)
    fronted = clause.time is not None and rng.random() < 0.25
    return statement(clause.english(fronted), clause.second(fronted))


def denial(rng: Random, rich: float) -> Pair:
    mode = rng.choice(("can", "may", "want to", "could", "wanted to", "past"))
    kind = "allowed" if mode == "may" else "past" if mode == "past" else "plan"
    clause = doing(rng, kind, someone(rng, rich * 0.5), mode, past=mode in ("could", "wanted to", "past"), negated=True)
    fronted = clause.time is not None and rng.random() < 0.2
    return statement(clause.english(fronted), clause.second(fronted))


def habit(rng: Random, rich: float) -> Pair:
    """The simple present: separable verbs stand apart."""
    clause = doing(rng, "habit", someone(rng, rich), "present", rich, timed=False).at(times.regular(rng, None))
    fronted = rng.random() < 0.25
    return statement(clause.english(fronted), clause.second(fronted))


def scheduled(rng: Random, rich: float) -> Pair:
    clause = doing(rng, rng.choice(("scheduled", "depart")), third_person(rng, rich), "present", max(rich, 0.5))
    fronted = clause.time is not None and rng.random() < 0.25
    return statement(clause.english(fronted), clause.second(fronted))


def question(rng: Random, rich: float) -> Pair:
    style = rng.randrange(4)
    if style == 0:
        clause = doing(rng, "past", YOU, "past", rich)
    elif style == 1:
        clause = plan(rng, rich, YOU, rng.choice(("would like to", "want to", "have to", "can")))
    else:
        clause = plan(rng, rich, rng.choice((I, WE)), rng.choice(("can", "may", "have to", "shall")))
    return statement(clause.english_question(), clause.question(), "?")


def asking_when(rng: Random, rich: float) -> Pair:
    clause = doing(rng, "duty", rng.choice((I, WE)), rng.choice(("can", "have to", "shall")), timed=False)
    return statement(f"when {clause.english_question()}", f"wann {clause.question()}", "?")


def _request(rng: Random, rich: float) -> Clause:
    """What the other is asked to bring is mine, not yours."""
    return doing(rng, "ask", rng.choice((I, WE)), "can", rich, timed=rng.random() < 0.3 + rich * 0.6)


def request(rng: Random, rich: float) -> Pair:
    clause = replace(_request(rng, rich), subject=YOU)
    style = rng.randrange(4)
    if style == 0:
        return statement(f"please {clause.english_infinitive()}", clause.imperative("wir"))
    clause = replace(clause, pronoun=f"{clause.pronoun} bitte".strip())
    asked = clause.english_infinitive()
    if style == 1:
        return statement(f"can you please {asked}", clause.question(), "?")
    return statement(f"could you please {asked}", clause.question().replace("können", "könnten", 1), "?")


def among_friends(rng: Random, rich: float) -> Pair:
    """The name of a friend, my friend or honey ask for du."""
    name = _call(rng, None)
    style = rng.randrange(5)
    if style == 0:
        clause = _request(rng, rich)
        text, gesagt, mark = f"please {clause.english_infinitive()}", clause.imperative("du"), "."
    elif style == 1:
        clause = replace(_request(rng, rich), subject=DU)
        text, gesagt, mark = clause.english_question(), clause.question(), "?"
    elif style == 2:
        clause = doing(rng, "past", DU, "past", rich)
        text, gesagt, mark = clause.english_question(), clause.question(), "?"
    elif style == 3:
        clause = plan(rng, rich, DU, rng.choice(("would like to", "want to", "have to", "can")))
        text, gesagt, mark = clause.english_question(), clause.question(), "?"
    else:
        clause = plan(rng, rich, DU, rng.choice(("have to", "should", "can", "may")))
        text, gesagt, mark = clause.english(), clause.second(), "."
    return statement(f"{name}, {text}", f"{name:de}, {gesagt}", mark)


_HOPES = (
    ("hope to", "hoffen", "wish"), ("am planning to", "vorhaben", "wish"), ("forgot to", "vergessen", "errand"),
    ("tried to", "versuchen", "errand"), ("it is not possible to", "es ist nicht möglich,", "plan"),
    ("is it possible to", "ist es möglich,", "plan"),
    ("would it be possible to", "wäre es möglich,", "plan"))  # fmt: skip
_HOPING = {
    "hoffen": "hoffe hofft hoffen", "vorhaben": "habe_vor hat_vor haben_vor",
    "vergessen": "habe_vergessen hat_vergessen haben_vergessen",
    "versuchen": "habe_versucht hat_versucht haben_versucht"}  # fmt: skip


def hoping(rng: Random, rich: float) -> Pair:
    """Infinitives with zu, which goes into the separable verb."""
    text, gesagt, kind = rng.choice(_HOPES)
    subject = someone(rng, 0)
    clause = doing(rng, kind, subject if gesagt in _HOPING else WE, "will", rich, timed=kind != "errand")
    aim, ziel = clause.english_infinitive(), clause.zu()
    if gesagt not in _HOPING:
        return statement(f"{text} {aim}", f"{gesagt} {ziel}", "." if text.startswith("it") else "?")
    place = ("ich", "er", "wir").index(subject.person)
    verb = _HOPING[gesagt].split()[place].replace("_", " ")
    if subject.third:
        text = text.replace("am ", "is ").replace("hope ", "hopes ")
    elif subject is not I:
        text = text.replace("am ", "are ")
    return statement(f"{subject} {text} {aim}", f"{subject:nom} {verb}, {ziel}")


_BUSY = (
    ("{s} cannot come", "{s:nom} {s:de.können} nicht kommen"),
    ("{s} {s:is} in a hurry", "{s:nom} {s:de.haben} es eilig"),
    ("{s} {s:has} no time", "{s:nom} {s:de.haben} keine Zeit"),
    ("{s} cannot stay", "{s:nom} {s:de.können} nicht bleiben"))  # fmt: skip
_TROUBLED = (
    ("{s} {s:is} late", "{s:nom} {s:de.kommen} zu spät"), ("{s} {s:en.need} help", "{s:nom} {s:de.brauchen} Hilfe"),
    ("{s} {s:is} very sad", "{s:nom} {s:de.sein} sehr traurig"))  # fmt: skip
_HAPPY = ("{s} {s:is} very happy", "{s:nom} {s:de.sein} sehr froh")
_TIRED = ("{s} {s:is} already tired", "{s:nom} {s:de.sein} schon müde")


def because(rng: Random, rich: float) -> Pair:
    subject = someone(rng, 0)
    style = rng.random()
    if style < 0.5:
        text, gesagt = rng.choice(_BUSY)
        reason = doing(rng, "urgent", again(subject), rng.choice(("have to", "must")), rich)
    elif style < 0.7:
        text, gesagt = rng.choice(_TROUBLED)
        reason = doing(rng, "mishap", again(subject), rng.choice(("past", "perfect")), rich)
    elif style < 0.85:
        text, gesagt = _HAPPY
        reason = doing(rng, "wish", again(subject), rng.choice(("can", "may")), rich)
    else:
        text, gesagt = _TIRED
        reason = doing(rng, "tiring", again(subject), "had to", rich, past=True).at(times.just_now(rng, None))
    return statement(f"{text.format(s=subject)} because {reason.english()}",
                     f"{gesagt.format(s=subject)}, weil {reason.final()}")  # fmt: skip


def because_of_others(rng: Random, rich: float) -> Pair:
    """The reason is someone with a relative clause of their own."""
    text, gesagt = rng.choice(
        (
            ("we are late", "wir kommen zu spät"),
            ("we have to wait", "wir müssen warten"),
            ("we cannot leave yet", "wir können noch nicht abreisen"),
        )
    )
    person = told_apart(rng, rich) if rng.random() < rich else relative_of_mine(rng, None)
    mishap = rng.random() < 0.5
    reason = doing(rng, "mishap" if mishap else "duty", person, "past" if mishap else "have to", rich)
    return statement(f"{text} because {reason.english()}", f"{gesagt}, weil {reason.final()}")


_SAYING = (("I think that", "ich glaube, dass"), ("I know that", "ich weiß, dass"), ("he says that", "er sagt, dass"),
           ("she says that", "sie sagt, dass"), ("I hope that", "ich hoffe, dass"),
           ("did you know that", "wussten Sie, dass"),
           ("unfortunately, I forgot that", "leider habe ich vergessen, dass"))  # fmt: skip
_ASKING = (("do you know whether", "wissen Sie, ob"), ("can you tell me whether", "können Sie mir sagen, ob"),
           ("I do not know whether", "ich weiß nicht, ob"), ("could you tell us whether", "könnten Sie uns sagen, ob"),
           ("I would like to know whether", "ich möchte wissen, ob"))  # fmt: skip
_WHEN = (("do you know when", "wissen Sie, wann"), ("can you tell me when", "können Sie mir sagen, wann"),
         ("I do not know when", "ich weiß nicht, wann"))  # fmt: skip


def _mark(text: str) -> str:
    return "?" if text.startswith(("do ", "can ", "could ", "did ")) else "."


def saying(rng: Random, rich: float) -> Pair:
    text, gesagt = rng.choice(_SAYING)
    if text.startswith("unfortunately"):
        clause = plan(rng, rich, rng.choice((I, WE, third_person(rng, rich))), "have to")
    elif rng.random() < 0.25:
        clause = plan(rng, rich, WE, rng.choice(("have to", "can", "may")))
    elif text == "I hope that":
        clause = plan(rng, rich, third_person(rng, rich), rng.choice(("can", "will", "may")))
    else:
        clause = _any(rng, rich, third_person(rng, rich))
    return statement(f"{text} {clause.english()}", f"{gesagt} {clause.final()}", _mark(text))


def important(rng: Random, rich: float) -> Pair:
    clause = doing(rng, "duty", rng.choice((I, WE, YOU)), "present", rich)
    return statement(f"it is important that {clause.english()}", f"es ist wichtig, dass {clause.final()}")


def wondering(rng: Random, rich: float) -> Pair:
    draw = rng.random()
    if draw < 0.3:
        text, gesagt = rng.choice(_WHEN)
        subject = rng.choice((I, WE, third_person(rng, rich)))
        clause = doing(rng, "duty", subject, rng.choice(("can", "have to")), rich, timed=False)
    elif draw < 0.55:
        text, gesagt = rng.choice(_ASKING)
        clause = plan(rng, rich, rng.choice((I, WE)), rng.choice(("can", "may", "have to")))
    else:
        text, gesagt = rng.choice(_ASKING)
        clause = _any(rng, rich, third_person(rng, rich), denied=0)
    return statement(f"{text} {clause.english()}", f"{gesagt} {clause.final()}", _mark(text))


def condition(rng: Random, rich: float) -> Pair:
    """If you want ..., you have to ...: the second clause begins with its verb."""
    subject = rng.choice((YOU, YOU, WE, I))
    aim, need_kind = rng.choice((("needs_papers", "formality"), ("meal", "booked_table"), ("needs_change", "change")))
    wish = doing(rng, aim, subject, "want to", rich)
    mode = rng.choice(("have to", "must", "should"))
    need = doing(rng, need_kind, subject, mode, rich * 0.4, timed=False)
    return statement(f"if {wish.english()}, {need.english()}", f"wenn {wish.final()}, {need.question()}")


def contrast(rng: Random, rich: float) -> Pair:
    subject = someone(rng, rich * 0.6)
    wish = doing(rng, "wish", subject, "wanted to", rich, past=True)
    need = doing(rng, "urgent", again(subject), "had to", rich * 0.4, timed=False)
    return statement(f"{wish.english()}, but {need.english()}", f"{wish.second()}, aber {need.second()}")


def sequence(rng: Random, rich: float) -> Pair:
    subject = someone(rng, rich * 0.6)
    if rng.random() < 0.5:
        first = doing(rng, "mishap", subject, "past", rich)
        then = doing(rng, "remedy", again(subject), rng.choice(("have to", "want to")), rich * 0.4, timed=False)
    else:
        first = doing(rng, "done", subject, "past", rich)
        then = doing(rng, "wish", again(subject), rng.choice(("want to", "would like to")), rich * 0.4, timed=False)
    return statement(f"{first.english()}, and now {then.english()}", f"{first.second()}, und jetzt {then.question()}")


def purpose(rng: Random, rich: float) -> Pair:
    """In order to: um ... zu."""
    subject = someone(rng, rich * 0.6)
    kind = rng.choice(("trip", "contact"))
    if kind == "trip" or rng.random() < 0.5:
        deed = doing(rng, kind, subject, rng.choice(("would like to", "want to", "will")), rich * 0.7)
    else:
        deed = doing(rng, kind, subject, "past", rich * 0.7)
    aim = doing(rng, f"{kind}_aim", subject, "will", rich * 0.3, timed=False)
    return statement(f"{deed.english()} in order to {aim.english_infinitive()}", f"{deed.second()}, {aim.um_zu()}")


def before(rng: Random, rich: float) -> Pair:
    subject = rng.choice((I, WE, YOU, relative_of_mine(rng, None)))
    first = doing(rng, "urgent", subject, rng.choice(("have to", "should", "must")), rich * 0.5, timed=False)
    later = doing(rng, "depart", again(subject), "present", rich)
    return statement(f"{first.english()} before {later.english()}", f"{first.second()}, bevor {later.final()}")


_NO_USE = (("booked_room", "there is no room free for us", "gibt es kein freies Zimmer für uns"),
           ("booked_table", "there is no table free for us", "gibt es keinen freien Tisch für uns"),
           ("booked_room", "the hotel is full", "ist das Hotel voll"),
           ("booked_table", "we have to wait", "müssen wir warten"),
           ("booked", "nobody can help us", "kann uns niemand helfen"))  # fmt: skip
_THEN = (("please call me", "rufen Sie mich bitte an"), ("I will come by", "ich werde vorbeikommen"),
         ("we will pay", "wir werden bezahlen"), ("we can begin", "wir können anfangen"))  # fmt: skip


def although(rng: Random, rich: float) -> Pair:
    kind, text, gesagt = rng.choice(_NO_USE)
    clause = doing(rng, kind, rng.choice((I, WE, WE, my("relative")(rng, None))), "past", rich)
    return statement(f"although {clause.english()}, {text}", f"obwohl {clause.final()}, {gesagt}")


def as_soon_as(rng: Random, rich: float) -> Pair:
    text, gesagt = rng.choice(_THEN)
    clause = doing(rng, "settled", third_person(rng, rich * 0.7), "perfect", rich)
    return statement(f"{text} as soon as {clause.english()}", f"{gesagt}, sobald {clause.final()}")


def relative(rng: Random, rich: float) -> Pair:
    """The subject and its verb with a relative clause between them."""
    clause = _any(rng, rich * 0.7, told_apart(rng, rich))
    return statement(clause.english(), clause.second())


def stranger(rng: Random, rich: float) -> Pair:
    clause = _any(rng, rich, known(rng, None))
    return statement(clause.english(), clause.second())


def greeting_by_name(rng: Random, rich: float) -> Pair:
    """A surname asks for Sie."""
    name = named(rng, None)
    clause = (
        doing(rng, "past", YOU, "past", rich)
        if rng.random() < 0.5
        else plan(rng, rich, YOU, rng.choice(("can", "have to")))
    )
    return statement(f"{name}, {clause.english_question()}", f"{name:nom}, {clause.question()}", "?")


# Each frame with its share of the short sentences and of the long ones.
FRAMES: tuple[tuple[Frame, int, int], ...] = (
    (plain, 14, 8), (denial, 4, 0), (habit, 6, 4), (scheduled, 4, 4), (question, 8, 3), (asking_when, 3, 0),
    (request, 9, 2), (among_friends, 9, 3), (greeting_by_name, 3, 1), (hoping, 5, 5), (because, 6, 8),
    (because_of_others, 2, 8), (saying, 5, 12), (important, 2, 4), (wondering, 6, 12), (condition, 4, 10),
    (contrast, 4, 8), (sequence, 4, 10), (purpose, 4, 8), (before, 3, 6), (although, 2, 6), (as_soon_as, 2, 8),
    (relative, 4, 16), (stranger, 3, 4))  # fmt: skip
