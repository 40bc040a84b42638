"""What recurrent layers share: the walk over time, there and back, and the layer around it.

A cell hears two products, of its input and of its own hidden state h, each in as many blocks side by side as it has
gates:

    z_x = x·W + b        z_h = h·U (+ a bias of its own)

The input's products of all steps are one product of two matrices, taken before the walk. On the way back only δz_h·Uᵀ
must be done step by step; the gradients of all weights are again one product each, taken after it. What is left to a
cell is its equations: `advance` (one step) and `retreat` (one step back).

Memory bounds what is not a product. So z_x and its gradient have the width of a product's factors (two bytes with
bfloat16), a step is a view into its array, and what a step leaves for the way back is never gathered into one array.
"""

from typing import Any

import keras
import tensorflow as tf

from seq2seq.model.dropout import keep_mask
from seq2seq.model.products import affine, column_sums, dense, operand
from seq2seq.model_settings import CellFacts

State = tuple[tf.Tensor, ...]
"""What a cell hands on to its next step: the hidden state first, each array [rows, units]."""


class Recurrent(keras.layers.Layer):
    """A layer of recurrent units over time; its siblings differ in their equations only."""

    facts: CellFacts
    """Facts of the cell, which are the same for its other spellings."""
    gates = 0
    """Arrays that `advance` keeps of a step for `retreat`."""
    separate = False
    """Whether the gradients of z_x and z_h differ; they are one where a cell only adds the two."""
    bias_initializer: Any = "zeros"

    def __init__(self, units: int, recurrent_dropout: float = 0.0, seed: int | None = None, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes a layer without weights yet.

        Args:
            units: width of the hidden state.
            recurrent_dropout: share of the hidden state that is dropped on its way into the next step's product; the
                same units for all steps of a sentence (Gal and Ghahramani, 2016).
            seed: of the dropout.
            **options: of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.units = units
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds") if recurrent_dropout else None
        self.supports_masking = True

    # The equations of a cell.

    def advance(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """One step.

        Args:
            z_x: what it hears of the input. [rows, blocks·units]
            z_h: what it hears of its hidden state. [rows, blocks·units]
            state: of the step before.

        Returns:
            `gates` arrays for `retreat` and the new state, each [rows, units].
        """
        raise NotImplementedError

    def retreat(
        self, d_state: State, gates: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """One step back.

        Args:
            d_state: gradient of the state that the step led to.
            gates: of `advance`.
            before: the state that the step began with.
            after: the state that it led to.

        Returns:
            The gradients of z_x and, if `separate`, of z_h, each as its blocks [batch, units]; and the gradient of the
            state that the step began with, but for what goes through z_h (None where that is all).
        """
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
        """A state of zeros, each [rows, units]."""
        return (tf.zeros([rows, self.units]),) * self.facts.arity

    def recurrent_mask(self, rows: tf.Tensor, training: bool) -> tf.Tensor | None:
        """A new mask of the recurrent dropout, or None where it is off. [rows, units]"""
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
        """Runs over all time steps of arrays that begin with the batch, as Keras's layers do.

        Args:
            inputs: [batch, time, inputs].
            initial_state: each [batch, units]; zeros by default.
            mask: False where there is no input: the state is kept. [batch, time] bool
            training: whether the recurrent dropout is on.

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
        """Runs over all time steps.

        Args:
            inputs: [time, batch, inputs].
            initial_state: each [batch, units]; zeros by default.
            mask: False where there is no input: the state is kept. [time, batch, 1] bool
            training: whether the recurrent dropout is on.

        Returns:
            Hidden states [time, batch, units] and the last state, each [batch, units].
        """
        rows = tf.shape(inputs)[1]
        state = initial_state or self.zero_state(rows)
        bias, recurrent_bias = self._biases()
        z_x = affine(inputs, self.kernel, bias)  # [time, batch, blocks·units]
        weights = (tf.convert_to_tensor(self.recurrent_kernel), *recurrent_bias)
        hidden, *last = walk(self, z_x, weights, state, mask, self.recurrent_mask(rows, training))
        if mask is not None:  # Keras's layers, too, put out zeros before the first input of a sentence.
            hidden *= tf.cast(tf.cumsum(tf.cast(mask, tf.int32)) > 0, tf.float32)  # [time, batch, units]
        return hidden, tuple(last)

    def step(self, inputs: tf.Tensor, state: State, recurrent_mask: tf.Tensor | None = None) -> tuple[tf.Tensor, State]:
        """One time step, for decoding.

        Args:
            inputs: [rows, inputs].
            state: of the step before, each [rows, units].
            recurrent_mask: of the recurrent dropout, the same for all steps. [rows, units]

        Returns:
            The new hidden state [rows, units] and the new state.
        """
        heard = state[0] if recurrent_mask is None else state[0] * recurrent_mask
        bias, recurrent_bias = self._biases()
        z_x = dense(inputs, self.kernel) + bias  # [rows, blocks·units]
        z_h = sum(recurrent_bias, dense(heard, self.recurrent_kernel))  # [rows, blocks·units]
        _, state = self.advance(z_x, z_h, state)
        return state[0], state

    def _biases(self) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """The bias of z_x, and that of z_h where it has one, each [blocks·units]."""
        bias = tf.convert_to_tensor(self.bias)
        return (bias[0], (bias[1],)) if self.facts.recurrent_bias else (bias, ())

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {
            "units": self.units,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


def swap(x: tf.Tensor) -> tf.Tensor:
    """[batch, time, width] → [time, batch, width], and back."""
    return tf.transpose(x, [1, 0, 2])


def through_sigmoid(y: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """The gradient of x where y = σ(x), in one pass: δy ∘ y ∘ (1 − y)."""
    return tf.raw_ops.SigmoidGrad(y=y, dy=dy)


def through_tanh(y: tf.Tensor, dy: tf.Tensor) -> tf.Tensor:
    """The gradient of x where y = tanh(x), in one pass: δy ∘ (1 − y²)."""
    return tf.raw_ops.TanhGrad(y=y, dy=dy)


def walk(
    cell: Recurrent,
    z_x: tf.Tensor,
    weights: tuple[tf.Tensor, ...],
    state: State,
    mask: tf.Tensor | None = None,
    recurrent_mask: tf.Tensor | None = None,
) -> tuple[tf.Tensor, ...]:
    """The recurrence over time, and its gradient: backpropagation through time (Werbos, 1990).

    Args:
        cell: whose equations.
        z_x: x·W + b of all steps, as `affine` gives it. [time, batch, blocks·units]
        weights: U [units, blocks·units] and the bias of z_h, where it has one [blocks·units].
        state: the first. each [batch, units]
        mask: where there is input (elsewhere the state stays). [time, batch, 1] bool
        recurrent_mask: factor on the hidden state that enters the product. [batch, units]

    Returns:
        Hidden states [time, batch, units] and the last state, each [batch, units].
    """
    units, arity = cell.units, cell.facts.arity
    width = cell.facts.blocks * units

    @tf.custom_gradient
    def forward(z_x, weights, first):  # type: ignore[no-untyped-def]
        time = tf.shape(z_x)[0]
        u = operand(weights[0])

        def body(t, state, hidden, records):  # type: ignore[no-untyped-def]
            heard = operand(state[0] if recurrent_mask is None else state[0] * recurrent_mask)
            z_h = sum(weights[1:], tf.cast(tf.matmul(heard, u), tf.float32))  # [batch, blocks·units]
            gates, new = cell.advance(tf.cast(z_x[t], tf.float32), z_h, state)
            kept = (heard, *gates, *state, *new)
            if mask is not None:
                new = tuple(tf.where(mask[t], after, before) for after, before in zip(new, state, strict=True))
            records = tuple(r.write(t, x) for r, x in zip(records, kept, strict=True))
            return t + 1, new, hidden.write(t, new[0]), records

        _, last, hidden, records = tf.while_loop(
            lambda t, *_: t < time,
            body,
            (0, tuple(first), _steps(time), (_steps(time, u.dtype), *_several(cell.gates + 2 * arity, time))),
            maximum_iterations=time,
        )

        def backward(d_hidden, *d_last):  # type: ignore[no-untyped-def]
            # In float32 products with a transposed right factor take twice as long at these sizes, so it is transposed
            # once; in bfloat16 they do not, and to transpose it takes as long as two or three of them.
            once = u.dtype == tf.float32
            right = tf.transpose(u) if once else u
            heard, *kept = records

            def body(n, d_state, dz_steps):  # type: ignore[no-untyped-def]
                t = time - 1 - n
                d_state = (d_state[0] + d_hidden[t], *d_state[1:])
                arrays = tuple(x.read(t) for x in kept)
                gates, before, after = arrays[: cell.gates], arrays[cell.gates : -arity], arrays[-arity:]
                *blocks, d_before = cell.retreat(d_state, gates, before, after)
                dz = [tf.concat([operand(x) for x in each], -1) for each in blocks]
                if mask is not None:
                    dz = [tf.where(mask[t], x, tf.zeros([], x.dtype)) for x in dz]
                    d_before = tuple(
                        tf.where(mask[t], 0.0 if new is None else new, old)
                        for new, old in zip(d_before, d_state, strict=True)
                    )
                dh = tf.cast(tf.matmul(dz[-1], right, transpose_b=not once), tf.float32)
                if recurrent_mask is not None:
                    dh = dh * recurrent_mask
                if d_before[0] is not None:
                    dh = dh + d_before[0]
                dz_steps = tuple(a.write(t, x) for a, x in zip(dz_steps, dz, strict=True))
                return n + 1, (dh, *d_before[1:]), dz_steps

            # Cells that only add z_x and z_h have one gradient for both.
            _, d_first, dz_steps = tf.while_loop(
                lambda n, *_: n < time,
                body,
                (0, d_last, _several(2 if cell.separate else 1, time, u.dtype)),
                maximum_iterations=time,
            )
            dz = [_stack(x, width) for x in dz_steps]  # each [time, batch, blocks·units]
            dz_h = tf.reshape(dz[-1], [-1, width])  # [time·batch, blocks·units]
            heard = tf.reshape(_stack(heard, units), [-1, units])  # [time·batch, units]
            du = tf.cast(tf.matmul(heard, dz_h, transpose_a=True), tf.float32)
            return dz[0], (du, *(column_sums(dz_h) for _ in weights[1:])), d_first

        return (_stack(hidden, units), *last), backward

    return forward(z_x, weights, state)


def _steps(time: tf.Tensor, dtype: tf.DType = tf.float32) -> tf.TensorArray:
    """Room for what `time` steps leave."""
    return tf.TensorArray(dtype, size=time, clear_after_read=False)


def _several(number: int, time: tf.Tensor, dtype: tf.DType = tf.float32) -> tuple[tf.TensorArray, ...]:
    """Room for what `time` steps leave of `number` quantities."""
    return tuple(_steps(time, dtype) for _ in range(number))


def _stack(array: tf.TensorArray, units: int) -> tf.Tensor:
    """All steps of a recorded quantity. [time, batch, units]"""
    return tf.ensure_shape(array.stack(), [None, None, units])
