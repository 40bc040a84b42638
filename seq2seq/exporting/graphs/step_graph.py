"""The graph of one decoding step: pieces and state → the likeliest next pieces and the new state."""

from seq2seq.exporting.graphs import cells, vocabulary
from seq2seq.exporting.graphs.attention_graph import Attention
from seq2seq.exporting.graphs.bounds import Bounds, memory_bound
from seq2seq.exporting.graphs.decoder_state import state_parts
from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, INT32, INT64, Graph
from seq2seq.model_settings import ModelSettings

LARGEST_TABLE = 2**27
"""Bytes, in memory alone: what the bottom layer makes of the embeddings is looked up in a table of all pieces, made
when the graph is loaded. Where it would be larger than this, the product is taken at every step."""


def step_graph(settings: ModelSettings, weights: Weights, attention: Attention, bounds: Bounds) -> Graph:
    """Writes the graph.

    Inputs: tokens and score_ids [rows] int32, going_on [going_on] int32, the rows of the state that any row continues,
    and origins [rows] int32, which of them each one does; k [1] int64 (at most `vocabulary.FEW`), the encoder's mask,
    values and keys, and the state; grid [sentences·beams] int32, the row at each place of a grid that has at least two
    beams for each sentence (see `Weights.rounds`), and places [rows] int32, where each row stands in it. Outputs: the
    best log_probs [rows, k] and their ids [rows, k] int64; for more of them all logits [rows, padded vocabulary] and
    the normalizer [rows, 1]; attention [rows, source], scored [rows] and the new state: next_0, next_1, …

    Args:
        settings: of the model.
        weights: of the model.
        attention: of the model.
        bounds: of the model.
    """
    graph = Graph("step")
    tokens, origins, score_ids = (graph.input(name, INT32, ["rows"]) for name in ("tokens", "origins", "score_ids"))
    going_on = graph.input("going_on", INT32, ["going_on"])
    grid, places = graph.input("grid", INT32, ["places"]), graph.input("places", INT32, ["rows"])
    k = graph.input("k", INT64, [1])
    mask = graph.input("mask", FLOAT, ["sentences", 1, 1, "source"])
    memory = {name: graph.input(name, FLOAT, shape) for name, shape in attention.memory_shapes.items()}
    parts = state_parts(settings, weights, attention)
    before = [graph.input(f"state_{n}", part.type, ["before", part.width]) for n, part in enumerate(parts)]
    parents = graph.op("Gather", going_on, origins)

    table = "embeddings" if settings.tied else "target_embeddings"
    cell, units = settings.cell, settings.decoder_size
    kernel = f"decoder/{cell}_0/kernel"
    known: list[str] = []
    inputs = []
    if weights.shape(table)[0] * weights.shape(kernel)[1] * 4 <= LARGEST_TABLE:
        tables = weights.table(graph, table, kernel, settings.facts.blocks)
        known = [graph.op("Gather", of_block, tokens) for of_block in tables]  # each [rows, units]
    else:
        embedded = graph.op("Gather", weights.get(graph, table), tokens)  # [rows, embedding_size]
        inputs.append(Factor(embedded, settings.embedding_size, bounds.target))
    context_bound = attention.bound(memory_bound(settings))
    if settings.input_feeding:
        fed = graph.op("Gather", before[-1], parents)
        inputs.append(Factor(fed, attention.width, context_bound))
    arity = settings.facts.arity

    def others(layer: int) -> list[str]:
        """What a layer reads of its state besides the recurrent product. Each [rows, units]"""
        first = layer * arity + (cell in cells.ONLY_MULTIPLIED)
        return [graph.op("Gather", part, parents) for part in before[first : (layer + 1) * arity]]

    # Of a sentence's rows some continue the same one: its product is taken once. Above, where it is one with that of
    # the input, to take it apart would cost as much as it saves.
    once = parts[0].hidden(graph.op("Gather", before[0], going_on))
    products = cells.recurrent(graph, weights, cell, f"decoder/{cell}_0", once)
    heard = [graph.op("Gather", product, origins) for product in products]  # each [rows, units]
    new = cells.step(graph, weights, cell, f"decoder/{cell}_0", inputs, heard, others(0), known)
    hidden, hidden_bound = new[0], 1.0
    looked, attended = attention.look(graph, weights, hidden, memory, mask, grid, places)
    context = Factor(looked, attention.width, context_bound)
    for n in range(1, settings.decoder_layers):
        own = parts[n * arity].hidden(graph.op("Gather", before[n * arity], parents))
        below = Factor(hidden, units, hidden_bound)
        above = cells.step(graph, weights, cell, f"decoder/{cell}_{n}", [below, context], own, others(n))
        new += above
        if settings.residual:
            hidden, hidden_bound = graph.op("Add", hidden, above[0]), hidden_bound + 1
        else:
            hidden, hidden_bound = above[0], 1.0
    if settings.input_feeding:
        new.append(looked)
    bias = weights.get(graph, "decoder/readout_bias")
    summed = weights.affine(graph, [Factor(hidden, units, hidden_bound), context], ["decoder/readout_kernel"], bias)
    readout = Factor(graph.op("Tanh", summed), settings.embedding_size, 1.0)
    logits = vocabulary.logits(graph, weights, readout, "embeddings")
    normalizer = vocabulary.normalizer(graph, logits, bounds.logit)
    best, ids = vocabulary.best(graph, logits, k, settings.vocabulary_size)
    asked = graph.op("GatherElements", logits, graph.op("Unsqueeze", score_ids, graph.constant([1])), axis=1)
    of_best, of_asked = (vocabulary.log_probabilities(graph, values, normalizer) for values in (best, asked))
    scored = graph.op("Squeeze", of_asked, graph.constant([1]))

    graph.output("log_probs", of_best, FLOAT, ["rows", "k"])
    graph.output("ids", ids, INT64, ["rows", "k"])
    graph.output("logits", logits, FLOAT, ["rows", "padded_vocabulary"])
    graph.output("normalizer", normalizer, FLOAT, ["rows", 1])
    graph.output("attention", attended, FLOAT, ["rows", "source"])
    graph.output("scored", scored, FLOAT, ["rows"])
    for n, (part, value) in enumerate(zip(parts, new, strict=True)):
        graph.output(f"next_{n}", part.hand_on(graph, weights, value), part.type, ["rows", part.width])
    return graph
