"""Attention: how much each source position counts at a step of the decoder.

All kinds follow one scheme: each query gets a score per source position, a = softmax(scores), context = a·values. They
differ in the score of a query q (the decoder's hidden state) and a memory row m (an encoder output):

    dot             q·m                         Luong et al., 2015, section 3.1
    general         q·(m·W)                     ibid.
    additive        tanh(q·W + m·U)·v           Bahdanau et al., 2015, appendix A.1.2
    multi_head      (q·Q)·(m·K) / √d in heads of width d; the values are m·V    Vaswani et al., 2017, section 3.2

What does not depend on the query (m·W, m·U, m·K, m·V) is computed once per sentence, by `project`.
"""

from typing import NamedTuple

import keras
import tensorflow as tf

from seq2seq.model.products import dense, product
from seq2seq.model_settings import ModelSettings


class SourceMemory(NamedTuple):
    """What the decoder attends to, once per sentence: the encoder's outputs, or a projection of them.

    A sentence's beams are rows of its queries, so a memory is never repeated per beam.

    Attributes:
        values: What contexts are weighted means of; encoder outputs are zeros at padding. [sentences, source, width]
        mask: True where there is a source token. [sentences, source] bool
        keys: What queries are compared with if not with the values: none or one [sentences, source, width].
    """

    values: tf.Tensor
    mask: tf.Tensor
    keys: tuple[tf.Tensor, ...] = ()


class Attention(keras.layers.Layer):
    """The base of all kinds of attention: masked softmax and context."""

    heads = 1

    def build(self, query_width: int, memory_width: int) -> None:
        """Makes the weights, if there are any.

        Args:
            query_width: Width of the queries.
            memory_width: Width of the encoder's outputs.
        """
        self.width = memory_width  # of the contexts
        self.memory_widths: tuple[int, ...] = (memory_width,)  # of a projected memory's values and keys

    def project(self, memory: SourceMemory) -> SourceMemory:
        """Projects the encoder's outputs, once per sentence, to what `call` takes."""
        return memory

    def score(self, queries: tf.Tensor, memory: SourceMemory) -> tf.Tensor:
        """Computes the score of each query at each source position. [sentences, queries, source]"""
        raise NotImplementedError

    def call(self, queries: tf.Tensor, memory: SourceMemory) -> tuple[tf.Tensor, tf.Tensor]:
        """Attends to a memory.

        Args:
            queries: Queries of each sentence. [sentences, queries, query_width]
            memory: Memory of the same sentences, projected.

        Returns:
            Contexts [sentences, queries, width] and attention weights [sentences, queries, source]; the weights of a
            query sum to 1, and those at padding are 0.
        """
        weights = masked_softmax(self.score(queries, memory), memory.mask[:, None, :])
        return product(weights, memory.values), weights

    def attend_by_head(self, queries: tf.Tensor, memory: SourceMemory) -> tuple[tf.Tensor, tf.Tensor]:
        """Attends as `call` does, but returns the weights of every head: [sentences, heads, queries, source]."""
        context, weights = self.call(queries, memory)
        return context, weights[:, None]

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from; without this method Keras would leave out the name."""
        return super().get_config()


def masked_softmax(scores: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Computes the softmax over the last axis where `mask` is True, and 0 elsewhere. Same shape."""
    return tf.nn.softmax(tf.where(mask, scores, -1e9))


@keras.saving.register_keras_serializable(package="seq2seq")
class DotAttention(Attention):
    """Scores are dot products of queries and encoder outputs, which must have the same width. It has no weights."""

    def __init__(self, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the layer; `options` are those of `keras.layers.Layer`."""
        super().__init__(**options)
        self.built = True  # there is nothing to build

    def build(self, query_width: int, memory_width: int) -> None:
        """Checks the widths."""
        if query_width != memory_width:
            raise ValueError(f"dot attention of queries of width {query_width} to a memory of width {memory_width}")
        super().build(query_width, memory_width)

    def score(self, queries: tf.Tensor, memory: SourceMemory) -> tf.Tensor:
        """q·m"""
        return product(queries, memory.values, transpose_b=True)  # [sentences, queries, source]


@keras.saving.register_keras_serializable(package="seq2seq")
class GeneralAttention(Attention):
    """Scores are dot products of queries and linearly mapped encoder outputs."""

    def build(self, query_width: int, memory_width: int) -> None:
        """Makes W."""
        super().build(query_width, memory_width)
        self.memory_widths = (memory_width, query_width)
        self.kernel = self.add_weight((memory_width, query_width), initializer="glorot_uniform", name="kernel")

    def project(self, memory: SourceMemory) -> SourceMemory:
        """Keys m·W."""
        return memory._replace(keys=(dense(memory.values, self.kernel),))  # [sentences, source, query_width]

    def score(self, queries: tf.Tensor, memory: SourceMemory) -> tf.Tensor:
        """q·(m·W)"""
        (keys,) = memory.keys
        return product(queries, keys, transpose_b=True)  # [sentences, queries, source]


@keras.saving.register_keras_serializable(package="seq2seq")
class AdditiveAttention(Attention):
    """Scores come from a layer of tanh units, as many as a query is wide.

    It costs more than the other kinds: each pair of a query and a position has a vector of its own.
    """

    def build(self, query_width: int, memory_width: int) -> None:
        """Makes W, U and v."""
        super().build(query_width, memory_width)
        self.memory_widths = (memory_width, query_width)
        self.query_kernel = self.add_weight(
            (query_width, query_width), initializer="glorot_uniform", name="query_kernel"
        )
        self.kernel = self.add_weight((memory_width, query_width), initializer="glorot_uniform", name="kernel")
        self.scale = self.add_weight((query_width, 1), initializer="glorot_uniform", name="scale")

    def project(self, memory: SourceMemory) -> SourceMemory:
        """Keys m·U."""
        return memory._replace(keys=(dense(memory.values, self.kernel),))  # [sentences, source, query_width]

    def score(self, queries: tf.Tensor, memory: SourceMemory) -> tf.Tensor:
        """tanh(q·W + m·U)·v"""
        (keys,) = memory.keys
        projected = dense(queries, self.query_kernel)  # [sentences, queries, query_width]
        units = tf.tanh(projected[:, :, None, :] + keys[:, None, :, :])  # [sentences, queries, source, query_width]
        return dense(units, self.scale)[..., 0]  # [sentences, queries, source]


@keras.saving.register_keras_serializable(package="seq2seq")
class MultiHeadAttention(Attention):
    """Several heads, each with its own linear maps of queries, keys and values; contexts are as wide as queries."""

    def __init__(self, heads: int, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the layer with `heads` heads, which must divide the width of the queries."""
        super().__init__(**options)
        self.heads = heads

    def build(self, query_width: int, memory_width: int) -> None:
        """Makes Q, K, V and the output's kernel."""
        if query_width % self.heads:
            raise ValueError(f"queries of width {query_width} do not divide into {self.heads} heads")
        super().build(query_width, memory_width)
        self.width = query_width
        self.memory_widths = (query_width, query_width)

        def kernel(name: str, inputs: int) -> keras.Variable:
            return self.add_weight((inputs, query_width), initializer="glorot_uniform", name=name)

        self.query_kernel = kernel("query_kernel", query_width)
        self.key_kernel = kernel("key_kernel", memory_width)
        self.value_kernel = kernel("value_kernel", memory_width)
        self.output_kernel = kernel("output_kernel", query_width)

    def project(self, memory: SourceMemory) -> SourceMemory:
        """Keys and values of all heads side by side."""
        keys = dense(memory.values, self.key_kernel)  # [sentences, source, query_width]
        return memory._replace(values=dense(memory.values, self.value_kernel), keys=(keys,))

    def call(self, queries: tf.Tensor, memory: SourceMemory) -> tuple[tf.Tensor, tf.Tensor]:
        """Attends to a memory, see `Attention.call`; the weights are the mean over the heads."""
        context, weights = self.attend_by_head(queries, memory)
        return context, tf.reduce_mean(weights, 1)

    def attend_by_head(self, queries: tf.Tensor, memory: SourceMemory) -> tuple[tf.Tensor, tf.Tensor]:
        """Attends as `call` does, but returns the weights of every head: [sentences, heads, queries, source]."""
        (keys,) = memory.keys
        q = self._split(dense(queries, self.query_kernel)) * (self.width // self.heads) ** -0.5
        scores = product(q, self._split(keys), transpose_b=True)  # [sentences, heads, queries, source]
        weights = masked_softmax(scores, memory.mask[:, None, None, :])
        contexts = product(weights, self._split(memory.values))  # [sentences, heads, queries, width / heads]
        joined = tf.reshape(tf.transpose(contexts, [0, 2, 1, 3]), tf.shape(queries))  # [sentences, queries, width]
        return dense(joined, self.output_kernel), weights

    def _split(self, x: tf.Tensor) -> tf.Tensor:
        """Splits [sentences, positions, width] → [sentences, heads, positions, width / heads]."""
        shape = tf.shape(x)
        return tf.transpose(tf.reshape(x, [shape[0], shape[1], self.heads, self.width // self.heads]), [0, 2, 1, 3])

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from."""
        return super().get_config() | {"heads": self.heads}


def make_attention(settings: ModelSettings) -> Attention:
    """Makes the attention of a model."""
    if settings.attention == "multi_head":
        return MultiHeadAttention(settings.head_count, name="attention")
    kinds = {"dot": DotAttention, "general": GeneralAttention, "additive": AdditiveAttention}
    return kinds[settings.attention](name="attention")
