from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.training.optimizer import Adam

SHAPES = [(4, 3), (5,), (2, 2, 2)]


def variables_of(seed=0):
    random = np.random.default_rng(seed)
    values = [random.normal(size=shape).astype(np.float32) for shape in SHAPES]
    return [keras.Variable(value, name=f"v{n}") for n, value in enumerate(values)]


def gradients_of(step):
    random = np.random.default_rng((1, step))
    # Gradients of very different sizes, and some zeros.
    return [
        tf.constant((random.normal(size=shape) * 10.0 ** (n - 2) * (random.random(shape) > 0.2)).astype(np.float32))
        for n, shape in enumerate(SHAPES)
    ]


def run(optimizer, variables, steps, traced):
    def update(*gradients):
        optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))

    optimizer.build(variables)
    apply = tf.function(update, autograph=False) if traced else update
    for step in steps:
        optimizer.learning_rate.assign(0.01 / (step + 1))
        apply(*gradients_of(step))


@pytest.mark.parametrize("traced", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("options", [{}, {"beta_1": 0.8, "beta_2": 0.98, "epsilon": 1e-4}])
def test_equals_keras(traced, options):
    """After each of several steps, with a rate that changes."""
    ours, theirs = variables_of(), variables_of()
    optimizer, reference = Adam(0.01, **options), keras.optimizers.Adam(0.01, **options)
    for step in range(8):
        run(optimizer, ours, [step], traced)
        run(reference, theirs, [step], traced)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0, atol=1e-6)
    assert int(optimizer.iterations.numpy()) == 8
    assert np.abs(ours[0].numpy() - variables_of()[0].numpy()).max() > 0.01, "nothing was learnt"
    # Keras's own names, so that either can go on with the other's variables.
    assert [v.path.split("/")[1:] for v in optimizer.variables] == [v.path.split("/")[1:] for v in reference.variables]
    for a, b in zip(optimizer.variables, reference.variables, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-7, err_msg=a.path)


def test_config_round_trip():
    optimizer = Adam(0.02, 0.7, 0.95, 1e-5, name="adam")
    text = json.dumps(keras.saving.serialize_keras_object(optimizer))
    clone = keras.saving.deserialize_keras_object(json.loads(text))
    assert type(clone) is Adam
    assert clone.get_config() == optimizer.get_config()
    ours, theirs = variables_of(), variables_of()
    run(optimizer, ours, range(3), traced=False)
    run(clone, theirs, range(3), traced=False)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_goes_on_from_its_variables():
    ours, theirs = variables_of(), variables_of()
    whole, first, second = Adam(0.01), Adam(0.01), Adam(0.01)
    run(whole, ours, range(6), traced=False)
    run(first, theirs, range(3), traced=False)
    second.build(theirs)
    for variable, saved in zip(second.variables, first.variables, strict=True):
        variable.assign(saved.numpy())
    run(second, theirs, range(3, 6), traced=False)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
