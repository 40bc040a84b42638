"""One update: loss, gradient, clipping, Adam, and the moving average of the weights."""

import tensorflow as tf

from seq2seq.model.products import precision
from seq2seq.model.translation_model import TranslationModel

Sums = tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]
"""Plain loss, real target positions and the smoothed loss's gradients, all summed."""


class TrainingModel(TranslationModel):
    """A `TranslationModel` that Keras's `fit` can train.

    Losses are sums and the gradient is that of (sum of losses / number of tokens), so that padding and the lengths of a
    batch's sentences weigh nothing.
    """

    def set_training(self, *, smoothing: float, clip_norm: float, ema_decay: float, product_precision: str) -> None:
        """Says how to train.

        Args:
            smoothing: of the labels.
            clip_norm: largest norm of all gradients together (Pascanu et al., 2013).
            ema_decay: of the moving average of the weights per update; 0 for none.
            product_precision: "float32" or "bfloat16".
        """
        self.smoothing = smoothing
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.product_precision = product_precision
        # Plain variables, not weights: Keras must neither save them with the model nor count them.
        self.averages = [tf.Variable(w.value) for w in self.trainable_variables] if ema_decay else []

    def train_step(self, data: tuple[tuple[tf.Tensor, ...], tuple[tf.Tensor, ...]]) -> dict[str, tf.Tensor]:
        """One update from batches of source ids, each [batch, source], and their target ids, each [batch, target].

        Several batches give the update of one batch of all their sentences: losses, tokens and gradients are summed.

        Returns:
            Of this update alone: `loss_sum` (unsmoothed, nats), `tokens`, `source_tokens` and the gradient's norm.
        """
        sources, targets = data
        weights = self.trainable_variables
        if len(sources) == 1:
            plain, real, gradients = self._sums(sources[0], targets[0])
        else:
            plain, real, gradients = self._accumulate(sources, targets)
        tokens = tf.cast(real, tf.float32)
        norm = tf.linalg.global_norm(gradients) / tokens
        scale = tf.minimum(1.0, self.clip_norm / tf.maximum(norm, 1e-12)) / tokens
        self.optimizer.apply_gradients([(gradient * scale, w) for gradient, w in zip(gradients, weights, strict=True)])
        self._average()
        return {
            "loss_sum": plain,
            "tokens": real,
            "source_tokens": tf.add_n([tf.math.count_nonzero(source, dtype=tf.int32) for source in sources]),
            "gradient_norm": norm,
        }

    def _sums(self, source: tf.Tensor, target: tf.Tensor) -> Sums:
        """Of one batch."""
        with precision(self.product_precision):
            with tf.GradientTape() as tape:
                loss = self.loss_sums(source, target, self.smoothing, training=True)
            gradients = tape.gradient(loss.smoothed, [w.value for w in self.trainable_variables])
        # Embeddings are looked up sparsely and read out densely; their sum is dense.
        return loss.plain, loss.tokens, [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _accumulate(self, sources: tuple[tf.Tensor, ...], targets: tuple[tf.Tensor, ...]) -> Sums:
        """Of several batches, one after the other: the memory for one suffices."""
        ids = tf.TensorSpec([None, None], tf.int32)
        sums = tf.function(self._sums, input_signature=[ids, ids], autograph=False)  # traced once for all batches
        plain, real, gradients = sums(sources[0], targets[0])
        for source, target in zip(sources[1:], targets[1:], strict=True):
            with tf.control_dependencies(gradients):
                more = sums(source, target)
            plain, real = plain + more[0], real + more[1]
            gradients = [one + other for one, other in zip(gradients, more[2], strict=True)]
        return plain, real, gradients

    def _average(self) -> None:
        """Moves the averages by 1 − decay of the way to the weights; the decay begins low: there is little past."""
        if not self.averages:
            return
        step = tf.cast(self.optimizer.iterations, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + step) / (10.0 + step))
        for average, w in zip(self.averages, self.trainable_variables, strict=True):
            average.assign_sub((1.0 - decay) * (average - w.value))
