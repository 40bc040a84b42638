"""The graph that reads sentences: ids → memory and the decoder's first state."""

import numpy as np

from seq2seq.exporting.graphs import cell_graph
from seq2seq.exporting.graphs.attention_graph import AttentionGraph, mask_of
from seq2seq.exporting.graphs.bounds import Bounds, encoded_bound, memory_bound
from seq2seq.exporting.graphs.decoder_state import state_arrays
from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import DOUBLE, FLOAT, INT32, INT64, Graph
from seq2seq.model_settings import ModelSettings


def encoder_graph(settings: ModelSettings, weights: Weights, attention: AttentionGraph, bounds: Bounds) -> Graph:
    """Writes the graph.

    Inputs: ids [sentences, source] int32, padded with 0; lengths [sentences] int32. Outputs: mask [sentences, 1, 1,
    source], values and, where the attention has them, keys (see `AttentionGraph.memory_shapes`), and the state:
    state_0, state_1, … [sentences, width].

    Args:
        settings: Shape of the model.
        weights: Weights of the model.
        attention: Attention of the model.
        bounds: Bounds of the model.
    """
    graph = Graph("encoder")
    ids = graph.input("ids", INT32, ["sentences", "source"])
    lengths = graph.input("lengths", INT32, ["sentences"])
    table = weights.get(graph, "embeddings" if settings.tied else "source_embeddings")
    x = graph.op("Gather", table, graph.op("Transpose", ids, perm=[1, 0]))  # [source, sentences, embedding_size]
    directions = ("forward", "backward") if settings.bidirectional else ("forward",)
    for n in range(settings.encoder_layers):
        names = [f"encoder/{direction}_{n}" for direction in directions]
        read = Factor(x, weights.shape(f"{names[0]}/kernel")[0], encoded_bound(settings, n) if n else bounds.source)
        y = cell_graph.layer(graph, weights, settings.cell, names, read, lengths)
        x = graph.op("Add", x, y) if settings.residual and n > 0 else y
    memory = graph.op("Transpose", x, perm=[1, 0, 2])  # [sentences, source, memory width]
    graph.output("mask", mask_of(graph, ids), FLOAT, ["sentences", 1, 1, "source"])
    for name, value in attention.project(graph, weights, memory).items():
        graph.output(name, value, FLOAT, attention.memory_shapes[name])
    first = _state(graph, settings, weights, attention, memory, lengths)
    for n, (array, value) in enumerate(zip(state_arrays(settings, weights), first, strict=True)):
        graph.output(f"state_{n}", array.stored(graph, weights, value), array.type, ["sentences", array.width])
    return graph


def _state(
    graph: Graph,
    settings: ModelSettings,
    weights: Weights,
    attention: AttentionGraph,
    memory: str,
    lengths: str,
) -> list[str]:
    """Writes the first state of the decoder (see `seq2seq.model.bridges`), each [sentences, width]."""
    sentences = graph.op("Shape", lengths)

    def zeros(width: int) -> str:
        shape = graph.op("Concat", sentences, graph.constant([width]), axis=0)
        return graph.op("Expand", graph.constant(0, np.float32), shape)

    widths = [array.width for array in state_arrays(settings, weights)]
    if settings.bridge == "zero":
        return [zeros(width) for width in widths]
    if settings.bridge == "mean":
        # In double precision: in single the sum would depend on how much padding the neighbours bring.
        exact = graph.op("ReduceSum", graph.op("Cast", memory, to=DOUBLE), graph.constant([1]), keepdims=0)
        number = graph.op("Unsqueeze", graph.op("Cast", lengths, to=DOUBLE), graph.constant([1]))
        summary = graph.op("Cast", graph.op("Div", exact, number), to=FLOAT)  # [sentences, memory width]
    else:
        summary = _last(graph, settings, memory, lengths)
    arity = settings.facts.arity
    state = []
    for n in range(settings.decoder_layers):
        factor = Factor(summary, attention.memory_width, memory_bound(settings))
        bias = weights.get(graph, f"decoder/bridge/bias_{n}")
        summed = weights.affine(graph, [factor], [f"decoder/bridge/kernel_{n}"], bias)
        of_layer = graph.op("Tanh", summed)  # [sentences, arity·units]
        state += graph.split(of_layer, arity) if arity > 1 else [of_layer]
    return state + [zeros(width) for width in widths[len(state) :]]


def _last(graph: Graph, settings: ModelSettings, memory: str, lengths: str) -> str:
    """Writes where each direction of the top layer ended. [sentences, memory width]"""
    end = graph.op("Sub", graph.op("Cast", lengths, to=INT64), graph.constant(1))
    at_end = graph.op("GatherND", memory, graph.op("Unsqueeze", end, graph.constant([1])), batch_dims=1)
    if not settings.bidirectional:
        return at_end
    at_start = graph.op("Gather", memory, graph.constant(0), axis=1)
    (forwards, _), (_, backwards) = graph.split(at_end, 2), graph.split(at_start, 2)
    return graph.op("Concat", forwards, backwards, axis=-1)
