"""Who acts, what, and when: the draws that all frames around an act share."""

from __future__ import annotations

from random import Random

from ..clauses import Clause
from ..pairs import Pair, statement
from ..phrases import HE, SHE, THEY, WE, I, Phrase, Slot
from .acts import Act, ing, read
from .drawing import Drawing


class Acting:
    """Draws acts, their subjects and times."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.rng: Random = drawing.rng
        self.acts = read()
        self.takers = {act.name: drawing.takers(act.rest) for act in self.acts}
        self._kinds: dict[tuple[str, str], list[Act]] = {}

    def act(self, kind: str) -> Act:
        """An act of one of these kinds, if possible one that takes the wanted noun."""
        wanted = self.drawing.wanted
        key = (kind, "" if wanted is None else wanted.key)
        if key not in self._kinds:
            choice = [act for act in self.acts if set(kind) & set(act.kinds)]
            self._kinds[key] = [act for act in choice if id(wanted) in self.takers[act.name]] or choice
        choice = self._kinds[key]
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
            return self.drawing.noun(
                self.rng.choice(("my", "my", "our")), self.rng.choice(("", "", "+")), "relative", I
            ).phrase()
        return self.drawing.noun("the", self.rng.choice(("", "", "+")), "stranger,worker", None).phrase()

    def time(self, act: Act, slot: Slot, share: float = 0.4) -> Phrase | None:
        """A time, if this act can have one, in some of the sentences."""
        return None if "n" in act.kinds or self.rng.random() > share else slot(self.rng, None)

    def told(self, clause: Clause) -> Pair:
        """The clause as a statement; its time comes first now and then."""
        fronted = clause.time is not None and self.rng.random() < 0.2
        return statement(clause.english(fronted), clause.second(fronted))


def progressive(clause: Clause) -> str:
    """The English -ing form and what follows it."""
    return " ".join(f"{ing(clause.verb.base)} {clause.tail()}".split())
