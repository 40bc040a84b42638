"""The rows or the columns of a matrix: their labels, and the groups that neighbours form."""

from collections.abc import Sequence
from dataclasses import dataclass

from seq2seq.pages.text import printable


@dataclass(frozen=True)
class Axis:
    """The rows, or the columns, of a matrix.

    Attributes:
        name: What one of them is, such as "source piece" or "unit".
        labels: The texts beside the picture.
        details: The texts that the readout shows for each; by default the labels.
        groups: The number of the group that each belongs to, ascending. A bar joins the members of a group, and a gap
            separates it from the next one.

    Example:
        >>> axis = Axis("piece", ["un", "seen", "."], groups=[0, 0, 1])
        >>> axis.runs(), axis.borders()
        ([(0, 1)], [2])
    """

    name: str
    labels: Sequence[str]
    details: Sequence[str] | None = None
    groups: Sequence[int] | None = None

    def text(self, index: int) -> str:
        """The text that the readout shows for one of them."""
        return printable((self.details or self.labels)[index])

    def runs(self) -> list[tuple[int, int]]:
        """First and last index of the groups that have more than one member."""
        if not self.groups:
            return []
        starts = [0, *self.borders()]
        ends = [*starts[1:], len(self.groups)]
        return [(start, end - 1) for start, end in zip(starts, ends, strict=True) if end - start > 1]

    def borders(self) -> list[int]:
        """Indices at which a new group begins, the first group left out."""
        groups = self.groups or ()
        return [n for n in range(1, len(groups)) if groups[n] != groups[n - 1]]
