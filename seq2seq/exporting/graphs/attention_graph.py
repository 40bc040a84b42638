"""Attention of one decoding step to the memory; the equations are those of `seq2seq.model.attention`.

All beams of a sentence query its memory at once, so the memory is never repeated per beam. All kinds are written as
attention with heads; all but multi_head have one.
"""

from dataclasses import dataclass

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, MICROSOFT, Graph
from seq2seq.model_settings import ModelSettings

_WIDEST = 128
"""ONNX Runtime sums a product in blocks whose size depends on the other sizes; up to this width there is one block."""


@dataclass(frozen=True)
class AttentionGraph:
    """Writes the attention of a model.

    Attributes:
        kind: Kind of attention, one of `seq2seq.model_settings.ATTENTIONS`.
        heads: Number of heads.
        query_width: Width of the queries: the bottom decoder layer's hidden states.
        memory_width: Width of the encoder's outputs.
        width: Width of a context.
        slices: Number of slices of a head's width in which a score's product is taken; their products are added. Where
            factors are rounded (see `Weights.rounds`), no score may depend on the number of source positions.
    """

    kind: str
    heads: int
    query_width: int
    memory_width: int
    width: int
    slices: int

    @classmethod
    def of(cls, settings: ModelSettings, rounds: bool) -> "AttentionGraph":
        """Makes what writes the attention of a model.

        Args:
            settings: Shape of the model.
            rounds: Whether factors are rounded, see `Weights.rounds`.
        """
        kind, heads = settings.attention, settings.head_count
        head = settings.decoder_size // heads
        least = -(-head // _WIDEST) if rounds and kind != "additive" else 1
        slices = next(n for n in range(least, head + 1) if head % n == 0)
        return cls(kind, heads, settings.decoder_size, settings.memory_width, settings.context_width, slices)

    @property
    def memory_shapes(self) -> dict[str, list[str | int]]:
        """Shapes of what `attend` reads: values and, if they differ from the values, keys."""
        values: list[str | int] = ["sentences", self.heads, "source", self.width // self.heads]
        if self.kind == "additive":
            return {"values": values, "keys": ["sentences", "source", self.query_width]}
        number = self.heads * self.slices
        keys: list[str | int] = ["sentences", number, "source", self.query_width // number]
        return {"values": values} if self.kind == "dot" and self.slices == 1 else {"values": values, "keys": keys}

    def bound(self, of_memory: float) -> float | None:
        """Returns the bound of contexts: as weighted means of memory rows they have that of the memory.

        A context of multi_head attention has been multiplied with weights, and no bound is known.
        """
        return None if self.kind == "multi_head" else of_memory

    def project(self, graph: Graph, weights: Weights, memory: str) -> dict[str, str]:
        """Writes what does not depend on the query, once per sentence.

        Args:
            graph: Where to write.
            weights: Weights of the model.
            memory: The encoder's outputs. [sentences, source, memory_width]

        Returns:
            Names in the graph of the arrays in `memory_shapes`.
        """

        def dense(kernel: str) -> str:
            return graph.op("MatMul", memory, weights.get(graph, f"decoder/attention/{kernel}"))

        if self.kind == "multi_head":
            values = self._cut(graph, dense("value_kernel"), self.width, 1)
            return {"values": values, "keys": self._cut(graph, dense("key_kernel"), self.query_width, self.slices)}
        values = self._cut(graph, memory, self.memory_width, 1)
        if self.kind == "additive":
            return {"values": values, "keys": dense("kernel")}
        if self.kind == "dot":
            keys = self._cut(graph, memory, self.memory_width, self.slices)
            return {"values": values} if self.slices == 1 else {"values": values, "keys": keys}
        return {"values": values, "keys": self._cut(graph, dense("kernel"), self.query_width, self.slices)}

    def attend(
        self, graph: Graph, weights: Weights, hidden: str, memory: dict[str, str], mask: str, grid: str, places: str
    ) -> tuple[str, str]:
        """Writes the contexts of one query per row.

        Args:
            graph: Where to write.
            weights: Weights of the model.
            hidden: The queries. [rows, query_width]
            memory: The sentences, from `project`.
            mask: What is added to scores, from `mask_of`.
            grid: The row at each place of a grid with as many places for each sentence. [sentences·beams] int32
            places: The place of each row in the grid. [rows] int32

        Returns:
            Contexts [rows, width] and weights [rows, source].
        """
        queries = hidden
        if self.kind in ("additive", "multi_head"):
            zeros = graph.constant(np.zeros(self.query_width), np.float32)
            factor = Factor(hidden, self.query_width, 1.0)
            queries = weights.affine(graph, [factor], ["decoder/attention/query_kernel"], zeros)
        sentences = graph.op("Shape", memory["values"], start=0, end=1)
        shape = graph.op("Concat", sentences, graph.constant([-1, self.query_width]), axis=0)
        queries = graph.op("Reshape", graph.op("Gather", queries, grid), shape)  # [sentences, beams, query_width]
        scores = graph.op("Add", self._scores(graph, weights, queries, memory), mask)
        attended = graph.op("Softmax", scores, axis=-1)  # [sentences, heads, beams, source]
        contexts = graph.op("MatMul", attended, memory["values"])  # [sentences, heads, beams, width / heads]
        if self.heads > 1:
            contexts = graph.op("Transpose", contexts, perm=[0, 2, 1, 3])
            attended = graph.op("ReduceMean", attended, graph.constant([1]))
        contexts = graph.reshape(contexts, 0, -1, self.width)  # [sentences, beams, width]
        if self.kind == "multi_head":
            contexts = graph.op("MatMul", contexts, weights.get(graph, "decoder/attention/output_kernel"))
        attended = graph.op("Squeeze", attended, graph.constant([1]))  # [sentences, beams, source]
        source = graph.op("Shape", attended, start=2, end=3)
        attended = graph.op("Reshape", attended, graph.op("Concat", graph.constant([-1]), source, axis=0))
        contexts = graph.reshape(contexts, -1, self.width)
        return graph.op("Gather", contexts, places), graph.op("Gather", attended, places)

    def _scores(self, graph: Graph, weights: Weights, queries: str, memory: dict[str, str]) -> str:
        """Writes the scores. [sentences, heads, beams, source]"""
        if self.kind == "additive":
            of_queries = graph.op("Unsqueeze", queries, graph.constant([2]))
            of_memory = graph.op("Unsqueeze", memory["keys"], graph.constant([1]))
            units = graph.op("Tanh", graph.op("Add", of_queries, of_memory))  # [sentences, beams, source, query_width]
            scores = graph.op("MatMul", units, weights.get(graph, "decoder/attention/scale"))
            return graph.op("Transpose", scores, perm=[0, 3, 1, 2])
        if self.kind == "multi_head":
            queries = graph.op("Mul", queries, graph.constant((self.query_width // self.heads) ** -0.5, np.float32))
        q = self._cut(graph, queries, self.query_width, self.slices)
        keys = memory.get("keys", memory["values"])
        products = graph.op("FusedMatMul", q, keys, domain=MICROSOFT, transB=1)
        if self.slices == 1:
            return products
        total, *others = graph.split(products, self.slices, axis=1)
        for other in others:
            total = graph.op("Add", total, other)
        return total

    def _cut(self, graph: Graph, x: str, width: int, slices: int) -> str:
        """Writes [sentences, positions, width] → [sentences, slices·heads, positions, width / (slices·heads)]."""
        number = slices * self.heads
        if number == 1:
            return graph.op("Unsqueeze", x, graph.constant([1]))
        cut = graph.reshape(x, 0, 0, self.heads, slices, width // number)
        return graph.reshape(graph.op("Transpose", cut, perm=[0, 3, 2, 1, 4]), 0, number, -1, width // number)


def mask_of(graph: Graph, ids: str) -> str:
    """Writes what is added to scores: 0 where there is a source token, else −10⁹. [sentences, 1, 1, source]"""
    present = graph.op("Cast", graph.op("Greater", ids, graph.constant(0, np.int32)), to=FLOAT)
    absent = graph.op("Sub", present, graph.constant(1, np.float32))
    return graph.op("Unsqueeze", graph.op("Mul", absent, graph.constant(1e9, np.float32)), graph.constant([1, 2]))
