"""The part of the page that shows which units follow features of one's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from seq2seq.inspection.inspection import InspectionData
from seq2seq.inspection.maps import layer_name
from seq2seq.inspection.probing import ProbedFeature, ProbedUnit
from seq2seq.pages.figures import FAINT, INK, SERIES, new_figure, to_svg
from seq2seq.pages.text import number, printable, width_of

ROWS = 8
"""Number of units in the table of a feature."""


@dataclass(frozen=True)
class FeatureRow:
    """A unit as a row of the table of a feature; its fields are those of `ProbedUnit`."""

    layer: str
    unit: int
    label: str
    correlation: float
    chance: float
    right: float
    follows: bool


@dataclass(frozen=True)
class FeatureView:
    """A feature as the page shows it.

    Attributes:
        name: The feature's name.
        sentences: Number of labelled sentences.
        counts: Each label with its number of sentences; none where the labels are numbers.
        numeric: Whether the labels are numbers.
        baseline: Share of the most frequent label.
        following: Number of units in the table that follow the feature.
        ablate: The option that clamps the closest unit.
        picture: What the closest unit holds of each sentence.
        units: The rows of the table.
    """

    name: str
    sentences: int
    counts: list[tuple[str, int]]
    numeric: bool
    baseline: float
    following: int
    ablate: str
    picture: Markup
    units: list[FeatureRow]


def feature_views(inspection: InspectionData) -> list[FeatureView]:
    """The features in the form in which `inspect-features.html` shows them."""
    return [_view(inspection, feature, n) for n, feature in enumerate(inspection.features)]


def _view(inspection: InspectionData, feature: ProbedFeature, index: int) -> FeatureView:
    # Those that follow come first, whatever the r of others, since chance differs between layers.
    units = sorted(feature.units, key=lambda unit: (not unit.follows, -abs(unit.correlation)))[:ROWS]
    best = units[0]
    return FeatureView(
        name=feature.name,
        sentences=len(feature.labels),
        counts=[] if feature.numeric else sorted(Counter(feature.labels).items()),
        numeric=feature.numeric,
        baseline=feature.baseline,
        following=sum(unit.follows for unit in units),
        ablate=f"--ablate {best.layer}:unit={best.unit}={best.shown:.2f}",
        picture=feature_figure(inspection, feature, best, key=f"feature-{index}"),
        units=[
            FeatureRow(
                layer_name(inspection.record.layer(unit.layer)),
                unit.unit,
                unit.label or "",
                unit.correlation,
                unit.chance,
                unit.right or 0.0,
                unit.follows,
            )
            for unit in units
        ],
    )


def feature_figure(inspection: InspectionData, feature: ProbedFeature, unit: ProbedUnit, *, key: str) -> Markup:
    """Draws what a unit holds of each sentence: a row of dots for each label, or a dot for each number."""
    title = f"Unit {unit.unit} of {layer_name(inspection.record.layer(unit.layer))}"
    names = sorted(set(feature.labels))
    rows = 5 if feature.numeric else len(names)
    left = 56.0 if feature.numeric else 20 + 7.2 * min(24, max(map(width_of, names)))
    size = (420.0, 84 + 34.0 * rows)
    figure, axes = new_figure(*size)
    figure.subplots_adjust(left=left / size[0], right=1 - 12 / size[0], top=1 - 34 / size[1], bottom=44 / size[1])
    if feature.numeric:
        axes.scatter(
            unit.values, [float(label) for label in feature.labels], 16, color=SERIES[0], linewidths=0, alpha=0.7
        )
    else:
        for n, name in enumerate(names):
            mine = unit.values[[label == name for label in feature.labels]]
            # Dots that would hide each other are moved up and down, always alike.
            offsets = 0.5 * ((np.arange(len(mine)) * 0.618) % 1 - 0.5)
            axes.scatter(mine, n + offsets, 16, color=SERIES[n % len(SERIES)], linewidths=0, alpha=0.7)
            axes.plot([mine.mean()] * 2, [n - 0.36, n + 0.36], color=INK, linewidth=1.6)
        axes.set_yticks(range(len(names)), [printable(name)[:24] for name in names], parse_math=False)
        axes.tick_params(axis="y", colors=INK)
        axes.set_ylim(len(names) - 0.5, -0.5)
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_xlabel("what the unit holds, mean over the sentence")
    figure.text(6 / size[0], 1 - 12 / size[1], title, fontsize=13, fontweight="bold", color=INK, va="center")
    described = f"r = {number(unit.correlation)}, by chance below {number(unit.chance)}."
    return to_svg(figure, key=key, title=title, description=described)
