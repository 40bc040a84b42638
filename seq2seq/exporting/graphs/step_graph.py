"""The graph of one decoding step: tokens and state → the likeliest next tokens and the new state."""

from collections.abc import Sequence

from seq2seq.exporting.graphs import cell_graph, vocabulary
from seq2seq.exporting.graphs.attention_graph import AttentionGraph
from seq2seq.exporting.graphs.bounds import Bounds, memory_bound
from seq2seq.exporting.graphs.cell_graph import OPERATORS
from seq2seq.exporting.graphs.decoder_state import StateArray, state_arrays
from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, INT32, INT64, Graph
from seq2seq.model_settings import ModelSettings

LARGEST_TABLE = 2**27
"""Bytes, in memory alone: the bottom layer's products of all embeddings are looked up in a table that is made when the
graph is loaded. Where it would be larger than this, the product is taken at every step."""


def step_graph(settings: ModelSettings, weights: Weights, attention: AttentionGraph, bounds: Bounds) -> Graph:
    """Writes the graph.

    Inputs: tokens and score_ids [rows] int32, going_on [going_on] int32, the rows of the state that any row continues,
    and origins [rows] int32, which of them each one does; k [1] int64 (at most `LARGEST_K`), the encoder's
    mask, values and keys, and the state; grid [sentences·beams] int32, the row at each place of a grid that has at
    least two beams for each sentence (see `Weights.rounds`), and places [rows] int32, where each row stands in it.
    Outputs: the best log_probs [rows, k] and their ids [rows, k] int64; for more of them all logits [rows, padded
    vocabulary] and the normalizer [rows, 1]; attention [rows, source], scored [rows] and the new state: next_0,
    next_1, …

    Args:
        settings: Shape of the model.
        weights: Weights of the model.
        attention: Attention of the model.
        bounds: Bounds of the model.
    """
    graph = Graph("step")
    tokens, origins, score_ids = (graph.input(name, INT32, ["rows"]) for name in ("tokens", "origins", "score_ids"))
    going_on = graph.input("going_on", INT32, ["going_on"])
    grid, places = graph.input("grid", INT32, ["places"]), graph.input("places", INT32, ["rows"])
    k = graph.input("k", INT64, [1])
    mask = graph.input("mask", FLOAT, ["sentences", 1, 1, "source"])
    memory = {name: graph.input(name, FLOAT, shape) for name, shape in attention.memory_shapes.items()}
    arrays = state_arrays(settings, weights)
    values = [graph.input(f"state_{n}", array.type, ["before", array.width]) for n, array in enumerate(arrays)]
    parents = graph.op("Gather", going_on, origins)
    decoder = _Decoder(graph, settings, weights, arrays, values, parents, attention.bound(memory_bound(settings)))

    new = decoder.bottom(*decoder.embedded(tokens, bounds), going_on, origins)
    contexts, attended = attention.attend(graph, weights, new[0], memory, mask, grid, places)
    context = Factor(contexts, attention.width, decoder.context_bound)
    hidden = Factor(new[0], settings.decoder_size, 1.0)
    for n in range(1, settings.decoder_layers):
        above = decoder.above(n, hidden, context)
        new += above
        hidden = decoder.residual(hidden, above[0])
    if settings.input_feeding:
        new.append(contexts)

    bias = weights.get(graph, "decoder/readout_bias")
    summed = weights.affine(graph, [hidden, context], ["decoder/readout_kernel"], bias)
    readout = Factor(graph.op("Tanh", summed), settings.embedding_size, 1.0)
    _vocabulary_outputs(graph, settings, weights, readout, bounds, k, score_ids, attended)
    for n, (array, value) in enumerate(zip(arrays, new, strict=True)):
        graph.output(f"next_{n}", array.stored(graph, weights, value), array.type, ["rows", array.width])
    return graph


class _Decoder:
    """The decoder's recurrent layers in one step."""

    def __init__(
        self,
        graph: Graph,
        settings: ModelSettings,
        weights: Weights,
        arrays: Sequence[StateArray],
        values: Sequence[str],
        parents: str,
        context_bound: float | None,
    ) -> None:
        """Keeps what all layers need.

        Args:
            graph: Where to write.
            settings: Shape of the model.
            weights: Weights of the model.
            arrays: What the arrays of the state are.
            values: Their names in the graph.
            parents: The row of the state that each row continues. [rows] int32
            context_bound: Bound of the contexts, if there is one.
        """
        self.graph, self.settings, self.weights = graph, settings, weights
        self.arrays, self.values, self.parents = arrays, values, parents
        self.context_bound = context_bound
        self.arity = settings.facts.arity

    def embedded(self, tokens: str, bounds: Bounds) -> tuple[list[str], list[Factor]]:
        """Writes the bottom layer's input: the embeddings' products from a table, or the embeddings; the context fed.

        Returns:
            The products by block, if there is a table, each [rows, units]; and the factors that are left to multiply.
        """
        graph, settings, weights = self.graph, self.settings, self.weights
        table = "embeddings" if settings.tied else "target_embeddings"
        kernel = f"decoder/{settings.cell}_0/kernel"
        known: list[str] = []
        inputs = []
        if weights.shape(table)[0] * weights.shape(kernel)[1] * 4 <= LARGEST_TABLE:
            tables = weights.table(graph, table, kernel, settings.facts.blocks)
            known = [graph.op("Gather", of_block, tokens) for of_block in tables]
        else:
            embedded = graph.op("Gather", weights.get(graph, table), tokens)  # [rows, embedding_size]
            inputs.append(Factor(embedded, settings.embedding_size, bounds.target))
        if settings.input_feeding:
            fed = graph.op("Gather", self.values[-1], self.parents)
            inputs.append(Factor(fed, settings.context_width, self.context_bound))
        return known, inputs

    def bottom(self, known: list[str], inputs: list[Factor], going_on: str, origins: str) -> list[str]:
        """Writes the bottom layer and returns its new state.

        Of a sentence's rows some continue the same one, whose product is taken once. In the layers above, where it is
        one with that of the input, to take it apart would cost as much as it saves.
        """
        graph, weights, cell = self.graph, self.weights, self.settings.cell
        once = self.arrays[0].factor(graph.op("Gather", self.values[0], going_on))
        products = cell_graph.recurrent(graph, weights, cell, f"decoder/{cell}_0", once)
        of_rows = [graph.op("Gather", product, origins) for product in products]  # each [rows, units]
        return cell_graph.step(graph, weights, cell, f"decoder/{cell}_0", inputs, of_rows, self._read(0), known)

    def above(self, layer: int, below: Factor, context: Factor) -> list[str]:
        """Writes a layer above the bottom one and returns its new state."""
        graph, cell = self.graph, self.settings.cell
        first = layer * self.arity
        own = self.arrays[first].factor(graph.op("Gather", self.values[first], self.parents))
        name = f"decoder/{cell}_{layer}"
        return cell_graph.step(graph, self.weights, cell, name, [below, context], own, self._read(layer))

    def residual(self, below: Factor, above: str) -> Factor:
        """Writes what leaves a layer: its hidden state, and if residual what entered it added."""
        if not self.settings.residual:
            return Factor(above, below.width, 1.0)
        assert below.bound is not None
        return Factor(self.graph.op("Add", below.value, above), below.width, below.bound + 1)

    def _read(self, layer: int) -> list[str]:
        """Writes the arrays of a layer's state that its equations read besides the product. Each [rows, units]"""
        first = layer * self.arity + OPERATORS[self.settings.cell].only_multiplied
        return [self.graph.op("Gather", value, self.parents) for value in self.values[first : (layer + 1) * self.arity]]


def _vocabulary_outputs(
    graph: Graph,
    settings: ModelSettings,
    weights: Weights,
    readout: Factor,
    bounds: Bounds,
    k: str,
    score_ids: str,
    attended: str,
) -> None:
    """Writes the softmax, and declares all outputs but the state."""
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
