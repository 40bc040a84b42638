"""Cutting a batch into shards, which are read side by side.

Within one operation threads wait for each other again and again, which costs most if operations are short, as those of
a recurrent step are. Shards wait for each other only at their end, so each is read by a thread of its own.
"""

from itertools import pairwise

import tensorflow as tf

from seq2seq.training.data.batch import Batch


def shards_of(batch: Batch, number: int) -> list[Batch]:
    """Cuts a batch into shards of as many rows, each without the padding that only the others need.

    Args:
        batch: A batch of tensors.
        number: Number of shards; of a batch with fewer rows, some are empty.
    """
    if number == 1:
        return [batch]
    rows = tf.shape(batch.source)[0]
    bounds = [rows * n // number for n in range(number + 1)]
    return [_shard(batch, begin, end) for begin, end in pairwise(bounds)]


def _shard(batch: Batch, begin: tf.Tensor, end: tf.Tensor) -> Batch:
    rows: Batch = tf.nest.map_structure(lambda array: array[begin:end], batch)
    return rows._replace(
        source=_trimmed(rows.source),
        target=_trimmed(rows.target),
        more_targets=tuple(_trimmed(target) for target in rows.more_targets),
    )


def _trimmed(ids: tf.Tensor) -> tf.Tensor:
    """Ids [rows, time] without columns that are all padding, but with one column at least."""
    longest = tf.reduce_max(tf.concat([[1], tf.math.count_nonzero(ids, 1, dtype=tf.int32)], 0))
    return ids[:, :longest]
