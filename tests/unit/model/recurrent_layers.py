"""Compares one of our recurrent layers with Keras's own."""

import keras
import numpy as np
import tensorflow as tf

from seq2seq.model.recurrent import Recurrent

BATCH, TIME, INPUTS, UNITS = 4, 7, 5, 6


def assert_equal_to_keras(ours: Recurrent, theirs: keras.layers.RNN, masked: bool, *, traced: bool = True) -> None:
    """Outputs, last state and all gradients within 1e-5.

    Args:
        ours: a layer of `UNITS` units.
        theirs: Keras's, with return_sequences and return_state.
        masked: with a mask that has holes and a sentence without any input.
        traced: as a graph, as training runs it; else eagerly.
    """
    random = np.random.default_rng(1)
    x = tf.constant(random.normal(size=(BATCH, TIME, INPUTS)), tf.float32)
    first = tuple(tf.constant(random.normal(size=(BATCH, UNITS)), tf.float32) for _ in range(ours.facts.arity))
    mask = None
    if masked:
        present = random.random((BATCH, TIME)) < 0.7
        present[0] = False
        present[1] = True
        mask = tf.constant(present)
    ours.build((None, None, INPUTS))
    theirs(x)
    # Keras's biases begin at zero, where errors in a bias would not show.
    weights = [random.normal(size=w.shape) * 0.5 for w in theirs.get_weights()]
    assert [w.shape for w in weights] == [tuple(w.shape) for w in ours.trainable_variables]
    assert [w.name for w in theirs.trainable_variables] == [w.name for w in ours.trainable_variables]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    # Each output counts with a weight of its own, so that no error cancels.
    scales = [tf.constant(random.normal(size=(BATCH, TIME, UNITS)), tf.float32)]
    scales += [tf.constant(random.normal(size=(BATCH, UNITS)), tf.float32) for _ in first]

    def run(layer: keras.layers.Layer, x: tf.Tensor, first: tuple[tf.Tensor, ...]) -> tuple[list, list]:
        variables = [w.value for w in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch((x, first))
            hidden, *state = layer(x, initial_state=first if len(first) > 1 or layer is ours else first[0], mask=mask)
            outputs = [hidden, *tf.nest.flatten(state)]
            loss = tf.add_n([tf.reduce_sum(y * scale) for y, scale in zip(outputs, scales, strict=True)])
        return outputs, tape.gradient(loss, [x, *first, *variables])

    results = []
    for layer in (ours, theirs):
        function = tf.function(run, autograph=False) if traced else run
        outputs, gradients = function(layer, x, first)
        results.append([np.array(a) for a in [*outputs, *gradients]])
    for mine, expected in zip(*results, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-5, atol=1e-5)


def assert_steps_are_the_whole(layer: Recurrent) -> None:
    """`step` after `step` says what one call over all steps says."""
    random = np.random.default_rng(2)
    x = tf.constant(random.normal(size=(BATCH, TIME, INPUTS)), tf.float32)
    layer.build((None, None, INPUTS))
    layer.set_weights([random.normal(size=w.shape) * 0.5 for w in layer.trainable_variables])
    state = tuple(tf.constant(random.normal(size=(BATCH, UNITS)), tf.float32) for _ in range(layer.facts.arity))
    hidden, last = layer(x, initial_state=state)
    for t in range(TIME):
        h, state = layer.step(x[:, t], state)
        np.testing.assert_allclose(h, hidden[:, t], atol=1e-6)
    for stepped, walked in zip(state, last, strict=True):
        np.testing.assert_allclose(stepped, walked, atol=1e-6)
