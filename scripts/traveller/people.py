"""Who acts: I and we, one's own people, and strangers told apart by a relative clause."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from . import english, german, lexicon
from .phrases import HE, SHE, THEY, WE, YOU, I, Phrase, many, mix, my, named, noun_phrase, our
from .planning import event, plan

relative_of_mine = mix(my("relative"), my("relative"), our("relative", 0.1, 0.5), named)


def known(rng: Random, owner: Phrase | None) -> Phrase:
    """A stranger, or some."""
    if rng.random() < 0.5:
        return many("stranger", ("the", "der"))(rng, None)
    entry = rng.choice(lexicon.of_class("stranger"))
    return noun_phrase(entry, ("the", "der"), rng.choice((None, *entry.adjectives)))


def told_apart(rng: Random, rich: float) -> Phrase:
    """A phrase with a relative clause: the tourists who lost their key yesterday."""
    person = noun_phrase(rng.choice(lexicon.of_class("stranger")), ("the", "der"), None, rng.random() < 0.4)
    addition, zusatz = _origin(rng)
    if rng.random() < 0.65:
        clause = event(rng, rich * 0.6, person)
    else:
        clause = plan(rng, rich * 0.4, person, rng.choice(("would like to", "want to", "have to")))
    pronoun = german.relative_pronoun(person.gender, "nom")
    forms = [f"{person.case(case)}{zusatz}, {pronoun} {clause.relative()}," for case in german.CASES]
    return replace(person, english=f"{person}{addition} who {clause.english_relative()}",
                   german=(forms[0], forms[1], forms[2]))  # fmt: skip


def _origin(rng: Random) -> tuple[str, str]:
    draw = rng.random()
    if draw < 0.2:
        room = rng.randint(20, 99)
        return f" from room {english.number(room)}", f" aus Zimmer {german.number(room)}"
    if draw < 0.35:
        city = rng.choice(lexicon.CITIES)
        return f" from {city[0]}", f" aus {city[1]}"
    return "", ""


def third_person(rng: Random, rich: float) -> Phrase:
    draw = rng.random()
    if draw < 0.35 * rich:
        return told_apart(rng, rich)
    if draw < 0.75:
        return relative_of_mine(rng, None)
    return known(rng, None) if draw < 0.9 else rng.choice((HE, SHE, THEY))


def someone(rng: Random, rich: float) -> Phrase:
    return rng.choice((I, I, I, WE, WE)) if rng.random() < 0.4 else third_person(rng, rich)


def again(person: Phrase) -> Phrase:
    """The pronoun for someone already named."""
    return person if person in (I, WE, YOU) else {"f": SHE, "m": HE, "n": HE, "p": THEY}[person.gender]
