"""The decoder: recurrent layers that write the target with an eye on the memory."""

import keras
import tensorflow as tf

from seq2seq.model.attention import Memory, make_attention
from seq2seq.model.bridges import make_bridge
from seq2seq.model.cells import CELLS
from seq2seq.model.dropout import Dropout
from seq2seq.model.products import dense
from seq2seq.model.recurrent import State, swap


@keras.saving.register_keras_serializable(package="seq2seq")
class Decoder(keras.layers.Layer):
    """Recurrent layers, of which the bottom one attends.

    The bottom layer reads the target's embeddings alone and asks the memory; the context goes into every layer above
    and into the read-out (Wu et al., 2016, section 3; Chen et al., 2018, section 3). No layer waits for the next one's
    answer to its own last step, so while training each layer's input products cover all time steps at once.

    With input feeding (Luong et al., 2015, section 3.3) the bottom layer also reads the context of the step before. It
    then waits for the attention at every step; the layers above still take all steps at once.
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
        *,
        memory_width: int | None = None,
        backward_units: int | None = None,
        cell: str = "lstm",
        residual: bool = True,
        attention: str = "dot",
        attention_heads: int | None = None,
        input_feeding: bool = False,
        bridge: str = "mean",
        **options,
    ) -> None:
        """Makes the layers.

        Args:
            layers: number of recurrent layers.
            units: of each layer.
            readout_size: width of the output.
            layer_dropout: on what enters every layer above the first, the read-out included.
            recurrent_dropout: of the recurrent layers.
            readout_dropout: on the read-out.
            seed: of the dropouts.
            memory_width: of the encoder's outputs; as wide as a layer by default.
            backward_units: how much of that comes from a layer that reads backwards; half of it by default.
            cell: a key of `seq2seq.model.cells.CELLS`.
            residual: whether what enters a layer above the first from the layer below is added to what comes out.
            attention: see `seq2seq.model.attention`.
            attention_heads: of multi_head attention.
            input_feeding: whether the bottom layer reads the context of the step before.
            bridge: see `seq2seq.model.bridges`.
            **options: of `keras.layers.Layer`.
        """
        super().__init__(**options)
        memory_width = units if memory_width is None else memory_width
        backward_units = memory_width // 2 if backward_units is None else backward_units
        self.settings = {
            "layers": layers,
            "units": units,
            "readout_size": readout_size,
            "layer_dropout": layer_dropout,
            "recurrent_dropout": recurrent_dropout,
            "readout_dropout": readout_dropout,
            "seed": seed,
            "memory_width": memory_width,
            "backward_units": backward_units,
            "cell": cell,
            "residual": residual,
            "attention": attention,
            "attention_heads": attention_heads,
            "input_feeding": input_feeding,
            "bridge": bridge,
        }
        self.units = units
        self.readout_size = readout_size
        self.memory_width = memory_width
        self.residual = residual
        self.input_feeding = input_feeding

        def seed_of(n: int) -> int | None:
            return None if seed is None else seed + n

        make = CELLS[cell]
        self.cells = [make(units, recurrent_dropout, seed_of(n), name=f"{cell}_{n}") for n in range(layers)]
        self.attention = make_attention(attention, attention_heads)
        self.bridge = make_bridge(bridge, layers, units, make.arity, backward_units)
        self.dropouts = [
            Dropout(layer_dropout, seed=seed_of(layers + n), name=f"decoder_dropout_{n}") for n in range(layers)
        ]
        self.dropout = Dropout(readout_dropout, seed=seed_of(2 * layers), name="readout_dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the layers' weights."""
        bottom, *above = self.cells
        *axes, embedding = input_shape
        self.attention.build(self.units, self.memory_width)
        context = self.attention.width
        bottom.build((*axes, (embedding or 0) + (context if self.input_feeding else 0)))
        for cell in above:
            cell.build((*axes, self.units + context))
        self.bridge.build(self.memory_width)
        self.readout_kernel = self.add_weight(
            (self.units + context, self.readout_size), initializer="glorot_uniform", name="readout_kernel"
        )
        self.readout_bias = self.add_weight((self.readout_size,), initializer="zeros", name="readout_bias")

    @property
    def state_widths(self) -> tuple[int, ...]:
        """How wide each array of the state is: the layers' from the bottom, then, with input feeding, the context."""
        widths = [self.units] * sum(cell.arity for cell in self.cells)
        return (*widths, self.attention.width) if self.input_feeding else tuple(widths)

    def begin(self, memory: Memory) -> tuple[Memory, State]:
        """What `step` begins with: the encoder's outputs projected for the attention, and the first state."""
        return self.attention.project(memory), self.initial_state(memory)

    def initial_state(self, memory: Memory) -> State:
        """The state before the first target piece (see `state_widths`), each [sentences, width].

        Args:
            memory: the encoder's outputs, not projected.
        """
        state = self.bridge(memory)
        if self.input_feeding:
            state += (tf.zeros([tf.shape(memory.values)[0], self.attention.width]),)
        return state

    def readout(self, hidden: tf.Tensor, context: tf.Tensor, training: bool = False) -> tf.Tensor:
        """tanh([hidden; context]·W + b), what the vocabulary is compared with. [..., readout_size]"""
        joined = self.dropouts[-1](tf.concat([hidden, context], -1), training=training)
        return self.dropout(tf.tanh(dense(joined, self.readout_kernel) + self.readout_bias), training=training)

    def call(self, inputs: tf.Tensor, memory: Memory, training: bool = False) -> tf.Tensor:
        """All steps at once, each with the true piece before it (teacher forcing).

        Args:
            inputs: embeddings of the pieces before. [batch, target, inputs]
            memory: the encoder's outputs of the same sentences, not projected.
            training: whether dropout is on.

        Returns:
            Read-out states [batch, target, readout_size].
        """
        return swap(self.over_time(swap(inputs), memory, training))

    def over_time(self, inputs: tf.Tensor, memory: Memory, training: bool = False) -> tf.Tensor:
        """As `call`, but from [target, batch, inputs] to [target, batch, readout_size]."""
        memory, state = self.begin(memory)
        states = self._by_layer(state)
        if self.input_feeding:
            hidden, context = self._feed(inputs, memory, states[0], training)
        else:
            hidden, _ = self.cells[0].over_time(inputs, states[0], training=training)
            context = swap(self.attention(swap(hidden), memory)[0])  # [target, batch, context]
        for cell, dropout, layer_state in zip(self.cells[1:], self.dropouts, states[1:], strict=False):
            joined = dropout(tf.concat([hidden, context], -1), training=training)
            above, _ = cell.over_time(joined, layer_state, training=training)
            hidden = hidden + above if self.residual else above
        return self.readout(hidden, context, training=training)

    def _feed(self, inputs: tf.Tensor, memory: Memory, state: State, training: bool) -> tuple[tf.Tensor, tf.Tensor]:
        """The bottom layer and the attention with input feeding, step by step.

        Args:
            inputs: embeddings. [target, batch, inputs]
            memory: projected.
            state: the bottom layer's first.
            training: whether the recurrent dropout is on.

        Returns:
            Hidden states [target, batch, units] and contexts [target, batch, context].
        """
        cell = self.cells[0]
        time, rows = tf.shape(inputs)[0], tf.shape(inputs)[1]
        recurrent_mask = cell.recurrent_mask(rows, training)
        x_steps = tf.TensorArray(tf.float32, size=time).unstack(inputs)

        def body(t, context, state, hiddens, contexts):  # type: ignore[no-untyped-def]
            hidden, state = cell.step(tf.concat([x_steps.read(t), context], -1), state, recurrent_mask)
            context, _ = self.attention(hidden[:, None], memory)  # [batch, 1, context]
            context = tf.ensure_shape(context[:, 0], [None, self.attention.width])
            return t + 1, context, state, hiddens.write(t, hidden), contexts.write(t, context)

        empty = tf.TensorArray(tf.float32, size=time), tf.TensorArray(tf.float32, size=time)
        first = tf.zeros([rows, self.attention.width])
        *_, hiddens, contexts = tf.while_loop(
            lambda t, *_: t < time, body, (0, first, state, *empty), maximum_iterations=time
        )
        return hiddens.stack(), contexts.stack()

    def step(self, inputs: tf.Tensor, memory: Memory, state: State) -> tuple[tf.Tensor, tf.Tensor, State]:
        """One step, for decoding. The rows of a sentence stand together: rows = sentences · beams.

        Args:
            inputs: embeddings of the pieces before. [rows, inputs]
            memory: of the sentences, projected (see `begin`).
            state: of the step before, each [rows, width].

        Returns:
            Read-out states [rows, readout_size], attention weights [rows, source] and the new state.
        """
        rows, sentences = tf.shape(inputs)[0], tf.shape(memory.values)[0]
        bottom, *states = self._by_layer(state)
        if self.input_feeding:
            inputs = tf.concat([inputs, state[-1]], -1)  # [rows, inputs + context]
        hidden, new_state = self.cells[0].step(inputs, bottom)
        queries = tf.reshape(hidden, [sentences, rows // sentences, self.units])
        context, weights = self.attention(queries, memory)
        context = tf.reshape(context, [rows, self.attention.width])
        for cell, layer_state in zip(self.cells[1:], states, strict=True):
            above, layer_state = cell.step(tf.concat([hidden, context], -1), layer_state)
            hidden = hidden + above if self.residual else above
            new_state += layer_state
        if self.input_feeding:
            new_state += (context,)
        return self.readout(hidden, context), tf.reshape(weights, [rows, tf.shape(weights)[-1]]), new_state

    def _by_layer(self, state: State) -> list[State]:
        """The part of the state that belongs to each layer."""
        arity = self.cells[0].arity
        return [tuple(state[n * arity : (n + 1) * arity]) for n in range(len(self.cells))]

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | self.settings
