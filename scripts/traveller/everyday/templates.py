"""The short frames of `templates.txt` and the fixed sentences of `phrases.txt`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..pairs import Pair, sentence
from ..phrases import I
from .drawing import SLOT, Drawing, write
from .reading import pairs_table


@dataclass(frozen=True)
class Frame:
    """An English text with slots and its German.

    Attributes:
        english: With slots to draw.
        german: With references to them.
        weight: How much there is to say with it.
    """

    english: str
    german: str
    weight: float

    def draw(self, drawing: Drawing) -> Pair:
        """A sentence of this frame.

        Raises:
            Misfit: what was drawn does not go together.
        """
        text, drawn = drawing.slots(self.english, I)
        english = re.sub(r"\b([Aa]) (?=[AEI])", r"\1n ", write(text, drawn))  # an Austrian
        return Pair(sentence(english), sentence(write(self.german, drawn)))


def frames() -> list[Frame]:
    """All frames; one with two slots is worth more than one with a single slot."""
    return [Frame(left, right, 1.0 if len(SLOT.findall(left)) < 2 else 1.5) for left, right in pairs_table("templates")]


def fixed() -> list[Pair]:
    """All fixed sentences, one pair for each English way to say it."""
    return [Pair(way.strip(), right) for left, right in pairs_table("phrases") for way in left.split(" / ")]
