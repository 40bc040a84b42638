"""Contract 3: more padding changes neither loss nor output; contract 10; and the model as a function."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.products import precision
from seq2seq.model.translation_model import TranslationModel
from seq2seq.model.weights import get_weights, set_weights
from seq2seq.tokenization.ids import BOS, PAD

SOURCES, TARGETS = [6, 1, 4, 3], [3, 5, 1, 6]
LAYERS = [(1, 1), (2, 2), (1, 3)]


@pytest.fixture
def batch(random_ids):
    return tf.constant(random_ids(SOURCES, seed=1)), tf.constant(random_ids(TARGETS, seed=2))


def real_positions(outputs, target):
    return tf.boolean_mask(outputs, tf.not_equal(target, PAD)).numpy()


@pytest.mark.parametrize(("encoder_layers", "decoder_layers"), LAYERS)
@pytest.mark.parametrize(("source_columns", "target_columns"), [(4, 0), (0, 5), (3, 2), (20, 20)])
def test_more_padding(make_model, batch, pad_more, encoder_layers, decoder_layers, source_columns, target_columns):
    model = make_model(encoder_layers=encoder_layers, decoder_layers=decoder_layers)
    source, target = batch
    wider = pad_more(source, source_columns), pad_more(target, target_columns)
    np.testing.assert_allclose(
        real_positions(model(wider), wider[1]), real_positions(model(batch), target), rtol=1e-5, atol=1e-6
    )
    for smoothing in (0.0, 0.1):
        loss, there = model.loss_sums(*batch, smoothing), model.loss_sums(*wider, smoothing)
        assert int(there.tokens) == int(loss.tokens) == sum(TARGETS)
        np.testing.assert_allclose([there.smoothed, there.plain], [loss.smoothed, loss.plain], rtol=1e-6)


def test_more_padding_changes_no_gradient(make_model, batch, pad_more):
    model = make_model()

    def gradients(source, target):
        with tf.GradientTape() as tape:
            loss = model.loss_sums(source, target, 0.1).smoothed
        return [tf.convert_to_tensor(g) for g in tape.gradient(loss, [w.value for w in model.trainable_variables])]

    there = gradients(*(pad_more(ids, 7) for ids in batch))
    for weight, a, b in zip(model.trainable_variables, gradients(*batch), there, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-5, err_msg=weight.path)


def test_loss_of_a_batch_is_the_sum_of_its_rows(make_model, batch):
    model = make_model()
    together = model.loss_sums(*batch, 0.1)
    rows = [model.loss_sums(batch[0][n : n + 1], batch[1][n : n + 1], 0.1) for n in range(len(SOURCES))]
    for name in ("smoothed", "plain", "tokens"):
        np.testing.assert_allclose(getattr(together, name), sum(float(getattr(r, name)) for r in rows), rtol=1e-5)


def test_loss_is_minus_the_log_probability_of_each_piece(make_model, batch):
    model = make_model()
    log_p = tf.nn.log_softmax(model.logits(model(batch))).numpy()
    expected = -sum(log_p[n, t, batch[1][n, t]] for n, length in enumerate(TARGETS) for t in range(length))
    np.testing.assert_allclose(model.loss_sums(*batch).plain, expected, rtol=1e-5)
    np.testing.assert_allclose(model.loss_sums(*batch).smoothed, expected, rtol=1e-5)


@pytest.mark.parametrize(("encoder_layers", "decoder_layers"), LAYERS)
def test_steps_equal_the_whole(make_model, batch, encoder_layers, decoder_layers):
    model = make_model(encoder_layers=encoder_layers, decoder_layers=decoder_layers)
    source, target = batch
    whole = model.logits(model(batch))
    memory, state = model.begin(source)
    tokens = tf.fill([len(SOURCES)], BOS)
    for t in range(target.shape[1]):
        logits, _, state = model.step(tokens, memory, state)
        here = target[:, t] != PAD
        np.testing.assert_allclose(logits[here], whole[:, t][here], rtol=1e-4, atol=1e-5)
        tokens = target[:, t]


def test_gradient_is_the_slope_of_the_loss(make_model, batch):
    """The hand-written gradients together: along random directions, against differences of the loss."""
    model = make_model()
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = model.loss_sums(*batch, 0.1).smoothed
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, [w.value for w in variables])]
    values = [w.numpy() for w in variables]
    for n, weight in enumerate(variables):
        direction = np.random.default_rng(n).choice([-1.0, 1.0], weight.shape).astype(np.float32)
        slope = float(tf.reduce_sum(gradients[n] * direction))
        size = 1e-3
        losses = []
        for sign in (1, -1):
            weight.assign(values[n] + sign * size * direction)
            losses.append(float(model.loss_sums(*batch, 0.1).smoothed))
        weight.assign(values[n])
        scale = float(tf.norm(gradients[n]))
        assert (losses[0] - losses[1]) / (2 * size) == pytest.approx(slope, rel=0.02, abs=0.02 * scale + 0.02), (
            weight.path
        )
        assert scale > 1e-4, f"{weight.path} has no gradient"


def test_nothing_is_random_when_not_training(make_model, batch, all_dropouts):
    model, plain = make_model(**all_dropouts), make_model()
    for _ in range(2):
        np.testing.assert_array_equal(model(batch), plain(batch))


def test_every_dropout_is_on_in_training(make_model, batch, all_dropouts):
    plain = make_model()(batch)
    for name, rate in all_dropouts.items():
        model = make_model(**{name: rate})
        first, second = model(batch, training=True), model(batch, training=True)
        assert np.abs(first - plain).max() > 1e-2, name
        assert np.abs(first - second).max() > 1e-2, name


@pytest.mark.parametrize("side", ["source", "target"])
def test_word_dropout_drops_whole_words(make_model, side):
    model = make_model(**{f"{side}_word_dropout": 0.5})
    vectors = getattr(model, f"embed_{side}")(tf.fill([20, 30], 7), training=True).numpy()
    dropped = (vectors == 0).all(-1)
    assert dropped.mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_allclose(vectors[~dropped], np.tile(2 * np.array(model.embeddings)[7], ((~dropped).sum(), 1)))


def test_one_seed_one_model(make_model, batch, all_dropouts):
    """Weights, and the masks of all dropouts, are functions of the seed."""
    one, two, other = (make_model(randomize=False, **all_dropouts | {"seed": seed}) for seed in (5, 5, 6))
    for a, b, c in zip(one.trainable_variables, two.trainable_variables, other.trainable_variables, strict=True):
        np.testing.assert_array_equal(a, b, err_msg=a.path)
        assert not a.path.endswith("kernel") or (np.array(a) != np.array(c)).any(), a.path
    for _ in range(2):
        outputs = one(batch, training=True)
        np.testing.assert_array_equal(two(batch, training=True), outputs)
        assert np.abs(outputs - other(batch, training=True)).max() > 1e-3


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_no_two_dropouts_draw_the_same_masks(make_model, all_dropouts, seed):
    model = make_model(randomize=False, encoder_layers=3, decoder_layers=3, **all_dropouts | {"seed": seed})
    seeds = [tuple(np.array(v).tolist()) for v in model.non_trainable_variables]
    # words of both sides, embedding; three a layer of the encoder; two a layer of the decoder and the read-out
    assert len(seeds) == 3 + 9 + 6 + 1
    assert len(set(seeds)) == len(seeds)


def test_bfloat16_is_close_and_holds_in_its_block_only(make_model, batch):
    model = make_model()
    exact = float(model.loss_sums(*batch).plain)
    with precision("bfloat16"):
        rounded = float(model.loss_sums(*batch).plain)
    assert rounded != exact
    assert rounded == pytest.approx(exact, rel=0.02)
    assert float(model.loss_sums(*batch).plain) == exact


def test_one_table(make_model):
    """Embeddings of source and target and the softmax are one variable."""
    model = make_model()
    tables = [w for w in model.trainable_variables if 30 in w.shape]
    assert sorted(tuple(w.shape) for w in tables) == [(30,), (30, 8)]


def test_round_trip(make_model, batch, all_dropouts):
    model = make_model(**all_dropouts)
    text = json.dumps(keras.saving.serialize_keras_object(model))
    clone = keras.saving.deserialize_keras_object(json.loads(text))
    assert type(clone) is TranslationModel
    assert clone.get_config() == model.get_config()
    set_weights(clone, get_weights(model), "test")
    np.testing.assert_array_equal(clone(batch), model(batch))
    np.testing.assert_array_equal(clone(batch, training=True), model(batch, training=True))


def test_sentences_of_nothing_but_their_end(make_model, random_ids):
    ids = tf.constant(random_ids([1, 1]))
    assert np.isfinite(make_model().loss_sums(ids, ids).plain)
