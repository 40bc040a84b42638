"""The gated recurrent unit (Cho et al., 2014), with its gradient written out.

One step, for an input x and the hidden state h of the step before; σ is the logistic function, ∘ the element-wise
product, and W, U and the biases b (of the input) and d (of the hidden state) hold the three blocks z, r, g side by
side:

    a  = x·W + b                    product of the input
    u  = h·U + d                    product of the hidden state
    z  = σ(a_z + u_z)               update gate: how much of the hidden state stays
    r  = σ(a_r + u_r)               reset gate: how much of the layer's state enters the candidate
    g  = tanh(a_g + r ∘ u_g)        the candidate
    h' = z ∘ h + (1 − z) ∘ g        hidden state

The reset gate comes after the product with U, as in cuDNN and by default in Keras (`reset_after=True`), so that one
product per step serves all three blocks. Backpropagation through time, with δ for the gradient of the loss:

    δa_z = δh' ∘ (h − g) ∘ z ∘ (1 − z)          δu_z = δa_z
    δa_g = δh' ∘ (1 − z) ∘ (1 − g²)             δu_g = δa_g ∘ r
    δa_r = δa_g ∘ u_g ∘ r ∘ (1 − r)             δu_r = δa_r
    δh   = δh' ∘ z + δu·Uᵀ

and then, over all steps at once: δW = Σ xᵀ·δa, δb = Σ δa, δU = Σ hᵀ·δu, δd = Σ δu, δx = δa·Wᵀ.

Variables, shapes and the order of the gates are those of `keras.layers.GRU`, so weights go both ways.
"""

import keras
import tensorflow as tf

from seq2seq.model.recurrent import Recurrent, through_sigmoid, through_tanh
from seq2seq.model.unrolling import State
from seq2seq.model_settings import CELLS


@keras.saving.register_keras_serializable(package="seq2seq")
class GRU(Recurrent):
    """A layer of gated recurrent units over time; its state is (h,).

    Equal to `keras.layers.GRU(units, return_sequences=True, return_state=True)` in outputs, states and gradients, with
    and without a mask.
    """

    facts = CELLS["gru"]
    saved_arrays = 4

    def forward_step(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """Computes one time step; a and u of the formulas are `z_x` and `z_h`."""
        (h,) = state
        a_z, a_r, a_g = tf.split(z_x, 3, axis=-1)
        u_z, u_r, u_g = tf.split(z_h, 3, axis=-1)
        z, r = tf.sigmoid(a_z + u_z), tf.sigmoid(a_r + u_r)
        g = tf.tanh(a_g + r * u_g)
        return (z, r, g, u_g), (z * h + (1 - z) * g,)

    def backward_step(
        self, d_state: State, saved: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """Computes the gradient of one time step."""
        z, r, g, u_g = saved
        (h,), (dh,) = before, d_state
        da_z = through_sigmoid(z, dh * (h - g))
        da_g = through_tanh(g, dh * (1 - z))
        da_r = through_sigmoid(r, da_g * u_g)
        return (da_z, da_r, da_g), (da_z, da_r, da_g * r), (dh * z,)
