"""The picture of a matrix: one raster image of a pixel per cell, with labels, bars of groups and a colour scale.

Weights run from the page's ground (the lowest) to blue; where values have two signs, negative ones are blue and
positive ones orange, which colour-blind people tell apart.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from seq2seq.pages.axis import Axis
from seq2seq.pages.figures import DPI, FAINT, GRID, GROUND, INK
from seq2seq.pages.text import number, printable, width_of

CELL = 22.0
"""Side of a cell in CSS pixels while the matrix is small."""
LONGEST = 480.0
"""Height in CSS pixels of a matrix of many rows."""
LABELLED = 60
"""Number of rows or columns up to which all are labelled; of more, every n-th is."""
LETTER = 7.2
"""Approximate width of a letter of a label in CSS pixels."""
WIDEST = 40
"""Width in letters to which a label is cut."""
BARS = 8.0
"""Room in CSS pixels for the bars that join groups."""
SCALE = (110.0, 8.0)
"""Width and height of the colour scale in CSS pixels."""
_BLUE, _ORANGE = (38, 126, 240), (222, 112, 8)


class HeatmapPicture:
    """A figure of a matrix.

    Attributes:
        figure: The drawing.
        width: Natural width in CSS pixels.
        height: Natural height in CSS pixels.
        box: Left and top edge, width and height of the matrix as shares of the picture.
    """

    def __init__(
        self,
        matrix: NDArray[np.float64],
        rows: Axis,
        columns: Axis,
        *,
        low: float,
        high: float,
        signed: bool,
        digits: int,
    ) -> None:
        """Draws the matrix.

        Args:
            matrix: The values. [rows, columns]
            rows: What the rows are.
            columns: What the columns are.
            low: The value of the palest colour.
            high: The value of the strongest colour.
            signed: Whether 0 is the middle of the scale.
            digits: Number of decimals at the ends of the scale.
        """
        self._rows, self._columns = rows, columns
        self._colours = _signed_colours() if signed else ListedColormap(_ramp(_BLUE))
        left, top, width, height = self._measure(*matrix.shape)
        self.figure = Figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI)
        self.figure.patch.set_visible(False)
        self.box = [left / self.width, top / self.height, width / self.width, height / self.height]
        axes = self.figure.add_axes((self.box[0], 1 - self.box[1] - self.box[3], self.box[2], self.box[3]))
        self._draw_cells(axes, matrix, low, high)
        pixel = matrix.shape[1] / width, matrix.shape[0] / height  # in cells
        self._draw_labels(axes, pixel)
        self._draw_groups(axes, pixel)
        self._draw_scale(left, low, high, digits)

    def _measure(self, rows: int, columns: int) -> tuple[float, float, float, float]:
        """Sets the picture's size; returns left and top edge, width and height of the matrix in CSS pixels."""
        height = rows * (CELL if rows <= 30 else 16.0) if rows <= LABELLED else LONGEST
        width = max(columns * CELL, 120.0) if columns <= LABELLED else 1000.0
        left = 12 + BARS + LETTER * min(WIDEST, max(map(width_of, self._rows.labels)))
        longest = LETTER * min(WIDEST, max(map(width_of, self._columns.labels)))
        top = 12 + BARS + longest * 0.83  # sin 56°
        # A slanted label goes beyond the last column.
        right = max(16.0, longest * 0.56 - (CELL / 2 if columns > 1 else 0) + 6)
        right = max(right, SCALE[0] + 40 - width)
        self.width, self.height = max(left + width + right, 240.0), top + height + 40.0
        return left, top, width, height

    def _draw_cells(self, axes: Axes, matrix: NDArray[np.float64], low: float, high: float) -> None:
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_color(GRID)
        count, across = matrix.shape
        axes.imshow(
            matrix,
            cmap=self._colours,
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

    def _draw_labels(self, axes: Axes, pixel: tuple[float, float]) -> None:
        style: dict[str, Any] = {"color": INK, "fontsize": 12, "parse_math": False, "clip_on": False}
        x, y = -(BARS + 4) * pixel[0], -(BARS + 4) * pixel[1]
        for n in _labelled(len(self._rows.labels)):
            axes.text(x, n + 0.5, _cut(self._rows.labels[n]), ha="right", va="center_baseline", **style)
        style |= {"rotation": 56, "ha": "left", "va": "bottom", "rotation_mode": "anchor"}
        for n in _labelled(len(self._columns.labels)):
            axes.text(n + 0.5 + 3 * pixel[0], y, _cut(self._columns.labels[n]), **style)

    def _draw_groups(self, axes: Axes, pixel: tuple[float, float]) -> None:
        x, y = pixel
        style: dict[str, Any] = {"color": FAINT, "linewidth": 2, "clip_on": False, "solid_capstyle": "butt"}
        for first, last in self._rows.runs():
            axes.plot([-BARS / 2 * x] * 2, [first + 3 * y, last + 1 - 3 * y], **style)
        for first, last in self._columns.runs():
            axes.plot([first + 3 * x, last + 1 - 3 * x], [-BARS / 2 * y] * 2, **style)
        for n in self._rows.borders():
            axes.axhline(n, color=GROUND, linewidth=1.5)
        for n in self._columns.borders():
            axes.axvline(n, color=GROUND, linewidth=1.5)

    def _draw_scale(self, left: float, low: float, high: float, digits: int) -> None:
        """Draws the colour scale under the matrix."""
        width, height = SCALE
        scale = self.figure.add_axes((left / self.width, 14 / self.height, width / self.width, height / self.height))
        scale.imshow(np.linspace(low, high, 64)[None], cmap=self._colours, vmin=low, vmax=high, aspect="auto")
        scale.patch.set_visible(False)
        scale.set_xticks([])
        scale.set_yticks([])
        for spine in scale.spines.values():
            spine.set_color(GRID)
        style: dict[str, Any] = {"color": FAINT, "fontsize": 11, "transform": scale.transAxes, "va": "center_baseline"}
        scale.text(-5 / width, 0.5, number(low, digits), ha="right", **style)
        scale.text(1 + 5 / width, 0.5, number(high, digits), ha="left", **style)


def _cut(label: str) -> str:
    label = printable(label)
    while width_of(label) > WIDEST:
        label = label[:-2] + "…"
    return label


def _labelled(count: int) -> range:
    steps = (5, 10, 20, 50, 100, 200, 500, 1000)
    return range(0, count, 1 if count <= LABELLED else next((n for n in steps if count <= 25 * n), count))


def _signed_colours() -> ListedColormap:
    return ListedColormap(np.concatenate([_ramp(_BLUE, 128)[::-1], _ramp(_ORANGE, 128)]))


def _ramp(colour: tuple[int, int, int], steps: int = 256) -> NDArray[np.float64]:
    """From nothing to a colour: on any ground, the palest colour is the ground itself."""
    opacity = np.linspace(0, 1, steps)
    return np.column_stack([np.broadcast_to(np.array(colour) / 255, (steps, 3)), opacity])
