"""One update: loss, gradient, clipping, Adam, and the moving average of the weights."""

import contextlib
from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from seq2seq.model.products import precision
from seq2seq.model.translation_model import TranslationModel
from seq2seq.model_settings import ModelSettings
from seq2seq.training.data.batch import Batch
from seq2seq.training.data.update_data import specs
from seq2seq.training.moving_average import move_average, warmed_decay
from seq2seq.training.objectives.objective import Objective
from seq2seq.training.shards import shards_of

Sums = dict[str, tf.Tensor]
"""Sums to log, by name. Scalars."""


class TrainingModel(TranslationModel):
    """A `TranslationModel` that Keras's `fit` can train.

    Losses are sums, and the gradient is that of (sum of losses / number of target tokens), so that padding and the
    lengths of a batch's sentences weigh nothing.

    Attributes:
        averages: Moving averages of the trainable weights, in their order; none if `ema_decay` is 0.
    """

    def __init__(
        self,
        settings: ModelSettings,
        seed: int | None = None,
        *,
        objective: Objective,
        clip_norm: float,
        ema_decay: float,
        product_precision: str,
        shards: int = 1,
        **options: Any,
    ) -> None:
        """Makes and builds the network.

        Args:
            settings: Shape of the model.
            seed: Seed of weights and dropouts; None draws one.
            objective: What an update minimizes.
            clip_norm: Largest norm of all gradients together (Pascanu et al., 2013).
            ema_decay: Decay of the moving average of the weights per update; 0 for none.
            product_precision: Precision of matrix products in training, "float32" or "bfloat16".
            shards: Number of shards of a batch that are read side by side.
            **options: Options of `keras.Model`.
        """
        super().__init__(settings, seed, **options)
        self.objective = objective
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.product_precision = product_precision
        self.shards = shards
        # Plain variables, not weights: Keras must neither save them with the model nor count them.
        self.averages = [tf.Variable(w.value) for w in self.trainable_variables] if ema_decay else []

    def restart_averages(self) -> None:
        """Sets the moving averages to the weights, for a model whose weights come from elsewhere."""
        for average, w in zip(self.averages, self.trainable_variables, strict=bool(self.averages)):
            average.assign(w.value)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Puts the moving averages into the model for this block, by copies: what returns is equal to the bit."""
        if not self.averages:
            yield
            return
        raw = [w.numpy() for w in self.trainable_variables]
        try:
            for w, average in zip(self.trainable_variables, self.averages, strict=True):
                w.assign(average)
            yield
        finally:
            for w, value in zip(self.trainable_variables, raw, strict=True):
                w.assign(value)

    def train_step(self, data: tuple[Batch, ...]) -> dict[str, tf.Tensor]:
        """Makes one update from one batch or several.

        Several batches give the update of one batch of all their sentences: losses, tokens and gradients are summed.

        Returns:
            Figures of this update alone: the objective's sums (`loss_sum`, unsmoothed, in nats), `tokens`,
            `source_tokens` and the gradient's norm before clipping.
        """
        weights = self.trainable_variables
        tokens = tf.add_n([tf.math.count_nonzero(batch.target, dtype=tf.int32) for batch in data])
        share = 1.0 / tf.cast(tokens, tf.float32)
        sums, gradients = self._gradients(data[0], share) if len(data) == 1 else self._accumulated(data, share)
        norm = tf.linalg.global_norm(gradients)
        # Most updates need no clipping, and are spared a pass over all gradients.
        gradients = tf.cond(
            norm > self.clip_norm,
            lambda: [gradient * (self.clip_norm / norm) for gradient in gradients],
            lambda: gradients,
        )
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self._move_averages()
        source_tokens = tf.add_n([tf.math.count_nonzero(batch.source, dtype=tf.int32) for batch in data])
        return {**sums, "tokens": tokens, "source_tokens": source_tokens, "gradient_norm": norm}

    def _gradients(self, batch: Batch, share: tf.Tensor) -> tuple[Sums, list[tf.Tensor]]:
        """The sums of one batch, and the gradients of its share in the update's loss, one per trainable weight."""
        with precision(self.product_precision):
            with tf.GradientTape() as tape:
                tables = self.tables()
                losses = [self.objective.loss(self, shard, share, tables) for shard in shards_of(batch, self.shards)]
                loss = tf.add_n([shard.loss for shard in losses])
            gradients = tape.gradient(loss, [w.value for w in self.trainable_variables])
        sums = {name: tf.add_n([shard.sums[name] for shard in losses]) for name in losses[0].sums}
        # Embeddings are looked up sparsely and read out densely; their sum is dense.
        return sums, [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _accumulated(self, batches: tuple[Batch, ...], share: tf.Tensor) -> tuple[Sums, list[tf.Tensor]]:
        """Sums and gradients of several batches, one after the other: the memory for one suffices."""
        signature = [specs(batches[0]), tf.TensorSpec([])]
        one = tf.function(self._gradients, input_signature=signature, autograph=False)  # traced once for all batches
        sums, gradients = one(batches[0], share)
        for batch in batches[1:]:
            with tf.control_dependencies(gradients):
                more_sums, more_gradients = one(batch, share)
            sums = {name: value + more_sums[name] for name, value in sums.items()}
            gradients = [first + second for first, second in zip(gradients, more_gradients, strict=True)]
        return sums, gradients

    def _move_averages(self) -> None:
        if not self.averages:
            return
        decay = warmed_decay(self.ema_decay, tf.cast(self.optimizer.iterations, tf.float32))
        for average, w in zip(self.averages, self.trainable_variables, strict=True):
            move_average(average, w.value, decay)
