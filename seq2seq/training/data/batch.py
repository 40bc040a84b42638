"""One batch as a named tuple, of NumPy arrays or of tensors."""

from __future__ import annotations

from typing import Any, NamedTuple

Absent = tuple[()]
"""The type of a field that a batch does not have: to `tf.data` and `tf.function`, an empty tuple is no component."""


class Batch(NamedTuple):
    """Padded token ids of some sentence pairs, and what else an objective needs to know of them.

    Each array's first axis is that of the pairs. All batches of a run have the same fields.

    Attributes:
        source: Source ids; each row has EOS before its padding. Int32 [rows, source].
        target: Target ids; each row has EOS before its padding. Int32 [rows, target].
        more_targets: Further targets of each row, such as a teacher's outputs. Each int32 [rows, target of its own].
        tag: Number of the kind of pair, such as its corpus or its direction. Int32 [rows].
        weight: How much each pair counts. Float32 [rows].

    Example:
        >>> import numpy as np
        >>> batch = Batch(np.array([[5, 3]], np.int32), np.array([[7, 8, 3]], np.int32))
        >>> batch.target.shape, batch.weight
        ((1, 3), ())
    """

    source: Any
    target: Any
    more_targets: tuple[Any, ...] = ()
    tag: Any | Absent = ()
    weight: Any | Absent = ()
