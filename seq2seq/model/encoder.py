"""The encoder: bidirectional LSTM layers over the source."""

import keras
import tensorflow as tf

from seq2seq.model.dropout import Dropout
from seq2seq.model.lstm import LSTM


@keras.saving.register_keras_serializable(package="seq2seq")
class Encoder(keras.layers.Layer):
    """Bidirectional LSTM layers, residual from the second on.

    The layer that reads backwards gets each sentence reversed within its own length. Padding then stands at the end in
    both directions, where nothing comes after it: no padding ever enters a state that is used.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self,
        layers: int,
        units: int,
        layer_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **options,
    ) -> None:
        """Makes the layers.

        Args:
            layers: number of bidirectional layers.
            units: of each direction; the output is twice as wide.
            layer_dropout: on what enters every layer above the first.
            recurrent_dropout: of the LSTM layers.
            seed: of the dropouts.
            **options: of `keras.layers.Layer`.
        """
        super().__init__(**options)
        self.layers = layers
        self.units = units
        self.layer_dropout = layer_dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        seeds = iter(range(seed, seed + 3 * layers)) if seed is not None else None

        def next_seed() -> int | None:
            return next(seeds) if seeds else None

        self.forward = [LSTM(units, recurrent_dropout, next_seed(), name=f"forward_{n}") for n in range(layers)]
        self.backward = [LSTM(units, recurrent_dropout, next_seed(), name=f"backward_{n}") for n in range(layers)]
        self.dropouts = [Dropout(layer_dropout, seed=next_seed(), name=f"encoder_dropout_{n}") for n in range(layers)]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the layers' weights."""
        shape = input_shape
        for forward, backward in zip(self.forward, self.backward, strict=True):
            forward.build(shape)
            backward.build(shape)
            shape = (*input_shape[:-1], 2 * self.units)

    def call(self, inputs: tf.Tensor, lengths: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Reads sentences in both directions.

        Args:
            inputs: embeddings, padded on the right. [batch, source, inputs]
            lengths: of the sentences. [batch]
            training: whether dropout is on.

        Returns:
            Hidden states of both directions side by side, zeros at padding. [batch, source, 2·units]
        """
        present = tf.sequence_mask(lengths, tf.shape(inputs)[1], tf.float32)[:, :, None]  # [batch, source, 1]
        x = inputs
        for n, (forward, backward, dropout) in enumerate(zip(self.forward, self.backward, self.dropouts, strict=True)):
            if n > 0:
                x = dropout(x, training=training)
            onward, _ = forward(x, training=training)
            reverse, _ = backward(tf.reverse_sequence(x, lengths, seq_axis=1), training=training)
            y = tf.concat([onward, tf.reverse_sequence(reverse, lengths, seq_axis=1)], -1)
            x = y if n == 0 else x + y
        return x * present

    def get_config(self) -> dict[str, object]:
        """What `from_config` makes an equal layer of."""
        return super().get_config() | {
            "layers": self.layers,
            "units": self.units,
            "layer_dropout": self.layer_dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }
