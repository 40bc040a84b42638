"""Unrolling a recurrent cell over time, and backpropagation through time (Werbos, 1990).

A cell's pre-activation comes from two products, of its input x and of its hidden state h, each in as many blocks side
by side as the cell has gates and candidates:

    z_x = x·W + b        z_h = h·U (+ a bias of its own)

The input's products of all steps are one product of two matrices, taken before the loop over time. In the backward loop
only δz_h·Uᵀ must be taken step by step; the gradients of all weights are again one product each, taken after it.

What is not a product is bound by memory. So z_x and its gradient have the width of a product's factors (two bytes with
bfloat16), a step is a view into its array, and what a step saves for the backward loop is never gathered into one
array.
"""

from typing import NamedTuple, Protocol

import tensorflow as tf

from seq2seq.model.products import column_sums, operand
from seq2seq.model_settings import CellFacts

State = tuple[tf.Tensor, ...]
"""What a cell hands on to its next step: the hidden state first, each array [rows, units]."""


class Cell(Protocol):
    """The equations of a recurrent cell, as `unroll` calls them."""

    facts: CellFacts
    """Facts of the cell, which are the same in its other spellings."""
    units: int
    """Width of the hidden state."""
    saved_arrays: int
    """Number of arrays that `forward_step` saves for `backward_step`."""

    def forward_step(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """Computes one time step.

        Args:
            z_x: Product of the input. [rows, blocks·units]
            z_h: Product of the hidden state. [rows, blocks·units]
            state: State of the step before.

        Returns:
            The arrays that are saved for `backward_step` and the new state, each [rows, units].
        """
        ...

    def backward_step(
        self, d_state: State, saved: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """Computes the gradient of one time step.

        Args:
            d_state: Gradient of the state after the step.
            saved: The arrays that `forward_step` saved.
            before: State before the step.
            after: State after the step.

        Returns:
            The gradients of z_x and, if `facts.separate`, of z_h (else they are the same), each as its blocks [batch,
            units]; and the gradient of the state before the step without the part that goes through z_h (None where
            there is no other part).
        """
        ...


class _Factors(NamedTuple):
    """What both loops multiply with or mask by; constant over time."""

    u: tf.Tensor
    """U as a factor of products. [units, blocks·units]"""
    mask: tf.Tensor | None
    """See `unroll`."""
    recurrent_mask: tf.Tensor | None
    """See `unroll`."""


def unroll(
    cell: Cell,
    z_x: tf.Tensor,
    weights: tuple[tf.Tensor, ...],
    state: State,
    mask: tf.Tensor | None = None,
    recurrent_mask: tf.Tensor | None = None,
) -> tuple[tf.Tensor, ...]:
    """Runs a cell over all time steps; has a gradient of its own.

    Args:
        cell: The equations.
        z_x: x·W + b of all steps, as `affine` returns it. [time, batch, blocks·units]
        weights: U [units, blocks·units] and, if it has one, the bias of z_h [blocks·units].
        state: The first state, each [batch, units].
        mask: True where there is input; elsewhere the state stays. [time, batch, 1] bool
        recurrent_mask: Factor on the hidden state that enters the product. [batch, units]

    Returns:
        Hidden states [time, batch, units] and the last state, each [batch, units].
    """
    units = cell.units
    width = cell.facts.blocks * units

    @tf.custom_gradient
    def forward(z_x, weights, first):  # type: ignore[no-untyped-def]
        time = tf.shape(z_x)[0]
        factors = _Factors(operand(weights[0]), mask, recurrent_mask)
        last, hidden, records = _forward_loop(cell, factors, time, z_x, weights[1:], first)

        def backward(d_hidden, *d_last):  # type: ignore[no-untyped-def]
            recurrent_inputs, *saved = records
            d_first, dz_steps = _backward_loop(cell, factors, time, saved, d_hidden, d_last)
            dz = [_stack(x, width) for x in dz_steps]  # each [time, batch, blocks·units]
            dz_h = tf.reshape(dz[-1], [-1, width])  # [time·batch, blocks·units]
            recurrent_inputs = tf.reshape(_stack(recurrent_inputs, units), [-1, units])  # [time·batch, units]
            du = tf.cast(tf.matmul(recurrent_inputs, dz_h, transpose_a=True), tf.float32)
            return dz[0], (du, *(column_sums(dz_h) for _ in weights[1:])), d_first

        return (_stack(hidden, units), *last), backward

    return forward(z_x, weights, state)


def _forward_loop(cell, factors, time, z_x, recurrent_bias, first):  # type: ignore[no-untyped-def]
    """Loops over the steps.

    Returns:
        The last state; hidden states of all steps; and what the steps recorded: the recurrent input (the hidden state
        as a factor of the product with U), the arrays that the cell saved, the states before and the states after.
    """
    u, mask, recurrent_mask = factors

    def body(t, state, hidden, records):  # type: ignore[no-untyped-def]
        recurrent_input = operand(state[0] if recurrent_mask is None else state[0] * recurrent_mask)
        z_h = sum(recurrent_bias, tf.cast(tf.matmul(recurrent_input, u), tf.float32))  # [batch, blocks·units]
        saved, new = cell.forward_step(tf.cast(z_x[t], tf.float32), z_h, state)
        recorded = (recurrent_input, *saved, *state, *new)
        if mask is not None:
            new = tuple(tf.where(mask[t], after, before) for after, before in zip(new, state, strict=True))
        records = tuple(r.write(t, x) for r, x in zip(records, recorded, strict=True))
        return t + 1, new, hidden.write(t, new[0]), records

    records = (_steps(time, u.dtype), *_several(cell.saved_arrays + 2 * cell.facts.arity, time))
    _, last, hidden, records = tf.while_loop(
        lambda t, *_: t < time, body, (0, tuple(first), _steps(time), records), maximum_iterations=time
    )
    return last, hidden, records


def _backward_loop(cell, factors, time, records, d_hidden, d_last):  # type: ignore[no-untyped-def]
    """Loops over the steps from the last to the first.

    Returns:
        The gradient of the first state; and of all steps the gradient of z_x and, if the cell takes the products apart,
        that of z_h.
    """
    u, mask, recurrent_mask = factors
    saved_arrays, arity = cell.saved_arrays, cell.facts.arity
    # In float32 products with a transposed right factor take twice as long at these sizes, so it is transposed once; in
    # bfloat16 they do not, and to transpose it takes as long as two or three of them.
    once = u.dtype == tf.float32
    right = tf.transpose(u) if once else u

    def body(n, d_state, dz_steps):  # type: ignore[no-untyped-def]
        t = time - 1 - n
        d_state = (d_state[0] + d_hidden[t], *d_state[1:])
        arrays = tuple(x.read(t) for x in records)
        saved, before, after = arrays[:saved_arrays], arrays[saved_arrays:-arity], arrays[-arity:]
        *blocks, d_before = cell.backward_step(d_state, saved, before, after)
        dz = [tf.concat([operand(x) for x in each], -1) for each in blocks]
        if mask is not None:  # where there is no input the state's gradient passes unchanged
            dz = [tf.where(mask[t], x, tf.zeros([], x.dtype)) for x in dz]
            d_before = tuple(
                tf.where(mask[t], 0.0 if new is None else new, old) for new, old in zip(d_before, d_state, strict=True)
            )
        dh = tf.cast(tf.matmul(dz[-1], right, transpose_b=not once), tf.float32)
        if recurrent_mask is not None:
            dh = dh * recurrent_mask
        if d_before[0] is not None:
            dh = dh + d_before[0]
        dz_steps = tuple(a.write(t, x) for a, x in zip(dz_steps, dz, strict=True))
        return n + 1, (dh, *d_before[1:]), dz_steps

    dz_steps = _several(2 if cell.facts.separate else 1, time, u.dtype)
    _, d_first, dz_steps = tf.while_loop(lambda n, *_: n < time, body, (0, d_last, dz_steps), maximum_iterations=time)
    return d_first, dz_steps


def _steps(time: tf.Tensor, dtype: tf.DType = tf.float32) -> tf.TensorArray:
    """Makes room for one array of each of `time` steps."""
    return tf.TensorArray(dtype, size=time, clear_after_read=False)


def _several(number: int, time: tf.Tensor, dtype: tf.DType = tf.float32) -> tuple[tf.TensorArray, ...]:
    """Makes room for `number` arrays of each of `time` steps."""
    return tuple(_steps(time, dtype) for _ in range(number))


def _stack(array: tf.TensorArray, units: int) -> tf.Tensor:
    """Stacks the arrays of all steps. [time, batch, units]"""
    return tf.ensure_shape(array.stack(), [None, None, units])
