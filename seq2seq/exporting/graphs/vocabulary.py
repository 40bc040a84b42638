"""The softmax over the vocabulary and its best tokens, without a sort of the whole vocabulary.

Logits have the order of probabilities, so tokens are chosen by them, and log p = logit − log Σ exp logits is computed
for the chosen ones alone.
"""

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import Graph
from seq2seq.model_folder.folder import LARGEST_K

BLOCK = 64
"""Number of tokens whose maximum is taken at once."""
_LARGEST_LOGIT = 70.0
"""Up to here the exponential function and its sum over any vocabulary stay well within float32."""
_NEVER = -1e30
"""The bias of the rows that pad the vocabulary to whole blocks: their probability is 0."""
_LANES = 16
"""Number of floats in the widest vector register: ONNX Runtime takes so many logarithms at once."""


def logits(graph: Graph, weights: Weights, readout: Factor, table: str) -> str:
    """Writes the logits of all tokens, those of the padding included. [rows, padded vocabulary]"""
    rows = -(-weights.shape(table)[0] // BLOCK) * BLOCK
    bias = weights.get(graph, "softmax_bias")
    ends = graph.constant([0, rows - weights.shape(table)[0]])
    bias = graph.op("Pad", bias, ends, graph.constant(_NEVER, np.float32))
    return weights.compare(graph, readout, table, bias, rows)


def normalizer(graph: Graph, logits: str, bound: float) -> str:
    """Writes log Σ exp logits. [rows, 1]

    Where logits can be large, their highest is subtracted first and added to the result.

    Args:
        graph: Where to write.
        logits: The logits. [rows, padded vocabulary]
        bound: Bound of their absolute values, the padding's left out.
    """
    axis, highest = graph.constant([1]), None
    if bound > _LARGEST_LOGIT:
        highest = graph.op("ReduceMax", logits, axis)
        logits = graph.op("Sub", logits, highest)
    total = graph.op("ReduceSum", graph.op("Exp", logits), axis)
    logarithm = _logarithm(graph, total)
    return logarithm if highest is None else graph.op("Add", logarithm, highest)


def _logarithm(graph: Graph, values: str) -> str:
    """Writes log(values), whose last bit depends on no other row. [rows, 1]

    ONNX Runtime takes `_LANES` logarithms at once in a vector register, and those that are left over one by one, with
    another rounding: which of the two a row gets would depend on the number of rows. So every value is repeated
    `_LANES` times, which fills a register of its own, and the first copy is kept.
    """
    repeated = graph.op("Log", graph.op("Expand", values, graph.constant([1, _LANES])))  # [rows, _LANES]
    return graph.op("Slice", repeated, *(graph.constant([n]) for n in (0, 1, 1)))  # columns from 0 to 1


def log_probabilities(graph: Graph, logits: str, normalizer: str) -> str:
    """Writes log p = logit − log Σ exp logits, at most 0 in spite of rounding. [rows, …]"""
    return graph.op("Min", graph.op("Sub", logits, normalizer), graph.constant(0, np.float32))


def best(graph: Graph, logits: str, k: str, vocabulary: int) -> tuple[str, str]:
    """Writes the k likeliest tokens of each row, best first, equal ones by their ids.

    They lie in the k blocks with the highest maxima, so only those are sorted. Where maxima are equal the lower block
    comes first, which keeps the order of equal tokens.

    Args:
        graph: Where to write.
        logits: The logits. [rows, padded vocabulary]
        k: Number of tokens, at most `LARGEST_K`. [1] int64
        vocabulary: Number of tokens in the vocabulary.

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
