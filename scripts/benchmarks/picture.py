"""Results as a picture: bars of medians, all rounds as dots, readable on white and on black."""

import io
from collections.abc import Sequence
from typing import Any

from scripts.benchmarks.machine import one_line
from scripts.benchmarks.report import label

OURS, THEIRS, INK = "#2f81c7", "#9aa0a8", "#7d838c"
"""The grey of the text has a contrast of about 4 to 1 with white as well as with GitHub's dark background."""


def draw(results: Sequence[dict[str, Any]]) -> str:
    """An SVG with one panel for every result of `train` and `translate`.

    Args:
        results: Results as the commands write them.
    """
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    # Text stays text; ids depend on nothing but the content, so that equal results give equal files.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "seq2seq", "font.family": "sans-serif"})
    heights = [len(result["summary"]["sides"]) for result in results]
    figure, axes = plt.subplots(
        len(results),
        1,
        figsize=(8.4, 0.55 + sum(0.75 + 0.4 * height for height in heights)),
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
        layout="constrained",
    )
    for axis, result in zip(axes[:, 0], results, strict=True):
        _draw_panel(axis, result)
    machine = results[0]["machine"]
    figure.supxlabel(f"medians and every round; {one_line(machine)}", fontsize=8, color=INK)
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    return text.getvalue()


def _draw_panel(axis: Any, result: dict[str, Any]) -> None:
    summary, unit = result["summary"], result["summary"]["of"]
    names = list(summary["sides"])
    for place, name in enumerate(names):
        median = summary["sides"][name]["median"]
        rates = [found[name][unit] / found[name]["seconds"] for found in result["rounds"]]
        axis.barh(place, median, height=0.62, color=OURS if name == "ours" else THEIRS, alpha=0.85)
        axis.plot(
            rates, [place] * len(rates), "o", markersize=4, color=INK, markeredgecolor="white", markeredgewidth=0.4
        )
        ratio = summary["ratios"].get(name)
        said = f"{median:,.0f}" + ("" if ratio is None else f"   seq2seq × {ratio['median']:.2f}")
        axis.annotate(
            said,
            (max(median, *rates), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    axis.set_yticks(range(len(names)), [label(name) for name in names], color=INK)
    axis.invert_yaxis()
    axis.set_xlim(0, 1.32 * max(figures["best"] for figures in summary["sides"].values()))
    axis.set_title(f"{result['title']}, {unit}/s", fontsize=10, loc="left", color=INK)
    axis.tick_params(colors=INK, labelsize=9)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)
    axis.spines["bottom"].set_color(INK)
