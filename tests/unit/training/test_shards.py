import numpy as np
import pytest
import tensorflow as tf

from seq2seq.training.data.batch import Batch
from seq2seq.training.shards import shards_of


@pytest.mark.parametrize("number", [1, 2, 3, 6])
def test_they_keep_all_tokens_and_no_padding_that_only_others_need(random_ids, number):
    lengths = ([6, 1, 4, 3], [3, 5, 1, 6], [2, 9, 1, 1])
    source, target, more = (tf.constant(random_ids(row, seed=1)) for row in lengths)
    batch = Batch(source, target, (more,), tag=tf.constant([3, 2, 1, 0]), weight=tf.constant([0.5, 1.0, 2.0, 4.0]))
    shards = shards_of(batch, number)
    assert len(shards) == number
    for whole, sides in (
        (source, [shard.source for shard in shards]),
        (target, [shard.target for shard in shards]),
        (more, [shard.more_targets[0] for shard in shards]),
    ):
        rows = []
        for ids in (side.numpy() for side in sides):
            rows += [row[row != 0].tolist() for row in ids]
            if number > 1 and len(ids):
                assert ids.shape[1] == max((ids != 0).sum(1))
        assert rows == [row[row != 0].tolist() for row in whole.numpy()]
    for name in ("tag", "weight"):
        parts = [getattr(shard, name).numpy() for shard in shards]
        np.testing.assert_array_equal(np.concatenate(parts), getattr(batch, name).numpy())


def test_what_a_batch_lacks_its_shards_lack(random_ids):
    ids = tf.constant(random_ids([2, 3]))
    assert all(shard[2:] == ((), (), ()) for shard in shards_of(Batch(ids, ids), 2))
