"""The encoder: recurrent layers that read the source, by default in both directions."""

import itertools
from typing import Any

import keras
import tensorflow as tf

from seq2seq.model.cells import CELL_LAYERS
from seq2seq.model.dropout import Dropout
from seq2seq.model.from_settings import FromSettings
from seq2seq.model.recurrent import Recurrent, swap
from seq2seq.model_settings import ModelSettings


@keras.saving.register_keras_serializable(package="seq2seq")
class Encoder(FromSettings):
    """Recurrent layers, residual from the second on; each reads forwards and, if bidirectional, backwards.

    The backward layer gets each sentence reversed within its own length. So padding stands at the end in both
    directions, where nothing comes after it: no padding ever enters a state that is used.
    """

    def __init__(self, settings: ModelSettings, seed: int | None = None, **options: Any) -> None:
        """Makes the layers.

        Args:
            settings: Shape of the model.
            seed: Seed of the dropouts; None draws one.
            **options: Options of `keras.layers.Layer`.
        """
        super().__init__(settings, seed, **options)
        layers = settings.encoder_layers
        seeds = iter(range(seed, seed + 3 * layers)) if seed is not None else itertools.repeat(None)

        def cells(direction: str, number: int) -> list[Recurrent]:
            make = CELL_LAYERS[settings.cell]
            return [
                make(settings.encoder_size, settings.recurrent_dropout, next(seeds), name=f"{direction}_{n}")
                for n in range(number)
            ]

        self.forward = cells("forward", layers)
        self.backward = cells("backward", layers if settings.bidirectional else 0)
        self.dropouts = [
            Dropout(settings.layer_dropout, seed=next(seeds), name=f"encoder_dropout_{n}") for n in range(layers)
        ]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the layers' weights."""
        shape = input_shape
        for n in range(self.settings.encoder_layers):
            self.forward[n].build(shape)
            if self.settings.bidirectional:
                self.backward[n].build(shape)
            shape = (*input_shape[:-1], self.settings.memory_width)

    def call(self, inputs: tf.Tensor, lengths: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Reads sentences.

        Args:
            inputs: Embeddings, padded on the right. [batch, source, inputs]
            lengths: Lengths of the sentences. [batch]
            training: Whether dropout is on.

        Returns:
            Hidden states of the directions side by side, zeros at padding. [batch, source, width]
        """
        return self.over_time(swap(inputs), lengths, training)

    def over_time(self, inputs: tf.Tensor, lengths: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Reads sentences as `call` does, from [source, batch, inputs] to [batch, source, width]."""
        x = inputs
        for n in range(self.settings.encoder_layers):
            if n > 0:
                x = self.dropouts[n](x, training=training)
            y, _ = self.forward[n].over_time(x, training=training)
            if self.settings.bidirectional:
                reverse, _ = self.backward[n].over_time(_reversed(x, lengths), training=training)
                y = tf.concat([y, _reversed(reverse, lengths)], -1)  # [source, batch, width]
            x = x + y if self.settings.residual and n > 0 else y
        present = tf.sequence_mask(lengths, tf.shape(inputs)[0], tf.float32)[:, :, None]  # [batch, source, 1]
        return swap(x) * present


def _reversed(x: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Reverses each sentence of [time, batch, width] within its own length.

    Whole rows are gathered, which takes a third of the time of `tf.reverse_sequence`. The permutation is its own
    inverse, so the gradient is reversed the same way.
    """
    time, batch = tf.shape(x)[0], tf.shape(x)[1]
    at = tf.range(time)[:, None]
    turned = tf.where(at < lengths, lengths - 1 - at, at)  # [time, batch]
    rows = turned * batch + tf.range(batch)  # of [time·batch, width]

    def turn(y: tf.Tensor) -> tf.Tensor:
        return tf.gather(tf.reshape(y, [-1, x.shape[-1]]), rows)

    return tf.custom_gradient(lambda y: (turn(y), turn))(x)
