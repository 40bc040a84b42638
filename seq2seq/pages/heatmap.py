"""A matrix to look into: its picture, and the value of the cell that is pointed at or moved to by arrow keys.

The picture is one raster image of a pixel per cell inside an SVG, whatever the size; the numbers come beside it in 8 or
16 bits each, decoded by one small script. Weights run from the page's ground (the lowest) to blue; where values have
two signs, negative ones are blue and positive ones orange, which colour-blind people tell apart.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from seq2seq.pages.figures import DPI, FAINT, GRID, GROUND, INK, svg_body
from seq2seq.pages.rendering import render_part
from seq2seq.pages.text import number, printable, width_of

CELL = 22.0
"""Of a side of a cell, in CSS pixels, while the matrix is small."""
LONGEST = 480.0
"""Of the height of a matrix of many rows."""
LABELLED = 60
"""Up to so many rows or columns are all labelled; of more, every n-th is."""
TABLE = 600
"""Up to so many cells are also given as a table."""
LETTER = 7.2
"""About the width of a letter of a label, in CSS pixels."""
_BLUE, _ORANGE = (38, 126, 240), (222, 112, 8)
_WIDE = 16_384  # cells: beyond, 8 bits for each


@dataclass(frozen=True)
class Axis:
    """The rows, or the columns, of a matrix."""

    name: str
    """What one of them is: "source piece", "unit"."""
    labels: Sequence[str]
    """Beside the picture."""
    details: Sequence[str] | None = None
    """What the readout calls each; by default its label."""
    groups: Sequence[int] | None = None
    """The number of the group that each belongs to, ascending: bars join those of a group, gaps part the groups."""

    def text(self, index: int) -> str:
        """What the readout calls one."""
        return printable((self.details or self.labels)[index])


def heatmap(
    values: ArrayLike,
    rows: Axis,
    columns: Axis,
    *,
    key: str,
    title: str,
    summary: str | None = None,
    low: float | None = None,
    high: float | None = None,
    signed: bool = False,
    digits: int = 2,
    table: bool | None = None,
) -> Markup:
    """An interactive heat map.

    Args:
        values: [rows, columns]; NaN where there is none.
        rows: what the rows are.
        columns: what the columns are.
        key: what no other figure of the page has.
        title: what the matrix is.
        summary: what can be seen in it, for people who do not see it; by default its range and its highest cells.
        low: the value of the palest colour, by default 0, or the lowest value if that is below.
        high: the value of the strongest colour, by default the highest.
        signed: whether 0 is the middle: the scale then runs from -m to m, m being the larger of |low| and |high|.
        digits: decimals of the values that are shown.
        table: whether to give the values as a table too; by default where there are at most `TABLE`.

    Raises:
        ValueError: the labels do not fit the values.
    """
    matrix = np.asarray(values, np.float64)
    if matrix.shape != (len(rows.labels), len(columns.labels)) or not matrix.size:
        raise ValueError(
            f"Expected values for {len(rows.labels)} rows and {len(columns.labels)} columns, got shape {matrix.shape}."
        )
    finite = matrix[np.isfinite(matrix)]
    lowest, highest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    low = min(lowest, 0.0) if low is None else low
    high = highest if high is None else high
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    if high <= low:
        high = low + 1.0
    picture = _Picture(matrix, rows, columns, low, high, signed, digits)
    shown = matrix.size <= TABLE if table is None else table
    return render_part(
        "heatmap.html",
        key=key,
        title=title,
        summary=summary or summarize(matrix, rows, columns, digits),
        width=picture.width,
        height=picture.height,
        svg=svg_body(picture.figure, key),
        data=json.dumps(_data(matrix, rows, columns, digits) | {"box": picture.box}, ensure_ascii=False),
        rows=[rows.text(n) for n in range(len(matrix))] if shown else None,
        columns=[columns.text(n) for n in range(matrix.shape[1])],
        row_name=rows.name,
        cells=[[number(value, digits) for value in row] for row in matrix] if shown else [],
    )


def summarize(matrix: NDArray[np.float64], rows: Axis, columns: Axis, digits: int = 2) -> str:
    """One or two sentences about a matrix."""
    text = f"{len(rows.labels)} × {len(columns.labels)} values ({rows.name} × {columns.name})"
    finite = np.isfinite(matrix)
    if not finite.any():
        return f"{text}, all unknown."
    known = matrix[finite]
    text += f" from {number(known.min(), digits)} to {number(known.max(), digits)}, mean {number(known.mean(), digits)}"
    row, column = np.unravel_index(np.where(finite, matrix, -np.inf).argmax(), matrix.shape)
    return f"{text}. The highest: {rows.text(int(row))}, {columns.text(int(column))}."


class _Picture:
    """The drawing: labels, bars of groups, the image, the scale."""

    def __init__(
        self,
        matrix: NDArray[np.float64],
        rows: Axis,
        columns: Axis,
        low: float,
        high: float,
        signed: bool,
        digits: int,
    ) -> None:
        height = len(matrix) * (CELL if len(matrix) <= 30 else 16.0) if len(matrix) <= LABELLED else LONGEST
        width = max(matrix.shape[1] * CELL, 120.0) if matrix.shape[1] <= LABELLED else 1000.0
        bars = 8.0
        left = 12 + bars + LETTER * min(28, max(map(width_of, rows.labels)))
        longest = LETTER * min(28, max(map(width_of, columns.labels)))
        top = 12 + bars + longest * 0.83  # sin 56°
        # A slanted label goes beyond the last column.
        right = max(16.0, longest * 0.56 - (CELL / 2 if matrix.shape[1] > 1 else 0) + 6)
        right = max(right, 110 + 40 - width)  # the scale's room
        bottom = 40.0
        self.width, self.height = max(left + width + right, 240.0), top + height + bottom
        self.figure = Figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI)
        self.figure.patch.set_visible(False)
        self.box = [left / self.width, top / self.height, width / self.width, height / self.height]
        box = (self.box[0], 1 - self.box[1] - self.box[3], self.box[2], self.box[3])
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_color(GRID)
        colours = _signed_colours() if signed else _colours()
        count, across = matrix.shape
        axes.imshow(
            matrix,
            cmap=colours,
            vmin=low,
            vmax=high,
            aspect="auto",
            interpolation="none",
            extent=(0, across, count, 0),
        )
        axes.set_xlim(0, across)
        axes.set_ylim(count, 0)
        axes.set_xticks([])
        axes.set_yticks([])
        label: dict[str, Any] = {"color": INK, "fontsize": 12, "parse_math": False, "clip_on": False}
        x, y = across / width, count / height  # data units of a CSS pixel
        for n in _labelled(count):
            axes.text(-(bars + 4) * x, n + 0.5, _cut(rows.labels[n]), ha="right", va="center_baseline", **label)
        for n in _labelled(across):
            place = n + 0.5 + 3 * x, -(bars + 4) * y
            axes.text(
                *place, _cut(columns.labels[n]), rotation=56, ha="left", va="bottom", rotation_mode="anchor", **label
            )
        line: dict[str, Any] = {"clip_on": False, "solid_capstyle": "butt"}
        for first, last in _runs(rows.groups):
            axes.plot([-bars / 2 * x] * 2, [first + 3 * y, last + 1 - 3 * y], color=FAINT, linewidth=2, **line)
        for first, last in _runs(columns.groups):
            axes.plot([first + 3 * x, last + 1 - 3 * x], [-bars / 2 * y] * 2, color=FAINT, linewidth=2, **line)
        for n in _borders(rows.groups):
            axes.axhline(n, color=GROUND, linewidth=1.5)
        for n in _borders(columns.groups):
            axes.axvline(n, color=GROUND, linewidth=1.5)
        # The scale, under the matrix.
        scale = self.figure.add_axes((left / self.width, 14 / self.height, 110 / self.width, 8 / self.height))
        scale.imshow(np.linspace(low, high, 64)[None], cmap=colours, vmin=low, vmax=high, aspect="auto")
        scale.patch.set_visible(False)
        scale.set_xticks([])
        scale.set_yticks([])
        for spine in scale.spines.values():
            spine.set_color(GRID)
        ends: dict[str, Any] = {"color": FAINT, "fontsize": 11, "transform": scale.transAxes, "va": "center_baseline"}
        scale.text(-5 / 110, 0.5, number(low, digits), ha="right", **ends)
        scale.text(1 + 5 / 110, 0.5, number(high, digits), ha="left", **ends)


def _cut(label: str) -> str:
    label = printable(label)
    while width_of(label) > 28:
        label = label[:-2] + "…"
    return label


def _labelled(count: int) -> range:
    steps = (1, 5, 10, 20, 50, 100, 200, 500, 1000)
    return range(0, count, 1 if count <= LABELLED else next((n for n in steps[1:] if count <= 25 * n), count))


def _runs(groups: Sequence[int] | None) -> list[tuple[int, int]]:
    """First and last index of the groups that have more than one member."""
    if groups is None:
        return []
    numbers = list(groups)
    starts = [n for n in range(len(numbers)) if n == 0 or numbers[n] != numbers[n - 1]]
    ends = [*starts[1:], len(numbers)]
    return [(start, end - 1) for start, end in zip(starts, ends, strict=True) if end - start > 1]


def _borders(groups: Sequence[int] | None) -> list[int]:
    return [] if groups is None else [n for n in range(1, len(groups)) if groups[n] != groups[n - 1]]


def _colours() -> ListedColormap:
    """From nothing to blue: on any ground, the palest colour is the ground itself."""
    return ListedColormap(_ramp(_BLUE))


def _signed_colours() -> ListedColormap:
    return ListedColormap(np.concatenate([_ramp(_BLUE, 128)[::-1], _ramp(_ORANGE, 128)]))


def _ramp(colour: tuple[int, int, int], steps: int = 256) -> NDArray[np.float64]:
    opacity = np.linspace(0, 1, steps)
    return np.column_stack([np.broadcast_to(np.array(colour) / 255, (steps, 3)), opacity])


def _data(matrix: NDArray[np.float64], rows: Axis, columns: Axis, digits: int) -> dict[str, Any]:
    """What the script needs: names, and the values in 8 or 16 bits, the highest code standing for no value."""
    finite = np.isfinite(matrix)
    low = float(matrix[finite].min()) if finite.any() else 0.0
    high = float(matrix[finite].max()) if finite.any() else 0.0
    bits = 16 if matrix.size <= _WIDE else 8
    last = 2**bits - 1
    span = (high - low) or 1.0
    codes = np.where(finite, np.rint((np.where(finite, matrix, low) - low) / span * (last - 1)), last)
    return {
        "rows": {"name": rows.name, "labels": [rows.text(n) for n in range(len(matrix))]},
        "columns": {"name": columns.name, "labels": [columns.text(n) for n in range(matrix.shape[1])]},
        "low": low,
        "high": low + span,
        "bits": bits,
        "digits": digits,
        "values": base64.b64encode(codes.astype("<u2" if bits == 16 else "u1").tobytes()).decode(),
    }
