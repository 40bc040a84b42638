"""The model's equations once more, in NumPy, to be read and recorded.

`seq2seq.model` has the same equations in the form that trains fast: all sentences at once, all input products in one
matrix product, gradients written out. Here they are for one sentence, one step after the other, as in a textbook.
Both use the same weights under the same names; tests hold them equal.

σ is the logistic function, ∘ the element-wise product. x is the input of a step; h and c are hidden state and memory
cell of the step before. Any number of hypotheses can take a step at once: … in a shape stands for their axis or none.

Each value with a name passes through a function `hold` before it is used. It returns the value as it is, or another
one in its place: that is how a gate is closed or a unit is clamped (`seq2seq.inspection.ablation`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.records import Array

Weights = Mapping[str, NDArray[np.float32]]
State = tuple[Array, ...]
"""The hidden state, followed by the memory cell of an LSTM, each [..., units]."""
Hold = Callable[[str, Array], Array]
"""Takes the name of a value (a gate's, `candidate`, `hidden` or `attention`) and the value; returns what is used."""


def as_it_is(_: str, value: Array) -> Array:
    """The `Hold` that changes nothing."""
    return value


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + exp(−x)), computed by tanh, which does not overflow."""
    result: Array = 0.5 * (1 + np.tanh(0.5 * x))
    return result


def softmax(scores: Array) -> Array:
    """exp(scores) over their sum along the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    result: Array = powers / powers.sum(-1, keepdims=True)
    return result


def lstm_step(weights: Weights, x: Array, state: State, hold: Hold = as_it_is) -> tuple[dict[str, Array], State]:
    """One step of an LSTM (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000).

    Args:
        weights: Kernel W [inputs, 4·units], recurrent_kernel U [units, 4·units] and bias b [4·units].
        x: Input of the step. [..., inputs]
        state: Hidden state h and memory cell c, each [..., units].
        hold: What each gate, the candidate and the new hidden state pass through.

    Returns:
        The gates and the candidate by name, and the new state, each [..., units].
    """
    h, c = state
    z = x @ weights["kernel"] + h @ weights["recurrent_kernel"] + weights["bias"]
    z_i, z_f, z_c, z_o = np.split(z, 4, axis=-1)
    i = hold("input", sigmoid(z_i))  # how much of the candidate is written
    f = hold("forget", sigmoid(z_f))  # how much of the memory cell stays
    g = hold("candidate", np.tanh(z_c))
    o = hold("output", sigmoid(z_o))  # how much of the memory cell is shown
    c = f * c + i * g  # memory cell
    h = hold("hidden", o * np.tanh(c))  # hidden state
    return {"input": i, "forget": f, "output": o, "candidate": g}, (h, c)


def gru_step(weights: Weights, x: Array, state: State, hold: Hold = as_it_is) -> tuple[dict[str, Array], State]:
    """One step of a gated recurrent unit (Cho et al., 2014), its reset gate after the product.

    Args:
        weights: Kernel W [inputs, 3·units], recurrent_kernel U [units, 3·units] and the biases of both [2, 3·units].
        x: Input of the step. [..., inputs]
        state: Hidden state h. [..., units]
        hold: What each gate, the candidate and the new hidden state pass through.

    Returns:
        The gates and the candidate by name, and the new state, each [..., units].
    """
    (h,) = state
    of_input, of_hidden = weights["bias"]
    a_z, a_r, a_g = np.split(x @ weights["kernel"] + of_input, 3, axis=-1)
    u_z, u_r, u_g = np.split(h @ weights["recurrent_kernel"] + of_hidden, 3, axis=-1)
    z = hold("update", sigmoid(a_z + u_z))  # how much of the hidden state stays
    r = hold("reset", sigmoid(a_r + u_r))  # how much of the hidden state enters the candidate
    g = hold("candidate", np.tanh(a_g + r * u_g))
    h = hold("hidden", z * h + (1 - z) * g)  # hidden state
    return {"update": z, "reset": r, "candidate": g}, (h,)


def rnn_step(weights: Weights, x: Array, state: State, hold: Hold = as_it_is) -> tuple[dict[str, Array], State]:
    """One step of a plain recurrent unit (Elman, 1990), which has no gates.

    Args:
        weights: Kernel W [inputs, units], recurrent_kernel U [units, units] and bias b [units].
        x: Input of the step. [..., inputs]
        state: Hidden state h. [..., units]
        hold: What each gate, the candidate and the new hidden state pass through.

    Returns:
        The candidate, which is the hidden state at once, and the new state, each [..., units].
    """
    (h,) = state
    g = hold("candidate", np.tanh(x @ weights["kernel"] + h @ weights["recurrent_kernel"] + weights["bias"]))
    return {"candidate": g}, (hold("hidden", g),)


STEPS = {"lstm": lstm_step, "gru": gru_step, "rnn": rnn_step}


def attend(
    weights: Weights, kind: str, heads: int, query: Array, memory: Array, hold: Hold = as_it_is
) -> tuple[Array, Array]:
    """Attends to the memory: a = softmax(scores), context = a·values; see `seq2seq.model.attention`.

    Args:
        weights: Weights of the attention by the last part of their names.
        kind: dot, general, additive or multi_head.
        heads: Number of heads of multi_head.
        query: The bottom decoder layer's hidden state q. [..., units]
        memory: The encoder's outputs m. [source, width]
        hold: What the attention weights pass through.

    Returns:
        The context [..., context] and the attention weights of each head [heads, ..., source].
    """
    if kind == "multi_head":
        return _attend_in_heads(weights, heads, query, memory, hold)
    if kind == "dot":
        scores = query @ memory.T  # q·m
    elif kind == "general":
        scores = query @ (memory @ weights["kernel"]).T  # q·(m·W)
    else:  # tanh(q·W + m·U)·v
        queries = (query @ weights["query_kernel"])[..., None, :]  # [..., 1, units]
        units = np.tanh(queries + memory @ weights["kernel"])  # [..., source, units]
        scores = (units @ weights["scale"])[..., 0]
    attended = hold("attention", softmax(scores))  # [..., source]
    return attended @ memory, attended[None]


def _attend_in_heads(weights: Weights, heads: int, query: Array, memory: Array, hold: Hold) -> tuple[Array, Array]:
    """(q·Q)·(m·K) / √d in each head of width d; the values are m·V."""
    queries = np.split(query @ weights["query_kernel"], heads, axis=-1)  # each [..., d]
    keys = np.split(memory @ weights["key_kernel"], heads, axis=1)  # each [source, d]
    values = np.split(memory @ weights["value_kernel"], heads, axis=1)
    attended = [
        hold("attention", softmax(q @ k.T / np.float32(np.sqrt(k.shape[1]))))
        for q, k in zip(queries, keys, strict=True)
    ]
    contexts = [a @ v for a, v in zip(attended, values, strict=True)]
    return np.concatenate(contexts, -1) @ weights["output_kernel"], np.stack(attended)
