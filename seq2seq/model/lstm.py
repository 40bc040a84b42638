"""The LSTM (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000), with its gradient written out.

One step, for an input x, the hidden state h and the memory cell c of the step before; σ is the logistic function, ∘ the
element-wise product, and W, U, b hold the four blocks i, f, c, o side by side:

    z  = x·W + h·U + b              what each unit hears
    i  = σ(z_i)                     input gate: how much of the candidate is written
    f  = σ(z_f)                     forget gate: how much of the memory cell stays
    g  = tanh(z_c)                  the candidate
    o  = σ(z_o)                     output gate: how much of the memory cell is shown
    c' = f ∘ c + i ∘ g              memory cell
    h' = o ∘ tanh(c')               hidden state

Backpropagation through time walks the same steps from the last to the first. With δ for the gradient of the loss:

    δc' += δh' ∘ o ∘ (1 − tanh²(c'))
    δz_i = δc' ∘ g ∘ i ∘ (1 − i)          δz_f = δc' ∘ c ∘ f ∘ (1 − f)
    δz_c = δc' ∘ i ∘ (1 − g²)             δz_o = δh' ∘ tanh(c') ∘ o ∘ (1 − o)
    δc   = δc' ∘ f                        δh   = δz·Uᵀ

and then, over all steps at once: δW = Σ xᵀ·δz, δU = Σ hᵀ·δz, δb = Σ δz, δx = δz·Wᵀ.

Variables, shapes and the order of the gates are those of `keras.layers.LSTM`, so weights go both ways.
"""

import keras
import tensorflow as tf

from seq2seq.model.recurrent import Recurrent, State


def step(z: tf.Tensor, c: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """The equations of one step after the products.

    Args:
        z: x·W + h·U + b. [rows, 4·units]
        c: memory cell of the step before. [rows, units]

    Returns:
        i, f, g, o, c', h', each [rows, units].
    """
    z_i, z_f, z_c, z_o = tf.split(z, 4, axis=-1)
    i, f, g, o = tf.sigmoid(z_i), tf.sigmoid(z_f), tf.tanh(z_c), tf.sigmoid(z_o)
    c = f * c + i * g
    return i, f, g, o, c, o * tf.tanh(c)


def _unit_forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> tf.Tensor:
    """Ones for the forget gates, zeros else: an untrained cell remembers (Jozefowicz et al., 2015, section 2.2)."""
    units = shape[0] // 4
    return tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])], 0)


@keras.saving.register_keras_serializable(package="seq2seq")
class LSTM(Recurrent):
    """A layer of LSTM units over time; its state is (h, c).

    Equal to `keras.layers.LSTM(units, return_sequences=True, return_state=True)` in outputs, states and gradients, with
    and without a mask, and faster: the input's products of all steps are one, and so are the gradients of the weights
    (see `seq2seq.model.recurrent`).
    """

    blocks = 4
    arity = 2
    gates = 4
    bias_initializer = staticmethod(_unit_forget_bias)

    def advance(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """One step."""
        i, f, g, o, c, h = step(z_x + z_h, state[1])
        return (i, f, g, o), (h, c)

    def slopes(self, gates: State, after: State, before: State) -> State:
        """Of δz [time, batch, 4·units], of δc' in δh' and of δc in δc' [time, batch, units]."""
        i, f, g, o = gates
        tanh_c, c_before = tf.tanh(after[1]), before[1]
        # What δc' (for i, f, c) and δh' (for o) are multiplied with.
        factors = tf.concat([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], -1)
        return factors, o * (1 - tanh_c * tanh_c), f

    def retreat(self, d_state: State, slopes: State) -> tuple[tf.Tensor, tuple[tf.Tensor | None, ...]]:
        """One step back: all of δh goes through z."""
        factors, through, f = slopes
        dh, dc = d_state
        dc = dc + dh * through
        dz = tf.concat([dc, dc, dc, dh], -1) * factors  # [batch, 4·units]
        return dz, (None, dc * f)
