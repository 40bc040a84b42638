"""How long a model remembers: how strongly the loss of a step hangs on an input that was read steps before.

Of a loss L_t at target step t and an input vector x_s at step s, the norm ‖∂L_t/∂x_s‖ says how much a small change of
x_s would change L_t. Over the steps between them the gradient is multiplied once per step, by what a step lets through.
In a plain recurrent network that is diag(1 − h²)·Uᵀ, and a product of many of them shrinks, or grows, like a power
(Bengio et al., 1994, "Learning long-term dependencies with gradient descent is difficult"; Pascanu et al., 2013, "On
the difficulty of training recurrent neural networks"). In an LSTM the memory cell passes it on times the forget gate,
which may stay close to 1.

Two inputs are asked about:

    target   the piece that the decoder was fed at step s ≤ t. Later steps hear of it through the recurrence alone
             (with input feeding also through the contexts), so this is the vanishing-gradient curve proper.
    source   the piece at place s that the encoder read. Attention is a short cut to it from every step.

Here the fast model is at work, with its own gradients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.records import Array

if TYPE_CHECKING:
    from seq2seq.model.translation_model import TranslationModel

Pair = tuple[Sequence[int], Sequence[int]]
"""Source and target ids, EOS last in both."""
LEAST = 1e-30  # what a norm of zero counts as: a geometric mean knows none


@dataclass(frozen=True, eq=False)
class Gradients:
    """Norms of the gradients of every step's loss with respect to every input.

    Attributes:
        target: ‖∂L_t/∂y_s‖ of the vector that the decoder was fed at s; 0 where s > t. [target, target]
        source: ‖∂L_t/∂x_s‖ of the vector that the encoder read at s. [target, source]
    """

    target: Array
    source: Array


@dataclass(frozen=True, eq=False)
class Curve:
    """A mean of gradients by their distance, relative to the shortest one.

    Attributes:
        distances: t − s. [distances]
        strengths: geometric mean, over all t, of ‖∂L_t/∂x_s‖ / ‖∂L_t/∂x_t‖; 1 at distance 0. [distances]
        counts: how many pairs (t, s) that is the mean of. [distances]
    """

    distances: NDArray[np.int64]
    strengths: NDArray[np.float64]
    counts: NDArray[np.int64]

    def at(self, distance: int) -> float | None:
        """The strength at a distance, None where no sentence was long enough."""
        found = np.flatnonzero(self.distances == distance)
        return float(self.strengths[found[0]]) if len(found) else None

    @property
    def half_life(self) -> float:
        """Steps in which the gradient halves: of the straight line through log strength, weighted by the counts.

        Infinite where it does not shrink.
        """
        if len(self.distances) < 2:
            return float("inf")
        slope, _ = np.polyfit(self.distances, np.log2(self.strengths), 1, w=np.sqrt(self.counts))
        return float(-1 / slope) if slope < 0 else float("inf")


def gradients(model: TranslationModel, source_ids: Sequence[int], target_ids: Sequence[int]) -> Gradients:
    """The norms of one sentence.

    Args:
        model: a built model.
        source_ids: EOS last.
        target_ids: what is predicted, EOS last; each step is fed the true piece before.
    """
    return next(gradients_of(model, [(source_ids, target_ids)], compiled=False))


def gradients_of(model: TranslationModel, pairs: Iterable[Pair], compiled: bool = True) -> Iterator[Gradients]:
    """The norms of many sentences, one after the other.

    Args:
        model: a built model.
        pairs: source and target ids.
        compiled: whether to trace the computation once, which pays from a few sentences on.
    """
    import tensorflow as tf

    def norms(source: Any, target: Any) -> tuple[Any, Any]:
        return _norms(model, source, target)

    if compiled:
        ids = tf.TensorSpec([None], tf.int32)
        norms = tf.function(norms, input_signature=[ids, ids], autograph=False)
    for source, target in pairs:
        of_target, of_source = norms(tf.constant(source, tf.int32), tf.constant(target, tf.int32))
        yield Gradients(of_target.numpy(), of_source.numpy())


def _norms(model: TranslationModel, source: Any, target: Any) -> tuple[Any, Any]:
    """All steps at once: the sentence stands in a batch once for each step, and row t has the loss of step t only.

    The gradient of the rows' sum is then, row by row, that of each step's loss.

    Args:
        model: a built model.
        source: [source] ids.
        target: [target] ids.

    Returns:
        Norms [target, target] and [target, source].
    """
    import tensorflow as tf

    from seq2seq.model.attention import Memory
    from seq2seq.tokenization.ids import BOS

    steps = tf.shape(target)[0]
    places = tf.fill([steps], tf.shape(source)[0])

    def rows(vectors: Any) -> Any:
        return tf.tile(vectors[None], [steps, 1, 1])

    fed = tf.concat([[BOS], target[:-1]], 0)  # [target]
    x, y = rows(model.embed_source(source)), rows(model.embed_target(fed))
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        mask = tf.sequence_mask(places, tf.shape(source)[0])
        readout = model.decoder(y, Memory(model.encoder(x, places), mask))  # [row, target, embedding]
        diagonal = tf.gather(readout, tf.range(steps), batch_dims=1)  # [target, embedding]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target, model.logits(diagonal))  # [target]
    of_source, of_target = tape.gradient(losses, [x, y])  # [row, source | target, embedding]
    return tf.norm(of_target, axis=-1), tf.norm(of_source, axis=-1)


def forgetting_curve(sentences: Iterable[Gradients]) -> Curve:
    """The vanishing-gradient curve: target-side gradients by t − s.

    Each is taken relative to that of the piece fed at t itself, since how large L_t's gradient is at all depends on how
    sure the model was.

    Args:
        sentences: their gradients; one or more.
    """
    distances, relative = [], []
    for sentence in sentences:
        t, s = np.tril_indices(len(sentence.target))
        norms = np.maximum(sentence.target.astype(np.float64), LEAST)
        distances.append(t - s)
        relative.append(np.log(norms[t, s] / norms[t, t]))
    return _mean(np.concatenate(distances), np.concatenate(relative))


def source_curve(sentences: Iterable[Gradients]) -> Curve:
    """Source-side gradients by t − s, which may be negative: attention looks at places both before and behind.

    Each is taken relative to the mean of its row, so 1 is what a place at a random distance has.

    Args:
        sentences: their gradients; one or more.
    """
    distances, relative = [], []
    for sentence in sentences:
        norms = np.maximum(sentence.source.astype(np.float64), LEAST)
        t, s = np.indices(norms.shape)
        distances.append((t - s).ravel())
        relative.append((np.log(norms) - np.log(norms.mean(1, keepdims=True))).ravel())
    return _mean(np.concatenate(distances), np.concatenate(relative))


def _mean(distances: NDArray[np.int64], logarithms: NDArray[np.float64]) -> Curve:
    """Geometric means by distance."""
    found, places, counts = np.unique(distances, return_inverse=True, return_counts=True)
    sums = np.bincount(places, logarithms)
    return Curve(found, np.exp(sums / counts), counts)
