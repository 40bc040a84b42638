"""The same model of stock Keras layers: `keras.layers.LSTM`, Keras's loss, Keras's Adam, under `fit`.

What Keras offers is used as an expert would: only real positions reach the vocabulary, nothing is computed twice, one
graph serves all shapes; bfloat16 is Keras's `mixed_bfloat16` policy.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from scripts.benchmarks.data import counts, read_batches
from scripts.benchmarks.fit_clock import FitClock
from scripts.benchmarks.rivals import check_settings
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.ids import BOS, PAD

WARM_UP = 6


class KerasModel(keras.Model):
    """Embedding, bidirectional LSTMs, LSTMs of which the bottom one attends, softmax with the embedding's table."""

    def __init__(self, settings: ModelSettings, smoothing: float = 0.0) -> None:
        """Makes the layers.

        Args:
            settings: Shape of the model.
            smoothing: Label smoothing.
        """
        super().__init__()
        check_settings(settings, "keras")
        layers, units = keras.layers, settings.decoder_size
        self.smoothing = smoothing
        self.vocabulary_size = settings.vocabulary_size
        scale = keras.initializers.RandomNormal(stddev=settings.embedding_size**-0.5)
        self.embedding = layers.Embedding(self.vocabulary_size, settings.embedding_size, scale)
        self.readers = [
            layers.Bidirectional(layers.LSTM(settings.encoder_size, return_sequences=True))
            for _ in range(settings.encoder_layers)
        ]
        self.bridges = [layers.Dense(2 * units, "tanh") for _ in range(settings.decoder_layers)]
        self.writers = [layers.LSTM(units, return_sequences=True) for _ in range(settings.decoder_layers)]
        self.readout = layers.Dense(settings.embedding_size, "tanh")
        self.bias = self.add_weight((self.vocabulary_size,), initializer="zeros", name="softmax_bias")
        # A layer of its own for each place; they have no weights.
        self.source_dropout, self.target_dropout = (layers.Dropout(settings.embedding_dropout) for _ in range(2))
        self.layer_dropouts = [
            layers.Dropout(settings.layer_dropout) for _ in range(settings.encoder_layers + settings.decoder_layers)
        ]
        self.readout_dropout = layers.Dropout(settings.readout_dropout)

    def call(self, inputs: dict[str, tf.Tensor], training: bool = False) -> tf.Tensor:
        """Read-out states. [batch, target, embedding_size]"""
        source, target = inputs["source"], inputs["target"]
        mask = tf.not_equal(source, PAD)
        dropouts = iter(self.layer_dropouts)
        x = self.source_dropout(self.embedding(source), training=training)
        for n, reader in enumerate(self.readers):
            dropout = next(dropouts)
            y = reader(dropout(x, training=training) if n else x, mask=mask, training=training)
            x = x + y if n else y
        present = tf.cast(mask, x.dtype)[:, :, None]
        memory = x * present  # [batch, source, width]
        summary = tf.reduce_sum(memory, 1) / tf.reduce_sum(present, 1)
        before = tf.pad(target[:, :-1], [[0, 0], [1, 0]], constant_values=BOS)
        hidden = self.target_dropout(self.embedding(before), training=training)
        context = None
        for writer, bridge in zip(self.writers, self.bridges, strict=True):
            state = tf.split(bridge(summary), 2, axis=-1)
            if context is None:
                hidden = writer(hidden, initial_state=state, training=training)
                scores = tf.matmul(hidden, memory, transpose_b=True)  # [batch, target, source]
                weights = tf.nn.softmax(tf.where(mask[:, None, :], scores, scores.dtype.min))
                context = tf.matmul(weights, memory)
                continue
            joined = next(dropouts)(tf.concat([hidden, context], -1), training=training)
            hidden = hidden + writer(joined, initial_state=state, training=training)
        joined = next(dropouts)(tf.concat([hidden, context], -1), training=training)
        return self.readout_dropout(self.readout(joined), training=training)

    def compute_loss(  # type: ignore[no-untyped-def]
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ) -> tf.Tensor:
        """Keras's cross-entropy with its label smoothing, the mean over the real positions."""
        real = tf.not_equal(y, PAD)
        readout = tf.boolean_mask(y_pred, real)  # [tokens, embedding_size]
        table = tf.cast(tf.convert_to_tensor(self.embedding.embeddings), readout.dtype)
        logits = tf.cast(tf.matmul(readout, table, transpose_b=True), tf.float32) + self.bias
        labels = tf.one_hot(tf.boolean_mask(y, real), self.vocabulary_size)
        losses = keras.losses.categorical_crossentropy(labels, logits, from_logits=True, label_smoothing=self.smoothing)
        return tf.reduce_mean(losses)

    def load_weights_of(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Takes over the weights of a `TranslationModel`, by their names in a model folder. Built models only."""

        def lstm(name: str) -> list[NDArray[np.float32]]:
            return [weights[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")]

        self.embedding.set_weights([weights["embeddings"]])
        self.bias.assign(weights["softmax_bias"])
        for n, reader in enumerate(self.readers):
            reader.set_weights(lstm(f"encoder/forward_{n}") + lstm(f"encoder/backward_{n}"))
        for n, (writer, bridge) in enumerate(zip(self.writers, self.bridges, strict=True)):
            writer.set_weights(lstm(f"decoder/lstm_{n}"))
            bridge.set_weights([weights[f"decoder/bridge/{part}_{n}"] for part in ("kernel", "bias")])
        self.readout.set_weights([weights["decoder/readout_kernel"], weights["decoder/readout_bias"]])


class Training:
    """Updates under `fit`."""

    def __init__(
        self,
        model: dict[str, Any],
        training: dict[str, Any],
        batches: str,
        vocabulary_size: int,
        precision: str,
        threads: int,
    ) -> None:
        """See `scripts.benchmarks.ours.Training`."""
        self.settings = ModelSettings.of(model, vocabulary_size=vocabulary_size)
        self.training, self.precision, self.threads = training, precision, threads
        self.batches = read_batches(batches)

    def prepare(self) -> dict[str, Any]:
        """Makes the model and has it trace its graph."""
        options = self.training
        tf.config.threading.set_intra_op_parallelism_threads(self.threads)
        if self.precision == "bfloat16":
            keras.mixed_precision.set_global_policy("mixed_bfloat16")
        keras.utils.set_random_seed(options["seed"])
        self.model = KerasModel(self.settings, options["label_smoothing"])
        optimizer = keras.optimizers.Adam(
            options["learning_rate"],
            options["beta_1"],
            options["beta_2"],
            options["epsilon"],
            global_clipnorm=options["clip_norm"],
            use_ema=bool(options["ema_decay"]),
            ema_momentum=options["ema_decay"] or 0.99,
        )
        self.model.compile(optimizer=optimizer)
        self.updates = FitClock("loss")
        self._fit(0, WARM_UP)
        precision = "mixed_bfloat16" if self.precision == "bfloat16" else "float32"
        return {
            "parameters": int(self.model.count_params()),
            "settings": f"fit, {precision}, {self.threads} threads, jit_compile {self.model.jit_compile}",
        }

    def round(self, start: int, updates: int) -> dict[str, float]:
        """Some updates."""
        self._fit(start, updates)
        return {"seconds": self.updates.seconds, **counts(self.batches[start : start + updates])}

    def _fit(self, start: int, updates: int) -> None:
        batches = self.batches[start : start + updates]
        ids = tf.TensorSpec([None, None], tf.int32)
        dataset = tf.data.Dataset.from_generator(
            lambda: (({"source": source, "target": target}, target) for source, target in batches),
            output_signature=({"source": ids, "target": ids}, ids),
        )
        self.model.fit(
            dataset.prefetch(4), epochs=1, steps_per_epoch=updates, callbacks=[self.updates], shuffle=False, verbose=0
        )
