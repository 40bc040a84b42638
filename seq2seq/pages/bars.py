"""Plots of numbers by group with their intervals, and of the distribution of a number."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from seq2seq.pages.curves import frame, legend
from seq2seq.pages.figures import FAINT, SERIES, to_svg
from seq2seq.pages.text import number

MARKERS = ("o", "s", "^", "D", "v", "P")
"""Marker shapes for the colours of `SERIES`."""

Range = tuple[float, float, float]
"""A value, and the lower and upper end of its interval."""


def groups(
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[Range]]],
    *,
    key: str,
    title: str,
    x_label: str,
    digits: int = 1,
    size: tuple[float, float] = (380, 220),
) -> Markup:
    """Draws points with intervals, one per group and series.

    Args:
        names: Names of the groups, from left to right.
        series: Name of each series, and its value with an interval for each group.
        key: A text that no other figure of the page has.
        title: Title above the plot.
        x_label: What the groups are made by.
        digits: Number of decimals in the text alternative.
        size: Natural width and height in CSS pixels.
    """
    figure, axes = frame(title, x_label, size)
    described = []
    for n, (name, values) in enumerate(series):
        value, low, high = np.array(values, np.float64).reshape(-1, 3).T
        x = np.arange(len(names)) + (n - (len(series) - 1) / 2) * min(0.16, 0.6 / len(series))
        axes.plot(x, value, color=SERIES[n], linewidth=1.5, alpha=0.45)
        axes.vlines(x, low, high, color=SERIES[n], linewidth=2)
        axes.plot(x, value, color=SERIES[n], linestyle="", marker=MARKERS[n], markersize=7, label=name)
        parts = [
            f"{group}: {number(v, digits)} ({number(a, digits)} to {number(b, digits)})"
            for group, v, a, b in zip(names, value, low, high, strict=True)
        ]
        described.append(f"{name}: {', '.join(parts)}")
    axes.set_xticks(range(len(names)), list(names), parse_math=False)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    if len(series) > 1:
        legend(axes, len(series))
    return to_svg(figure, key=key, title=title, description="; ".join(described) + ".")


def histogram(
    values: ArrayLike,
    edges: ArrayLike,
    *,
    key: str,
    title: str,
    x_label: str,
    mark: float | None = None,
    colour: int = 0,
    size: tuple[float, float] = (380, 220),
) -> Markup:
    """Draws how often values lie between edges; values beyond count for the outermost bars.

    Args:
        values: The values; NaN is left out.
        edges: Edges of the bars, ascending.
        key: A text that no other figure of the page has.
        title: Title above the plot.
        x_label: What the values are.
        mark: Position of a vertical line; None for no line.
        colour: Index of the colour in `SERIES`.
        size: Natural width and height in CSS pixels.
    """
    figure, axes = frame(title, x_label, size)
    array, borders = np.asarray(values, np.float64), np.asarray(edges, np.float64)
    array = np.clip(array[np.isfinite(array)], borders[0], borders[-1])
    counts, _ = np.histogram(array, borders)
    widths = np.diff(borders)
    axes.bar(borders[:-1] + widths * 0.04, counts, widths * 0.92, align="edge", color=SERIES[colour])
    if mark is not None:
        axes.axvline(mark, color=FAINT, linewidth=1, linestyle=(0, (2, 3)))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    if not len(array):
        description = "No values."
    else:
        low, middle, high = np.percentile(array, [10, 50, 90])
        description = (
            f"{len(array):,} values, median {number(middle)}; four fifths lie between {number(low)} and {number(high)}."
        )
    return to_svg(figure, key=key, title=title, description=description)
