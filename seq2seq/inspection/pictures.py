"""Pictures of an inspection: forgetting curves, token probabilities, units along the sentence, the search as a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from seq2seq.inspection.gradients import Curve
from seq2seq.inspection.records import LayerRecord, Record
from seq2seq.inspection.search_tree import SearchTree
from seq2seq.inspection.units import TellingUnit
from seq2seq.model_settings import CELLS
from seq2seq.pages.figures import DASHES, DPI, FAINT, GRID, GROUND, INK, SERIES, new_figure, style_axes, to_svg
from seq2seq.pages.text import number, printable, width_of
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.words import SPACE, join_pieces

FLOOR = 1e-6
"""The smallest strength that is drawn; float32 resolves no less."""


def spelt(piece: str) -> str:
    """A token as a label: without its space, and with a sign for the end of sentence."""
    return {"</s>": "⏎", "<s>": "start"}.get(piece, printable(piece.replace(SPACE, "") or "␣"))


def cell_name(label: str) -> str:
    """The label of a curve with its cell's name written out: "gru 2" → "GRU 2"."""
    cell, _, rest = label.partition(" ")
    return f"{CELLS[cell].title if cell in CELLS else cell} {rest}".strip()


def forgetting_figure(
    curves: Mapping[str, Curve], *, key: str, title: str, size: tuple[float, float] = (420, 270)
) -> Markup:
    """Draws how the gradient fades with distance, on a logarithmic scale."""
    figure, axes = new_figure(*size)
    _room(figure, size, 52, 14, 44, 46)
    axes.set_yscale("log")
    described = []
    longest = max(int(curve.distances[-1]) for curve in curves.values())
    for n, (label, curve) in enumerate(curves.items()):
        shown = np.maximum(curve.strengths, FLOOR)
        axes.plot(
            curve.distances,
            shown,
            color=SERIES[n % len(SERIES)],
            linestyle=DASHES[n % len(DASHES)],
            linewidth=2.2,
            label=cell_name(label),
            solid_capstyle="round",
        )
        described.append(f"{cell_name(label)}: {_curve_text(curve)}")
    lowest = max(FLOOR, min(float(curve.strengths.min()) for curve in curves.values()))
    axes.set_ylim(10 ** np.floor(np.log10(lowest) - 0.01), 3)
    axes.set_xlim(0, max(longest, 1))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(LogLocator(10, numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _share(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("steps between the input and the loss")
    _title(figure, title, size)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        fontsize=11,
        labelcolor=INK,
        handlelength=2.2,
        columnspacing=1.4,
        borderpad=0,
        borderaxespad=0.3,
    )
    return to_svg(figure, key=key, title=title, description="; ".join(described) + ".")


def _curve_text(curve: Curve) -> str:
    """A curve in words."""
    known = [d for d in (1, 2, 5, 10, 15, 20, 30) if curve.at(d) is not None]
    return ", ".join(f"{_share(curve.at(d) or 0.0)} after {d} step{'s'[: d > 1]}" for d in known) or "one step only"


def _share(value: float) -> str:
    """A share as a percentage with its significant digits."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1g} %" if percent >= 1e-3 else f"{percent:.0e} %"


def confidence_figure(record: Record, pieces: Sequence[str], likeliest: Sequence[str], *, key: str) -> Markup:
    """Draws the probability that the model gave to each token of the target."""
    chances = np.exp(record.log_probabilities)
    labels = [spelt(piece) for piece in pieces]
    longest = max(map(width_of, labels))
    size = (max(260.0, 60 + 30.0 * len(pieces) + 4 * longest), 190.0 + 5.4 * longest)
    figure, axes = new_figure(*size)
    _room(figure, size, 46, 10 + 4 * longest, 34, 26 + 5.4 * longest)
    at = np.arange(len(pieces))
    first = record.ranks == 0
    axes.bar(at[first], chances[first], 0.72, color=SERIES[0], linewidth=0)
    axes.bar(at[~first], chances[~first], 0.72, color=SERIES[1], linewidth=0)
    for n in at[~first]:
        axes.text(
            n,
            min(float(chances[n]) + 0.04, 0.85),
            f"“{spelt(likeliest[n])}”",
            rotation=56,
            rotation_mode="anchor",
            ha="left",
            va="bottom",
            fontsize=11,
            color=SERIES[1],
            parse_math=False,
        )
    axes.set_ylim(0, 1)
    axes.set_xlim(-0.6, len(pieces) - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.set_xticks(at, labels, rotation=-50, ha="left", va="top", rotation_mode="anchor", parse_math=False)
    axes.tick_params(axis="x", colors=INK, labelsize=12, pad=4)
    title = "Probability of each piece"
    _title(figure, title, size)
    odd = [
        f"“{labels[n]}” had {_share(float(chances[n]))}, the model's own choice was “{spelt(likeliest[n])}”"
        for n in at[~first]
    ]
    summary = f"Lowest: “{labels[int(chances.argmin())]}” with {_share(float(chances.min()))}. " + "; ".join(odd)
    return to_svg(figure, key=key, title=title, description=summary.strip())


def unit_figure(layer: LayerRecord, unit: TellingUnit, steps: Sequence[str], *, key: str, title: str) -> Markup:
    """Draws one unit along the sentence: its memory, and its gates below."""
    labels = [spelt(step) for step in steps]
    longest = min(14, max(map(width_of, labels)))
    gates = CELLS[layer.cell].gate_names
    top, upper, gap, lower = 44.0, 96.0, 22.0, 52.0 if gates else 0.0
    size = (420.0, top + upper + (gap if gates else 0) + lower + 16 + 5.4 * longest)
    left, right = 40 / size[0], 1 - (16 + 3.5 * longest) / size[0]
    figure, carrying = new_figure(*size)
    carrying.set_position((left, 1 - (top + upper) / size[1], right - left, upper / size[1]))
    at = np.arange(layer.time)
    carried = layer.memory[:, unit.unit]
    name = CELLS[layer.cell].carried
    carrying.axhline(0, color=FAINT, linewidth=0.8)
    carrying.plot(at, carried, color=SERIES[0], linewidth=2.4, label=name, marker="o", markersize=4)
    lowest = carrying
    if gates:
        lowest = figure.add_axes((left, 1 - (size[1] - 16 - 5.4 * longest) / size[1], right - left, lower / size[1]))
        style_axes(lowest)
        for n, gate in enumerate(gates, start=1):
            lowest.plot(at, layer.gates[gate][:, unit.unit], color=SERIES[n], linestyle=DASHES[n], linewidth=1.6)
            carrying.plot([], [], color=SERIES[n], linestyle=DASHES[n], linewidth=1.6, label=f"{gate} gate")
        lowest.set_ylim(0, 1)
        lowest.set_yticks([0, 1], ["0", "1"])
        carrying.set_xticks([])
    every = max(1, int(np.ceil(len(labels) / 26)))
    lowest.set_xticks(at[::every], labels[::every], rotation=-50, ha="left", va="top", rotation_mode="anchor")
    for label in lowest.get_xticklabels():
        label.set_parse_math(False)
    lowest.tick_params(axis="x", colors=INK, labelsize=11, pad=4)
    carrying.yaxis.set_major_locator(MaxNLocator(4))
    for axes in (carrying, lowest):
        axes.set_xlim(-0.4, layer.time - 0.6)
    _title(figure, title, size)
    carrying.legend(
        loc="lower left",
        bbox_to_anchor=(-0.03, 1),
        ncols=4,
        frameon=False,
        fontsize=11,
        labelcolor=INK,
        handlelength=1.6,
        handletextpad=0.5,
        columnspacing=1.0,
        borderpad=0,
        borderaxespad=0.2,
    )
    summary = f"Its {name} goes " + ", ".join(
        f"{number(float(value), 1)} at “{label}”" for value, label in zip(carried, labels, strict=True)
    )
    return to_svg(figure, key=key, title=title, description=summary + ".")


ROW, TOP = 38.0, 34.0
"""Height of a row of the tree and of the room above its rows, in CSS pixels."""


def tree_figure(tree: SearchTree, spellings: Mapping[int, str], *, key: str) -> Markup:
    """Draws the beam over the steps: likeliest candidates at the top, the winner's path in colour."""
    steps = max(node.step for node in tree.nodes)
    by_step = [sorted((n for n in tree.nodes if n.step == step), key=lambda n: n.rank) for step in range(steps + 1)]
    labels = {node.number: spelt(spellings[node.token]) for node in tree.nodes}
    widths = [max(46.0, *(7.4 * width_of(labels[node.number]) for node in nodes)) for nodes in by_step]
    starts = np.concatenate([[10.0], 10 + np.cumsum(np.array(widths) + 34)])
    size = (float(starts[-1]) - 14, TOP + ROW * max(map(len, by_step)) + 6)
    figure = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI)
    figure.patch.set_visible(False)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, size[0])
    axes.set_ylim(size[1], 0)
    y = {node.number: TOP + ROW * (n + 0.4) for nodes in by_step for n, node in enumerate(nodes)}
    for node in tree.nodes[1:]:
        begin, end = starts[node.step - 1] + widths[node.step - 1] + 2, starts[node.step] - 4
        bend = (begin + end) / 2
        x = np.array([begin, bend, bend, end])
        points = np.array([y[node.parent], y[node.parent], y[node.number], y[node.number]])
        t = np.linspace(0, 1, 12)[:, None]  # a cubic Bézier curve
        basis = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
        colour, width = (SERIES[0], 2.6) if node.winner else (GRID, 1.0) if node.state == "pruned" else (FAINT, 1.3)
        dashes = (0, (3, 2)) if node.state == "pruned" else "-"
        axes.plot(basis @ x, basis @ points, color=colour, linewidth=width, linestyle=dashes, zorder=2 + node.winner)
    for step in range(1, steps + 1):
        axes.text(starts[step], 12, str(step), color=FAINT, fontsize=11, va="center")
    for node in tree.nodes:
        x0, height = starts[node.step], y[node.number]
        pruned = node.state == "pruned"
        colour = SERIES[0] if node.winner else FAINT if pruned else INK
        ended = node.state == "ended"
        axes.text(
            x0,
            height,
            labels[node.number],
            color=colour,
            fontsize=13,
            fontweight="bold" if node.winner else "normal",
            va="center_baseline",
            parse_math=False,
            zorder=5,
            bbox={"boxstyle": "round,pad=0.25", "facecolor": GROUND, "edgecolor": colour} if ended else None,
        )
        if node.step:
            value = node.score if ended else node.total
            axes.text(
                x0, height + 15, number(value, 2), color=colour if ended else FAINT, fontsize=10, va="center_baseline"
            )
    summary = f"{len(tree.nodes) - 1} candidates over {steps} steps. The winner: " + printable(
        join_pieces([spellings[node.token] for node in tree.path(tree.winner) if node.token != EOS])
    )
    return to_svg(figure, key=key, title="The search as a tree", description=summary)


def _room(figure: Figure, size: tuple[float, float], left: float, right: float, top: float, bottom: float) -> None:
    """Margins of the axes, in CSS pixels."""
    figure.subplots_adjust(
        left=left / size[0], right=1 - right / size[0], top=1 - top / size[1], bottom=bottom / size[1]
    )


def _title(figure: Figure, title: str, size: tuple[float, float]) -> None:
    figure.text(
        6 / size[0], 1 - 9 / size[1], title, fontsize=13, fontweight="bold", color=INK, va="center", parse_math=False
    )
