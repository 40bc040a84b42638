"""Cross-entropy with label smoothing: the likelihood of the true translations."""

import tensorflow as tf

from seq2seq.model.translation_model import Tables, TranslationModel
from seq2seq.training.data.batch import Batch
from seq2seq.training.objectives.objective import ObjectiveLoss


class CrossEntropy:
    """Minimizes the mean cross-entropy of the target tokens (see `seq2seq.model.cross_entropy`)."""

    def __init__(self, smoothing: float = 0.0) -> None:
        """Smooths labels by `smoothing`, from 0 to below 1 (Szegedy et al., 2016, section 7)."""
        self.smoothing = smoothing

    def loss(self, model: TranslationModel, batch: Batch, share: tf.Tensor, tables: Tables) -> ObjectiveLoss:
        """Computes the loss of a shard; see `seq2seq.training.objectives.objective.Objective`."""
        sums = model.loss_sums(batch.source, batch.target, self.smoothing, training=True, tables=tables)
        return ObjectiveLoss(share * sums.smoothed, {"loss_sum": sums.plain})
