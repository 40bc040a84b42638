"""Which pairs of a training text are held out of it, to validate on, and what that costs."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.text.parallel import ParallelText

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class HeldOut:
    """How many pairs left the training text."""

    pairs: int
    """To validate on."""
    left_out: int
    """Not in use at all, because their source is that of a pair that is held out."""

    def __str__(self) -> str:
        """For a report."""
        text = f"{self.pairs:,} held out"
        if self.left_out:
            text += f", and {self.left_out:,} left out because a held-out pair has the same source"
        return text


def usable_rows(text: ParallelText) -> Rows:
    """The rows of pairs without a blank side."""
    usable = (bool(source.strip() and target.strip()) for source, target in text.pairs())
    return np.flatnonzero(np.fromiter(usable, bool, len(text)))


def draw_sources(sources: Sequence[str], rows: Rows, most: int, seed: int) -> Rows:
    """Draws the rows to hold out: one pair of each of some distinct sources.

    All other pairs of such a source have to leave the training text, too, or validation would ask for what was learnt
    by heart. So that this costs little, sources are drawn, not pairs; a source that occurs more than twice as often as
    sources do on average stays in the training text; and no more than a tenth of the pairs leaves it.

    Args:
        sources: of all pairs.
        rows: of the pairs that can be held out. Shape [usable].
        most: pairs to hold out.
        seed: of the draw.

    Returns:
        Rows in ascending order, at most `most`; none where the text is too small or too repetitive.

    Example:
        >>> draw_sources(["a", "b", "a", "c"] * 5 + ["d"], np.arange(21), most=3, seed=1)
        array([20])
    """
    generator = np.random.default_rng(seed)
    shuffled = generator.permutation(rows)
    hashes = np.fromiter((_hash(source) for source in sources), np.uint64, len(sources))
    _, first, counts = np.unique(hashes[shuffled], return_index=True, return_counts=True)  # of each distinct source
    allowance = len(rows) // 10
    chosen: list[int] = []
    for kind in generator.permutation(np.flatnonzero(counts * len(counts) <= 2 * len(rows))):
        if len(chosen) == most or not allowance:
            break
        if counts[kind] <= allowance:
            allowance -= int(counts[kind])
            chosen.append(int(shuffled[first[kind]]))
    return np.array(sorted(chosen), np.int64)


def _hash(line: str) -> int:
    """64 bits of a line: of five million lines, two that differ share them once in a million texts."""
    return int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest(), "little")


def draw_pairs(rows: Rows, most: int, seed: int) -> Rows:
    """As runs that began before `draw_sources` drew them: any pairs, at most a tenth."""
    wanted = min(most, len(rows) // 10)
    return rows[sorted(random.Random(seed).sample(range(len(rows)), wanted))]


def hold_out(text: ParallelText, rows: Rows) -> tuple[ParallelText, ParallelText, HeldOut]:
    """Takes pairs out of a text, and with them all that share a source with one of them.

    Returns:
        What is left, what is held out, and what it costs.
    """
    dev = text.select(rows)
    dev = ParallelText(list(dev.sources), list(dev.targets))
    held = set(dev.sources)
    others = (source not in held for source in text.sources)
    rest = text.select(np.flatnonzero(np.fromiter(others, bool, len(text))))
    return rest, dev, HeldOut(len(dev), len(text) - len(rest) - len(dev))
