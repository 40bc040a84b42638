"""Everyday sentences, one after the other: an act or a frame, as people type it."""

from __future__ import annotations

from random import Random

from ..pairs import Pair
from .acts import Acting
from .drawing import Drawing, Misfit
from .templates import frames
from .variants import careless, contracted, opened

CARELESS = 0.07  # share of sources in lower case or without their last mark
_OPENED = 0.04
_ACTS = 0.5


class Everyday:
    """Draws sentences; every frame and every word gets its turn."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._drawing = Drawing(rng)
        self._acting = Acting(self._drawing)
        self._frames = frames()

    def sentence(self) -> Pair:
        """A sentence, contracted or careless now and then."""
        rng = self._rng
        pair = self._draw()
        pair = Pair(contracted(pair.english, rng), pair.german)
        if rng.random() < _OPENED and len(pair.english.split()) < 9:
            pair = opened(pair, rng)
        if rng.random() < CARELESS:
            pair = Pair(careless(pair.english, rng), pair.german)
        return pair

    def _draw(self) -> Pair:
        while True:
            try:
                if self._rng.random() < _ACTS:
                    return self._acting()
                frame = self._drawing.least(self._frames, [f"frame {frame.english}" for frame in self._frames])
                return frame.draw(self._drawing)
            except Misfit:
                continue
