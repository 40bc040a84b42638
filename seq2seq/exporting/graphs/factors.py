"""The model's weights in a graph, and the products with them: in float32 or in int8.

In int8 a product x·K takes x as bytes and K as signed bytes. What goes into the products of a step is bounded by
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
"""What is multiplied becomes an integer from −LEVELS to LEVELS, stored with ZERO added in an unsigned byte."""
ZERO = 128
_END = 2**31 - 1
WEIGHT_LEVELS = 63
"""Weights use seven bits: processors without VNNI add products in pairs of 16 bits, and 2·255·63 is the most that fits.
The eighth bit gained nothing in BLEU."""


@dataclass(frozen=True)
class Factor:
    """What is multiplied with some rows of a kernel."""

    value: str
    """Name in the graph. [rows, width]"""
    width: int
    bound: float | None = None
    """Its absolute value is at most this; None where nothing is known."""
    kept: bool = False
    """Whether it is as `Weights.keep` has it."""


class Weights(Protocol):
    """How graphs come by the weights."""

    arrays: dict[str, NDArray[np.generic]]
    """What the file beside the graphs has to hold."""
    rounds: bool
    """Whether factors are rounded: then a difference in the last bit of a float can become one of a whole step, and no
    float may depend on the number of rows; a product of one row is summed in another order than of more."""
    kept: int
    """ONNX's number of the type that `keep` gives."""

    def get(self, graph: Graph, name: str) -> str:
        """A weight in float32."""
        ...

    def keep(self, graph: Graph, factor: Factor) -> str:
        """A factor in the smallest form that products can take; its bound is known."""
        ...

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a weight."""
        ...

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """[factors side by side]·[kernels one below the other] + bias. [rows, columns]

        Args:
            graph: where to write.
            factors: their widths sum up to the kernels' rows.
            kernels: names of weights [rows, columns].
            bias: a value in the graph. [columns]
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
        """As `affine`, in equal blocks of the columns: of a recurrent layer's gates each has one.

        Args:
            graph: where to write.
            factors: see `affine`.
            kernels: see `affine`.
            bias: see `affine`.
            number: of blocks.
            known: what the kernels' first rows gave (see `table`), by block; the factors are those of the rows below.
        """
        ...

    def table(self, graph: Graph, table: str, kernel: str, number: int) -> list[str]:
        """table·kernel, by as many of the kernel's rows as the table has columns, from the first.

        ONNX Runtime multiplies once, when it loads the graph; no file holds the product.

        Returns:
            So many blocks. [entries, columns / number]
        """
        ...

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """factor·tableᵀ + bias, for the softmax: the table [vocabulary, width] is padded to `rows`. [rows, padded]"""
        ...


def padded_table(graph: Graph, table: str, rows: int) -> str:
    """The transpose of a table with rows of zeros below. [width, rows]"""
    ends = graph.constant([0, 0, rows, 0])
    return graph.op("Transpose", graph.op("Pad", table, ends), perm=[1, 0])


@dataclass
class FloatWeights:
    """The weights as they are."""

    arrays: dict[str, NDArray[np.generic]]
    rounds = False
    kept = int(FLOAT)

    def get(self, graph: Graph, name: str) -> str:
        """See `Weights`."""
        return graph.weight(name)

    def keep(self, graph: Graph, factor: Factor) -> str:
        """See `Weights`."""
        return factor.value

    def shape(self, name: str) -> tuple[int, ...]:
        """See `Weights`."""
        return self.arrays[name].shape

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """See `Weights`; kernels with more rows than the factors are wide lend their last ones."""
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
        """See `Weights`."""
        found = self.affine(graph, factors, kernels, bias)
        blocks = graph.split(found, number) if number > 1 else [found]
        return [graph.op("Add", *pair) for pair in zip(blocks, known, strict=True)] if known else blocks

    def table(self, graph: Graph, table: str, kernel: str, number: int) -> list[str]:
        """See `Weights`."""
        rows = _cut(graph, self.get(graph, kernel), 0, self.shape(table)[1], 0)
        return _tables(graph, self.get(graph, table), rows, self.shape(kernel)[1], number)

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """See `Weights`."""
        missing = rows - self.shape(table)[0]
        return graph.op("Gemm", factor.value, padded_table(graph, self.get(graph, table), missing), bias)


@dataclass
class Int8Weights:
    """Weights of a byte each. Biases, which are few and only added, stay in float32."""

    original: dict[str, FloatArray]
    arrays: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    rounds = True
    kept = int(UINT8)
    _bytes: dict[tuple[str, str], str] = field(default_factory=dict)

    def shape(self, name: str) -> tuple[int, ...]:
        """See `Weights`."""
        return self.original[name].shape

    def get(self, graph: Graph, name: str) -> str:
        """See `Weights`."""
        array = self.original[name]
        if array.ndim < 2 or min(array.shape) < 3:
            self.arrays[name] = array
            return graph.weight(name)
        # Rows of a table of embeddings differ in size, as do columns of a kernel.
        axis = 1 if name.endswith("embeddings") else 0
        return self._float(graph, name, array, axis)

    def keep(self, graph: Graph, factor: Factor) -> str:
        """See `Weights`: unsigned bytes, made once however many products they go into."""
        if factor.kept:
            return factor.value
        key = graph.name, factor.value
        if key not in self._bytes:
            step, zero = graph.constant(_step(factor), np.float32), graph.constant(ZERO, np.uint8)
            self._bytes[key] = graph.op("QuantizeLinear", factor.value, step, zero)
        return self._bytes[key]

    def affine(self, graph: Graph, factors: Sequence[Factor], kernels: Sequence[str], bias: str) -> str:
        """See `Weights`; factors without a bound are multiplied in float32."""
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
        """See `Weights`; a product for each block, so that none has to be copied out of a wider one."""
        kernel = np.concatenate([self.original[name] for name in kernels])  # [rows, columns]
        kernel = kernel[-sum(factor.width for factor in factors) :] if known else kernel
        of_factors = np.split(kernel, np.cumsum([factor.width for factor in factors])[:-1])
        name = "+".join(kernels) + (".below" if known else "")
        for n, (factor, rows) in enumerate(zip(factors, of_factors, strict=True)):
            if factor.bound is None:
                part = self._float(graph, f"{name}.{n}", rows, 0)
                one_more = graph.op("Pad", factor.value, graph.constant([0, 0, 1, 0]))  # see `rounds`
                added = graph.op("Gemm", one_more, part, bias)
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
        """See `Weights`."""
        rows = self.original[kernel][: self.shape(table)[1]]
        rows_in_graph = self._float(graph, f"{kernel}.above", rows, 0)
        return _tables(graph, self.get(graph, table), rows_in_graph, rows.shape[1], number)

    def compare(self, graph: Graph, factor: Factor, table: str, bias: str, rows: int) -> str:
        """See `Weights`."""
        integers, scales = self._stored(graph, table, self.original[table], 1)
        missing = rows - self.shape(table)[0]
        scales = graph.op("Mul", scales, graph.constant(_step(factor), np.float32))
        scales = graph.op("Pad", scales, graph.constant([0, missing]))
        return _product(graph, self.keep(graph, factor), padded_table(graph, integers, missing), scales, bias)

    def _float(self, graph: Graph, name: str, array: FloatArray, axis: int) -> str:
        """An array that is stored in bytes; ONNX Runtime does this arithmetic once, when it loads the graph."""
        integers, scales = self._stored(graph, name, array, axis)
        scales = graph.op("Unsqueeze", scales, graph.constant([axis]))
        return graph.op("Mul", graph.op("Cast", integers, to=FLOAT), scales)

    def _stored(self, graph: Graph, name: str, array: FloatArray, axis: int) -> tuple[str, str]:
        """Integers of the array's shape and the scales of its rows (axis 1) or columns (axis 0)."""
        if f"{name}.int8" not in self.arrays:
            scales = np.maximum(np.abs(array).max(axis), 1e-12) / WEIGHT_LEVELS
            integers = np.rint(array / np.expand_dims(scales, axis))
            self.arrays[f"{name}.int8"] = integers.astype(np.int8)
            self.arrays[f"{name}.scale"] = scales.astype(np.float32)
        return graph.weight(f"{name}.int8"), graph.weight(f"{name}.scale")


def _cut(graph: Graph, value: str, start: int, end: int, axis: int) -> str:
    return graph.op("Slice", value, *(graph.constant([n]) for n in (start, end, axis)))


def _blocks(graph: Graph, value: str, columns: int, number: int) -> list[str]:
    """Equal blocks of the last axis; of a weight, ONNX Runtime cuts them when it loads the graph."""
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
