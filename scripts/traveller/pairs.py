"""A sentence and its translation, and the templates that write them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .phrases import Slot, fill


@dataclass(frozen=True)
class Pair:
    english: str
    german: str

    @property
    def lengths(self) -> tuple[int, int]:
        return len(self.english.split()), len(self.german.split())


def sentence(text: str) -> str:
    """With a capital, and without what meets at the seams: empty slots, "p.m.." and the comma of a last clause."""
    for seam, mark in ((" .", "."), (" ?", "?"), (" ,", ","), ("..", "."), (",.", "."), (",?", "?")):
        text = text.replace(seam, mark)
    return text[0].upper() + text[1:]


def statement(english: str, german: str, mark: str = ".") -> Pair:
    return Pair(sentence(english + mark), sentence(german + mark))


@dataclass(frozen=True)
class Template:
    """Both texts with the same slots; several variants of English may share a German one, never the reverse."""

    english: str
    german: str
    slots: dict[str, Slot]

    def __call__(self, rng: Random) -> Pair:
        slots = {name: slot(rng, None) for name, slot in self.slots.items()}
        return Pair(sentence(fill(self.english, slots)), sentence(fill(self.german, slots)))


def say(english: str, german: str, **slots: Slot) -> Template:
    return Template(english, german, slots)
