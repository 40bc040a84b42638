"""The decoder: recurrent layers that predict the target and attend to the source."""

from typing import Any

import keras
import tensorflow as tf

from seq2seq.model.attention import SourceMemory, make_attention
from seq2seq.model.bridges import make_bridge
from seq2seq.model.cells import CELL_LAYERS
from seq2seq.model.dropout import Dropout
from seq2seq.model.from_settings import FromSettings
from seq2seq.model.products import dense
from seq2seq.model.recurrent import swap
from seq2seq.model.unrolling import State
from seq2seq.model_settings import ModelSettings


@keras.saving.register_keras_serializable(package="seq2seq")
class Decoder(FromSettings):
    """Recurrent layers, of which the bottom one attends.

    The bottom layer reads the target's embeddings alone, and its hidden states are the queries; the context goes into
    every layer above and into the read-out (Wu et al., 2016, section 3; Chen et al., 2018, section 3). No layer needs
    the result of a layer above, so in training each layer's input products cover all time steps at once.

    With input feeding (Luong et al., 2015, section 3.3) the bottom layer also reads the context of the step before. It
    then needs the attention at every step; the layers above still take all steps at once.
    """

    def __init__(self, settings: ModelSettings, seed: int | None = None, **options: Any) -> None:
        """Makes the layers.

        Args:
            settings: Shape of the model.
            seed: Seed of the dropouts; None draws one.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(settings, seed, **options)
        layers, units = settings.decoder_layers, settings.decoder_size

        def seed_of(n: int) -> int | None:
            return None if seed is None else seed + n

        make = CELL_LAYERS[settings.cell]
        self.cells = [
            make(units, settings.recurrent_dropout, seed_of(n), name=f"{settings.cell}_{n}") for n in range(layers)
        ]
        self.attention = make_attention(settings)
        self.bridge = make_bridge(settings)
        self.dropouts = [
            Dropout(settings.layer_dropout, seed=seed_of(layers + n), name=f"decoder_dropout_{n}")
            for n in range(layers)
        ]
        self.dropout = Dropout(settings.readout_dropout, seed=seed_of(2 * layers), name="readout_dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the layers' weights."""
        settings, context = self.settings, self.settings.context_width
        bottom, *above = self.cells
        *axes, embedding = input_shape
        self.attention.build(settings.decoder_size, settings.memory_width)
        bottom.build((*axes, (embedding or 0) + (context if settings.input_feeding else 0)))
        for cell in above:
            cell.build((*axes, settings.decoder_size + context))
        self.bridge.build(settings.memory_width)
        self.readout_kernel = self.add_weight(
            (settings.decoder_size + context, settings.embedding_size),
            initializer="glorot_uniform",
            name="readout_kernel",
        )
        self.readout_bias = self.add_weight((settings.embedding_size,), initializer="zeros", name="readout_bias")

    @property
    def state_widths(self) -> tuple[int, ...]:
        """Width of each array of the state: of all layers from the bottom and, with input feeding, of the context."""
        settings = self.settings
        widths = (settings.decoder_size,) * (settings.decoder_layers * settings.facts.arity)
        return (*widths, settings.context_width) if settings.input_feeding else widths

    def begin(self, memory: SourceMemory) -> tuple[SourceMemory, State]:
        """Returns the encoder's outputs projected for the attention, and the state before the first step."""
        return self.attention.project(memory), self.initial_state(memory)

    def initial_state(self, memory: SourceMemory) -> State:
        """Returns the state before the first target token (see `state_widths`), each [sentences, width].

        Args:
            memory: The encoder's outputs, not projected.
        """
        state = self.bridge(memory)
        if self.settings.input_feeding:
            state += (tf.zeros([tf.shape(memory.values)[0], self.settings.context_width]),)
        return state

    def readout(self, hidden: tf.Tensor, context: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Computes tanh([hidden; context]·W + b), which the softmax compares with all tokens. [..., embedding_size]"""
        joined = self.dropouts[-1](tf.concat([hidden, context], -1), training=training)
        return self.dropout(tf.tanh(dense(joined, self.readout_kernel) + self.readout_bias), training=training)

    def call(self, inputs: tf.Tensor, memory: SourceMemory, training: bool = False) -> tf.Tensor:
        """Takes all steps at once, each with the true token before it (teacher forcing).

        Args:
            inputs: Embeddings of the tokens before. [batch, target, inputs]
            memory: The encoder's outputs of the same sentences, not projected.
            training: Whether dropout is on.

        Returns:
            Read-out states [batch, target, embedding_size].
        """
        return swap(self.over_time(swap(inputs), memory, training))

    def over_time(self, inputs: tf.Tensor, memory: SourceMemory, training: bool = False) -> tf.Tensor:
        """Takes all steps as `call` does, from [target, batch, inputs] to [target, batch, embedding_size]."""
        memory, state = self.begin(memory)
        states = self._by_layer(state)
        if self.settings.input_feeding:
            hidden, context = self._feed(inputs, memory, states[0], training)
        else:
            hidden, _ = self.cells[0].over_time(inputs, states[0], training=training)
            context = swap(self.attention(swap(hidden), memory)[0])  # [target, batch, context]
        for cell, dropout, layer_state in zip(self.cells[1:], self.dropouts, states[1:], strict=False):
            joined = dropout(tf.concat([hidden, context], -1), training=training)
            above, _ = cell.over_time(joined, layer_state, training=training)
            hidden = hidden + above if self.settings.residual else above
        return self.readout(hidden, context, training=training)

    def _feed(
        self, inputs: tf.Tensor, memory: SourceMemory, state: State, training: bool
    ) -> tuple[tf.Tensor, tf.Tensor]:
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
            context = tf.ensure_shape(context[:, 0], [None, self.settings.context_width])
            return t + 1, context, state, hiddens.write(t, hidden), contexts.write(t, context)

        empty = tf.TensorArray(tf.float32, size=time), tf.TensorArray(tf.float32, size=time)
        first = tf.zeros([rows, self.settings.context_width])
        *_, hiddens, contexts = tf.while_loop(
            lambda t, *_: t < time, body, (0, first, state, *empty), maximum_iterations=time
        )
        return hiddens.stack(), contexts.stack()

    def step(self, inputs: tf.Tensor, memory: SourceMemory, state: State) -> tuple[tf.Tensor, tf.Tensor, State]:
        """Takes one step, for decoding. The rows of a sentence stand together: rows = sentences · beams.

        Args:
            inputs: Embeddings of the tokens before. [rows, inputs]
            memory: Memory of the sentences, projected (see `begin`).
            state: State of the step before, each [rows, width].

        Returns:
            Read-out states [rows, embedding_size], attention weights [rows, source] and the new state.
        """
        rows, sentences = tf.shape(inputs)[0], tf.shape(memory.values)[0]
        bottom, *states = self._by_layer(state)
        if self.settings.input_feeding:
            inputs = tf.concat([inputs, state[-1]], -1)  # [rows, inputs + context]
        hidden, new_state = self.cells[0].step(inputs, bottom)
        queries = tf.reshape(hidden, [sentences, rows // sentences, self.settings.decoder_size])
        context, weights = self.attention(queries, memory)
        context = tf.reshape(context, [rows, self.settings.context_width])
        for cell, layer_state in zip(self.cells[1:], states, strict=True):
            above, layer_state = cell.step(tf.concat([hidden, context], -1), layer_state)
            hidden = hidden + above if self.settings.residual else above
            new_state += layer_state
        if self.settings.input_feeding:
            new_state += (context,)
        return self.readout(hidden, context), tf.reshape(weights, [rows, tf.shape(weights)[-1]]), new_state

    def _by_layer(self, state: State) -> list[State]:
        """Splits the state into those of the layers."""
        arity = self.settings.facts.arity
        return [tuple(state[n * arity : (n + 1) * arity]) for n in range(len(self.cells))]
