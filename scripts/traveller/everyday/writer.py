"""Everyday sentences, one after the other: an act or a frame, as people type it."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from ..pairs import Pair
from . import questions, statements, subordinate
from .acting import Acting
from .drawing import Drawing, Misfit
from .templates import Frame, frames
from .variants import careless, contracted, need, opened

CARELESS = 0.07  # share of sources in lower case or without their last mark
_OPENED = 0.04
_ACTS = 0.5
_WANTED = 0.7  # share of sentences that are made for a noun which was drawn seldom


_FRAMES, _SHARES = zip(*statements.FRAMES, *questions.FRAMES, *subordinate.FRAMES, strict=True)


class Everyday:
    """Draws sentences; every frame and every word gets its turn."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._drawing = Drawing(rng)
        self._acting = Acting(self._drawing)
        self._frames = frames()
        self._takers: dict[int, list[Frame]] = defaultdict(list)  # noun, by identity → the frames that can say it
        for frame in self._frames:
            for noun in self._drawing.takers(frame.english):
                self._takers[noun].append(frame)
        self._acted = set().union(*self._acting.takers.values())

    def sentence(self) -> Pair:
        """A sentence, contracted or careless now and then."""
        rng = self._rng
        pair = self._draw()
        pair = Pair(contracted(need(pair.english, rng), rng), pair.german)
        if rng.random() < _OPENED and len(pair.english.split()) < 9:
            pair = opened(pair, rng)
        if rng.random() < CARELESS:
            pair = Pair(careless(pair.english, rng), pair.german)
        return pair

    def reject(self) -> None:
        """The latest sentence is not used: its words are to be drawn again."""
        self._drawing.discard()

    def _draw(self) -> Pair:
        while True:
            try:
                choice, share = self._frames, _ACTS
                self._drawing.begin()
                if self._rng.random() < _WANTED:
                    wanted = id(self._drawing.want())
                    choice = self._takers.get(wanted) or choice
                    share = _ACTS * (wanted in self._acted)
                if self._rng.random() < share:
                    return self._rng.choices(_FRAMES, _SHARES)[0](self._acting)
                return self._drawing.least(choice, [frame.english for frame in choice]).draw(self._drawing)
            except Misfit:
                self._drawing.discard()
