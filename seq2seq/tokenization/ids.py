"""The ids of special tokens, and rows of ids as one padded array.

Nothing heavy is imported here, so that every room may use it.
"""

import numpy as np
from numpy.typing import NDArray

PAD, UNK, BOS, EOS = 0, 1, 2, 3
"""Padding, unknown, begin and end of sentence."""

Ids = NDArray[np.int32]
"""An array of ids."""


def pad(rows: list[list[int]]) -> Ids:
    """Makes an array of rows of ids, padded on the right.

    Args:
        rows: Ids of each row.

    Returns:
        [rows, longest row] int32.

    Example:
        >>> pad([[5, 3], [7, 8, 3]]).tolist()
        [[5, 3, 0], [7, 8, 3]]
    """
    width = max(map(len, rows), default=0)
    padded = np.full((len(rows), width), PAD, np.int32)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded
