"""The interface of a training objective: what one update minimizes."""

from typing import NamedTuple, Protocol

import tensorflow as tf

from seq2seq.model.translation_model import Tables, TranslationModel
from seq2seq.training.data.batch import Batch


class ObjectiveLoss(NamedTuple):
    """What an objective makes of a shard of a batch.

    Attributes:
        loss: What is differentiated; its sum over all shards of an update is what the update minimizes. Scalar.
        sums: Plain sums by name, which are added up over the shards and logged with the update. `loss_sum` is always
            among them: −Σ log p of the true target tokens, in nats, without smoothing. Scalars.
    """

    loss: tf.Tensor
    sums: dict[str, tf.Tensor]


class Objective(Protocol):
    """What one update minimizes. To add one: a module here, a line in `registry`, a value of `training.objective`."""

    def loss(self, model: TranslationModel, batch: Batch, share: tf.Tensor, tables: Tables) -> ObjectiveLoss:
        """Computes the loss of a shard of a batch, with dropout.

        It is called once for each shard while a graph is traced, under the gradient tape of the update.

        Args:
            model: The model that is trained.
            batch: The shard.
            share: 1 / (number of target tokens of the whole update, over all its shards and batches), so that a sum
                over tokens becomes their mean. Scalar.
            tables: The embedding tables to look tokens up in. All shards of a batch share them, since lookups in the
                same tensors share one sparse gradient.
        """
