"""Which act goes with which mode, and when: nobody has to enjoy, and nobody may lose, a thing."""

from __future__ import annotations

from random import Random

from . import times
from .clauses import Act, Clause, bind
from .phrases import Phrase, Slot
from .places import companion
from .scenes import ACTS

# What makes sense under each mode; "can" and "will" go with every plan.
_KIND_OF_MODE = {
    "would like to": "wish", "want to": "wish", "have to": "duty", "must": "duty", "should": "duty", "shall": "duty",
    "may": "allowed", "can": "plan", "will": "plan",
}  # fmt: skip
_MODES = (
    "would like to",
    "would like to",
    "want to",
    "have to",
    "have to",
    "must",
    "can",
    "can",
    "may",
    "should",
    "will",
)


def acts(kind: str) -> tuple[Act, ...]:
    return tuple(deed for deed in ACTS if kind in deed.kinds)


def _when(deed: Act, mode: str, past: bool, exact: bool) -> Slot | None:
    """How exactly the time of this act can be told."""
    if deed.hours == "clock":
        return times.past if past else times.appointed if exact else times.future
    if deed.hours == "recent":
        return times.recent
    if deed.hours == "late":
        return times.late_past if past else times.late_exactly if exact else times.late
    if deed.hours == "morning":
        return times.early_past if past else times.early
    if past:
        return times.past_day if deed.hours == "day" or mode == "past" else None
    return times.future_day if deed.hours == "day" else None


def doing(rng: Random, kind: str, subject: Phrase, mode: str, rich: float = 0.0, *, past: bool = False,
          timed: bool = True, negated: bool = False) -> Clause:  # fmt: skip
    """A clause about an act of this kind. Only what has a definite object and no more is negated by nicht."""
    choice = acts(kind)
    if negated:
        choice = tuple(deed for deed in choice if deed.definite and not deed.late and "mishap" not in deed.kinds)
    deed = rng.choice(choice)
    time = _when(deed, mode, past or mode == "past", rng.random() < rich) if timed and mode != "perfect" else None
    company = 0.0 if negated else rich * 0.5
    place = 0.0 if negated else 0.1 + rich * 0.6
    return bind(rng, deed, subject, mode, time, place, company, companion, negated)


def plan(rng: Random, rich: float, subject: Phrase, mode: str | None = None) -> Clause:
    mode = mode or rng.choice(_MODES)
    return doing(rng, _KIND_OF_MODE[mode], subject, mode, rich)


def event(rng: Random, rich: float, subject: Phrase, denied: float = 0.1) -> Clause:
    negated = rng.random() < denied
    return doing(rng, "past", subject, rng.choice(("past", "past", "past", "perfect")), rich, negated=negated)
