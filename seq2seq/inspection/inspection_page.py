"""The page of an inspection: pictures, and beside each what it shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from seq2seq.inspection import explaining, maps, pictures
from seq2seq.inspection.ablation_page import ablation_values
from seq2seq.inspection.features_page import feature_views
from seq2seq.inspection.inspection import InspectionData
from seq2seq.inspection.records import LayerRecord
from seq2seq.inspection.stepping import stepping_data
from seq2seq.inspection.units import FEATURES, TellingUnit
from seq2seq.model_settings import CELLS
from seq2seq.pages.rendering import PageSection, render

LIVES = 6
"""Number of telling units that are drawn along the sentence."""


def render_inspection(inspection: InspectionData) -> str:
    """Renders the page as one HTML document."""
    seen = inspection.record
    likeliest = inspection.target_pieces_of(seen.likeliest)
    return render(
        "inspect.html",
        title=f"Inside the {CELLS[inspection.cell].title}",
        description=f"What a translation model did with “{inspection.source.text}”.",
        sections=(
            PageSection("translation", "The translation"),
            PageSection("attention", "Attention"),
            PageSection("cell", "The cell"),
            PageSection("gates", "Gates and memory"),
            PageSection("units", "Units with a meaning"),
            PageSection("memory", "How long it remembers"),
            PageSection("search", "The search"),
            *([PageSection("ablation", "With parts missing")] if inspection.ablated else []),
        ),
        seen=inspection,
        cell=CELLS[inspection.cell].title,
        log_probability=seen.log_probability,
        confidence=pictures.confidence_figure(seen, inspection.target.pieces, likeliest, key="confidence"),
        odd=int((seen.ranks > 0).sum()),
        heads=[(name, each.to_html()) for name, each in maps.attention_maps(inspection)],
        layers=[(maps.layer_name(layer), _layer_panel(inspection, n)) for n, layer in enumerate(seen.layers)],
        part_shown=maps.share_of_units(inspection) < 1,
        half_lives=[_halves(inspection, layer) for layer in seen.layers],
        units=[_unit_row(inspection, unit) for unit in inspection.units],
        unit_pictures=unit_pictures(inspection),
        forgetting=pictures.forgetting_figure(
            inspection.curves, key="forgetting", title="What is left of the gradient"
        ),
        curves=[(pictures.cell_name(label), curve) for label, curve in inspection.curves.items()],
        gradient_map=maps.gradient_map(inspection).to_html(),
        tree=pictures.tree_figure(inspection.search, inspection.spellings, key="tree"),
        reasons=explaining.why(inspection),
        ranking=explaining.ranking(inspection),
        steps=explaining.steps(inspection),
        **_stepping_values(inspection),
        **ablation_values(inspection),
        features=feature_views(inspection),
    )


def _stepping_values(inspection: InspectionData) -> dict[str, Any]:
    data = stepping_data(inspection)
    shown = sum(len(layer["units"]) for layer in data["layers"])
    units = sum(layer.units for layer in inspection.record.layers)
    return {"stepping": json.dumps(data, ensure_ascii=False), "stepping_part": shown < units}


def _layer_panel(inspection: InspectionData, number: int) -> Markup:
    """All maps of one layer, side by side."""
    panel = [each.to_html() for each in maps.layer_maps(inspection, number).values()]
    return Markup('<div class="maps">{}</div>').format(Markup("").join(panel))


@dataclass(frozen=True)
class Halves:
    """Half-lives of a layer's units in steps: the median, the ninth decile and the longest."""

    name: str
    units: int
    median: float
    tenth: float
    longest: float


def _halves(inspection: InspectionData, layer: LayerRecord) -> Halves:
    lives = inspection.half_lives[layer.name]
    return Halves(
        maps.layer_name(layer), layer.units, float(np.median(lives)), float(np.quantile(lives, 0.9)), float(lives.max())
    )


@dataclass(frozen=True)
class UnitRow:
    """A telling unit as a row of the table."""

    layer: str
    unit: int
    follows: str
    correlation: float
    chance: float
    life: str


def _unit_row(inspection: InspectionData, unit: TellingUnit) -> UnitRow:
    return UnitRow(
        maps.layer_name(inspection.record.layer(unit.layer)),
        unit.unit,
        FEATURES[unit.feature],
        unit.correlation,
        unit.chance,
        maps.life_text(float(inspection.half_lives[unit.layer][unit.unit])),
    )


def unit_pictures(inspection: InspectionData) -> list[tuple[str, Markup]]:
    """Pictures of the most telling units along the sentence with captions; first the best unit of each feature."""
    order: list[TellingUnit] = []
    for feature in FEATURES:
        ranked = sorted((u for u in inspection.units if u.feature == feature), key=lambda u: -abs(u.correlation))
        order += ranked[:1]
    order += [unit for unit in inspection.units if unit not in order]
    found = []
    for n, unit in enumerate(order[:LIVES]):
        layer = inspection.record.layer(unit.layer)
        steps = inspection.source.pieces if layer.part == "encoder" else maps.read_by_decoder(inspection.target)
        title = f"Unit {unit.unit} of {maps.layer_name(layer)}"
        against = "" if unit.correlation > 0 else ", with the opposite sign"
        found.append(
            (
                f"Follows {FEATURES[unit.feature]}{against} (r = {unit.correlation:+.2f}).".replace("-", "−"),
                pictures.unit_figure(layer, unit, steps, key=f"life-{n}", title=title),
            )
        )
    return found
