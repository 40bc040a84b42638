"""Bridges: the decoder's first state, computed from the encoder's outputs."""

import keras
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.products import dense
from seq2seq.model.unrolling import State
from seq2seq.model_settings import ModelSettings


class Bridge(keras.layers.Layer):
    """The base of all bridges; a state is the states of all layers from the bottom, as one flat tuple."""

    def __init__(self, layers: int, units: int, arity: int = 2, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the bridge.

        Args:
            layers: Number of decoder layers.
            units: Units of each layer.
            arity: Number of arrays in the state of each layer.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.layers = layers
        self.units = units
        self.arity = arity

    def call(self, memory: SourceMemory) -> State:
        """Computes the state (h₀, c₀, h₁, c₁, …), each [sentences, units].

        Args:
            memory: The encoder's outputs, not projected.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from."""
        return super().get_config() | {"layers": self.layers, "units": self.units, "arity": self.arity}


@keras.saving.register_keras_serializable(package="seq2seq")
class ZeroBridge(Bridge):
    """The first state is zero: the decoder sees the source through attention alone."""

    def build(self, memory_width: int) -> None:
        """Makes no weights."""

    def call(self, memory: SourceMemory) -> State:
        """Returns zeros, each [sentences, units]."""
        return (tf.zeros([tf.shape(memory.values)[0], self.units]),) * (self.layers * self.arity)


class DenseBridge(Bridge):
    """The first state is tanh(summary·W + b) for every array of every layer; subclasses have the summary."""

    def build(self, memory_width: int) -> None:
        """Makes one dense layer per decoder layer."""
        width = self.arity * self.units
        self.kernels = [
            self.add_weight((memory_width, width), initializer="glorot_uniform", name=f"kernel_{n}")
            for n in range(self.layers)
        ]
        self.biases = [self.add_weight((width,), initializer="zeros", name=f"bias_{n}") for n in range(self.layers)]

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """Sums the sentence up in one vector. [sentences, memory width]"""
        raise NotImplementedError

    def call(self, memory: SourceMemory) -> State:
        """Computes the state (h₀, c₀, h₁, c₁, …), each [sentences, units]."""
        summary = self.summary(memory)
        state: list[tf.Tensor] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            state += tf.split(tf.tanh(dense(summary, kernel) + bias), self.arity, axis=-1)
        return tuple(state)


@keras.saving.register_keras_serializable(package="seq2seq")
class MeanBridge(DenseBridge):
    """The first state comes from the mean of the encoder's outputs, in which every position counts.

    Bahdanau et al. (2015, appendix A.2.2) compute it from the last backward state instead.
    """

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """Computes the mean over the real positions. [sentences, memory width]"""
        present = tf.cast(memory.mask, tf.float32)
        lengths = tf.maximum(tf.reduce_sum(present, 1, keepdims=True), 1.0)  # [sentences, 1]
        return tf.reduce_sum(memory.values * present[:, :, None], 1) / lengths


@keras.saving.register_keras_serializable(package="seq2seq")
class LastBridge(DenseBridge):
    """The first state comes from the last outputs of the encoder's top layer (Sutskever et al., 2014, section 2).

    The forward layer ends at a sentence's last token, the backward layer at its first; neither is padding.
    """

    def __init__(self, layers: int, units: int, arity: int = 2, backward_units: int = 0, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the bridge.

        Args:
            layers: Number of decoder layers.
            units: Units of each layer.
            arity: Number of arrays in the state of each layer.
            backward_units: How many of the encoder's outputs, the last ones, come from the backward layer.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(layers, units, arity, **options)
        self.backward_units = backward_units

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """Joins the last outputs of both directions. [sentences, memory width]"""
        ends = tf.maximum(tf.reduce_sum(tf.cast(memory.mask, tf.int32), 1) - 1, 0)  # [sentences]
        last = tf.gather(memory.values, ends, batch_dims=1)  # [sentences, memory width]
        forward_units = memory.values.shape[-1] - self.backward_units
        return tf.concat([last[:, :forward_units], memory.values[:, 0, forward_units:]], -1)

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from."""
        return super().get_config() | {"backward_units": self.backward_units}


def make_bridge(settings: ModelSettings) -> Bridge:
    """Makes the bridge of a model."""
    shape = settings.decoder_layers, settings.decoder_size, settings.facts.arity
    if settings.bridge == "last":
        return LastBridge(*shape, settings.backward_units, name="bridge")
    return {"zero": ZeroBridge, "mean": MeanBridge}[settings.bridge](*shape, name="bridge")
