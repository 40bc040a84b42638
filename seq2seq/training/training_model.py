"""One update: loss, gradient, clipping, Adam, and the moving average of the weights."""

import tensorflow as tf

from seq2seq.model.products import precision
from seq2seq.model.translation_model import TranslationModel


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

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> dict[str, tf.Tensor]:
        """One update from a batch of source ids [batch, source] and target ids [batch, target].

        Returns:
            Of this batch alone: `loss_sum` (unsmoothed, nats), `tokens`, `source_tokens` and the gradient's norm.
        """
        source, target = data
        weights = self.trainable_variables
        with precision(self.product_precision):
            with tf.GradientTape() as tape:
                loss = self.loss_sums(source, target, self.smoothing, training=True)
            gradients = tape.gradient(loss.smoothed, [w.value for w in weights])
        # Embeddings are looked up sparsely and read out densely; their sum is dense.
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        tokens = tf.cast(loss.tokens, tf.float32)
        norm = tf.linalg.global_norm(gradients) / tokens
        scale = tf.minimum(1.0, self.clip_norm / tf.maximum(norm, 1e-12)) / tokens
        self.optimizer.apply_gradients([(gradient * scale, w) for gradient, w in zip(gradients, weights, strict=True)])
        self._average()
        return {
            "loss_sum": loss.plain,
            "tokens": loss.tokens,
            "source_tokens": tf.math.count_nonzero(source, dtype=tf.int32),
            "gradient_norm": norm,
        }

    def _average(self) -> None:
        """Moves the averages by 1 − decay of the way to the weights; the decay begins low: there is little past."""
        if not self.averages:
            return
        step = tf.cast(self.optimizer.iterations, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + step) / (10.0 + step))
        for average, w in zip(self.averages, self.trainable_variables, strict=True):
            average.assign_sub((1.0 - decay) * (average - w.value))
