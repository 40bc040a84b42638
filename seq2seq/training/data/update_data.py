"""What updates learn from, as a `tf.data` pipeline."""

from collections.abc import Iterator

import tensorflow as tf

from seq2seq.training.data.batch import Batch
from seq2seq.training.data.batches import BatchStream


def specs(batch: Batch) -> Batch:
    """Describes all batches that have the fields of this one: its structure, with `tf.TensorSpec` of any shape."""
    return tf.nest.map_structure(lambda array: tf.TensorSpec([None] * len(array.shape), array.dtype), batch)


def update_data(stream: BatchStream, start: int, accumulate: int) -> tf.data.Dataset:
    """Makes the data of all updates from one step on, without end and prepared ahead in another thread.

    Args:
        stream: The batches of the run.
        start: Number of updates before the first one.
        accumulate: Number of batches of an update.

    Returns:
        For each update, a tuple of `accumulate` batches.
    """

    def updates() -> Iterator[tuple[Batch, ...]]:
        batches = stream.batches(start * accumulate)
        while True:
            yield tuple(next(batches) for _ in range(accumulate))

    signature = (specs(stream.batch(start * accumulate)),) * accumulate
    return tf.data.Dataset.from_generator(updates, output_signature=signature).prefetch(4)
