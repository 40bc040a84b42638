"""The model's weights in a graph and the products with them, in float32 or in int8.

In int8 a product x·K takes x as unsigned bytes and K as signed bytes. The factors of a step's products are bounded by
construction (hidden states and read-outs by 1, a sum of n layers by n, embeddings by the table's largest value), so the
scale of x is a constant: nothing saturates, and no row's result depends on the rows beside it. K has a scale per column
(per row of the vocabulary), as in Jacob et al. (2018, section 2). The sum over bytes is exact in int32.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seq2seq.exporting.graphs.graph import FLOAT, MICROSOFT, UINT8, Graph

FloatArray = NDArray[np.float32]
LEVELS = 127
"""A factor becomes an integer from −LEVELS to LEVELS, stored in an unsigned byte with ZERO added."""
ZERO = 128
_END = 2**31 - 1
WEIGHT_LEVELS = 63
"""Weights use seven bits: processors without VNNI add products in pairs of 16 bits, and 2·255·63 is the most that fits.
The eighth bit gained nothing in BLEU."""


@dataclass(frozen=True)
class Factor:
    """A value that is multiplied with some rows of a kernel.

    Attributes:
        value: Name in the graph. [rows, width]
        width: Width of the value.
        bound: Bound of its absolute value; None if none is known.
        kept: Whether it has the form that `Weights.keep` gives it.
    """

    value: str
    width: int
    bound: float | None = None
    kept: bool = False


class Weights(Protocol):
    """The weights of a model as graphs use them.

    Attributes:
        arrays: What the file beside the graphs has to hold.
        rounds: Whether factors are rounded. Then a difference in the last bit of a float can become one of a whole
            step, so no float may depend on the number of rows (a product of one row is summed in another order than a
            product of several).
        kept: ONNX's number of the type that `keep` gives.
    """

    arrays: dict[str, NDArray[np.generic]]
    rounds: bool
    kept: int

    def get(self, graph: Graph, name: str) -> str:
        """Writes a weight in float32."""
        ...

    def keep(self, graph: Graph, factor: Factor) -> str:
        """Writes a factor, whose bound is known, in the smallest form that products can take."""
        ...

    def shape(self, name: str) -> tuple[int, ...]:
        """Returns the shape of a weight."""
        ...

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """Writes [factors side by side]·[kernels one below the other] + bias. [rows, columns]

        Args:
            graph: Where to write.
            factors: The factors; their widths sum up to the rows of the kernels.
            kernels: Names of weights [rows, columns].
            bias: Name of the bias in the graph. [columns]
        """
        ...

    def blocks(
        self,
        graph: Graph,
        factors: Sequence[Factor],
        kernels: Sequence[str],
        bias: str,
        number: int,
        known: Sequence[str] = (),
    ) -> list[str]:
        """Writes the product of `affine` in equal blocks of its columns; each gate of a recurrent layer has a block.

        Args:
            graph: Where to write.
            factors: The factors.
            kernels: Names of weights [rows, columns].
            bias: Name of the bias in the graph. [columns]
            number: Number of blocks.
            known: Products with the first rows of the kernels (see `table`), by block; the factors then belong to the
                rows below.
        """
        ...

    def table(self, graph: Graph, table: str, kernel: str, number: int) -> list[str]:
        """Writes table·kernel, with the first rows of the kernel, as many as the table has columns.

        ONNX Runtime multiplies once, when it loads the graph; no file holds the product.

        Returns:
            The blocks, as many as `number`. Each [entries, columns / number]
        """
        ...

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """Writes factor·tableᵀ + bias for the softmax; the table [vocabulary, width] is padded to `rows` rows.

        Returns:
            The logits. [rows of the factor, rows]
        """
        ...


def padded_table(graph: Graph, table: str, rows: int) -> str:
    """Writes the transpose of a table with `rows` rows of zeros below. [width, entries + rows]"""
    ends = graph.constant([0, 0, rows, 0])
    return graph.op("Transpose", graph.op("Pad", table, ends), perm=[1, 0])


@dataclass
class FloatWeights:
    """The weights in float32."""

    arrays: dict[str, NDArray[np.generic]]
    rounds = False
    kept = int(FLOAT)

    def get(self, graph: Graph, name: str) -> str:
        """See `Weights.get`."""
        return graph.weight(name)

    def keep(self, graph: Graph, factor: Factor) -> str:
        """See `Weights.keep`."""
        return factor.value

    def shape(self, name: str) -> tuple[int, ...]:
        """See `Weights.shape`."""
        return self.arrays[name].shape

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """See `Weights.affine`; of kernels with more rows than the factors are wide, the last rows are taken."""
        x = _joined(graph, [factor.value for factor in factors], -1)
        kernel = _joined(graph, [self.get(graph, name) for name in kernels], 0)
        width = sum(factor.width for factor in factors)
        if width < sum(self.shape(name)[0] for name in kernels):
            kernel = _cut(graph, kernel, -width, _END, 0)
        return graph.op("Gemm", x, kernel, bias)

    def blocks(
        self,
        graph: Graph,
        factors: Sequence[Factor],
        kernels: Sequence[str],
        bias: str,
        number: int,
        known: Sequence[str] = (),
    ) -> list[str]:
        """See `Weights.blocks`."""
        found = self.affine(graph, factors, kernels, bias)
        blocks = graph.split(found, number) if number > 1 else [found]
        return [graph.op("Add", *pair) for pair in zip(blocks, known, strict=True)] if known else blocks

    def table(self, graph: Graph, table: str, kernel: str, number: int) -> list[str]:
        """See `Weights.table`."""
        rows = _cut(graph, self.get(graph, kernel), 0, self.shape(table)[1], 0)
        return _tables(graph, self.get(graph, table), rows, self.shape(kernel)[1], number)

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """See `Weights.compare`."""
        missing = rows - self.shape(table)[0]
        return graph.op("Gemm", factor.value, padded_table(graph, self.get(graph, table), missing), bias)


@dataclass
class Int8Weights:
    """The weights in int8. Biases, which are few and only added, stay in float32."""

    original: dict[str, FloatArray]
    arrays: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    rounds = True
    kept = int(UINT8)
    _bytes: dict[tuple[str, str], str] = field(default_factory=dict)

    def shape(self, name: str) -> tuple[int, ...]:
        """See `Weights.shape`."""
        return self.original[name].shape

    def get(self, graph: Graph, name: str) -> str:
        """See `Weights.get`."""
        array = self.original[name]
        if array.ndim < 2 or min(array.shape) < 3:
            self.arrays[name] = array
            return graph.weight(name)
        # Rows of a table of embeddings differ in size, as do columns of a kernel.
        axis = 1 if name.endswith("embeddings") else 0
        return self._float(graph, name, array, axis)

    def keep(self, graph: Graph, factor: Factor) -> str:
        """See `Weights.keep`: unsigned bytes, written once for all products that they enter."""
        if factor.kept:
            return factor.value
        key = graph.name, factor.value
        if key not in self._bytes:
            step, zero = graph.constant(_step(factor), np.float32), graph.constant(ZERO, np.uint8)
            self._bytes[key] = graph.op("QuantizeLinear", factor.value, step, zero)
        return self._bytes[key]

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """See `Weights.affine`; factors without a bound are multiplied in float32."""
        return self.blocks(graph, factors, kernels, bias, 1)[0]

    def blocks(
        self,
        graph: Graph,
        factors: Sequence[Factor],
        kernels: Sequence[str],
        bias: str,
        number: int,
        known: Sequence[str] = (),
    ) -> list[str]:
        """See `Weights.blocks`; each block is a product of its own, so that none is copied out of a wider one."""
        kernel = np.concatenate([self.original[name] for name in kernels])  # [rows, columns]
        kernel = kernel[-sum(factor.width for factor in factors) :] if known else kernel
        of_factors = np.split(kernel, np.cumsum([factor.width for factor in factors])[:-1])
        name = "+".join(kernels) + (".below" if known else "")
        for n, (factor, rows) in enumerate(zip(factors, of_factors, strict=True)):
            if factor.bound is None:
                floats = self._float(graph, f"{name}.{n}", rows, 0)
                # A row more, so that there never is one alone, which would be summed in another order (see `rounds`).
                one_more = graph.op("Pad", factor.value, graph.constant([0, 0, 1, 0]))
                added = graph.op("Gemm", one_more, floats, bias)
                bias = graph.op("Slice", added, *(graph.constant([n]) for n in (0, -1, 0)))  # [rows, columns]
        bounded = [(factor, rows) for factor, rows in zip(factors, of_factors, strict=True) if factor.bound is not None]
        columns = kernel.shape[1]
        found = _blocks(graph, bias, columns, number)
        if bounded:
            # The scales of the factors become part of the kernel, so that its rows can be of one product.
            scaled = np.concatenate([rows * np.float32(_step(factor)) for factor, rows in bounded])
            integers, scales = (
                _blocks(graph, value, columns, number) for value in self._stored(graph, name, scaled, 0)
            )
            x = _joined(graph, [self.keep(graph, factor) for factor, _ in bounded], -1)
            if len(bounded) == len(factors):
                found = [_product(graph, x, *block) for block in zip(integers, scales, found, strict=True)]
            else:
                products = [_product(graph, x, *block, "") for block in zip(integers, scales, strict=True)]
                found = [graph.op("Add", *pair) for pair in zip(products, found, strict=True)]
        return [graph.op("Add", *pair) for pair in zip(found, known, strict=True)] if known else found

    def table(self, graph: Graph, table: str, kernel: str, number: int) -> list[str]:
        """See `Weights.table`."""
        rows = self.original[kernel][: self.shape(table)[1]]
        rows_in_graph = self._float(graph, f"{kernel}.above", rows, 0)
        return _tables(graph, self.get(graph, table), rows_in_graph, rows.shape[1], number)

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """See `Weights.compare`."""
        integers, scales = self._stored(graph, table, self.original[table], 1)
        missing = rows - self.shape(table)[0]
        scales = graph.op("Mul", scales, graph.constant(_step(factor), np.float32))
        scales = graph.op("Pad", scales, graph.constant([0, missing]))
        return _product(graph, self.keep(graph, factor), padded_table(graph, integers, missing), scales, bias)

    def _float(self, graph: Graph, name: str, array: FloatArray, axis: int) -> str:
        """Writes an array stored in bytes as floats, which ONNX Runtime computes once, when it loads the graph."""
        integers, scales = self._stored(graph, name, array, axis)
        scales = graph.op("Unsqueeze", scales, graph.constant([axis]))
        return graph.op("Mul", graph.op("Cast", integers, to=FLOAT), scales)

    def _stored(self, graph: Graph, name: str, array: FloatArray, axis: int) -> tuple[str, str]:
        """Stores an array in bytes: integers of its shape, and the scales of its rows (axis 1) or columns (axis 0)."""
        if f"{name}.int8" not in self.arrays:
            scales = np.maximum(np.abs(array).max(axis), 1e-12) / WEIGHT_LEVELS
            integers = np.rint(array / np.expand_dims(scales, axis))
            self.arrays[f"{name}.int8"] = integers.astype(np.int8)
            self.arrays[f"{name}.scale"] = scales.astype(np.float32)
        return graph.weight(f"{name}.int8"), graph.weight(f"{name}.scale")


def _cut(graph: Graph, value: str, start: int, end: int, axis: int) -> str:
    return graph.op("Slice", value, *(graph.constant([n]) for n in (start, end, axis)))


def _blocks(graph: Graph, value: str, columns: int, number: int) -> list[str]:
    """Writes equal blocks of the last axis; those of a weight ONNX Runtime cuts once, when it loads the graph."""
    if number == 1:
        return [value]
    width = columns // number
    home = graph.outer if graph.outer and value in graph.weights else graph
    return [_cut(home, value, n * width, (n + 1) * width, -1) for n in range(number)]


def _tables(graph: Graph, table: str, kernel: str, columns: int, number: int) -> list[str]:
    return [graph.op("MatMul", table, block) for block in _blocks(graph, kernel, columns, number)]


def _step(factor: Factor) -> float:
    assert factor.bound is not None
    return factor.bound / LEVELS


def _joined(graph: Graph, values: list[str], axis: int) -> str:
    return values[0] if len(values) == 1 else graph.op("Concat", *values, axis=axis)


def _product(graph: Graph, x: str, integers: str, scales: str, bias: str) -> str:
    one, zero = graph.constant(1, np.float32), graph.constant(ZERO, np.uint8)
    return graph.op("MatMulIntegerToFloat", x, integers, one, scales, zero, "", bias, domain=MICROSOFT)
