"""Attention: which source positions the decoder looks at (Luong et al., 2015)."""

from typing import NamedTuple

import keras
import tensorflow as tf

from seq2seq.model.products import product


class Memory(NamedTuple):
    """What the decoder can look at: the encoder's outputs, once per sentence.

    A sentence's beams are rows of its queries, so a memory is never repeated per beam.
    """

    values: tf.Tensor
    """Encoder outputs, zeros at padding. [sentences, source, width]"""
    mask: tf.Tensor
    """True where there is a source piece. [sentences, source] bool"""


@keras.saving.register_keras_serializable(package="seq2seq")
class DotAttention(keras.layers.Layer):
    """Scores are dot products: a = softmax(q·Mᵀ), context = a·M (Luong et al., 2015, equation 8, "dot").

    It has no weights; queries and memory must be of one width.
    """

    def call(self, queries: tf.Tensor, memory: Memory) -> tuple[tf.Tensor, tf.Tensor]:
        """Looks up each query in its sentence's memory.

        Args:
            queries: [sentences, queries, width].
            memory: of the same sentences.

        Returns:
            Contexts [sentences, queries, width] and attention weights [sentences, queries, source]; the weights of a
            query sum to 1, and those at padding are 0.
        """
        scores = product(queries, memory.values, transpose_b=True)  # [sentences, queries, source]
        weights = tf.nn.softmax(tf.where(memory.mask[:, None, :], scores, -1e9))
        return product(weights, memory.values), weights
