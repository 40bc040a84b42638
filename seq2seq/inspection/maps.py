"""The matrices of an inspection as heat maps: attention, gates and memory over time, gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.inspection import InspectionData, TextSide
from seq2seq.inspection.pictures import spelt
from seq2seq.inspection.records import LayerRecord
from seq2seq.inspection.units import FOREVER
from seq2seq.model_settings import CELLS
from seq2seq.pages.attention_map import attention_map, piece_axis
from seq2seq.pages.axis import Axis
from seq2seq.pages.heatmap import Heatmap
from seq2seq.pages.layer_names import layer_title

MOST_VALUES = 400_000
"""Number of values in all gate maps together. Beyond it, each map shows a part of its units, so that a page stays below
3 MB."""
GATES = {
    "input": ("Input gate", "how much of the candidate is written into the memory cell"),
    "forget": ("Forget gate", "how much of the memory cell stays"),
    "output": ("Output gate", "how much of the memory cell is shown to the other layers"),
    "update": ("Update gate", "how much of the hidden state stays"),
    "reset": ("Reset gate", "how much of the old hidden state enters the new candidate"),
}
"""Title and meaning of each gate by its name in a recording."""
MAPS = ("input", "reset", "candidate", "forget", "update", "memory", "output", "hidden")
"""The order of a layer's maps, by their names in a recording."""


def layer_name(layer: LayerRecord) -> str:
    """A layer's name for readers, such as "encoder, forwards, layer 1"."""
    return layer_title(layer.name)


def life_text(steps: float) -> str:
    """A half-life in words."""
    if steps >= FOREVER:
        return "never forgets"
    return f"forgets half in {steps:.1f} steps" if steps < 100 else f"forgets half in {steps:.0f} steps"


def read_by_decoder(target: TextSide) -> list[str]:
    """The token that the decoder was fed at each step."""
    return ["<s>", *target.pieces[:-1]]


def attention_maps(inspection: InspectionData) -> list[tuple[str, Heatmap]]:
    """A map of each head with the head's name; first the mean of all heads if there are several."""
    weights = inspection.record.attention  # [heads, target, source]
    named = [(f"{n}", weights[n]) for n in range(len(weights))]
    if len(weights) > 1:
        named = [("mean of all", weights.mean(0)), *named]
    source, target = inspection.source, inspection.target
    return [
        (
            name,
            attention_map(
                matrix,
                source.pieces,
                target.pieces,
                key=f"attention-{n}",
                title="Attention" if len(named) == 1 else f"Attention, head: {name}",
                source_spaces=source.spaces,
                target_spaces=target.spaces,
            ),
        )
        for n, (name, matrix) in enumerate(named)
    ]


def layer_maps(inspection: InspectionData, number: int) -> dict[str, Heatmap]:
    """The maps of one layer: gates, candidate, memory and hidden state by their names in a recording.

    Of an LSTM they come in pairs, a gate beside what it is multiplied with or what it makes: input and candidate,
    forget and memory, output and hidden, so that c = f∘c + i∘g and h = o∘tanh(c) can be followed. Where the memory is
    the hidden state there is no second map of it, and none of a candidate that is the hidden state at once.

    Args:
        inspection: The inspection.
        number: Index of the layer in the recording.
    """
    layer = inspection.record.layers[number]
    lives = inspection.half_lives[layer.name]
    order = shown_units(inspection, layer)
    rows = Axis("unit", [str(unit) for unit in order], [f"{unit}, {life_text(lives[unit])}" for unit in order])
    columns = _steps_axis(inspection, layer)
    gates = {
        gate: Heatmap(
            values[:, order].T,
            rows,
            columns,
            key=f"layer-{number}-{gate}",
            title=f"{GATES[gate][0]}: {GATES[gate][1]}",
            summary=_gate_summary(values, columns),
            low=0.0,
            high=1.0,
            table=False,
        )
        for gate, values in layer.gates.items()
        if gate in GATES
    }
    carrier = CELLS[layer.cell].carried.capitalize()
    signed = {"memory": (f"{carrier}: what each unit carries", layer.memory)}
    if gates:
        signed["candidate"] = ("Candidate: what is new", layer.gates["candidate"])
    if layer.has_memory_cell:
        signed["hidden"] = ("Hidden state: what the unit shows to all others", layer.hidden)
    values = {
        name: _signed_map(array[:, order].T, rows, columns, f"layer-{number}-{name}", title)
        for name, (title, array) in signed.items()
    }
    maps = gates | values
    return {name: maps[name] for name in MAPS if name in maps}


def _signed_map(values: NDArray[np.float32], rows: Axis, columns: Axis, key: str, title: str) -> Heatmap:
    """A map of values of two signs. [units, time]"""
    # A few large values must not make all others pale.
    high = float(np.quantile(np.abs(values), 0.98)) or 1.0
    return Heatmap(values, rows, columns, key=key, title=title, low=-high, high=high, signed=True, table=False)


def shown_units(inspection: InspectionData, layer: LayerRecord) -> NDArray[np.intp]:
    """The units of a layer that the maps have room for, those that remember longest first."""
    order = np.argsort(-inspection.half_lives[layer.name], kind="stable")
    share = share_of_units(inspection)
    if share == 1:
        return order
    # Evenly over the ranking, from the longest memory to the shortest.
    return order[np.linspace(0, len(order) - 1, max(8, int(share * len(order)))).astype(int)]


def gradient_map(inspection: InspectionData) -> Heatmap:
    """How much the loss of each step depends on each token of the source, as shares of a step's sum."""
    norms = inspection.gradients.source.astype(np.float64)  # [target, source]
    share = norms / np.maximum(norms.sum(1, keepdims=True), 1e-30)
    source, target = inspection.source, inspection.target
    return Heatmap(
        share,
        piece_axis("target piece", target.pieces, target.spaces),
        piece_axis("source piece", source.pieces, source.spaces),
        key="gradient-map",
        title="Which source pieces the loss of each target piece depends on",
    )


def share_of_units(inspection: InspectionData) -> float:
    """The share of the units that the maps have room for."""
    values = 0
    for layer in inspection.record.layers:
        values += layer.time * layer.units * (len(layer.gates) + 1 + layer.has_memory_cell)
    return min(1.0, MOST_VALUES / values)


def _steps_axis(inspection: InspectionData, layer: LayerRecord) -> Axis:
    """A layer's steps: of the encoder the tokens it read, of the decoder those it was fed."""
    if layer.part == "encoder":
        axis = piece_axis("piece", inspection.source.pieces, inspection.source.spaces)
        return Axis(axis.name, [spelt(p) for p in inspection.source.pieces], axis.details, axis.groups)
    read = read_by_decoder(inspection.target)
    details = [
        f"{n + 1}, after “{spelt(before)}”, about to output “{spelt(after)}”"
        for n, (before, after) in enumerate(zip(read, inspection.target.pieces, strict=True))
    ]
    return Axis("step", [spelt(piece) for piece in read], details)


def _gate_summary(gate: NDArray[np.float32], columns: Axis) -> str:
    """A gate in words."""
    means = gate.mean(1)
    return (
        f"{gate.shape[1]} units over {gate.shape[0]} steps. On average {means.mean():.2f} open; most at "
        f"{columns.text(int(means.argmax()))} ({means.max():.2f}), least at {columns.text(int(means.argmin()))} "
        f"({means.min():.2f})."
    )
