"""The page of an inspection: pictures, and beside each what it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from seq2seq.inspection import explaining, pictures
from seq2seq.inspection.inspection import InspectionData, TextSide
from seq2seq.inspection.records import LayerRecord
from seq2seq.inspection.units import FEATURES, FOREVER, TellingUnit
from seq2seq.pages.attention_map import attention_map, piece_axis
from seq2seq.pages.heatmap import Axis, heatmap
from seq2seq.pages.rendering import Section, render

MOST_VALUES = 400_000
"""Of all gate maps together: beyond, each shows a part of its units, so that a page stays below 3 MB."""
LIVES = 6
"""Telling units that are drawn along the sentence."""
GATES = {
    "input": ("Input gate", "how much of the candidate is written into the memory cell"),
    "forget": ("Forget gate", "how much of the memory cell stays"),
    "output": ("Output gate", "how much of the memory cell is shown to the other layers"),
    "update": ("Update gate", "how much of the hidden state stays"),
    "reset": ("Reset gate", "how much of the old hidden state the new candidate hears"),
}


def render_inspection(inspection: InspectionData) -> str:
    """The whole page."""
    seen = inspection.record
    likeliest = inspection.target_pieces_of(seen.likeliest)
    return render(
        "inspect.html",
        title=f"Inside the {pictures.CELL_NAMES[inspection.cell]}",
        description=f"What a translation model did with “{inspection.source.text}”.",
        sections=(
            Section("said", "What it said"),
            Section("attention", "Attention"),
            Section("gates", "Gates and memory"),
            Section("units", "Units with a meaning"),
            Section("memory", "How long it remembers"),
            Section("search", "The search"),
        ),
        seen=inspection,
        cell=pictures.CELL_NAMES[inspection.cell],
        log_probability=seen.log_probability,
        confidence=pictures.confidence_figure(seen, inspection.target.pieces, likeliest, key="confidence"),
        odd=int((seen.ranks > 0).sum()),
        heads=attention_heads(inspection),
        layers=[(layer_name(layer), layer_panel(inspection, n)) for n, layer in enumerate(seen.layers)],
        part_shown=_share_of_units(inspection) < 1,
        half_lives=[_halves(inspection, layer) for layer in seen.layers],
        units=[_unit_row(inspection, unit) for unit in inspection.units],
        unit_pictures=unit_pictures(inspection),
        forgetting=pictures.forgetting_figure(
            inspection.curves, key="forgetting", title="What is left of the gradient"
        ),
        curves=[(pictures.cell_name(label), curve) for label, curve in inspection.curves.items()],
        gradient_map=gradient_map(inspection),
        tree=pictures.tree_figure(inspection.search, inspection.spellings, key="tree"),
        reasons=explaining.why(inspection),
        ranking=explaining.ranking(inspection),
        steps=explaining.steps(inspection),
    )


def layer_name(layer: LayerRecord) -> str:
    """What readers call a layer: "encoder 1, forwards"."""
    direction = {"forward": ", forwards", "backward": ", backwards"}[layer.direction] if layer.part == "encoder" else ""
    return f"{layer.part} {layer.number + 1}{direction}"


def attention_heads(inspection: InspectionData) -> list[tuple[str, Markup]]:
    """A map for each head, and first the mean where there are several."""
    weights = inspection.record.attention
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


def steps_axis(inspection: InspectionData, layer: LayerRecord) -> Axis:
    """A layer's steps: of the encoder the pieces it read, of the decoder those it was fed."""
    if layer.part == "encoder":
        axis = piece_axis("piece", inspection.source.pieces, inspection.source.spaces)
        return Axis(axis.name, [pictures.spelt(p) for p in inspection.source.pieces], axis.details, axis.groups)
    read = read_by_decoder(inspection.target)
    details = [
        f"{n + 1}, after “{pictures.spelt(before)}”, about to say “{pictures.spelt(after)}”"
        for n, (before, after) in enumerate(zip(read, inspection.target.pieces, strict=True))
    ]
    return Axis("step", [pictures.spelt(piece) for piece in read], details)


def read_by_decoder(target: TextSide) -> list[str]:
    """The piece that the decoder was fed at each step."""
    return ["<s>", *target.pieces[:-1]]


def layer_panel(inspection: InspectionData, number: int) -> Markup:
    """All maps of one layer, side by side."""
    layer = inspection.record.layers[number]
    lives = inspection.half_lives[layer.name]
    order = np.argsort(-lives, kind="stable")
    share = _share_of_units(inspection)
    if share < 1:  # evenly over the ranking, from the longest memory to the shortest
        order = order[np.linspace(0, len(order) - 1, max(8, int(share * len(order)))).astype(int)]
    rows = Axis("unit", [str(unit) for unit in order], [f"{unit}, {_life(lives[unit])}" for unit in order])
    columns = steps_axis(inspection, layer)
    key = f"layer-{number}"
    maps = [
        heatmap(
            layer.gates[gate][:, order].T,
            rows,
            columns,
            key=f"{key}-{gate}",
            title=f"{GATES[gate][0]}: {GATES[gate][1]}",
            summary=_of_gate(layer.gates[gate], columns),
            low=0.0,
            high=1.0,
            table=False,
        )
        for gate in layer.gates
        if gate in GATES
    ]
    carried = layer.memory[:, order].T
    # A few large values must not make all others pale.
    high = float(np.quantile(np.abs(carried), 0.98)) or 1.0
    title = "Memory cell: what each unit carries" if layer.cell == "lstm" else "Hidden state: what each unit carries"
    maps.append(
        heatmap(
            carried,
            rows,
            columns,
            key=f"{key}-memory",
            title=title,
            low=-high,
            high=high,
            signed=True,
            table=False,
        )
    )
    return Markup('<div class="maps">{}</div>').format(Markup("").join(maps))


def _share_of_units(inspection: InspectionData) -> float:
    """How many of the units the maps have room for."""
    values = 0
    for layer in inspection.record.layers:
        values += layer.time * layer.units * (1 + sum(gate in GATES for gate in layer.gates))
    return min(1.0, MOST_VALUES / values)


def _of_gate(gate: NDArray[np.float32], columns: Axis) -> str:
    """A gate in words."""
    means = gate.mean(1)
    return (
        f"{gate.shape[1]} units over {gate.shape[0]} steps. On average {means.mean():.2f} open; most at "
        f"{columns.text(int(means.argmax()))} ({means.max():.2f}), least at {columns.text(int(means.argmin()))} "
        f"({means.min():.2f})."
    )


def _life(steps: float) -> str:
    """A half-life in words."""
    if steps >= FOREVER:
        return "never forgets"
    return f"forgets half in {steps:.1f} steps" if steps < 100 else f"forgets half in {steps:.0f} steps"


@dataclass(frozen=True)
class Halves:
    """How long a layer's units remember: the middle unit, and the longest of ten and of all."""

    name: str
    units: int
    median: float
    tenth: float
    longest: float


def _halves(inspection: InspectionData, layer: LayerRecord) -> Halves:
    lives = inspection.half_lives[layer.name]
    return Halves(
        layer_name(layer), layer.units, float(np.median(lives)), float(np.quantile(lives, 0.9)), float(lives.max())
    )


@dataclass(frozen=True)
class UnitRow:
    """A telling unit as a line of the table."""

    layer: str
    unit: int
    follows: str
    correlation: float
    chance: float
    life: str


def _unit_row(inspection: InspectionData, unit: TellingUnit) -> UnitRow:
    return UnitRow(
        layer_name(inspection.record.layer(unit.layer)),
        unit.unit,
        FEATURES[unit.feature],
        unit.correlation,
        unit.chance,
        _life(float(inspection.half_lives[unit.layer][unit.unit])),
    )


def unit_pictures(inspection: InspectionData) -> list[tuple[str, Markup]]:
    """The most telling units along the sentence, each with a caption; of every feature the best first."""
    order: list[TellingUnit] = []
    for feature in FEATURES:
        ranked = sorted((u for u in inspection.units if u.feature == feature), key=lambda u: -abs(u.correlation))
        order += ranked[:1]
    order += [unit for unit in inspection.units if unit not in order]
    found = []
    for n, unit in enumerate(order[:LIVES]):
        layer = inspection.record.layer(unit.layer)
        steps = inspection.source.pieces if layer.part == "encoder" else read_by_decoder(inspection.target)
        title = f"Unit {unit.unit} of {layer_name(layer)}"
        against = "" if unit.correlation > 0 else ", with the opposite sign"
        found.append(
            (
                f"Follows {FEATURES[unit.feature]}{against} (r = {unit.correlation:+.2f}).".replace("-", "−"),
                pictures.unit_figure(layer, unit, steps, key=f"life-{n}", title=title),
            )
        )
    return found


def gradient_map(inspection: InspectionData) -> Markup:
    """How much each step's loss hangs on each piece of the source."""
    norms = inspection.gradients.source.astype(np.float64)
    share = norms / np.maximum(norms.sum(1, keepdims=True), 1e-30)
    source, target = inspection.source, inspection.target
    return heatmap(
        share,
        piece_axis("target piece", target.pieces, target.spaces),
        piece_axis("source piece", source.pieces, source.spaces),
        key="gradient-map",
        title="Which source pieces the loss of each target piece hangs on",
    )
