"""The recurrent cells: as ONNX's own operators over a whole sentence, and as one step for decoding.

The equations are those of `seq2seq.model.lstm`, `gru` and `rnn`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, INT64, Graph
from seq2seq.model_settings import CELLS

OPERATORS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
ONLY_MULTIPLIED = ("lstm", "rnn")
"""Cells whose hidden state has no part in the next step but in a product."""
_ORDER = {"lstm": (0, 3, 1, 2), "gru": (0, 1, 2), "rnn": (0,)}
"""Where ONNX's blocks stand among ours: i, o, f, c of i, f, c, o; z, r, h of z, r, g."""


def layer(graph: Graph, weights: Weights, cell: str, names: Sequence[str], x: Factor, lengths: str) -> str:
    """One layer over whole sentences, in one direction or both.

    Args:
        graph: where to write.
        weights: the model's.
        cell: lstm, gru or rnn.
        names: of the layers' weights: forwards, and backwards if there are two.
        x: [source, sentences, inputs].
        lengths: of the sentences; zeros come out beyond. [sentences] int32

    Returns:
        Hidden states of the directions side by side. [source, sentences, directions·units]
    """
    if weights.rounds:
        present = _present(graph, x.value, lengths)
        hidden = [_scanned(graph, weights, cell, name, x, present, lengths, name != names[0]) for name in names]
        return hidden[0] if len(names) == 1 else graph.op("Concat", *hidden, axis=-1)
    units = weights.shape(f"{names[0]}/recurrent_kernel")[0]
    operands = [_operands(graph, weights, cell, name) for name in names]
    kernels = [graph.op("Concat", *of_all, axis=0) for of_all in zip(*operands, strict=True)]
    options: dict[str, Any] = {"linear_before_reset": 1} if cell == "gru" else {}
    direction = "bidirectional" if len(names) == 2 else "forward"
    y, *_ = graph.ops(
        OPERATORS[cell], x.value, *kernels, lengths, outputs=1, hidden_size=units, direction=direction, **options
    )  # [source, directions, sentences, units]
    return graph.reshape(graph.op("Transpose", y, perm=[0, 2, 1, 3]), 0, 0, len(names) * units)


def _scanned(
    graph: Graph, weights: Weights, cell: str, name: str, x: Factor, present: str, lengths: str, backwards: bool
) -> str:
    """One direction, step by step, with products in bytes; ONNX's own operators would take them in float32.

    Args:
        graph: where to write.
        weights: the model's.
        cell: lstm, gru or rnn.
        name: of the layer's weights.
        x: [source, sentences, inputs].
        present: 1 where there is a source piece, else 0. [source, sentences, 1]
        lengths: [sentences].
        backwards: whether the last piece is read first; what comes before it leaves no trace.

    Returns:
        Hidden states. [source, sentences, units]
    """
    units, columns = weights.shape(f"{name}/recurrent_kernel")
    none = graph.constant(np.zeros(columns), np.float32)
    known = weights.blocks(graph, [x], [f"{name}/kernel"], none, CELLS[cell].blocks)  # each [source, sentences, units]
    shape = graph.op("Concat", graph.op("Shape", lengths), graph.constant([units]), axis=0)
    first = graph.op("Expand", graph.constant(0, np.float32), shape)  # [sentences, units]

    body = graph.inner(f"{name}_step")
    names = [f"{body.name}_state_{n}" for n in range(CELLS[cell].arity)]
    state = [body.input(part, FLOAT, ["sentences", units]) for part in names]
    here = [body.input(f"{body.name}_known_{n}", FLOAT, ["sentences", units]) for n in range(len(known))]
    real = body.input(f"{body.name}_present", FLOAT, ["sentences", 1])
    hidden = Factor(state[0], units, 1.0)
    others = state[int(cell in ONLY_MULTIPLIED) :]
    new = [body.op("Mul", part, real) for part in step(body, weights, cell, name, [], hidden, others, here)]
    for part, value in zip(names, new, strict=True):
        body.output(f"{part}_next", value, FLOAT, ["sentences", units])
    body.output(f"{body.name}_hidden", body.op("Identity", new[0]), FLOAT, ["sentences", units])
    found = graph.ops(
        "Scan",
        *([first] * len(state)),
        *known,
        present,
        outputs=len(state) + 1,
        body=body.proto(),
        num_scan_inputs=len(known) + 1,
        scan_input_directions=[int(backwards)] * (len(known) + 1),
        scan_output_directions=[int(backwards)],
    )
    return found[-1]


def _present(graph: Graph, x: str, lengths: str) -> str:
    """1 where there is a source piece, else 0. [source, sentences, 1]"""
    source = graph.op("Squeeze", graph.op("Shape", x, start=0, end=1))
    positions = graph.op("Range", graph.constant(0), source, graph.constant(1))
    ends = graph.op("Unsqueeze", graph.op("Cast", lengths, to=INT64), graph.constant([0, 2]))  # [1, sentences, 1]
    before = graph.op("Less", graph.op("Unsqueeze", positions, graph.constant([1, 2])), ends)
    return graph.op("Cast", before, to=FLOAT)


def _operands(graph: Graph, weights: Weights, cell: str, name: str) -> list[str]:
    """W, R and B of ONNX's operator, each with a leading axis for the direction."""

    def ordered(value: str) -> list[str]:
        blocks = graph.split(value, CELLS[cell].blocks) if CELLS[cell].blocks > 1 else [value]
        return [blocks[n] for n in _ORDER[cell]]

    def kernel(value: str) -> str:
        joined = graph.op("Concat", *ordered(value), axis=-1)  # [inputs, blocks·units]
        return graph.op("Unsqueeze", graph.op("Transpose", joined, perm=[1, 0]), graph.constant([0]))

    bias = weights.get(graph, f"{name}/bias")
    if cell == "gru":
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
    """The biases of the input and of the hidden state, which one weight [2, width] holds."""
    return [graph.op("Gather", bias, graph.constant(n), axis=0) for n in (0, 1)]


def recurrent(graph: Graph, weights: Weights, cell: str, name: str, hidden: Factor) -> list[str]:
    """What a layer's recurrent kernel makes of hidden states, by block, the bias included.

    Args:
        graph: where to write.
        weights: the model's.
        cell: lstm, gru or rnn.
        name: of the layer's weights.
        hidden: [rows, units].

    Returns:
        Each [rows, units].
    """
    bias = weights.get(graph, f"{name}/bias")
    of_state = _two(graph, bias)[1] if cell == "gru" else bias
    return weights.blocks(graph, [hidden], [f"{name}/recurrent_kernel"], of_state, CELLS[cell].blocks)


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
    """One step of a layer.

    Args:
        graph: where to write.
        weights: the model's.
        cell: lstm, gru or rnn.
        name: of the layer's weights.
        inputs: what it reads.
        hidden: the hidden state of the step before, or what `recurrent` made of it. [rows, units]
        state: what else the cell has of the step before: the LSTM's memory cell; the GRU's hidden state, which not
            only products read. Each [rows, units]
        known: what the first rows of the input's kernel gave, by block, see `Weights.blocks`. Each [rows, units]

    Returns:
        The new state.
    """
    bias = weights.get(graph, f"{name}/bias")
    kernel, recurrent_kernel = f"{name}/kernel", f"{name}/recurrent_kernel"
    if cell == "gru":
        of_input = _two(graph, bias)[0]
        if inputs:
            a_z, a_r, a_g = weights.blocks(graph, inputs, [kernel], of_input, 3, known)
        else:
            a_z, a_r, a_g = (graph.op("Add", *pair) for pair in zip(known, graph.split(of_input, 3), strict=True))
        u_z, u_r, u_g = recurrent(graph, weights, cell, name, hidden) if isinstance(hidden, Factor) else hidden
        z = graph.op("Sigmoid", graph.op("Add", a_z, u_z))
        r = graph.op("Sigmoid", graph.op("Add", a_r, u_r))
        g = graph.op("Tanh", graph.op("Add", a_g, graph.op("Mul", r, u_g)))
        # z ∘ h + (1 − z) ∘ g
        return [graph.op("Add", g, graph.op("Mul", z, graph.op("Sub", state[0], g)))]
    if isinstance(hidden, Factor):
        blocks = weights.blocks(graph, [*inputs, hidden], [kernel, recurrent_kernel], bias, CELLS[cell].blocks, known)
    else:
        none = graph.constant(np.zeros(weights.shape(kernel)[1]), np.float32)
        read = weights.blocks(graph, inputs, [kernel], none, CELLS[cell].blocks, known) if inputs else known
        blocks = [graph.op("Add", *pair) for pair in zip(read, hidden, strict=True)]
    if cell == "rnn":
        return [graph.op("Tanh", blocks[0])]
    z_i, z_f, z_c, z_o = blocks
    i, f, o = (graph.op("Sigmoid", x) for x in (z_i, z_f, z_o))
    kept, written = graph.op("Mul", f, state[0]), graph.op("Mul", i, graph.op("Tanh", z_c))
    c = graph.op("Add", kept, written)
    return [graph.op("Mul", o, graph.op("Tanh", c)), c]
