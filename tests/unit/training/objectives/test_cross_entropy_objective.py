import pytest
import tensorflow as tf

from seq2seq.training.data.batch import Batch
from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy


def test_it_is_the_share_of_the_smoothed_loss_and_logs_the_plain_one(make_training_model, random_ids):
    model = make_training_model()
    batch = Batch(random_ids([4, 2], seed=1), random_ids([3, 5], seed=2))
    expected = model.loss_sums(batch.source, batch.target, 0.2)
    found = CrossEntropy(0.2).loss(model, batch, tf.constant(1 / 8), model.tables())
    assert float(found.loss) == pytest.approx(float(expected.smoothed) / 8, rel=1e-6)
    assert list(found.sums) == ["loss_sum"] and float(found.sums["loss_sum"]) == pytest.approx(float(expected.plain))
