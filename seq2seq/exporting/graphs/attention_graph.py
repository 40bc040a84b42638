"""Attention of one step to the memory; the equations are those of `seq2seq.model.attention`.

Scores are asked for by all beams of a sentence at once, so the memory is never repeated per beam. All kinds are written
as attention with heads, of which all but multi_head have one.
"""

from dataclasses import dataclass

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, MICROSOFT, Graph
from seq2seq.model_settings import ModelSettings

_WIDEST = 128
"""Products are summed in blocks whose size depends on the other sizes: up to this width there is but one block."""


@dataclass(frozen=True)
class Attention:
    """What a kind of attention is like."""

    kind: str
    heads: int
    query_width: int
    memory_width: int
    width: int
    """Width of a context."""
    parts: int
    """A product over a head's width is taken in so many, which are then added. Where factors are rounded (see
    `Weights.rounds`), no score may depend on how many source positions there are."""

    @classmethod
    def of(cls, settings: ModelSettings, rounds: bool) -> "Attention":
        """Makes the attention of a model.

        Args:
            settings: of the model.
            rounds: see `Weights.rounds`.
        """
        kind, heads = settings.attention, settings.head_count
        head = settings.decoder_size // heads
        wanted = -(-head // _WIDEST) if rounds and kind != "additive" else 1
        parts = next(n for n in range(wanted, head + 1) if head % n == 0)
        return cls(kind, heads, settings.decoder_size, settings.memory_width, settings.context_width, parts)

    @property
    def memory_shapes(self) -> dict[str, list[str | int]]:
        """What `look` reads: values, and keys where those are others."""
        values: list[str | int] = ["sentences", self.heads, "source", self.width // self.heads]
        if self.kind == "additive":
            return {"values": values, "keys": ["sentences", "source", self.query_width]}
        number = self.heads * self.parts
        keys: list[str | int] = ["sentences", number, "source", self.query_width // number]
        return {"values": values} if self.kind == "dot" and self.parts == 1 else {"values": values, "keys": keys}

    def bound(self, of_memory: float) -> float | None:
        """What a context's absolute value is at most: as a weighted mean of memory rows, no more than theirs."""
        return None if self.kind == "multi_head" else of_memory

    def project(self, graph: Graph, weights: Weights, memory: str) -> dict[str, str]:
        """What does not depend on the query, see `memory_shapes`.

        Args:
            graph: where to write.
            weights: the model's.
            memory: the encoder's outputs. [sentences, source, memory_width]
        """

        def dense(kernel: str) -> str:
            return graph.op("MatMul", memory, weights.get(graph, f"decoder/attention/{kernel}"))

        if self.kind == "multi_head":
            values = self._cut(graph, dense("value_kernel"), self.width, 1)
            return {"values": values, "keys": self._cut(graph, dense("key_kernel"), self.query_width, self.parts)}
        values = self._cut(graph, memory, self.memory_width, 1)
        if self.kind == "additive":
            return {"values": values, "keys": dense("kernel")}
        if self.kind == "dot":
            keys = self._cut(graph, memory, self.memory_width, self.parts)
            return {"values": values} if self.parts == 1 else {"values": values, "keys": keys}
        return {"values": values, "keys": self._cut(graph, dense("kernel"), self.query_width, self.parts)}

    def look(
        self, graph: Graph, weights: Weights, hidden: str, memory: dict[str, str], mask: str, grid: str, places: str
    ) -> tuple[str, str]:
        """Looks up one query per row.

        Args:
            graph: where to write.
            weights: the model's.
            hidden: [rows, query_width].
            memory: see `project`.
            mask: see `mask_of`.
            grid: the row at each place, as many places for each sentence. [sentences·beams] int32
            places: of the rows. [rows] int32

        Returns:
            Contexts [rows, width] and weights [rows, source].
        """
        asked = hidden
        if self.kind in ("additive", "multi_head"):
            zeros = graph.constant(np.zeros(self.query_width), np.float32)
            factor = Factor(hidden, self.query_width, 1.0)
            asked = weights.affine(graph, [factor], ["decoder/attention/query_kernel"], zeros)
        sentences = graph.op("Shape", memory["values"], start=0, end=1)
        shape = graph.op("Concat", sentences, graph.constant([-1, self.query_width]), axis=0)
        queries = graph.op("Reshape", graph.op("Gather", asked, grid), shape)  # [sentences, beams, query_width]
        scores = graph.op("Add", self._scores(graph, weights, queries, memory), mask)
        found = graph.op("Softmax", scores, axis=-1)  # [sentences, heads, beams, source]
        contexts = graph.op("MatMul", found, memory["values"])  # [sentences, heads, beams, width / heads]
        if self.heads > 1:
            contexts = graph.op("Transpose", contexts, perm=[0, 2, 1, 3])
            found = graph.op("ReduceMean", found, graph.constant([1]))
        contexts = graph.reshape(contexts, 0, -1, self.width)  # [sentences, beams, width]
        if self.kind == "multi_head":
            contexts = graph.op("MatMul", contexts, weights.get(graph, "decoder/attention/output_kernel"))
        found = graph.op("Squeeze", found, graph.constant([1]))  # [sentences, beams, source]
        source = graph.op("Shape", found, start=2, end=3)
        found = graph.op("Reshape", found, graph.op("Concat", graph.constant([-1]), source, axis=0))
        contexts = graph.reshape(contexts, -1, self.width)
        return graph.op("Gather", contexts, places), graph.op("Gather", found, places)

    def _scores(self, graph: Graph, weights: Weights, queries: str, memory: dict[str, str]) -> str:
        """[sentences, heads, beams, source]"""
        if self.kind == "additive":
            one = graph.op("Unsqueeze", queries, graph.constant([2]))
            other = graph.op("Unsqueeze", memory["keys"], graph.constant([1]))
            units = graph.op("Tanh", graph.op("Add", one, other))  # [sentences, beams, source, query_width]
            heard = graph.op("MatMul", units, weights.get(graph, "decoder/attention/scale"))
            return graph.op("Transpose", heard, perm=[0, 3, 1, 2])
        if self.kind == "multi_head":
            queries = graph.op("Mul", queries, graph.constant((self.query_width // self.heads) ** -0.5, np.float32))
        q = self._cut(graph, queries, self.query_width, self.parts)
        keys = memory.get("keys", memory["values"])
        products = graph.op("FusedMatMul", q, keys, domain=MICROSOFT, transB=1)
        if self.parts == 1:
            return products
        total, *others = graph.split(products, self.parts, axis=1)
        for other in others:
            total = graph.op("Add", total, other)
        return total

    def _cut(self, graph: Graph, x: str, width: int, parts: int) -> str:
        """[sentences, positions, width] → [sentences, parts·heads, positions, width / (parts·heads)]"""
        number = parts * self.heads
        if number == 1:
            return graph.op("Unsqueeze", x, graph.constant([1]))
        cut = graph.reshape(x, 0, 0, self.heads, parts, width // number)
        return graph.reshape(graph.op("Transpose", cut, perm=[0, 3, 2, 1, 4]), 0, number, -1, width // number)


def mask_of(graph: Graph, ids: str) -> str:
    """What is added to scores: 0 where there is a source piece, else much below. [sentences, 1, 1, source]"""
    present = graph.op("Cast", graph.op("Greater", ids, graph.constant(0, np.int32)), to=FLOAT)
    absent = graph.op("Sub", present, graph.constant(1, np.float32))
    return graph.op("Unsqueeze", graph.op("Mul", absent, graph.constant(1e9, np.float32)), graph.constant([1, 2]))
