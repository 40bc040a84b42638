"""The LSTM (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000), with its gradient written out.

One step, for an input x, the hidden state h and the memory cell c of the step before; σ is the logistic function, ∘ the
element-wise product, and W, U, b hold the four blocks i, f, c, o side by side:

    z  = x·W + h·U + b              pre-activation of each unit
    i  = σ(z_i)                     input gate: how much of the candidate is written
    f  = σ(z_f)                     forget gate: how much of the memory cell stays
    g  = tanh(z_c)                  the candidate
    o  = σ(z_o)                     output gate: how much of the memory cell is shown
    c' = f ∘ c + i ∘ g              memory cell
    h' = o ∘ tanh(c')               hidden state

Backpropagation through time takes the same steps from the last to the first. With δ for the gradient of the loss:

    δc' += δh' ∘ o ∘ (1 − tanh²(c'))
    δz_i = δc' ∘ g ∘ i ∘ (1 − i)          δz_f = δc' ∘ c ∘ f ∘ (1 − f)
    δz_c = δc' ∘ i ∘ (1 − g²)             δz_o = δh' ∘ tanh(c') ∘ o ∘ (1 − o)
    δc   = δc' ∘ f                        δh   = δz·Uᵀ

and then, over all steps at once: δW = Σ xᵀ·δz, δU = Σ hᵀ·δz, δb = Σ δz, δx = δz·Wᵀ.

Variables, shapes and the order of the gates are those of `keras.layers.LSTM`, so weights go both ways.
"""

import keras
import tensorflow as tf

from seq2seq.model.recurrent import Recurrent, through_sigmoid, through_tanh
from seq2seq.model.unrolling import State
from seq2seq.model_settings import CELLS


def step(z: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Computes the equations of one step after the products.

    Args:
        z: Pre-activations x·W + h·U + b. [rows, 4·units]
        c: Memory cell of the step before. [rows, units]

    Returns:
        i, f, g, o, tanh(c'), c', h', each [rows, units].
    """
    z_i, z_f, z_c, z_o = tf.split(z, 4, axis=-1)
    i, f, g, o = tf.sigmoid(z_i), tf.sigmoid(z_f), tf.tanh(z_c), tf.sigmoid(z_o)
    c = f * c + i * g
    tanh_c = tf.tanh(c)
    return i, f, g, o, tanh_c, c, o * tanh_c


def _unit_forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> tf.Tensor:
    """Returns ones for the forget gates, else zeros, so that an untrained cell remembers.

    Source: Jozefowicz et al., 2015, section 2.2.
    """
    units = shape[0] // 4
    return tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])], 0)


@keras.saving.register_keras_serializable(package="seq2seq")
class LSTM(Recurrent):
    """A layer of LSTM units over time; its state is (h, c).

    Equal to `keras.layers.LSTM(units, return_sequences=True, return_state=True)` in outputs, states and gradients, with
    and without a mask, and faster: the input's products of all steps are one, and so are the gradients of the weights
    (see `seq2seq.model.unrolling`).

    Example:
        >>> layer = LSTM(3)
        >>> layer.build((None, None, 2))
        >>> hidden, (h, c) = layer(tf.zeros([1, 4, 2]))
        >>> hidden.shape.as_list(), h.shape.as_list()
        ([1, 4, 3], [1, 3])
    """

    facts = CELLS["lstm"]
    saved_arrays = 5
    bias_initializer = staticmethod(_unit_forget_bias)

    def forward_step(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """Computes one time step."""
        *saved, c, h = step(z_x + z_h, state[1])
        return tuple(saved), (h, c)

    def backward_step(
        self, d_state: State, saved: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """Computes the gradient of one time step: all of δh goes through z."""
        i, f, g, o, tanh_c = saved
        dh, dc = d_state
        dc = dc + through_tanh(tanh_c, dh * o)
        dz_i, dz_f = through_sigmoid(i, dc * g), through_sigmoid(f, dc * before[1])
        dz_c, dz_o = through_tanh(g, dc * i), through_sigmoid(o, dh * tanh_c)
        return (dz_i, dz_f, dz_c, dz_o), (None, dc * f)
