"""Dropout (Srivastava et al., 2014) whose masks are drawn a byte per value.

Drawing random numbers is most of what dropout costs on a CPU. A byte decides as well as a float of 32 bits does, at a
quarter of the draws; the probability is rounded to a multiple of 1/256, and the scale makes up for it exactly.
"""

import keras
import tensorflow as tf


def keep_mask(shape: tf.Tensor, probability: float, seed: tf.Tensor) -> tf.Tensor:
    """Draws a mask: zeros with `probability`, else 1 / (1 − probability), so that the expectation is 1.

    Args:
        shape: Shape of the mask, as a tensor.
        probability: Probability of a zero, from 0 to below 1; rounded to a multiple of 1/256.
        seed: Two integers; the same seed gives the same mask.

    Returns:
        float32 of `shape`.

    Example:
        >>> mask = keep_mask(tf.constant([2, 500]), 0.25, tf.constant([1, 2]))
        >>> mask.shape.as_list(), sorted({round(float(x), 3) for x in mask[0]})
        ([2, 500], [0.0, 1.333])
    """
    threshold = min(round(probability * 256), 255)
    values = tf.reduce_prod(shape)
    words = tf.random.stateless_uniform(
        [(values + 3) // 4], tf.cast(seed, tf.int32), minval=None, maxval=None, dtype=tf.uint32
    )
    draws = tf.reshape(tf.bitcast(words, tf.uint8), [-1])[:values]
    kept = tf.cast(draws >= tf.constant(threshold, tf.uint8), tf.float32)
    return tf.reshape(kept * (256 / (256 - threshold)), shape)


@keras.saving.register_keras_serializable(package="seq2seq")
class Dropout(keras.layers.Layer):
    """Drops values (or, with `whole_vectors`, whole vectors along the last axis) while training."""

    def __init__(self, rate: float, whole_vectors: bool = False, seed: int | None = None, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the layer.

        Args:
            rate: Probability that a value is dropped.
            whole_vectors: Whether vectors are dropped as a whole, as word dropout does with embeddings.
            seed: Seed of the masks; None draws one.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.rate = rate
        self.whole_vectors = whole_vectors
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds") if rate else None
        self.built = True

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Multiplies `inputs` with a mask; without `training` they stay unchanged. Same shape."""
        if not training or self.seed_generator is None:
            return inputs
        shape = tf.shape(inputs)
        if self.whole_vectors:
            shape = tf.concat([shape[:-1], [1]], 0)
        return inputs * keep_mask(shape, self.rate, self.seed_generator.next())

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from."""
        return super().get_config() | {
            "rate": self.rate,
            "whole_vectors": self.whole_vectors,
            "seed": self.seed,
        }
