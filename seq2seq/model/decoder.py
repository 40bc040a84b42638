"""The decoder: LSTM layers that write the target with an eye on the memory."""

import keras
import tensorflow as tf

from seq2seq.model.attention import DotAttention, Memory
from seq2seq.model.dropout import Dropout
from seq2seq.model.lstm import LSTM
from seq2seq.model.products import dense
from seq2seq.model.recurrent import State


@keras.saving.register_keras_serializable(package="seq2seq")
class MeanBridge(keras.layers.Layer):
    """The decoder's first state from the mean of the memory: tanh(mean·W + b) for h and c of every layer.

    Bahdanau et al. (2015, appendix A.2.2) do so from the last backward state; in the mean every position has its say.
    """

    def __init__(self, layers: int, units: int, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes the bridge to `layers` LSTM layers of `units`."""
        super().__init__(**options)
        self.layers = layers
        self.units = units

    def build(self, memory_width: int) -> None:
        """Makes one dense layer per decoder layer."""
        self.kernels = [
            self.add_weight((memory_width, 2 * self.units), initializer="glorot_uniform", name=f"kernel_{n}")
            for n in range(self.layers)
        ]
        self.biases = [
            self.add_weight((2 * self.units,), initializer="zeros", name=f"bias_{n}") for n in range(self.layers)
        ]

    def call(self, memory: Memory) -> State:
        """The state (h₀, c₀, h₁, c₁, …) of the layers from the bottom, each [sentences, units]."""
        present = tf.cast(memory.mask, tf.float32)
        lengths = tf.maximum(tf.reduce_sum(present, 1, keepdims=True), 1.0)  # [sentences, 1]
        mean = tf.reduce_sum(memory.values * present[:, :, None], 1) / lengths  # [sentences, width]
        state: list[tf.Tensor] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            state += tf.split(tf.tanh(dense(mean, kernel) + bias), 2, axis=-1)
        return tuple(state)

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {"layers": self.layers, "units": self.units}


@keras.saving.register_keras_serializable(package="seq2seq")
class Decoder(keras.layers.Layer):
    """LSTM layers, of which the bottom one attends.

    The bottom layer reads the target's embeddings alone and asks the memory; the context goes into every layer above
    and into the read-out (Wu et al., 2016, section 3; Chen et al., 2018, section 3). No layer waits for the next one's
    answer to its own last step, so while training each layer's input products cover all time steps at once.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self,
        layers: int,
        units: int,
        readout_size: int,
        layer_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        readout_dropout: float = 0.0,
        seed: int | None = None,
        **options,
    ) -> None:
        """Makes the layers.

        Args:
            layers: number of LSTM layers; residual from the second on.
            units: of each layer; the memory must be as wide.
            readout_size: width of the output.
            layer_dropout: on what enters every layer above the first, the read-out included.
            recurrent_dropout: of the LSTM layers.
            readout_dropout: on the read-out.
            seed: of the dropouts.
            **options: of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.layers = layers
        self.units = units
        self.readout_size = readout_size
        self.layer_dropout = layer_dropout
        self.recurrent_dropout = recurrent_dropout
        self.readout_dropout = readout_dropout
        self.seed = seed

        def seed_of(n: int) -> int | None:
            return None if seed is None else seed + n

        self.lstms = [LSTM(units, recurrent_dropout, seed_of(n), name=f"lstm_{n}") for n in range(layers)]
        self.attention = DotAttention(name="attention")
        self.bridge = MeanBridge(layers, units, name="bridge")
        self.dropouts = [
            Dropout(layer_dropout, seed=seed_of(layers + n), name=f"decoder_dropout_{n}") for n in range(layers)
        ]
        self.dropout = Dropout(readout_dropout, seed=seed_of(2 * layers), name="readout_dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the layers' weights."""
        self.lstms[0].build(input_shape)
        for lstm in self.lstms[1:]:
            lstm.build((*input_shape[:-1], 2 * self.units))
        self.bridge.build(self.units)
        self.readout_kernel = self.add_weight(
            (2 * self.units, self.readout_size), initializer="glorot_uniform", name="readout_kernel"
        )
        self.readout_bias = self.add_weight((self.readout_size,), initializer="zeros", name="readout_bias")

    def initial_state(self, memory: Memory) -> State:
        """(h₀, c₀, h₁, c₁, …) before the first target piece, each [sentences, units]."""
        return self.bridge(memory)

    def readout(self, hidden: tf.Tensor, context: tf.Tensor, training: bool = False) -> tf.Tensor:
        """tanh([hidden; context]·W + b), what the vocabulary is compared with. [..., readout_size]"""
        joined = self.dropouts[-1](tf.concat([hidden, context], -1), training=training)
        return self.dropout(tf.tanh(dense(joined, self.readout_kernel) + self.readout_bias), training=training)

    def call(self, inputs: tf.Tensor, memory: Memory, training: bool = False) -> tf.Tensor:
        """All steps at once, each with the true piece before it (teacher forcing).

        Args:
            inputs: embeddings of the pieces before. [batch, target, inputs]
            memory: of the same sentences.
            training: whether dropout is on.

        Returns:
            Read-out states [batch, target, readout_size].
        """
        state = self.initial_state(memory)
        hidden, _ = self.lstms[0](inputs, initial_state=state[:2], training=training)
        context, _ = self.attention(hidden, memory)  # [batch, target, units]
        for n, lstm in enumerate(self.lstms[1:], start=1):
            joined = self.dropouts[n - 1](tf.concat([hidden, context], -1), training=training)
            above, _ = lstm(joined, initial_state=state[2 * n : 2 * n + 2], training=training)
            hidden = hidden + above
        return self.readout(hidden, context, training=training)

    def step(self, inputs: tf.Tensor, memory: Memory, state: State) -> tuple[tf.Tensor, tf.Tensor, State]:
        """One step, for decoding. The rows of a sentence stand together: rows = sentences · beams.

        Args:
            inputs: embeddings of the pieces before. [rows, inputs]
            memory: of the sentences.
            state: of the step before, each [rows, units].

        Returns:
            Read-out states [rows, readout_size], attention weights [rows, source] and the new state.
        """
        rows, sentences = tf.shape(inputs)[0], tf.shape(memory.values)[0]
        hidden, bottom = self.lstms[0].step(inputs, state[:2])
        queries = tf.reshape(hidden, [sentences, rows // sentences, self.units])
        context, weights = self.attention(queries, memory)
        context = tf.reshape(context, [rows, self.units])
        new_state: State = bottom
        for n, lstm in enumerate(self.lstms[1:], start=1):
            above, layer_state = lstm.step(tf.concat([hidden, context], -1), state[2 * n : 2 * n + 2])
            hidden = hidden + above
            new_state += layer_state
        return self.readout(hidden, context), tf.reshape(weights, [rows, tf.shape(weights)[-1]]), new_state

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {
            "layers": self.layers,
            "units": self.units,
            "readout_size": self.readout_size,
            "layer_dropout": self.layer_dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "readout_dropout": self.readout_dropout,
            "seed": self.seed,
        }
