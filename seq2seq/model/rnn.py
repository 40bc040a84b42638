"""The plain recurrent network (Elman, 1990), with its gradient written out.

One step, for an input x and the hidden state h of the step before:

    h' = tanh(x·W + h·U + b)        hidden state

Backpropagation through time, with δ for the gradient of the loss and ∘ for the element-wise product:

    δz = δh' ∘ (1 − h'²)            δh = δz·Uᵀ

and then, over all steps at once: δW = Σ xᵀ·δz, δU = Σ hᵀ·δz, δb = Σ δz, δx = δz·Wᵀ. Where the factors 1 − h'² and U
keep shrinking it, δh fades within a few steps (Bengio et al., 1994): what the gates of the LSTM were invented against.

Variables and shapes are those of `keras.layers.SimpleRNN`, so weights go both ways.
"""

import keras
import tensorflow as tf

from seq2seq.model.recurrent import Recurrent, through_tanh
from seq2seq.model.unrolling import State
from seq2seq.model_settings import CELLS


@keras.saving.register_keras_serializable(package="seq2seq")
class RNN(Recurrent):
    """A layer of plain recurrent units over time; its state is (h,).

    Equal to `keras.layers.SimpleRNN(units, return_sequences=True, return_state=True)` in outputs, states and gradients,
    with and without a mask.
    """

    facts = CELLS["rnn"]

    def forward_step(self, z_x: tf.Tensor, z_h: tf.Tensor, state: State) -> tuple[State, State]:
        """Computes one time step; there are no gates to save."""
        return (), (tf.tanh(z_x + z_h),)

    def backward_step(
        self, d_state: State, saved: State, before: State, after: State
    ) -> tuple[tuple[tf.Tensor | None, ...], ...]:
        """Computes the gradient of one time step: all of δh goes through z."""
        return (through_tanh(after[0], d_state[0]),), (None,)
