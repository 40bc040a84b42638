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


def layer_name(layer: LayerRecord) -> str:
    """A layer's name for readers, such as "encoder 1, forwards"."""
    direction = {"forward": ", forwards", "backward": ", backwards"}[layer.direction] if layer.part == "encoder" else ""
    return f"{layer.part} {layer.number + 1}{direction}"


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
    """The maps of one layer: its gates by their names, and `memory`, what its units carry.

    Args:
        inspection: The inspection.
        number: Index of the layer in the recording.
    """
    layer = inspection.record.layers[number]
    lives = inspection.half_lives[layer.name]
    order = np.argsort(-lives, kind="stable")
    share = share_of_units(inspection)
    if share < 1:  # evenly over the ranking, from the longest memory to the shortest
        order = order[np.linspace(0, len(order) - 1, max(8, int(share * len(order)))).astype(int)]
    rows = Axis("unit", [str(unit) for unit in order], [f"{unit}, {life_text(lives[unit])}" for unit in order])
    columns = _steps_axis(inspection, layer)
    maps = {
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
    carried = layer.memory[:, order].T  # [units, time]
    # A few large values must not make all others pale.
    high = float(np.quantile(np.abs(carried), 0.98)) or 1.0
    carrier = CELLS[layer.cell].carried.capitalize()
    maps["memory"] = Heatmap(
        carried,
        rows,
        columns,
        key=f"layer-{number}-memory",
        title=f"{carrier}: what each unit carries",
        low=-high,
        high=high,
        signed=True,
        table=False,
    )
    return maps


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
        values += layer.time * layer.units * (1 + sum(gate in GATES for gate in layer.gates))
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
