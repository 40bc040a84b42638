"""Bridges: the decoder's first state, made of the encoder's memory."""

import keras
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.products import dense
from seq2seq.model.unrolling import State
from seq2seq.model_settings import ModelSettings


class Bridge(keras.layers.Layer):
    """Makes a decoder's first state: the state of each layer from the bottom, in one flat tuple."""

    def __init__(self, layers: int, units: int, arity: int = 2, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the bridge to `layers` recurrent layers of `units` whose state has `arity` arrays."""
        super().__init__(**options)
        self.layers = layers
        self.units = units
        self.arity = arity

    def call(self, memory: SourceMemory) -> State:
        """The state (h₀, c₀, h₁, c₁, …), each [sentences, units].

        Args:
            memory: the encoder's outputs, not projected.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {"layers": self.layers, "units": self.units, "arity": self.arity}


@keras.saving.register_keras_serializable(package="seq2seq")
class ZeroBridge(Bridge):
    """Zeros: what the decoder knows of the source, it has from attention."""

    def build(self, memory_width: int) -> None:
        """Makes no weights."""

    def call(self, memory: SourceMemory) -> State:
        """Zeros, each [sentences, units]."""
        return (tf.zeros([tf.shape(memory.values)[0], self.units]),) * (self.layers * self.arity)


class DenseBridge(Bridge):
    """tanh(summary·W + b) for every array of every layer; its siblings differ in the summary."""

    def build(self, memory_width: int) -> None:
        """Makes one dense layer per decoder layer."""
        width = self.arity * self.units
        self.kernels = [
            self.add_weight((memory_width, width), initializer="glorot_uniform", name=f"kernel_{n}")
            for n in range(self.layers)
        ]
        self.biases = [self.add_weight((width,), initializer="zeros", name=f"bias_{n}") for n in range(self.layers)]

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """The sentence in one vector. [sentences, memory width]"""
        raise NotImplementedError

    def call(self, memory: SourceMemory) -> State:
        """The state (h₀, c₀, h₁, c₁, …), each [sentences, units]."""
        summary = self.summary(memory)
        state: list[tf.Tensor] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            state += tf.split(tf.tanh(dense(summary, kernel) + bias), self.arity, axis=-1)
        return tuple(state)


@keras.saving.register_keras_serializable(package="seq2seq")
class MeanBridge(DenseBridge):
    """The decoder's first state from the mean of the memory.

    Bahdanau et al. (2015, appendix A.2.2) do so from the last backward state; in the mean every position has its say.
    """

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """The mean over the real positions. [sentences, memory width]"""
        present = tf.cast(memory.mask, tf.float32)
        lengths = tf.maximum(tf.reduce_sum(present, 1, keepdims=True), 1.0)  # [sentences, 1]
        return tf.reduce_sum(memory.values * present[:, :, None], 1) / lengths


@keras.saving.register_keras_serializable(package="seq2seq")
class LastBridge(DenseBridge):
    """The decoder's first state from where the encoder's top layer ended (Sutskever et al., 2014, section 2).

    Forwards that is a sentence's last piece, backwards its first; padding has no part in either.
    """

    def __init__(self, layers: int, units: int, arity: int = 2, backward_units: int = 0, **options) -> None:  # type: ignore[no-untyped-def]
        """As `Bridge`; the last `backward_units` of a memory row come from a layer that reads backwards."""
        super().__init__(layers, units, arity, **options)
        self.backward_units = backward_units

    def summary(self, memory: SourceMemory) -> tf.Tensor:
        """The last outputs of both directions side by side. [sentences, memory width]"""
        ends = tf.maximum(tf.reduce_sum(tf.cast(memory.mask, tf.int32), 1) - 1, 0)  # [sentences]
        last = tf.gather(memory.values, ends, batch_dims=1)  # [sentences, memory width]
        forward_units = memory.values.shape[-1] - self.backward_units
        return tf.concat([last[:, :forward_units], memory.values[:, 0, forward_units:]], -1)

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {"backward_units": self.backward_units}


def make_bridge(settings: ModelSettings) -> Bridge:
    """Makes the bridge of a model."""
    shape = settings.decoder_layers, settings.decoder_size, settings.facts.arity
    if settings.bridge == "last":
        return LastBridge(*shape, settings.backward_units, name="bridge")
    return {"zero": ZeroBridge, "mean": MeanBridge}[settings.bridge](*shape, name="bridge")
