"""Attention of one step to the memory; the equations are those of `seq2seq.model.attention`.

Scores are asked for by all beams of a sentence at once, so the memory is never repeated per beam.
"""

from dataclasses import dataclass

import numpy as np

from seq2seq.engines.graphs.graph import FLOAT, MICROSOFT, Graph
from seq2seq.engines.graphs.weights import Factor, Weights, two_rows


@dataclass(frozen=True)
class Attention:
    """What a kind of attention is like."""

    kind: str
    heads: int
    query_width: int
    memory_width: int

    @property
    def width(self) -> int:
        """Of a context."""
        return self.query_width if self.kind == "multi_head" else self.memory_width

    @property
    def memory_widths(self) -> dict[str, int]:
        """What `step` reads of each source position: values, and keys where those are others."""
        keys = {} if self.kind == "dot" else {"keys": self.query_width}
        return {"values": self.width, **keys}

    def bound(self, of_memory: float) -> float | None:
        """What a context's absolute value is at most: as a weighted mean of memory rows, no more than theirs."""
        return None if self.kind == "multi_head" else of_memory

    def project(self, graph: Graph, weights: Weights, memory: str) -> dict[str, str]:
        """What does not depend on the query, by the names of `memory_widths`. Each [sentences, source, width]"""

        def dense(kernel: str) -> str:
            return graph.op("MatMul", memory, weights.get(graph, f"decoder/attention/{kernel}"))

        if self.kind == "dot":
            return {"values": memory}
        if self.kind == "multi_head":
            return {"values": dense("value_kernel"), "keys": dense("key_kernel")}
        return {"values": memory, "keys": dense("kernel")}

    def look(self, graph: Graph, weights: Weights, hidden: str, memory: dict[str, str], mask: str) -> tuple[str, str]:
        """Looks up one query per row.

        Args:
            graph: where to write.
            weights: the model's.
            hidden: [rows, query_width].
            memory: see `project`.
            mask: 0 where there is a source piece, else a large negative number. [sentences, 1, source]

        Returns:
            Contexts [rows, width] and weights [rows, source].
        """
        asked = hidden
        if self.kind in ("additive", "multi_head"):
            zeros = graph.constant(np.zeros(self.query_width), np.float32)
            factor = Factor(hidden, self.query_width, 1.0)
            asked = weights.affine(graph, [factor], ["decoder/attention/query_kernel"], zeros)
        values = memory["values"]
        keys = memory.get("keys", values)
        sentences = graph.op("Shape", values, start=0, end=1)
        shape = graph.op("Concat", sentences, graph.constant([-1, self.query_width]), axis=0)
        queries = graph.op("Reshape", asked, shape)  # [sentences, beams, query_width]
        if not weights.rounds:
            contexts, found = self._look(graph, weights, queries, keys, values, mask)
        else:
            queries, beams = two_rows(graph, queries, 1)
            contexts, found = self._look(graph, weights, queries, keys, values, mask)
            contexts, found = (self._first(graph, x, beams) for x in (contexts, found))
        return graph.reshape(contexts, -1, self.width), self._rows(graph, found)

    def _look(self, graph: Graph, weights: Weights, queries: str, keys: str, values: str, mask: str) -> tuple[str, str]:
        """Contexts [sentences, beams, width] and weights [sentences, beams, source]."""
        if self.kind == "multi_head":
            return self._heads(graph, weights, queries, keys, values, mask)
        if self.kind == "additive":
            one = graph.op("Unsqueeze", queries, graph.constant([2]))
            other = graph.op("Unsqueeze", keys, graph.constant([1]))
            units = graph.op("Tanh", graph.op("Add", one, other))  # [sentences, beams, source, query_width]
            scale = weights.get(graph, "decoder/attention/scale")
            scores = graph.op("Squeeze", graph.op("MatMul", units, scale), graph.constant([3]))
        else:
            scores = graph.op("FusedMatMul", queries, keys, domain=MICROSOFT, transB=1)  # [sentences, beams, source]
        found = graph.op("Softmax", graph.op("Add", scores, mask), axis=-1)
        return graph.op("MatMul", found, values), found

    def _heads(
        self, graph: Graph, weights: Weights, queries: str, keys: str, values: str, mask: str
    ) -> tuple[str, str]:
        head = self.query_width // self.heads

        def split(x: str) -> str:  # [sentences, heads, positions, head]
            return graph.op("Transpose", graph.reshape(x, 0, 0, self.heads, head), perm=[0, 2, 1, 3])

        q = graph.op("Mul", split(queries), graph.constant(head**-0.5, np.float32))
        scores = graph.op("FusedMatMul", q, split(keys), domain=MICROSOFT, transB=1)
        of_heads = graph.op("Unsqueeze", mask, graph.constant([1]))
        found = graph.op("Softmax", graph.op("Add", scores, of_heads), axis=-1)  # [sentences, heads, beams, source]
        contexts = graph.op("Transpose", graph.op("MatMul", found, split(values)), perm=[0, 2, 1, 3])
        joined = graph.reshape(contexts, 0, 0, self.query_width)  # [sentences, beams, query_width]
        context = graph.op("MatMul", joined, weights.get(graph, "decoder/attention/output_kernel"))
        return context, graph.op("ReduceMean", found, axes=[1], keepdims=0)

    def _first(self, graph: Graph, x: str, beams: str) -> str:
        """The first beams of each sentence. [sentences, beams, width]"""
        return graph.op("Slice", x, graph.constant([0]), beams, graph.constant([1]))

    def _rows(self, graph: Graph, x: str) -> str:
        """[sentences, beams, width] → [rows, width]"""
        last = graph.op("Shape", x, start=2, end=3)
        return graph.op("Reshape", x, graph.op("Concat", graph.constant([-1]), last, axis=0))


def mask_of(graph: Graph, ids: str) -> str:
    """What is added to scores: 0 where there is a source piece, else a large negative number. [sentences, 1, source]"""
    present = graph.op("Cast", graph.op("Greater", ids, graph.constant(0, np.int32)), to=FLOAT)
    absent = graph.op("Sub", present, graph.constant(1, np.float32))
    return graph.op("Unsqueeze", graph.op("Mul", absent, graph.constant(1e9, np.float32)), graph.constant([1]))
