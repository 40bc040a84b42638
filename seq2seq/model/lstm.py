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

from seq2seq.model.dropout import keep_mask
from seq2seq.model.products import dense, operand

State = tuple[tf.Tensor, ...]


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


def _steps(x: tf.Tensor) -> tf.TensorArray:
    """The steps of a [time, …] tensor, to be read one by one, each once."""
    return tf.TensorArray(x.dtype, size=tf.shape(x)[0]).unstack(x)


def _stack(array: tf.TensorArray, units: int) -> tf.Tensor:
    """All steps of a recorded quantity. [time, batch, units]"""
    return tf.ensure_shape(array.stack(), [None, None, units])


def _recur(z_x, recurrent_kernel, h0, c0, mask, recurrent_mask):  # type: ignore[no-untyped-def]
    """The recurrence over time, and its gradient.

    Args:
        z_x: x·W + b of all steps. [time, batch, 4·units]
        recurrent_kernel: U. [units, 4·units]
        h0, c0: the initial state. [batch, units]
        mask: where there is input (elsewhere the state stays), or None. [time, batch, 1] bool
        recurrent_mask: factor on the hidden state that enters the product, or None. [batch, units]

    Returns:
        Hidden states [time, batch, units] and the last state h, c [batch, units].
    """
    units = recurrent_kernel.shape[0]

    @tf.custom_gradient
    def forward(z_x, recurrent_kernel, h0, c0):  # type: ignore[no-untyped-def]
        time = tf.shape(z_x)[0]
        u = operand(recurrent_kernel)
        z_steps = _steps(z_x)
        mask_steps = None if mask is None else _steps(mask)

        def body(t, h, c, records):  # type: ignore[no-untyped-def]
            heard = h if recurrent_mask is None else h * recurrent_mask
            z = z_steps.read(t) + tf.cast(tf.matmul(operand(heard), u), tf.float32)  # [batch, 4·units]
            *gates, c_new, h_new = step(z, c)
            if mask_steps is not None:
                present = mask_steps.read(t)
                c_new, h_new = tf.where(present, c_new, c), tf.where(present, h_new, h)
            kept = (*gates, c_new, h_new)
            return t + 1, h_new, c_new, tuple(r.write(t, x) for r, x in zip(records, kept, strict=True))

        records = tuple(tf.TensorArray(tf.float32, size=time) for _ in range(6))
        _, h_last, c_last, records = tf.while_loop(
            lambda t, *_: t < time, body, (0, h0, c0, records), maximum_iterations=time
        )
        i, f, g, o, c, h = (_stack(record, units) for record in records)

        def backward(dy, dh_last, dc_last):  # type: ignore[no-untyped-def]
            h_before = tf.concat([h0[None], h[:-1]], 0)
            c_before = tf.concat([c0[None], c[:-1]], 0)
            tanh_c = tf.tanh(c)
            # What δc' (for i, f, c) and δh' (for o) are multiplied with: [time, batch, 4·units]
            factors = tf.concat([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], -1)
            through = o * (1 - tanh_c * tanh_c)
            stays = f
            if mask is not None:
                present = tf.cast(mask, tf.float32)
                factors, through = factors * present, through * present
                stays = tf.where(mask, f, 1.0)
            # Transposed once: products with a transposed right factor are three times slower at these sizes.
            u_transposed = tf.transpose(u)
            steps = [_steps(x) for x in (dy, factors, through, stays)]
            mask_steps = None if mask is None else _steps(mask)

            def body(n, dh, dc, dz_steps):  # type: ignore[no-untyped-def]
                t = time - 1 - n
                dy_t, factors_t, through_t, stays_t = (x.read(t) for x in steps)
                dh = dh + dy_t
                dc = dc + dh * through_t
                dz = tf.concat([dc, dc, dc, dh], -1) * factors_t  # [batch, 4·units]
                dh_before = tf.cast(tf.matmul(operand(dz), u_transposed), tf.float32)
                if recurrent_mask is not None:
                    dh_before = dh_before * recurrent_mask
                if mask_steps is not None:
                    dh_before = dh_before + tf.where(mask_steps.read(t), 0.0, dh)
                return n + 1, dh_before, dc * stays_t, dz_steps.write(t, dz)

            _, dh0, dc0, dz_steps = tf.while_loop(
                lambda n, *_: n < time,
                body,
                (0, dh_last, dc_last, tf.TensorArray(tf.float32, size=time)),
                maximum_iterations=time,
            )
            dz = _stack(dz_steps, 4 * units)  # [time, batch, 4·units]
            heard = h_before if recurrent_mask is None else h_before * recurrent_mask
            du = tf.matmul(
                operand(tf.reshape(heard, [-1, units])), operand(tf.reshape(dz, [-1, 4 * units])), transpose_a=True
            )
            return dz, tf.cast(du, tf.float32), dh0, dc0

        return (h, h_last, c_last), backward

    return forward(z_x, tf.convert_to_tensor(recurrent_kernel), h0, c0)


@keras.saving.register_keras_serializable(package="seq2seq")
class LSTM(keras.layers.Layer):
    """A layer of LSTM units over time.

    Equal to `keras.layers.LSTM(units, return_sequences=True, return_state=True)` in outputs, states and gradients, with
    and without a mask, and faster: the input's products of all steps are one, and so are the gradients of the weights.
    """

    def __init__(self, units: int, recurrent_dropout: float = 0.0, seed: int | None = None, **options) -> None:  # type: ignore[no-untyped-def]
        """Makes a layer without weights yet.

        Args:
            units: width of the hidden state and the memory cell.
            recurrent_dropout: share of the hidden state that is dropped on its way into the next step; the same units
                for all steps of a sentence (Gal and Ghahramani, 2016).
            seed: of the dropout.
            **options: of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.units = units
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds") if recurrent_dropout else None
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights: kernel W, recurrent kernel U and bias b; forget gates begin at 1, other biases at 0."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 4 * self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, 4 * self.units), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(4 * self.units,), initializer=_unit_forget_bias, name="bias")

    def zero_state(self, rows: tf.Tensor) -> State:
        """(h, c) of zeros, each [rows, units]."""
        zeros = tf.zeros([rows, self.units])
        return zeros, zeros

    def call(
        self,
        inputs: tf.Tensor,
        initial_state: State | None = None,
        mask: tf.Tensor | None = None,
        training: bool = False,
    ) -> tuple[tf.Tensor, State]:
        """Runs over all time steps.

        Args:
            inputs: [batch, time, inputs].
            initial_state: (h, c), each [batch, units]; zeros by default.
            mask: False where there is no input: the state is kept. [batch, time] bool
            training: whether the recurrent dropout is on.

        Returns:
            Hidden states [batch, time, units] and the last state (h, c), each [batch, units].
        """
        h0, c0 = initial_state or self.zero_state(tf.shape(inputs)[0])
        x = tf.transpose(inputs, [1, 0, 2])  # [time, batch, inputs]
        steps_mask = None if mask is None else tf.transpose(mask)[:, :, None]  # [time, batch, 1]
        recurrent_mask = None
        if training and self.seed_generator is not None:
            recurrent_mask = keep_mask(tf.shape(h0), self.recurrent_dropout, self.seed_generator.next())
        z_x = dense(x, self.kernel) + self.bias  # [time, batch, 4·units]
        hidden, h, c = _recur(z_x, self.recurrent_kernel, h0, c0, steps_mask, recurrent_mask)
        return tf.transpose(hidden, [1, 0, 2]), (h, c)

    def step(self, inputs: tf.Tensor, state: State) -> tuple[tf.Tensor, State]:
        """One time step, for decoding.

        Args:
            inputs: [rows, inputs].
            state: (h, c) of the step before, each [rows, units].

        Returns:
            The new hidden state [rows, units] and the new state.
        """
        h, c = state
        z = dense(inputs, self.kernel) + self.bias + dense(h, self.recurrent_kernel)  # [rows, 4·units]
        *_, c, h = step(z, c)
        return h, (h, c)

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {
            "units": self.units,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }


def _unit_forget_bias(shape: tuple[int, ...], dtype: str | None = None) -> tf.Tensor:
    """Ones for the forget gates, zeros else: an untrained cell remembers (Jozefowicz et al., 2015, section 2.2)."""
    units = shape[0] // 4
    return tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])], 0)
