"""Plots of series over a common horizontal axis, such as learning curves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from seq2seq.pages.figures import DASHES, FAINT, INK, SERIES, new_figure, to_svg
from seq2seq.pages.text import number

POINTS = 300
"""Number of points beyond which a curve is drawn by the means of this number of stretches, over a band from the lowest
to the highest value of each."""


@dataclass(frozen=True)
class PlotLine:
    """One line of a plot.

    Attributes:
        name: Name of the line.
        x: Horizontal positions. [points]
        y: Values; NaN where there is none. [points]
        dots: Whether each point is marked, for a few measured ones.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    dots: bool = False


@dataclass(frozen=True)
class Thinned:
    """A long series in fewer points: mean, lowest and highest value of each stretch. Each [points]."""

    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def thin(x: ArrayLike, y: ArrayLike, points: int = POINTS) -> Thinned:
    """Cuts a series into at most `points` stretches with the same number of values; NaN counts as no value.

    Example:
        >>> thin([0, 1, 2, 3], [1.0, 3.0, 5.0, 9.0], points=2).mean.tolist()
        [2.0, 7.0]
    """
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    known = np.isfinite(ys)
    xs, ys = xs[known], ys[known]
    if len(xs) <= points:
        return Thinned(xs, ys, ys, ys)
    starts = np.linspace(0, len(xs), points, endpoint=False).astype(int)
    sizes = np.diff([*starts, len(xs)])
    return Thinned(
        np.add.reduceat(xs, starts) / sizes,
        np.add.reduceat(ys, starts) / sizes,
        np.minimum.reduceat(ys, starts),
        np.maximum.reduceat(ys, starts),
    )


def curves(
    lines: Sequence[PlotLine],
    *,
    key: str,
    title: str,
    x_label: str,
    marks: Sequence[float] = (),
    digits: int = 2,
    floor: float | None = None,
    ceiling: float | None = None,
    logarithmic: bool = False,
    size: tuple[float, float] = (380, 220),
) -> Markup:
    """Draws a plot of a few lines, with their names at its head.

    Args:
        lines: The lines, at most as many as `SERIES` has colours.
        key: A text that no other figure of the page has.
        title: Title above the plot.
        x_label: Label of the horizontal axis.
        marks: Positions of vertical lines.
        digits: Number of decimals in the text alternative.
        floor: The lowest value shown; by default that of the data.
        ceiling: The highest value shown; by default that of the data.
        logarithmic: Whether the vertical axis is logarithmic.
        size: Natural width and height in CSS pixels.
    """
    figure, axes = frame(title, x_label, size)
    described = []
    for n, line in enumerate(lines):
        thinned = thin(line.x, line.y)
        if not len(thinned.x):
            continue
        if len(np.asarray(line.x)) > POINTS:
            axes.fill_between(thinned.x, thinned.low, thinned.high, color=SERIES[n], alpha=0.18, linewidth=0)
        axes.plot(
            thinned.x,
            thinned.mean,
            color=SERIES[n],
            linestyle=DASHES[n],
            linewidth=2,
            label=line.name,
            marker="o" if line.dots else None,
            markersize=4.5,
            solid_capstyle="round",
        )
        described.append(
            f"{line.name}: from {number(thinned.mean[0], digits)} to {number(thinned.mean[-1], digits)}, "
            f"lowest {number(thinned.low.min(), digits)}, highest {number(thinned.high.max(), digits)}"
        )
    for mark in marks:
        axes.axvline(mark, color=FAINT, linewidth=1, linestyle=(0, (2, 3)))
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=7))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(_tick))
    axes.set_ylim(bottom=floor, top=ceiling)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    if len(lines) > 1:
        legend(axes, len(lines))
    return to_svg(figure, key=key, title=title, description="; ".join(described) + ".")


def _tick(value: float, _: int) -> str:
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}").replace("-", "−")


def frame(title: str, x_label: str, size: tuple[float, float]) -> tuple[Figure, Axes]:
    """Makes a figure with its title at the head and room for a legend beside it.

    Args:
        title: Title above the plot.
        x_label: Label of the horizontal axis.
        size: Natural width and height in CSS pixels.
    """
    figure, axes = new_figure(*size)
    figure.subplots_adjust(left=46 / size[0], right=1 - 14 / size[0], top=1 - 34 / size[1], bottom=42 / size[1])
    axes.text(
        -34 / (size[0] - 60),
        1 + 16 / (size[1] - 76),
        title,
        transform=axes.transAxes,
        fontsize=14,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    axes.set_xlabel(x_label, parse_math=False)
    return figure, axes


def legend(axes: Axes, entries: int) -> None:
    """Adds a legend at the head of a plot, on its right."""
    made = axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=entries,
        frameon=False,
        fontsize=12,
        labelcolor=FAINT,
        handlelength=1.6,
        columnspacing=1.0,
        borderpad=0,
        borderaxespad=0.2,
    )
    for text in made.get_texts():
        text.set_parse_math(False)
