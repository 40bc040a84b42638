import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model_settings import ModelSettings
from seq2seq.training.data.batch import Batch
from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy
from seq2seq.training.optimizer import Adam
from seq2seq.training.training_model import TrainingModel

SHAPE = ModelSettings(vocabulary_size=20, embedding_size=8, encoder_size=4, decoder_layers=1, decoder_size=8)

SOURCE = np.array([[4, 5, 6, 3], [7, 8, 3, 0], [9, 3, 0, 0]], np.int32)
TARGET = np.array([[10, 11, 12, 13, 3], [14, 3, 0, 0, 0], [15, 16, 3, 0, 0]], np.int32)


def begun(ema_decay):
    """The model before any update."""
    return TrainingModel(
        SHAPE,
        seed=1,
        objective=CrossEntropy(0.1),
        clip_norm=0.5,
        ema_decay=ema_decay,
        product_precision="float32",
    )


def updated(*batches, ema_decay=0.5):
    """The model after one update from `batches` (rows of the text), and the figures of the update."""
    model = begun(ema_decay)
    optimizer = Adam(0.01, name="adam")
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, jit_compile=False)
    data = tuple(Batch(tf.constant(SOURCE[rows]), tf.constant(TARGET[rows])) for rows in batches)
    logs = tf.function(model.train_step, autograph=False)(data)
    return model, {name: float(value) for name, value in logs.items()}


@pytest.mark.parametrize("batches", [([0, 1], [2]), ([2], [1], [0])])
def test_several_batches_are_one_of_all_their_sentences(batches):
    whole, expected = updated([0, 1, 2])
    parts, found = updated(*batches)
    assert found == pytest.approx(expected, rel=1e-5)
    assert found["tokens"] == 10 and found["source_tokens"] == 9
    for one, other in zip(parts.trainable_variables, whole.trainable_variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-4)


def test_the_average_moves_once_per_update():
    model, _ = updated([0], [1], [2])
    assert int(model.optimizer.iterations) == 1
    decay = 2 / 11  # (1 + step) / (10 + step) of the first update, below 0.5
    for average, w, before in zip(
        model.averages, model.trainable_variables, begun(0.5).trainable_variables, strict=True
    ):
        expected = decay * before.numpy() + (1 - decay) * w.numpy()
        np.testing.assert_allclose(average.numpy(), expected, atol=1e-6)
