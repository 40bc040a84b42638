"""The picture of the comparison: fading gradients and the share of right verbs, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from scripts.cells.measuring import BUCKETS, in_buckets, wilson
from seq2seq.model_settings import CELLS
from seq2seq.pages.figures import DASHES, DPI, FAINT, INK, SERIES, style_axes, to_svg

LEAST = 20  # a point of the gradient's curve is the mean of at least this number of pairs of steps
KINDS = ("agreement", "bracket")
SIZE = (860.0, 330.0)


def draw(results: dict[str, Any]) -> Markup:
    """Draws both panels.

    Args:
        results: What `python -m scripts.cells` measured, by cell.
    """
    figure = Figure(figsize=(SIZE[0] / DPI, SIZE[1] / DPI), dpi=DPI)
    figure.patch.set_visible(False)
    fading = figure.add_axes((62 / SIZE[0], 52 / SIZE[1], 340 / SIZE[0], 220 / SIZE[1]))
    right = figure.add_axes((500 / SIZE[0], 52 / SIZE[1], 340 / SIZE[0], 220 / SIZE[1]))
    for axes, title in ((fading, "What is left of the gradient"), (right, "Verbs that come right")):
        style_axes(axes)
        axes.tick_params(labelsize=12)
        axes.text(-0.14, 1.16, title, transform=axes.transAxes, fontsize=15, fontweight="bold", color=INK)
    descriptions = []
    for n, (cell, result) in enumerate(results.items()):
        line: dict[str, Any] = {
            "color": SERIES[n], "linestyle": DASHES[n], "linewidth": 2.4, "label": CELLS[cell].title,
        }  # fmt: skip
        curve = result["gradient"]
        kept = np.array(curve["counts"]) >= LEAST
        distances, strengths = np.array(curve["distances"])[kept], np.array(curve["strengths"])[kept]
        fading.plot(distances, strengths, **line)
        shares = [(r / number, *wilson(r, number)) for r, number in in_buckets(result["verbs"], KINDS)]
        middle, low, high = np.array(shares).T
        right.fill_between(range(len(shares)), low, high, color=SERIES[n], alpha=0.13, linewidth=0)
        right.plot(range(len(shares)), middle, marker="o", markersize=5, **line)
        descriptions.append(
            f"{CELLS[cell].title}: {100 * strengths[10]:.2g} % of the gradient is left after 10 steps; "
            + ", ".join(f"{100 * m:.0f} % of verbs right at {_words(b)}" for m, b in zip(middle, BUCKETS, strict=True))
        )
    fading.set_yscale("log")
    fading.set_xlim(0)
    fading.set_ylim(top=2)
    fading.yaxis.set_major_locator(LogLocator(10, numticks=9))
    fading.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    fading.yaxis.set_minor_formatter(NullFormatter())
    fading.tick_params(which="minor", length=0)
    fading.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    fading.set_xlabel("steps between the input and the loss", fontsize=12, color=FAINT)
    right.set_xticks(range(len(BUCKETS)), [_words(bucket).removesuffix(" words") for bucket in BUCKETS])
    right.set_xlabel("words between the verb and what decides it", fontsize=12, color=FAINT)
    right.yaxis.set_major_locator(MaxNLocator(5))
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    right.set_ylim(top=1.01)
    legend: dict[str, Any] = {"frameon": False, "fontsize": 12, "labelcolor": INK, "handlelength": 2.4, "ncols": 3}
    for axes in (fading, right):
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.995), borderpad=0, columnspacing=1.4, **legend)
    return to_svg(figure, key="cells", title="LSTM, GRU and plain RNN", description="; ".join(descriptions) + ".")


def _words(bucket: tuple[int, int]) -> str:
    first, last = bucket
    return f"{first}+ words" if last > 50 else f"{first}–{last} words"
