"""The softmax over the vocabulary, and the best of it without a look at every piece twice.

Logits have the order of probabilities, so pieces are chosen by them, and log p = logit − log Σ exp logits is taken of
those that are wanted.
"""

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import Graph
from seq2seq.model_folder.folder import LARGEST_K

BLOCK = 64
"""Pieces whose maximum is taken at once."""
_LARGEST = 70.0
"""Up to here the exponential function and its sum over any vocabulary stay well within float32."""
_NEVER = -1e30
"""The bias of the rows that pad the vocabulary to whole blocks: their probability is 0."""


def logits(graph: Graph, weights: Weights, readout: Factor, table: str) -> str:
    """Of all pieces, those of the padding included. [rows, padded vocabulary]"""
    rows = -(-weights.shape(table)[0] // BLOCK) * BLOCK
    bias = weights.get(graph, "softmax_bias")
    ends = graph.constant([0, rows - weights.shape(table)[0]])
    bias = graph.op("Pad", bias, ends, graph.constant(_NEVER, np.float32))
    return weights.compare(graph, readout, table, bias, rows)


def normalizer(graph: Graph, logits: str, bound: float) -> str:
    """log Σ exp logits. [rows, 1]

    Args:
        graph: where to write.
        logits: [rows, padded vocabulary].
        bound: what their absolute values are at most, but for the padding's.
    """
    axis, highest = graph.constant([1]), None
    if bound > _LARGEST:
        highest = graph.op("ReduceMax", logits, axis)
        logits = graph.op("Sub", logits, highest)
    total = graph.op("ReduceSum", graph.op("Exp", logits), axis)
    # Sixteen times each: logarithms are taken of so many numbers at once, and of what is left over in another way, so
    # that the last bit would depend on the number of rows.
    several = graph.op("Log", graph.op("Expand", total, graph.constant([1, 16])))
    found = graph.op("Slice", several, *(graph.constant([n]) for n in (0, 1, 1)))
    return found if highest is None else graph.op("Add", found, highest)


def log_probabilities(graph: Graph, logits: str, normalizer: str) -> str:
    """Of logits [rows, …]; rounding must not lead above probability 1."""
    return graph.op("Min", graph.op("Sub", logits, normalizer), graph.constant(0, np.float32))


def best(graph: Graph, logits: str, k: str, vocabulary: int) -> tuple[str, str]:
    """The k likeliest pieces of each row, best first, equal ones by their ids.

    They lie in the k blocks with the highest maxima, so only those are sorted. Where maxima are equal the lower block
    comes first, which keeps the order of equal pieces.

    Args:
        graph: where to write.
        logits: [rows, padded vocabulary].
        k: [1] int64, at most `LARGEST_K`.
        vocabulary: pieces.

    Returns:
        Logits and ids, each [rows, k].
    """
    if vocabulary < LARGEST_K * BLOCK:
        top, ids = graph.ops("TopK", logits, k, outputs=2)
        return top, ids
    blocks = graph.reshape(logits, 0, -1, BLOCK)  # [rows, blocks, BLOCK]
    highest = graph.op("ReduceMax", blocks, graph.constant([2]), keepdims=0)  # [rows, blocks]
    _, chosen = graph.ops("TopK", highest, k, outputs=2)  # [rows, k]
    chosen, _ = graph.ops("TopK", chosen, k, outputs=2, largest=0)  # ascending
    candidates = graph.op("GatherND", blocks, graph.op("Unsqueeze", chosen, graph.constant([2])), batch_dims=1)
    top, places = graph.ops("TopK", graph.op("Flatten", candidates), k, outputs=2)  # [rows, k] among [rows, k·BLOCK]
    size = graph.constant(BLOCK)
    start = graph.op("Mul", graph.op("GatherElements", chosen, graph.op("Div", places, size), axis=1), size)
    return top, graph.op("Add", start, graph.op("Mod", places, size))
