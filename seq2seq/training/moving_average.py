"""The exponential moving average of a model's weights (Polyak and Juditsky, 1992), which is what a run delivers."""

import tensorflow as tf


def warmed_decay(decay: float, step: tf.Tensor) -> tf.Tensor:
    """The decay at an update: min(decay, (1 + step) / (10 + step)), since at first there is little past to average.

    Args:
        decay: Decay of a long training.
        step: Number of updates so far. Float32 scalar.
    """
    return tf.minimum(decay, (1.0 + step) / (10.0 + step))


def move_average(average: tf.Variable, value: tf.Tensor, decay: tf.Tensor) -> None:
    """Sets average ← decay · average + (1 − decay) · value, in one pass over memory.

    TensorFlow has no operator for that, but its proximal gradient descent (Duchi and Singer, 2009, section 5) with
    l1 = 0 sets variable ← (variable − α·δ) / (1 + α·l2). With δ = value, l2 = −1 and α = 1 − 1/decay the divisor is
    1/decay, so that the outcome is decay · (average − (1 − 1/decay) · value) = decay · average + (1 − decay) · value.

    Args:
        average: The average, which is changed in place.
        value: The newest value, of the same shape.
        decay: How much of the average stays, between 0 and 1. Scalar.
    """
    tf.raw_ops.ResourceApplyProximalGradientDescent(
        var=average.handle, alpha=1.0 - 1.0 / decay, l1=0.0, l2=-1.0, delta=value
    )
