"""The softmax over the vocabulary, and the best of it without a look at every piece twice."""

import numpy as np

from seq2seq.engines.graphs.graph import Graph
from seq2seq.engines.graphs.weights import Factor, Weights

BLOCK = 64
"""Pieces whose maximum is taken at once."""
FEW = 16
"""The most pieces that the graph itself can choose."""
_NEVER = -1e30
"""The bias of the rows that pad the vocabulary to whole blocks: their probability is 0."""


def log_probabilities(graph: Graph, weights: Weights, readout: Factor, table: str) -> str:
    """Of all pieces, those of the padding included. [rows, padded vocabulary]"""
    rows = -(-weights.shape(table)[0] // BLOCK) * BLOCK
    bias = weights.get(graph, "softmax_bias")
    ends = graph.constant([0, rows - weights.shape(table)[0]])
    bias = graph.op("Pad", bias, ends, graph.constant(_NEVER, np.float32))
    return graph.op("LogSoftmax", weights.compare(graph, readout, table, bias, rows), axis=-1)


def best(graph: Graph, log_p: str, k: str, vocabulary: int) -> tuple[str, str]:
    """The k likeliest pieces of each row, best first, equal ones by their ids.

    They lie in the k blocks with the highest maxima, so only those are sorted. Where maxima are equal the lower block
    comes first, which keeps the order of equal pieces.

    Args:
        graph: where to write.
        log_p: [rows, padded vocabulary].
        k: [1] int64, at most `FEW`.
        vocabulary: pieces.

    Returns:
        Log-probabilities and ids, each [rows, k].
    """
    if vocabulary < FEW * BLOCK:
        top, ids = graph.ops("TopK", log_p, k, outputs=2)
        return top, ids
    blocks = graph.reshape(log_p, 0, -1, BLOCK)  # [rows, blocks, BLOCK]
    highest = graph.op("ReduceMax", blocks, graph.constant([2]), keepdims=0)  # [rows, blocks]
    _, chosen = graph.ops("TopK", highest, k, outputs=2)  # [rows, k]
    chosen, _ = graph.ops("TopK", chosen, k, outputs=2, largest=0)  # ascending
    candidates = graph.op("GatherND", blocks, graph.op("Unsqueeze", chosen, graph.constant([2])), batch_dims=1)
    top, places = graph.ops("TopK", graph.op("Flatten", candidates), k, outputs=2)  # [rows, k] among [rows, k·BLOCK]
    size = graph.constant(BLOCK)
    start = graph.op("Mul", graph.op("GatherElements", chosen, graph.op("Div", places, size), axis=1), size)
    return top, graph.op("Add", start, graph.op("Mod", places, size))
