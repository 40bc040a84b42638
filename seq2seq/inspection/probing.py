"""Probing: which units follow a feature of one's own, given as a label for each sentence.

What a unit holds of a sentence is the mean of its memory over the positions of the sentence. Over all labelled
sentences it is correlated (Pearson's r) with the label: with 1 for one label and 0 for the others, label by label, or
with the label itself where all labels are numbers. As in `seq2seq.inspection.units`, the baseline is what the best of
all units of the layer reaches by chance: the labels are shuffled over the sentences many times (a permutation test by
the maximum statistic, Nichols and Holmes, 2002), so that a feature that no unit follows names none.

Where there are two labels or more, a second pair of numbers says what a unit is worth: the share of sentences whose
label is the one whose mean, without that sentence, is the closest to what the unit holds; and beside it the share of
the most frequent label, which needs no unit at all. A correlation shows that what a unit holds goes with the label, not
that the model uses it (Belinkov, 2022, "Probing classifiers: promises, shortcomings, and advances"); an ablation of the
unit (`seq2seq.inspection.ablation`) asks that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.inspection.records import LayerRecord
from seq2seq.inspection.units import Floats, correlations

LEAST_SENTENCES = 8
"""The smallest number of labelled sentences."""
MOST_LABELS = 20
"""The largest number of different labels that are no numbers."""


@dataclass(frozen=True, eq=False)
class ProbedUnit:
    """A unit and a label.

    Attributes:
        layer: Name of the layer.
        unit: Number of the unit in the layer, from 0.
        label: The label that the unit was correlated with; None where the labels are numbers.
        correlation: Pearson's r of what the unit holds and the label.
        chance: The |r| that the best of all the layer's units stays below in 95 of 100 shuffles of the labels.
        right: Share of the sentences whose label the unit alone tells; None where the labels are numbers.
        values: What the unit holds of each sentence. [sentences]
        shown: Mean of the unit's hidden state over all positions: the value to clamp it at without making it an
            exception.
    """

    layer: str
    unit: int
    label: str | None
    correlation: float
    chance: float
    right: float | None
    values: Floats
    shown: float

    @property
    def follows(self) -> bool:
        """Whether the unit follows the label more closely than by chance."""
        return abs(self.correlation) > self.chance


@dataclass(frozen=True, eq=False)
class ProbedFeature:
    """A feature and the units that come closest to it.

    Attributes:
        name: The feature's name.
        labels: The label of each sentence.
        numeric: Whether the labels are numbers.
        baseline: Share of the most frequent label.
        units: The closest units of each layer for each label, whether they follow it or not; closest first.
    """

    name: str
    labels: tuple[str, ...]
    numeric: bool
    baseline: float
    units: tuple[ProbedUnit, ...]


def check_labels(name: str, labels: Sequence[str], sentences: int) -> None:
    """Checks the labels of a feature.

    Args:
        name: The feature's name.
        labels: A label for each sentence; "" for none.
        sentences: Number of sentences.

    Raises:
        UserError: There are not as many labels as sentences, too few, or too many different ones.
    """
    if len(labels) != sentences:
        raise UserError(
            f"the feature {name} has {len(labels)} labels for {sentences} sentences: give one for each line of the "
            "text, an empty one where there is none"
        )
    given = [label for label in map(str.strip, labels) if label]
    if len(given) < LEAST_SENTENCES:
        raise UserError(
            f"the feature {name} labels {len(given)} sentences: label at least {LEAST_SENTENCES}, so that chance can "
            "be told from a meaning"
        )
    different = len(set(given))
    if different < 2:
        raise UserError(f"the feature {name} gives all sentences the label '{given[0]}': give at least two labels")
    if different > MOST_LABELS and _numbers(given) is None:
        raise UserError(
            f"the feature {name} has {different} different labels: give at most {MOST_LABELS}, or numbers only"
        )


def probe(name: str, layers: Sequence[Sequence[LayerRecord]], labels: Sequence[str], *, most: int = 3) -> ProbedFeature:
    """Finds the units that come closest to a feature.

    Args:
        name: The feature's name.
        layers: For each layer its recordings, one for each sentence.
        labels: The label of each sentence, "" where there is none. They must have passed `check_labels`.
        most: Number of units for each layer and label.
    """
    labelled = [n for n, label in enumerate(labels) if label.strip()]
    given = tuple(labels[n].strip() for n in labelled)
    numbers = _numbers(given) if len(set(given)) > 2 else None
    targets = {None: numbers} if numbers is not None else _indicators(given)
    found: list[ProbedUnit] = []
    for layer in layers:
        mine = [layer[n] for n in labelled]
        held = np.stack([each.memory.mean(0) for each in mine]).astype(np.float64)  # [sentences, units]
        shown = np.concatenate([each.hidden for each in mine]).mean(0)  # [units]
        for label, values in targets.items():
            strengths, chance = correlations(held, values)
            for unit in np.argsort(-np.abs(strengths), kind="stable")[:most].tolist():
                right = None if numbers is not None else _share_told(held[:, unit], given)
                strength, each = float(strengths[unit]), float(shown[unit])
                found.append(ProbedUnit(mine[0].name, unit, label, strength, chance, right, held[:, unit], each))
    found.sort(key=lambda unit: -abs(unit.correlation))
    (_, highest), *_ = Counter(given).most_common(1)
    return ProbedFeature(name, given, numbers is not None, highest / len(given), tuple(found))


def _numbers(labels: Sequence[str]) -> Floats | None:
    """The labels as numbers; None if one is none."""
    try:
        values = np.array([float(label) for label in labels])
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _indicators(labels: Sequence[str]) -> dict[str | None, Floats]:
    """For each label which sentences have it; of two labels the first alone, since the other is its opposite."""
    names = sorted(set(labels))
    return {
        name: np.array([float(label == name) for label in labels]) for name in names[: None if len(names) > 2 else 1]
    }


def _share_told(values: Floats, labels: Sequence[str]) -> float:
    """The share of sentences whose label has the closest mean, the sentence itself left out of its mean."""
    names = sorted(set(labels))
    owns: NDArray[np.bool_] = np.array([[label == name for name in names] for label in labels])  # [sentences, labels]
    counts = owns.sum(0) - owns  # of the other sentences
    means = (values @ owns - owns * values[:, None]) / np.maximum(counts, 1)
    distances = np.where(counts > 0, np.abs(means - values[:, None]), np.inf)
    told = distances.argmin(1)
    return float(owns[np.arange(len(values)), told].mean())
