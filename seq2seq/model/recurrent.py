"""A layer of recurrent units over time; LSTM, GRU and plain RNN differ in their equations alone.

Before the loop over time and after it everything is one product of two matrices (see `seq2seq.model.unrolling`). A
cell's own part is its equations: `forward_step` (one time step) and `backward_step` (its gradient).
"""

from typing import Any

import keras
import tensorflow as tf

from seq2seq.model.dropout import keep_mask
from seq2seq.model.products import affine, dense
from seq2seq.model.unrolling import State, unroll
from seq2seq.model_settings import CellFacts


class Recurrent(keras.layers.Layer):
    """A layer of recurrent units over time; its subclasses have the equations."""

    facts: CellFacts
    """Facts of the cell, which are the same in its other spellings."""
    saved_arrays = 0
    """Number of arrays that `forward_step` saves for `backward_step`."""
    bias_initializer: Any = "zeros"

    def __init__(self, units: int, recurrent_dropout: float = 0.0, seed: int | None = None, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes a layer without weights yet.

        Args:
            units: Width of the hidden state.
            recurrent_dropout: Probability that a unit of the hidden state is dropped on its way into the next step's
                product; the same units for all steps of a sentence (Gal and Ghahramani, 2016).
            seed: Seed of the dropout; None draws one.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.units = units
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds") if recurrent_dropout else None
        self.supports_masking = True

    # The equations of a cell, see `seq2seq.model.unrolling.Cell`.

    def forward_step(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """Computes one time step, see `seq2seq.model.unrolling.Cell.forward_step`."""
        raise NotImplementedError

    def backward_step(
        self, d_state: State, saved: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """Computes the gradient of one time step, see `seq2seq.model.unrolling.Cell.backward_step`."""
        raise NotImplementedError

    # The layer.

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights: kernel W, recurrent kernel U and bias b."""
        width = self.facts.blocks * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], width), initializer="glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(
            shape=(2, width) if self.facts.recurrent_bias else (width,), initializer=self.bias_initializer, name="bias"
        )

    def zero_state(self, rows: tf.Tensor) -> State:
        """Returns a state of zeros, each [rows, units]."""
        return (tf.zeros([rows, self.units]),) * self.facts.arity

    def recurrent_mask(self, rows: tf.Tensor, training: bool) -> tf.Tensor | None:
        """Draws a mask of the recurrent dropout; None where it is off. [rows, units]"""
        if not training or self.seed_generator is None:
            return None
        return keep_mask(tf.stack([rows, self.units]), self.recurrent_dropout, self.seed_generator.next())

    def call(
        self,
        inputs: tf.Tensor,
        initial_state: State | None = None,
        mask: tf.Tensor | None = None,
        training: bool = False,
    ) -> tuple[tf.Tensor, State]:
        """Runs over all time steps of arrays whose first axis is the batch, as Keras's layers do.

        Args:
            inputs: Inputs of all steps. [batch, time, inputs]
            initial_state: State before the first step, each [batch, units]; zeros by default.
            mask: False where there is no input, and the state stays. [batch, time] bool
            training: Whether the recurrent dropout is on.

        Returns:
            Hidden states [batch, time, units] and the last state, each [batch, units].
        """
        steps_mask = None if mask is None else tf.transpose(mask)[:, :, None]  # [time, batch, 1]
        hidden, last = self.over_time(swap(inputs), initial_state, steps_mask, training)
        return swap(hidden), last

    def over_time(
        self,
        inputs: tf.Tensor,
        initial_state: State | None = None,
        mask: tf.Tensor | None = None,
        training: bool = False,
    ) -> tuple[tf.Tensor, State]:
        """Runs over all time steps of arrays whose first axis is the time.

        Args:
            inputs: Inputs of all steps. [time, batch, inputs]
            initial_state: State before the first step, each [batch, units]; zeros by default.
            mask: False where there is no input, and the state stays. [time, batch, 1] bool
            training: Whether the recurrent dropout is on.

        Returns:
            Hidden states [time, batch, units] and the last state, each [batch, units].
        """
        rows = tf.shape(inputs)[1]
        state = initial_state or self.zero_state(rows)
        bias, recurrent_bias = self._biases()
        z_x = affine(inputs, self.kernel, bias)  # [time, batch, blocks·units]
        weights = (tf.convert_to_tensor(self.recurrent_kernel), *recurrent_bias)
        hidden, *last = unroll(self, z_x, weights, state, mask, self.recurrent_mask(rows, training))
        if mask is not None:  # Like Keras's layers: zeros before the first input of a sentence.
            hidden *= tf.cast(tf.cumsum(tf.cast(mask, tf.int32)) > 0, tf.float32)  # [time, batch, units]
        return hidden, tuple(last)

    def step(self, inputs: tf.Tensor, state: State, recurrent_mask: tf.Tensor | None = None) -> tuple[tf.Tensor, State]:
        """Runs over one time step, for decoding.

        Args:
            inputs: Inputs of the step. [rows, inputs]
            state: State of the step before, each [rows, units].
            recurrent_mask: Mask of the recurrent dropout, the same for all steps. [rows, units]

        Returns:
            The new hidden state [rows, units] and the new state.
        """
        recurrent_input = state[0] if recurrent_mask is None else state[0] * recurrent_mask
        bias, recurrent_bias = self._biases()
        z_x = dense(inputs, self.kernel) + bias  # [rows, blocks·units]
        z_h = sum(recurrent_bias, dense(recurrent_input, self.recurrent_kernel))  # [rows, blocks·units]
        _, state = self.forward_step(z_x, z_h, state)
        return state[0], state

    def _biases(self) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Returns the bias of z_x and, if it has one, that of z_h, each [blocks·units]."""
        bias = tf.convert_to_tensor(self.bias)
        return (bias[0], (bias[1],)) if self.facts.recurrent_bias else (bias, ())

    def get_config(self) -> dict[str, object]:
        """Returns what `from_config` makes an equal layer from."""
        return super().get_config() | {
            "units": self.units,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


def swap(x: tf.Tensor) -> tf.Tensor:
    """Swaps the first two axes: [batch, time, width] → [time, batch, width], and back."""
    return tf.transpose(x, [1, 0, 2])


def through_sigmoid(y: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """Returns the gradient of x where y = σ(x), in one pass over memory: δy ∘ y ∘ (1 − y)."""
    return tf.raw_ops.SigmoidGrad(y=y, dy=dy)


def through_tanh(y: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """Returns the gradient of x where y = tanh(x), in one pass over memory: δy ∘ (1 − y²)."""
    return tf.raw_ops.TanhGrad(y=y, dy=dy)
