from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.training.data.batch import Batch
from seq2seq.training.objectives.objective import ObjectiveLoss
from seq2seq.training.training_model import TrainingModel

SOURCES, TARGETS = [6, 1, 4, 3], [3, 5, 1, 6]


@pytest.fixture
def batch(random_ids):
    return tf.constant(random_ids(SOURCES, seed=1)), tf.constant(random_ids(TARGETS, seed=2))


def update(model, batch):
    """One update from one batch; several: `test_accumulate`."""
    return model.train_step((Batch(*batch),))


def weights_of(model):
    return [w.numpy() for w in model.trainable_variables]


def gradients_of(model, batch, smoothing):
    with tf.GradientTape() as tape:
        loss = model.loss_sums(*batch, smoothing).smoothed
    gradients = tape.gradient(loss, [w.value for w in model.trainable_variables])
    return [tf.convert_to_tensor(gradient).numpy() / sum(TARGETS) for gradient in gradients]


def norm_of(arrays):
    return np.sqrt(sum(float((array.astype(np.float64) ** 2).sum()) for array in arrays))


def updated(model, batch):
    """What one plain gradient step of rate 1 adds to the weights, and its logs."""
    model.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
    before = weights_of(model)
    logs = update(model, batch)
    return [after - w for after, w in zip(weights_of(model), before, strict=True)], logs


@pytest.mark.parametrize(("tied", "tables"), [(True, 1), (False, 2)])
def test_lookups_of_all_parts_become_one_dense_gradient_per_table(make_training_model, batch, tied, tables):
    model = make_training_model(tied=tied, shards=3)
    graph = tf.function(model._gradients).get_concrete_function(Batch(*batch), tf.constant(1.0)).graph
    assert sum(operation.type == "UnsortedSegmentSum" for operation in graph.get_operations()) == tables


@pytest.mark.parametrize(("smoothing", "shards"), [(0.0, 1), (0.2, 1), (0.2, 2), (0.0, 3), (0.2, 6)])
def test_gradient_is_that_of_the_summed_loss_per_token(make_training_model, batch, smoothing, shards):
    """Whatever the number of shards; of six, two have no sentence."""
    model = make_training_model(smoothing=smoothing, clip_norm=1e9, shards=shards)
    expected = gradients_of(model, batch, smoothing)
    plain = float(model.loss_sums(*batch).plain)
    change, logs = updated(model, batch)
    for got, gradient, weight in zip(change, expected, model.trainable_variables, strict=True):
        np.testing.assert_allclose(got, -gradient, rtol=1e-4, atol=2e-6, err_msg=weight.path)
    assert float(logs["loss_sum"]) == pytest.approx(plain, rel=1e-6), "reported is the loss without smoothing"
    assert int(logs["tokens"]) == sum(TARGETS)
    assert int(logs["source_tokens"]) == sum(SOURCES)
    assert float(logs["gradient_norm"]) == pytest.approx(norm_of(expected), rel=1e-5)


@pytest.mark.parametrize("share", [0.5, 0.01])
def test_clipping_by_the_norm_of_all(make_training_model, batch, share):
    model = make_training_model(smoothing=0.1)
    gradients = gradients_of(model, batch, 0.1)
    clip = share * norm_of(gradients)
    clipped = make_training_model(smoothing=0.1, clip_norm=clip)
    change, logs = updated(clipped, batch)
    assert norm_of(change) == pytest.approx(clip, rel=1e-3)
    for got, gradient in zip(change, gradients, strict=True):
        np.testing.assert_allclose(got, -share * gradient, rtol=1e-3, atol=2e-6)
    assert float(logs["gradient_norm"]) == pytest.approx(norm_of(gradients), rel=1e-5), "the norm before clipping"


def test_padding_weighs_nothing(make_training_model, batch, pad_more):
    results = []
    for columns in (0, 6):
        model = make_training_model()
        logs = update(model, [pad_more(ids, columns) for ids in batch])
        results.append((weights_of(model), {name: float(value) for name, value in logs.items()}))
    assert results[1][1] == pytest.approx(results[0][1], rel=1e-5)
    for a, b in zip(results[0][0], results[1][0], strict=True):
        # Adam's first step is rate · sign(gradient): where the gradient is next to nothing, its sign is noise.
        assert np.median(np.abs(a - b)) < 1e-6


def test_moving_average(make_training_model, batch):
    model = make_training_model(ema_decay=0.5)
    expected = [w.astype(np.float64) for w in weights_of(model)]
    for step in range(1, 13):
        update(model, batch)
        # As of Adam's step counter, lower at the beginning: there is little past.
        decay = min(0.5, (1 + step) / (10 + step))
        expected = [a - (1 - decay) * (a - w) for a, w in zip(expected, weights_of(model), strict=True)]
    raw = weights_of(model)
    with model.averaged():
        for got, a, w in zip(weights_of(model), expected, raw, strict=True):
            np.testing.assert_allclose(got, a, rtol=1e-5, atol=1e-6)
            assert np.abs(got - w).max() > 1e-4


def test_without_moving_average(make_training_model, batch):
    model = make_training_model(ema_decay=0.0)
    update(model, batch)
    raw = weights_of(model)
    with model.averaged():
        for a, b in zip(weights_of(model), raw, strict=True):
            np.testing.assert_array_equal(a, b)


def test_bfloat16_in_training_only(make_training_model, batch):
    exact, rounded = make_training_model(), make_training_model(product_precision="bfloat16")
    loss = float(update(exact, batch)["loss_sum"])
    there = float(update(rounded, batch)["loss_sum"])
    assert there != loss
    assert there == pytest.approx(loss, rel=0.02)
    again = make_training_model(product_precision="bfloat16")
    assert float(again.loss_sums(*batch).plain) == pytest.approx(loss, rel=1e-6), "validation is float32"


def test_what_is_dropped_in_training(make_training_model, batch, all_dropouts):
    model = make_training_model(**all_dropouts)
    plain = float(model.loss_sums(*batch).plain)
    one, two, again = (
        float(update(make_training_model(**all_dropouts | {"seed": seed}), batch)["loss_sum"]) for seed in (1, 2, 1)
    )
    assert len({plain, one, two}) == 3
    assert again == one


def test_fit_traces_once_and_learns(make_training_model, random_ids):
    """Batches of any shape go through one graph; the loss of the same few sentences falls; logs are of one batch."""
    model = make_training_model(learning_rate=0.02)
    first = float(model.loss_sums(random_ids([3], seed=1), random_ids([4], seed=2)).plain)
    traces, losses, tokens = [], [], []
    original = TrainingModel.train_step

    def batches():
        for n in range(60):
            rows = 1 + n % 3
            source = random_ids([3 + n % 2] * rows, seed=1, extra=n % 4)
            yield (Batch(source, random_ids([4] * rows, seed=2, extra=n % 5)),)

    class Counting(TrainingModel):
        def train_step(self, data):
            traces.append([ids.shape for ids in data[0][:2]])
            return original(self, data)

    class Losses(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            losses.append(float(logs["loss_sum"]) / int(logs["tokens"]))
            tokens.append(int(logs["tokens"]))

    model.__class__ = Counting
    ids = tf.TensorSpec([None, None], tf.int32)
    data = tf.data.Dataset.from_generator(batches, output_signature=(Batch(ids, ids),))
    model.fit(data, epochs=1, steps_per_epoch=60, callbacks=[Losses()], verbose=0)
    assert tokens == [4, 8, 12] * 20
    assert losses[0] * 4 == pytest.approx(first, rel=1e-5)
    # Keras may try a first call without a graph; more graphs than one would mean one for each shape.
    assert len(traces) <= 2, traces
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_averaged_swaps_back_to_the_bit(make_training_model, random_ids):
    model = make_training_model()
    update(model, (random_ids([4, 3]), random_ids([3, 5])))
    # What arithmetic would not bring back.
    odd = np.array([np.nan, -0.0, np.inf, 1e-45, 3.4e38], np.float32)
    bias = model.softmax_bias.numpy()
    bias[:5] = odd
    model.softmax_bias.assign(bias)
    before = [w.numpy().tobytes() for w in model.trainable_variables]
    with model.averaged():
        inside = [w.numpy().tobytes() for w in model.trainable_variables]
    assert inside != before
    assert [w.numpy().tobytes() for w in model.trainable_variables] == before
    with pytest.raises(ZeroDivisionError), model.averaged():
        raise ZeroDivisionError
    assert [w.numpy().tobytes() for w in model.trainable_variables] == before


class Doubled:
    """An objective: twice the cross-entropy of pairs of tag 1, the plain one of others; a sum of its own."""

    def loss(self, model, batch, share, tables):
        sums = model.loss_sums(*batch[:2], 0.0, True, tables)
        twice = tf.cast(1 + batch.tag[0], tf.float32)
        own = {"loss_sum": sums.plain, "tags": tf.reduce_sum(batch.tag)}
        return ObjectiveLoss(share * twice * sums.smoothed, own)


@pytest.mark.parametrize("batches", [1, 2])
def test_an_objective_gets_all_fields_of_a_batch_and_its_sums_are_reported(make_training_model, batch, batches):
    options = {"clip_norm": 1e9, "shards": 2, "smoothing": 0.0}
    plain, doubled = (make_training_model(objective=objective, **options) for objective in (None, Doubled()))
    changes = []
    for model, tag in ((plain, ()), (doubled, tf.constant([1, 1, 1, 1]))):
        model.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
        before = weights_of(model)
        logs = model.train_step((Batch(*batch, tag=tag),) * batches)
        changes.append([after - w for after, w in zip(weights_of(model), before, strict=True)])
    assert int(logs["tags"]) == 4 * batches
    for one, two in zip(*changes, strict=True):
        np.testing.assert_allclose(two, 2 * one, rtol=1e-4, atol=2e-6)
