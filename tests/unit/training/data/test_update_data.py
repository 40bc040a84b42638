import itertools

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batch import Batch
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.data.update_data import specs, update_data


@pytest.mark.parametrize("accumulate", [1, 3])
def test_updates_take_up_the_stream_where_they_stand(short_text, small_tokenizer, accumulate):
    stream = BatchStream(short_text, TokenizerPair.of(small_tokenizer), batch_tokens=300, seed=1)
    data = list(itertools.islice(update_data(stream, 2, accumulate), 2))
    batches = [batch for update in data for batch in update]
    assert len(batches) == 2 * accumulate and all(isinstance(batch, Batch) for batch in batches)
    for number, batch in enumerate(batches):
        expected = stream.batch(2 * accumulate + number)
        np.testing.assert_array_equal(batch.source, expected.source)
        np.testing.assert_array_equal(batch.target, expected.target)


class Tagged:
    """A stream whose batches have more fields."""

    def batch(self, step):
        ids = np.full((2, 3 + step), step, np.int32)
        return Batch(ids, ids, (ids, ids), tag=np.array([step, 0], np.int32), weight=np.ones(2, np.float32))

    def batches(self, start):
        return map(self.batch, itertools.count(start))


def test_all_fields_of_a_batch_travel():
    update = next(iter(update_data(Tagged(), 1, 2)))
    assert [batch.tag.numpy().tolist() for batch in update] == [[2, 0], [3, 0]]
    assert [ids.shape for ids in update[1].more_targets] == [(2, 6), (2, 6)]
    assert update[0].weight.dtype == tf.float32


def test_specs_have_the_structure_of_the_batch():
    ids = tf.TensorSpec([None, None], tf.int32)
    assert specs(Batch(np.zeros((2, 3), np.int32), tf.zeros([1, 1], tf.int32))) == Batch(ids, ids)
