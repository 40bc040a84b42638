"""The softmax over the vocabulary, and the best of it without a look at every piece twice."""

import numpy as np

from seq2seq.engines.graphs.graph import FLOAT, INT64, Graph
from seq2seq.engines.graphs.weights import Factor, Weights

BLOCK = 64
"""Pieces whose maximum is taken at once."""
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
    """The k likeliest pieces of each row, best first, equal ones by their ids; all of them by their ids, if k is all.

    The k best of a row lie in the k blocks with the highest maxima, so only those are sorted. Where maxima are equal
    the lower block comes first, which keeps the order of equal pieces.

    Args:
        graph: where to write.
        log_p: [rows, padded vocabulary].
        k: [1] int64.
        vocabulary: pieces.

    Returns:
        Log-probabilities and ids, each [rows, k].
    """
    whole = Graph("whole")
    first = whole.op("Slice", log_p, whole.constant([0]), whole.constant([vocabulary]), whole.constant([1]))
    every = whole.op("Expand", whole.constant(np.arange(vocabulary)), whole.op("Shape", first))
    _outputs(whole, first, every)
    some = Graph("some")
    _outputs(some, *some.ops("TopK", log_p, k, outputs=2))
    less = graph.op("Less", k, graph.constant([vocabulary]))
    if vocabulary < 16 * BLOCK:
        found = graph.choose(less, some, whole)
        return found[0], found[1]
    many = Graph("many")
    _outputs(many, *many.choose(less, some, whole))
    few = graph.op("Less", k, graph.constant([vocabulary // BLOCK // 4]))
    found = graph.choose(few, _of_blocks(log_p, k), many)
    return found[0], found[1]


def _of_blocks(log_p: str, k: str) -> Graph:
    few = Graph("few")
    blocks = few.reshape(log_p, 0, -1, BLOCK)  # [rows, blocks, BLOCK]
    _, chosen = few.ops("TopK", few.op("ReduceMax", blocks, axes=[2], keepdims=0), k, outputs=2)  # [rows, k]
    chosen, _ = few.ops("TopK", chosen, k, outputs=2, largest=0)  # ascending
    candidates = few.op("GatherND", blocks, few.op("Unsqueeze", chosen, few.constant([2])), batch_dims=1)
    top, places = few.ops("TopK", few.op("Flatten", candidates), k, outputs=2)  # [rows, k] among [rows, k·BLOCK]
    size = few.constant(BLOCK)
    start = few.op("Mul", few.op("GatherElements", chosen, few.op("Div", places, size), axis=1), size)
    _outputs(few, top, few.op("Add", start, few.op("Mod", places, size)))
    return few


def _outputs(graph: Graph, log_p: str, ids: str) -> None:
    graph.output(f"{graph.name}_log_p", log_p, FLOAT, ["rows", "k"])
    graph.output(f"{graph.name}_ids", ids, INT64, ["rows", "k"])
