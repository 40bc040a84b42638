"""How long a model remembers: how strongly the loss of a step depends on an input that was read steps before.

For a loss L_t at target step t and an input vector x_s at step s, the norm ‖∂L_t/∂x_s‖ measures how much a small change
of x_s would change L_t. Between the two, the gradient is multiplied once per step, by the step's Jacobian.
In a plain recurrent network that is diag(1 − h²)·Uᵀ, and a product of many of them shrinks, or grows, like a power
(Bengio et al., 1994, "Learning long-term dependencies with gradient descent is difficult"; Pascanu et al., 2013, "On
the difficulty of training recurrent neural networks"). In an LSTM the memory cell passes it on times the forget gate,
which may stay close to 1.

Two kinds of inputs are measured:

    target   the token that the decoder was fed at step s ≤ t. It reaches later steps through the recurrence alone
             (with input feeding also through the contexts), so this is the vanishing-gradient curve proper.
    source   the token at position s that the encoder read. Attention is a short cut to it from every step.

The gradients are those of the model that trains, not of `seq2seq.inspection.equations`.
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
LEAST = 1e-30
"""The smallest norm; smaller ones count as this one, so that logarithms are finite."""


@dataclass(frozen=True, eq=False)
class Gradients:
    """Norms of the gradients of every step's loss with respect to every input.

    Attributes:
        target: ‖∂L_t/∂y_s‖ for the vector y_s that the decoder was fed at s; 0 where s > t. [target, target]
        source: ‖∂L_t/∂x_s‖ for the vector x_s that the encoder read at s. [target, source]
    """

    target: Array
    source: Array


@dataclass(frozen=True, eq=False)
class Curve:
    """The strength of gradients by distance, relative to distance 0.

    Attributes:
        distances: The distances t − s in steps. [distances]
        strengths: Geometric mean, over all t, of ‖∂L_t/∂x_s‖ / ‖∂L_t/∂x_t‖; 1 at distance 0. [distances]
        counts: Number of pairs (t, s) at each distance. [distances]

    Example:
        >>> curve = Curve(np.array([0, 1, 2]), np.array([1.0, 0.5, 0.25]), np.array([3, 2, 1]))
        >>> curve.at(1), curve.at(7), round(curve.half_life, 3)
        (0.5, None, 1.0)
    """

    distances: NDArray[np.int64]
    strengths: NDArray[np.float64]
    counts: NDArray[np.int64]

    def at(self, distance: int) -> float | None:
        """The strength at a distance; None if no sentence was long enough."""
        found = np.flatnonzero(self.distances == distance)
        return float(self.strengths[found[0]]) if len(found) else None

    @property
    def half_life(self) -> float:
        """Number of steps in which the gradient halves, infinite if it does not shrink.

        It follows from the slope of the straight line through the logarithms of the strengths, weighted by the counts.
        """
        if len(self.distances) < 2:
            return float("inf")
        slope, _ = np.polyfit(self.distances, np.log2(self.strengths), 1, w=np.sqrt(self.counts))
        return float(-1 / slope) if slope < 0 else float("inf")


def gradients(model: TranslationModel, source_ids: Sequence[int], target_ids: Sequence[int]) -> Gradients:
    """Computes the norms of one sentence.

    Args:
        model: A built model.
        source_ids: Ids of the source tokens, EOS last.
        target_ids: Ids of the tokens to predict, EOS last. Each step is fed the true token before.
    """
    return next(gradients_of(model, [(source_ids, target_ids)], compiled=False))


def gradients_of(model: TranslationModel, pairs: Iterable[Pair], compiled: bool = True) -> Iterator[Gradients]:
    """Computes the norms of several sentences, one after the other.

    Args:
        model: A built model.
        pairs: Source and target ids of each sentence.
        compiled: Whether to trace the computation first, which pays from a few sentences on.
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
    """Computes the norms of all steps at once.

    The batch holds the sentence once for each step, and row t has the loss of step t only. The gradient of the rows'
    sum is then, row by row, the gradient of each step's loss.

    Args:
        model: A built model.
        source: Ids of the source tokens. [source]
        target: Ids of the target tokens. [target]

    Returns:
        Norms of the target inputs [target, target] and of the source inputs [target, source].
    """
    import tensorflow as tf

    from seq2seq.model.attention import SourceMemory
    from seq2seq.tokenization.ids import BOS

    steps = tf.shape(target)[0]
    lengths = tf.fill([steps], tf.shape(source)[0])

    def rows(vectors: Any) -> Any:
        return tf.tile(vectors[None], [steps, 1, 1])

    fed = tf.concat([[BOS], target[:-1]], 0)  # [target]
    x, y = rows(model.embed_source(source)), rows(model.embed_target(fed))
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        mask = tf.sequence_mask(lengths, tf.shape(source)[0])
        readout = model.decoder(y, SourceMemory(model.encoder(x, lengths), mask))  # [row, target, embedding]
        diagonal = tf.gather(readout, tf.range(steps), batch_dims=1)  # [target, embedding]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target, model.logits(diagonal))  # [target]
    of_source, of_target = tape.gradient(losses, [x, y])  # [row, source | target, embedding]
    return tf.norm(of_target, axis=-1), tf.norm(of_source, axis=-1)


def forgetting_curve(sentences: Iterable[Gradients]) -> Curve:
    """Computes the vanishing-gradient curve: target-side gradients by t − s.

    Each is relative to that of the token fed at t itself, since the size of all gradients of L_t depends on how sure
    the model was.

    Args:
        sentences: Gradients of one or more sentences.

    Example:
        >>> norms = np.array([[2.0, 0.0], [1.0, 4.0]], np.float32)
        >>> forgetting_curve([Gradients(target=norms, source=norms)]).strengths.tolist()
        [1.0, 0.25]
    """
    distances, relative = [], []
    for sentence in sentences:
        t, s = np.tril_indices(len(sentence.target))
        norms = np.maximum(sentence.target.astype(np.float64), LEAST)
        distances.append(t - s)
        relative.append(np.log(norms[t, s] / norms[t, t]))
    return _mean(np.concatenate(distances), np.concatenate(relative))


def source_curve(sentences: Iterable[Gradients]) -> Curve:
    """Computes source-side gradients by t − s, which may be negative, as attention reaches positions after t too.

    Each is relative to the mean of its row, so that 1 is the value of a position at a random distance.

    Args:
        sentences: Gradients of one or more sentences.
    """
    distances, relative = [], []
    for sentence in sentences:
        norms = np.maximum(sentence.source.astype(np.float64), LEAST)
        t, s = np.indices(norms.shape)
        distances.append((t - s).ravel())
        relative.append((np.log(norms) - np.log(norms.mean(1, keepdims=True))).ravel())
    return _mean(np.concatenate(distances), np.concatenate(relative))


def _mean(distances: NDArray[np.int64], logarithms: NDArray[np.float64]) -> Curve:
    """Computes geometric means by distance."""
    unique, numbers, counts = np.unique(distances, return_inverse=True, return_counts=True)
    sums = np.bincount(numbers, logarithms)
    return Curve(unique, np.exp(sums / counts), counts)
