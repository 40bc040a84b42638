import numpy as np
import pytest
import tensorflow as tf

from seq2seq.inspection.gradients import Gradients, forgetting_curve, gradients, gradients_of, source_curve
from seq2seq.model.attention import SourceMemory

SOURCE, TARGET = [4, 5, 6, 7, 3], [10, 11, 12, 13, 14, 3]


def step_by_step(model, source, target):
    """The same norms, one loss and one gradient at a time."""
    x = model.embed_source(tf.constant([source]))
    y = model.embed_target(tf.constant([[2, *target[:-1]]]))
    mask = tf.fill([1, len(source)], True)
    of_target, of_source = [], []
    for t, token in enumerate(target):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            readout = model.decoder(y, SourceMemory(model.encoder(x, tf.constant([len(source)])), mask))
            loss = -tf.nn.log_softmax(model.logits(readout[0, t]))[token]
        dx, dy = tape.gradient(loss, [x, y])
        of_target.append(np.linalg.norm(dy[0], axis=-1))
        of_source.append(np.linalg.norm(dx[0], axis=-1))
    return np.array(of_target), np.array(of_source)


@pytest.mark.parametrize("options", [{}, {"cell": "gru", "input_feeding": True}], ids=str)
def test_every_norm_is_that_of_its_own_loss(make_model, options):
    model = make_model(**options)
    found = gradients(model, SOURCE, TARGET)
    of_target, of_source = step_by_step(model, SOURCE, TARGET)
    np.testing.assert_allclose(found.target, of_target, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.source, of_source, rtol=1e-4, atol=1e-6)
    assert not np.triu(found.target, 1).any()  # no step hears of what comes later
    assert (found.source > 0).all()


def test_traced_once_it_gives_the_same(make_model):
    model = make_model()
    pairs = [(SOURCE, TARGET), (SOURCE[2:], TARGET[3:])]
    for (source, target), found in zip(pairs, gradients_of(model, pairs), strict=True):
        np.testing.assert_allclose(found.target, gradients(model, source, target).target, rtol=1e-4, atol=1e-6)


def test_without_recurrence_nothing_is_remembered(make_model):
    model = make_model(cell="rnn", bridge="zero")
    for layer in model.decoder.cells:
        layer.recurrent_kernel.assign(np.zeros(layer.recurrent_kernel.shape))
    found = gradients(model, SOURCE, TARGET).target
    np.testing.assert_array_equal(found, np.diag(np.diag(found)))


def test_the_curve_is_a_geometric_mean_by_distance():
    powers = np.array([[2.0, 0, 0], [0.5, 1.0, 0], [0.4, 0.2, 4.0]], np.float32)
    curve = forgetting_curve([Gradients(powers, powers)])
    assert curve.distances.tolist() == [0, 1, 2]
    assert curve.counts.tolist() == [3, 2, 1]
    np.testing.assert_allclose(curve.strengths, [1, np.sqrt(0.5 * 0.05), 0.1], rtol=1e-6)
    assert curve.at(2) == pytest.approx(0.1)
    assert curve.at(3) is None


def test_the_half_life_is_that_of_a_power():
    t, s = np.indices((9, 9))
    fading = np.where(t >= s, 0.5 ** ((t - s) / 3), 0).astype(np.float32)
    assert forgetting_curve([Gradients(fading, fading)] * 2).half_life == pytest.approx(3, rel=1e-5)
    steady = np.tril(np.ones((4, 4), np.float32))
    assert forgetting_curve([Gradients(steady, steady)]).half_life == float("inf")
    assert forgetting_curve([Gradients(np.ones((1, 1), np.float32), steady)]).half_life == float("inf")


def test_the_source_is_before_and_behind():
    flat = np.full((3, 2), 7, np.float32)
    curve = source_curve([Gradients(np.eye(3, dtype=np.float32), flat)])
    assert curve.distances.tolist() == [-1, 0, 1, 2]
    assert curve.counts.tolist() == [1, 2, 2, 1]
    np.testing.assert_allclose(curve.strengths, 1, rtol=1e-6)
