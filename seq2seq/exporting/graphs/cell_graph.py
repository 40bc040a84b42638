"""The recurrent cells in ONNX: a layer over whole sentences, and one time step for decoding.

The equations are those of `seq2seq.model.lstm`, `gru` and `rnn`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, INT64, Graph
from seq2seq.model_settings import CELLS


def lstm_equations(graph: Graph, z: Sequence[str], state: Sequence[str]) -> list[str]:
    """Writes c' = f ∘ c + i ∘ g and h' = o ∘ tanh(c'); the state that is read is c alone."""
    z_i, z_f, z_c, z_o = z
    i, f, o = (graph.op("Sigmoid", x) for x in (z_i, z_f, z_o))
    kept, written = graph.op("Mul", f, state[0]), graph.op("Mul", i, graph.op("Tanh", z_c))
    c = graph.op("Add", kept, written)
    return [graph.op("Mul", o, graph.op("Tanh", c)), c]


def gru_equations(graph: Graph, a: Sequence[str], u: Sequence[str], state: Sequence[str]) -> list[str]:
    """Writes h' = z ∘ h + (1 − z) ∘ g as g + z ∘ (h − g), which is one product less."""
    (a_z, a_r, a_g), (u_z, u_r, u_g) = a, u
    z = graph.op("Sigmoid", graph.op("Add", a_z, u_z))
    r = graph.op("Sigmoid", graph.op("Add", a_r, u_r))
    g = graph.op("Tanh", graph.op("Add", a_g, graph.op("Mul", r, u_g)))
    return [graph.op("Add", g, graph.op("Mul", z, graph.op("Sub", state[0], g)))]


def rnn_equations(graph: Graph, z: Sequence[str], state: Sequence[str]) -> list[str]:
    """Writes h' = tanh(z)."""
    return [graph.op("Tanh", z[0])]


@dataclass(frozen=True)
class CellOperators:
    """How a cell is written in ONNX."""

    equations: Callable[..., list[str]]
    """Writes one time step after the products and returns the new state, the hidden state first. It is called with the
    graph; the blocks of x·W + h·U + b, or of both products apart if the cell's facts say `separate`; and those arrays
    of the state that the equations read."""
    only_multiplied: bool
    """Whether the hidden state enters the next step through its product alone; then the equations do not read it."""
    operator: str | None = None
    """ONNX's operator for a layer over whole sentences, if there is one."""
    order: tuple[int, ...] = ()
    """Positions of that operator's blocks among ours."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of that operator."""


OPERATORS: dict[str, CellOperators] = {
    "lstm": CellOperators(lstm_equations, True, "LSTM", (0, 3, 1, 2)),  # i, o, f, c of i, f, c, o
    "gru": CellOperators(gru_equations, False, "GRU", (0, 1, 2), {"linear_before_reset": 1}),  # z, r, h of z, r, g
    "rnn": CellOperators(rnn_equations, True, "RNN", (0,)),
}
"""The cells by the names of `seq2seq.model_settings.CELLS`."""


def layer(graph: Graph, weights: Weights, cell: str, names: Sequence[str], x: Factor, lengths: str) -> str:
    """Writes one layer over whole sentences, in one direction or both.

    Args:
        graph: Where to write.
        weights: Weights of the model.
        cell: A key of `OPERATORS`.
        names: Names of the layers: the forward one and, if there are two, the backward one.
        x: Inputs. [source, sentences, inputs]
        lengths: Lengths of the sentences; beyond them the outputs are zeros. [sentences] int32

    Returns:
        Hidden states of the directions side by side. [source, sentences, directions·units]
    """
    operators = OPERATORS[cell]
    # ONNX's own operators take their products in float32.
    if weights.rounds or operators.operator is None:
        present = _present(graph, x.value, lengths)
        hidden = [_scanned(graph, weights, cell, name, x, present, lengths, name != names[0]) for name in names]
        return hidden[0] if len(names) == 1 else graph.op("Concat", *hidden, axis=-1)
    units = weights.shape(f"{names[0]}/recurrent_kernel")[0]
    operands = [_operands(graph, weights, cell, name) for name in names]
    kernels = [graph.op("Concat", *of_all, axis=0) for of_all in zip(*operands, strict=True)]
    direction = "bidirectional" if len(names) == 2 else "forward"
    y, *_ = graph.ops(
        operators.operator,
        x.value,
        *kernels,
        lengths,
        outputs=1,
        hidden_size=units,
        direction=direction,
        **operators.attributes,
    )  # [source, directions, sentences, units]
    return graph.reshape(graph.op("Transpose", y, perm=[0, 2, 1, 3]), 0, 0, len(names) * units)


def _scanned(
    graph: Graph, weights: Weights, cell: str, name: str, x: Factor, present: str, lengths: str, backwards: bool
) -> str:
    """Writes one direction as a loop over the time steps.

    Args:
        graph: Where to write.
        weights: Weights of the model.
        cell: A key of `OPERATORS`.
        name: Name of the layer.
        x: Inputs. [source, sentences, inputs]
        present: 1 where there is a source token, else 0. [source, sentences, 1]
        lengths: Lengths of the sentences. [sentences]
        backwards: Whether the last token is read first; the padding that comes before it leaves the state at zero.

    Returns:
        Hidden states. [source, sentences, units]
    """
    arity, only_multiplied = CELLS[cell].arity, OPERATORS[cell].only_multiplied
    units = weights.shape(f"{name}/recurrent_kernel")[0]
    products = _input_products(graph, weights, cell, name, x)  # each [source, sentences, units]
    shape = graph.op("Concat", graph.op("Shape", lengths), graph.constant([units]), axis=0)
    first = graph.op("Expand", graph.constant(0, np.float32), shape)  # [sentences, units]

    # The body reads one step: the state, the input's products and whether there is a token.
    body = graph.inner(f"{name}_step")
    names = [f"{body.name}_state_{n}" for n in range(arity)]
    state = [body.input(array, FLOAT, ["sentences", units]) for array in names]
    here = [body.input(f"{body.name}_known_{n}", FLOAT, ["sentences", units]) for n in range(len(products))]
    real = body.input(f"{body.name}_present", FLOAT, ["sentences", 1])
    hidden = Factor(state[0], units, 1.0)  # |h| ≤ 1
    read = state[int(only_multiplied) :]
    # At padding the new state is zero: in reading order nothing comes after it, backwards nothing before it.
    new = [body.op("Mul", array, real) for array in step(body, weights, cell, name, [], hidden, read, here)]
    for array, value in zip(names, new, strict=True):
        body.output(f"{array}_next", value, FLOAT, ["sentences", units])
    body.output(f"{body.name}_hidden", body.op("Identity", new[0]), FLOAT, ["sentences", units])
    outputs = graph.ops(
        "Scan",
        *([first] * len(state)),
        *products,
        present,
        outputs=len(state) + 1,
        body=body.proto(),
        num_scan_inputs=len(products) + 1,
        scan_input_directions=[int(backwards)] * (len(products) + 1),
        scan_output_directions=[int(backwards)],
    )
    return outputs[-1]


def _input_products(graph: Graph, weights: Weights, cell: str, name: str, x: Factor) -> list[str]:
    """Writes x·W of all steps by block, each [source, sentences, units]; the loop adds the bias."""
    units, columns = weights.shape(f"{name}/recurrent_kernel")
    none = graph.constant(np.zeros(columns), np.float32)
    kernel, blocks = [f"{name}/kernel"], CELLS[cell].blocks
    if weights.rounds:
        return weights.blocks(graph, [x], kernel, none, blocks)
    # In float32 a product is a Gemm, which takes matrices only.
    rows = Factor(graph.reshape(x.value, -1, x.width), x.width, x.bound)  # [source·sentences, inputs]
    shape = graph.op("Concat", graph.op("Shape", x.value, start=0, end=2), graph.constant([units]), axis=0)
    return [graph.op("Reshape", block, shape) for block in weights.blocks(graph, [rows], kernel, none, blocks)]


def _present(graph: Graph, x: str, lengths: str) -> str:
    """Writes 1 where there is a source token, else 0. [source, sentences, 1]"""
    source = graph.op("Squeeze", graph.op("Shape", x, start=0, end=1))
    positions = graph.op("Range", graph.constant(0), source, graph.constant(1))
    ends = graph.op("Unsqueeze", graph.op("Cast", lengths, to=INT64), graph.constant([0, 2]))  # [1, sentences, 1]
    before = graph.op("Less", graph.op("Unsqueeze", positions, graph.constant([1, 2])), ends)
    return graph.op("Cast", before, to=FLOAT)


def _operands(graph: Graph, weights: Weights, cell: str, name: str) -> list[str]:
    """Writes W, R and B of ONNX's operator, each with a leading axis for the direction."""
    blocks, order = CELLS[cell].blocks, OPERATORS[cell].order

    def ordered(value: str) -> list[str]:
        ours = graph.split(value, blocks) if blocks > 1 else [value]
        return [ours[n] for n in order]

    def kernel(value: str) -> str:
        joined = graph.op("Concat", *ordered(value), axis=-1)  # [inputs, blocks·units]
        return graph.op("Unsqueeze", graph.op("Transpose", joined, perm=[1, 0]), graph.constant([0]))

    bias = weights.get(graph, f"{name}/bias")
    if CELLS[cell].recurrent_bias:
        of_input, of_state = _two(graph, bias)
    else:
        width = weights.shape(f"{name}/bias")[0]
        of_input, of_state = bias, graph.constant(np.zeros(width), np.float32)
    both = graph.op("Concat", *ordered(of_input), *ordered(of_state), axis=-1)
    return [
        kernel(weights.get(graph, f"{name}/kernel")),
        kernel(weights.get(graph, f"{name}/recurrent_kernel")),
        graph.op("Unsqueeze", both, graph.constant([0])),
    ]


def _two(graph: Graph, bias: str) -> list[str]:
    """Takes apart the biases of the input and of the hidden state, which one weight [2, width] holds."""
    return [graph.op("Gather", bias, graph.constant(n), axis=0) for n in (0, 1)]


def recurrent(graph: Graph, weights: Weights, cell: str, name: str, hidden: Factor) -> list[str]:
    """Writes the product of hidden states with a layer's recurrent kernel by block, its bias included.

    A cell without a recurrent bias has one bias for both products; it is added here, unless the cell takes the products
    apart: then it belongs to the input's.

    Args:
        graph: Where to write.
        weights: Weights of the model.
        cell: A key of `OPERATORS`.
        name: Name of the layer.
        hidden: Hidden states. [rows, units]

    Returns:
        The blocks, each [rows, units].
    """
    facts = CELLS[cell]
    bias = weights.get(graph, f"{name}/bias")
    if facts.recurrent_bias:
        bias = _two(graph, bias)[1]
    elif facts.separate:
        bias = graph.constant(np.zeros(weights.shape(f"{name}/bias")[0]), np.float32)
    return weights.blocks(graph, [hidden], [f"{name}/recurrent_kernel"], bias, facts.blocks)


def step(
    graph: Graph,
    weights: Weights,
    cell: str,
    name: str,
    inputs: Sequence[Factor],
    hidden: Factor | Sequence[str],
    state: Sequence[str],
    known: Sequence[str] = (),
) -> list[str]:
    """Writes one time step of a layer.

    Args:
        graph: Where to write.
        weights: Weights of the model.
        cell: A key of `OPERATORS`.
        name: Name of the layer.
        inputs: Inputs of the step.
        hidden: Hidden state of the step before, or its product from `recurrent`. [rows, units]
        state: The other arrays of the state before, and the hidden state once more if the equations read it (see
            `CellOperators.only_multiplied`). Each [rows, units]
        known: Products of the first rows of the input's kernel, by block, see `Weights.blocks`. Each [rows, units]

    Returns:
        The new state, the hidden state first.
    """
    equations, facts = OPERATORS[cell].equations, CELLS[cell]
    bias = weights.get(graph, f"{name}/bias")
    kernel, recurrent_kernel = f"{name}/kernel", f"{name}/recurrent_kernel"
    if facts.separate:
        of_input = _two(graph, bias)[0] if facts.recurrent_bias else bias
        if inputs:
            a = weights.blocks(graph, inputs, [kernel], of_input, facts.blocks, known)
        else:
            of_blocks = graph.split(of_input, facts.blocks)
            a = [graph.op("Add", *pair) for pair in zip(known, of_blocks, strict=True)]
        u = recurrent(graph, weights, cell, name, hidden) if isinstance(hidden, Factor) else hidden
        return equations(graph, a, u, state)
    if isinstance(hidden, Factor):  # both products are one, of [x; h] and [W; U]
        z = weights.blocks(graph, [*inputs, hidden], [kernel, recurrent_kernel], bias, facts.blocks, known)
    else:  # the product of the hidden state, which is there already, has the bias
        none = graph.constant(np.zeros(weights.shape(kernel)[1]), np.float32)
        read = weights.blocks(graph, inputs, [kernel], none, facts.blocks, known) if inputs else known
        z = [graph.op("Add", *pair) for pair in zip(read, hidden, strict=True)]
    return equations(graph, z, state)
