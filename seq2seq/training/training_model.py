"""One update: loss, gradient, clipping, Adam, and the moving average of the weights.

A batch is read in parts side by side, by a thread each. Within one operation threads wait for each other again and
again, which is felt most where operations are short, as those of a recurrent step are; parts wait only at the end.
"""

from itertools import pairwise

import tensorflow as tf

from seq2seq.model.products import precision
from seq2seq.model.translation_model import TranslationModel

Sums = tuple[tf.Tensor, list[tf.Tensor]]
"""The plain loss, summed, and the gradients of the smoothed loss's share in the mean of an update."""


class TrainingModel(TranslationModel):
    """A `TranslationModel` that Keras's `fit` can train.

    Losses are sums and the gradient is that of (sum of losses / number of tokens), so that padding and the lengths of a
    batch's sentences weigh nothing.
    """

    def set_training(
        self, *, smoothing: float, clip_norm: float, ema_decay: float, product_precision: str, parts: int = 1
    ) -> None:
        """Says how to train.

        Args:
            smoothing: of the labels.
            clip_norm: largest norm of all gradients together (Pascanu et al., 2013).
            ema_decay: of the moving average of the weights per update; 0 for none.
            product_precision: "float32" or "bfloat16".
            parts: in which a batch is read side by side.
        """
        self.smoothing = smoothing
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.product_precision = product_precision
        self.parts = parts
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
        tokens = tf.add_n([tf.math.count_nonzero(target, dtype=tf.int32) for target in targets])
        share = 1.0 / tf.cast(tokens, tf.float32)
        if len(sources) == 1:
            plain, gradients = self._sums(sources[0], targets[0], share)
        else:
            plain, gradients = self._accumulate(sources, targets, share)
        norm = tf.linalg.global_norm(gradients)
        # Most updates need no clipping, and are spared a pass over all gradients.
        gradients = tf.cond(
            norm > self.clip_norm,
            lambda: [gradient * (self.clip_norm / norm) for gradient in gradients],
            lambda: gradients,
        )
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        self._average()
        return {
            "loss_sum": plain,
            "tokens": tokens,
            "source_tokens": tf.add_n([tf.math.count_nonzero(source, dtype=tf.int32) for source in sources]),
            "gradient_norm": norm,
        }

    def _sums(self, source: tf.Tensor, target: tf.Tensor, share: tf.Tensor) -> Sums:
        """Of one batch; `share` is that of a token in the mean."""
        with precision(self.product_precision):
            with tf.GradientTape() as tape:
                tables = self.tables()
                losses = [
                    self.loss_sums(*part, self.smoothing, training=True, tables=tables)
                    for part in cut(source, target, self.parts)
                ]
                smoothed = share * tf.add_n([loss.smoothed for loss in losses])
            gradients = tape.gradient(smoothed, [w.value for w in self.trainable_variables])
        # Embeddings are looked up sparsely and read out densely; their sum is dense.
        return tf.add_n([loss.plain for loss in losses]), [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _accumulate(self, sources: tuple[tf.Tensor, ...], targets: tuple[tf.Tensor, ...], share: tf.Tensor) -> Sums:
        """Of several batches, one after the other: the memory for one suffices."""
        ids = tf.TensorSpec([None, None], tf.int32)
        signature = [ids, ids, tf.TensorSpec([])]
        sums = tf.function(self._sums, input_signature=signature, autograph=False)  # traced once for all batches
        plain, gradients = sums(sources[0], targets[0], share)
        for source, target in zip(sources[1:], targets[1:], strict=True):
            with tf.control_dependencies(gradients):
                more = sums(source, target, share)
            plain = plain + more[0]
            gradients = [one + other for one, other in zip(gradients, more[1], strict=True)]
        return plain, gradients

    def _average(self) -> None:
        """Moves the averages by 1 − decay of the way to the weights; the decay begins low: there is little past."""
        if not self.averages:
            return
        step = tf.cast(self.optimizer.iterations, tf.float32)
        decay = tf.minimum(self.ema_decay, (1.0 + step) / (10.0 + step))
        for average, w in zip(self.averages, self.trainable_variables, strict=True):
            # decay · average + (1 − decay) · w in one pass over memory: the operator's (average − α·w) / (1 + α·l2).
            tf.raw_ops.ResourceApplyProximalGradientDescent(
                var=average.handle, alpha=1.0 - 1.0 / decay, l1=0.0, l2=-1.0, delta=w.value
            )


def cut(source: tf.Tensor, target: tf.Tensor, parts: int) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """A batch in parts of as many rows, each without the padding that only the other parts need.

    Args:
        source: ids. [batch, source]
        target: ids. [batch, target]
        parts: their number; of a batch with fewer rows, some are empty.
    """
    if parts == 1:
        return [(source, target)]
    rows = tf.shape(source)[0]
    bounds = [rows * n // parts for n in range(parts + 1)]
    return [(_trimmed(source[begin:end]), _trimmed(target[begin:end])) for begin, end in pairwise(bounds)]


def _trimmed(ids: tf.Tensor) -> tf.Tensor:
    """Ids [rows, time] without columns that are all padding, but with one column at least."""
    longest = tf.reduce_max(tf.concat([[1], tf.math.count_nonzero(ids, 1, dtype=tf.int32)], 0))
    return ids[:, :longest]
