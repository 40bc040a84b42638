"""A matrix to look into: its picture, and the value of the cell that is pointed at or moved to by arrow keys.

The picture is one raster image of a pixel per cell inside an SVG, whatever the size; the numbers come beside it in 8 or
16 bits each, decoded by one small script.
"""

import base64
import json
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import ArrayLike, NDArray

from seq2seq.pages.axis import Axis
from seq2seq.pages.figures import svg_body
from seq2seq.pages.heatmap_picture import HeatmapPicture
from seq2seq.pages.rendering import render_part
from seq2seq.pages.text import number

TABLE = 600
"""Number of cells up to which a matrix is also given as a table."""
_WIDE = 16_384  # cells: beyond, 8 bits for each


@dataclass(frozen=True, eq=False)
class Heatmap:
    """A heat map, to be written into a page or as a bare SVG.

    Attributes:
        values: The matrix; NaN where there is no value. [rows, columns]
        rows: What the rows are.
        columns: What the columns are.
        key: A text that no other figure of the page has; the ids of the figure begin with it.
        title: What the matrix is.
        summary: What can be seen in it, for people who do not see it; by default its range and its highest cell.
        low: The value of the palest colour; by default 0, or the lowest value if that is below.
        high: The value of the strongest colour; by default the highest value.
        signed: Whether 0 is the middle: the scale then runs from -m to m, m being the larger of |low| and |high|.
        digits: Number of decimals of the values that are shown.
        table: Whether to give the values as a table too; by default if there are at most `TABLE`.

    Raises:
        ValueError: The labels do not fit the values.

    Example:
        >>> rows, columns = Axis("unit", ["0", "1"]), Axis("step", ["a", "b", "c"])
        >>> sums = Heatmap([[0, 1, 2], [3, 4, 5]], rows, columns, key="sums", title="Sums")
        >>> print(sums.to_svg()[:33])
        <svg role="img" aria-label="Sums"
    """

    values: ArrayLike
    rows: Axis
    columns: Axis
    _: KW_ONLY
    key: str
    title: str
    summary: str | None = None
    low: float | None = None
    high: float | None = None
    signed: bool = False
    digits: int = 2
    table: bool | None = None

    def __post_init__(self) -> None:
        expected = len(self.rows.labels), len(self.columns.labels)
        if self.matrix.shape != expected or not self.matrix.size:
            raise ValueError(
                f"Expected values for {expected[0]} rows and {expected[1]} columns, got shape {self.matrix.shape}."
            )

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The values. [rows, columns]"""
        return np.asarray(self.values, np.float64)

    def to_html(self) -> Markup:
        """The interactive heat map, a part of a page."""
        matrix, rows, columns, digits = self.matrix, self.rows, self.columns, self.digits
        picture = self._picture()
        shown = matrix.size <= TABLE if self.table is None else self.table
        return render_part(
            "heatmap.html",
            key=self.key,
            title=self.title,
            summary=self.summary or summarize(matrix, rows, columns, digits),
            width=picture.width,
            height=picture.height,
            svg=svg_body(picture.figure, self.key),
            data=json.dumps(_data(matrix, rows, columns, digits) | {"box": picture.box}, ensure_ascii=False),
            rows=[rows.text(n) for n in range(len(matrix))] if shown else None,
            columns=[columns.text(n) for n in range(matrix.shape[1])],
            row_name=rows.name,
            cells=[[number(value, digits) for value in row] for row in matrix] if shown else [],
        )

    def to_svg(self, margin: float = 0.0) -> Markup:
        """The picture alone.

        Args:
            margin: Room in CSS pixels above and to the right of the picture. In a page, slanted labels may reach
                beyond the drawing; a file would cut them off.
        """
        picture = self._picture()
        return Markup(
            f'<svg role="img" aria-label="{escape(self.title)}" '
            f'viewBox="0 0 {picture.width + margin:.2f} {picture.height + margin:.2f}">'
            f'<g transform="translate(0 {margin:g})">{svg_body(picture.figure, self.key)}</g></svg>'
        )

    def _picture(self) -> HeatmapPicture:
        finite = self.matrix[np.isfinite(self.matrix)]
        lowest, highest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        low = min(lowest, 0.0) if self.low is None else self.low
        high = highest if self.high is None else self.high
        if self.signed:
            high = max(abs(low), abs(high))
            low = -high
        if high <= low:
            high = low + 1.0
        return HeatmapPicture(
            self.matrix, self.rows, self.columns, low=low, high=high, signed=self.signed, digits=self.digits
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
