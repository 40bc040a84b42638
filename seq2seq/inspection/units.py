"""Units: how long each remembers, and which of them follow a feature that a person would name.

**How long.** An LSTM's memory cell is multiplied by the forget gate f at each step, a GRU's hidden state by the update
gate. Over a sentence, exp(Σ ln f) of the old value is left, so it halves every

    half-life = ln ½ / mean(ln f)    steps.

A plain recurrent unit has no such gate; there the correlation r of its hidden state with that of the step before
stands in: half-life = ln ½ / ln |r|.

**What they follow.** Some units count, some watch for a comma (Karpathy et al., 2015, "Visualizing and understanding
recurrent networks"; Shi et al., 2016, "Why neural translations are the right length"). To find them, the memory of each
unit is correlated (Pearson) over all positions with simple features of the text. Hundreds of units and a dozen
positions give high correlations by chance; so the positions of the features are shuffled many times over, and a unit
is named only if its correlation is above the *highest* of all units in 95 of 100 shuffles (a permutation test by the
maximum statistic, which accounts for the number of units: Nichols and Holmes, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.records import LayerRecord
from seq2seq.tokenization.words import SPACE

Floats = NDArray[np.float64]
FOREVER = 1e6
"""The longest half-life in steps, which also stands for a unit that never changes."""
SHUFFLES = 100
"""Number of times the positions are shuffled."""
LEAST = 0.4
"""The smallest |r| of a telling unit. Over many sentences, weaker ones are beyond chance too, but no picture would show
them."""
_COMMAS = set(",;:，、；：")

FEATURES = {
    "position": "the position: how many pieces were read",
    "left": "the length left: how many pieces are still to come",
    "clause": "being inside a clause: after a comma and before the next",
    "number": "a number",
    "comma": "a comma",
    "capital": "a word with a capital letter",
    "word": "the beginning of a word",
}
"""The features that units may follow, each with its meaning."""


@dataclass(frozen=True)
class TellingUnit:
    """A unit whose memory follows a feature.

    Attributes:
        layer: Name of the layer.
        unit: Number of the unit in the layer, from 0.
        feature: A key of `FEATURES`.
        correlation: Pearson's r of memory and feature over all positions, in [−1, 1].
        chance: The |r| that the best of all the layer's units stays below in 95 of 100 shuffles of the positions.
        positions: Number of positions over which r was measured.
    """

    layer: str
    unit: int
    feature: str
    correlation: float
    chance: float
    positions: int


def half_lives(layers: Sequence[LayerRecord]) -> Floats:
    """Computes the number of steps in which each unit forgets half of its memory.

    Args:
        layers: Recordings of the same layer for one or more sentences.

    Returns:
        Half-lives in steps, at most `FOREVER`. [units]
    """
    if layers[0].keeping is not None:
        kept = np.concatenate([np.asarray(layer.keeping, np.float64) for layer in layers])  # [positions, units]
        logarithm = np.log(np.clip(kept, 1e-12, 1)).mean(0)
    else:
        logarithm = np.log(np.clip(np.abs(_with_step_before(layers)), 1e-12, 1))
    with np.errstate(divide="ignore"):
        lives = np.log(0.5) / logarithm
    return np.where(logarithm > -1 / FOREVER, FOREVER, np.clip(lives, 0, FOREVER))


def _with_step_before(layers: Sequence[LayerRecord]) -> Floats:
    """Correlation of each unit's hidden state with its own at the step before. [units]"""
    after = np.concatenate([layer.in_time(layer.hidden)[1:] for layer in layers]).astype(np.float64)
    before = np.concatenate([layer.in_time(layer.hidden)[:-1] for layer in layers]).astype(np.float64)
    if len(after) < 2:
        return np.ones(layers[0].units)
    return (_standard(after) * _standard(before)).mean(0)


def features(pieces: Sequence[str], spaces: bool = True) -> dict[str, Floats]:
    """Computes simple features of every position of a line.

    Args:
        pieces: Spellings of the line's tokens; the end of sentence may be one of them.
        spaces: Whether words are separated by spaces; if not, every token is a word.

    Returns:
        The values of each of `FEATURES`. [positions]

    Example:
        >>> values = features(["▁Yes", ",", "▁sir", "</s>"])
        >>> values["comma"].tolist(), values["left"].tolist()
        ([0.0, 1.0, 0.0, 0.0], [3.0, 2.0, 1.0, 0.0])
    """
    n = len(pieces)
    texts = [piece.replace(SPACE, "") for piece in pieces]
    begins = np.array([i == 0 or not spaces or piece.startswith(SPACE) for i, piece in enumerate(pieces)])
    numbers = np.cumsum(begins) - 1  # the word of each position
    words = ["".join(texts[i] for i in np.flatnonzero(numbers == w)) for w in range(int(numbers.max(initial=-1)) + 1)]
    of_words = [words[w] for w in numbers]
    is_comma = np.array([bool(text) and all(c in _COMMAS for c in text) for text in texts], bool)
    seen = np.cumsum(is_comma)
    found: dict[str, Floats] = {
        "position": np.arange(n, dtype=np.float64),
        "left": np.arange(n, 0, -1, dtype=np.float64) - 1,
        # Between the first comma and the second, the third and the fourth …
        "clause": (seen % 2 == 1).astype(np.float64),
        "number": np.array([any(c.isdigit() for c in word) for word in of_words], np.float64),
        "comma": is_comma.astype(np.float64),
        "capital": (np.array([word[:1].isupper() for word in of_words], bool) & ~is_comma).astype(np.float64),
        "word": begins.astype(np.float64),
    }
    return found


def telling_units(
    layers: Sequence[LayerRecord],
    pieces: Sequence[Sequence[str]],
    *,
    spaces: bool = True,
    most: int = 3,
    seed: int = 1,
) -> list[TellingUnit]:
    """Finds the units of a layer that follow a feature more closely than by chance.

    Args:
        layers: Recordings of the same layer for one or more sentences.
        pieces: Spellings of the tokens at each recording's positions.
        spaces: Whether words are separated by spaces, see `features`.
        most: Maximum number of units per feature.
        seed: Random seed of the shuffles.

    Returns:
        The units with the highest |r| for each feature, highest first. A unit is named once, for the feature that it
        follows most closely. One sentence cannot tell position from length left; there, both count as position.
    """
    memory = np.concatenate([layer.memory for layer in layers]).astype(np.float64)  # [positions, units]
    each = [features(line, spaces) for line in pieces]
    values = {name: np.concatenate([found[name] for found in each]) for name in FEATURES}
    if len(layers) == 1:
        del values["left"]
    values = {name: value for name, value in values.items() if value.std() > 0}
    strengths: dict[str, Floats] = {}
    chances: dict[str, float] = {}
    for name, value in values.items():
        strengths[name], chances[name] = correlations(memory, value, seed)
    found: list[TellingUnit] = []
    for unit in range(memory.shape[1]):
        best = max(strengths, key=lambda name: abs(strengths[name][unit]), default=None)
        if best is not None and abs(strengths[best][unit]) > max(chances[best], LEAST):
            r = float(strengths[best][unit])
            found.append(TellingUnit(layers[0].name, unit, best, r, chances[best], len(memory)))
    found.sort(key=lambda unit: (-abs(unit.correlation), unit.unit))
    return [unit for n, unit in enumerate(found) if sum(u.feature == unit.feature for u in found[:n]) < most]


def correlations(memory: Floats, value: Floats, seed: int = 1) -> tuple[Floats, float]:
    """Correlates units with a feature, and finds what the best unit reaches by chance.

    Args:
        memory: What each unit holds. [samples, units]
        value: The feature. [samples]
        seed: Random seed of the shuffles.

    Returns:
        Pearson's r of each unit [units], and the |r| that the best of all units stays below in 95 of 100 shuffles of
        the samples.
    """
    units, standard = _standard(memory), _standard(value)
    random = np.random.default_rng(seed)
    shuffled = np.stack([standard[random.permutation(len(memory))] for _ in range(SHUFFLES)])  # [shuffles, samples]
    highest = np.abs(shuffled @ units / len(units)).max(1)
    return standard @ units / len(units), float(np.quantile(highest, 0.95))


def _standard(x: Floats) -> Floats:
    """Scales to mean 0 and deviation 1 over the positions; what does not change becomes 0."""
    centred = x - x.mean(0)
    deviation = centred.std(0)
    result: Floats = np.where(deviation > 1e-8, centred / np.where(deviation > 1e-8, deviation, 1), 0)
    return result
