"""The numbers of single units, step by step, for the page on which they run through the equations.

The numbers are those of the recording, float32 and unrounded. The page computes from them what the equations do with
them, such as f∘c, by the same equations.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection import maps
from seq2seq.inspection.inspection import InspectionData
from seq2seq.inspection.pictures import spelt
from seq2seq.inspection.records import LayerRecord

MOST_NUMBERS = 120_000
"""Number of values of all layers together, 640 kB in the page. Beyond it, each layer has a part of its units."""


def stepping_data(inspection: InspectionData) -> dict[str, Any]:
    """Collects what the page needs, ready for JSON.

    Returns:
        `cell`, and `layers` with for each: `name`; `backward`, whether it reads from the end; `steps`, the token that
        each position reads; `units`, their numbers; `lives`, how long each remembers, in words; `begin`, the index of
        the unit to begin with; and `arrays`: base64 of little-endian float32, of gates, candidate, `hidden` and an
        LSTM's `memory` [positions, units], and of the state before the first step, `first_hidden` and `first_memory`
        [units].
    """
    numbers = sum(_numbers(layer, maps.shown_units(inspection, layer)) for layer in inspection.record.layers)
    share = min(1.0, MOST_NUMBERS / numbers)
    return {
        "cell": inspection.cell,
        "layers": [_layer_data(inspection, layer, share) for layer in inspection.record.layers],
    }


def _layer_data(inspection: InspectionData, layer: LayerRecord, share: float) -> dict[str, Any]:
    units = maps.shown_units(inspection, layer)
    if share < 1:
        units = units[np.linspace(0, len(units) - 1, max(4, int(share * len(units)))).astype(int)]
    lives = inspection.half_lives[layer.name]
    encoder = layer.part == "encoder"
    steps = inspection.source.pieces if encoder else maps.read_by_decoder(inspection.target)
    telling = [each.unit for each in inspection.units if each.layer == layer.name]
    positions = {int(unit): n for n, unit in enumerate(units)}
    return {
        "name": maps.layer_name(layer),
        "backward": layer.direction == "backward",
        "steps": [spelt(piece) for piece in steps],
        "units": [int(unit) for unit in units],
        "lives": [maps.life_text(float(lives[unit])) for unit in units],
        "begin": next((positions[unit] for unit in telling if unit in positions), 0),
        "arrays": {name: _encoded(array[..., units]) for name, array in _arrays(layer).items()},
    }


def _arrays(layer: LayerRecord) -> dict[str, NDArray[np.float32]]:
    """What a unit's equations are about, [time, units], and the state before the first step, [units]."""
    found = {**layer.gates, "hidden": layer.hidden, "first_hidden": layer.first_hidden}
    if layer.has_memory_cell:
        found |= {"memory": layer.memory, "first_memory": layer.first_memory}
    return found


def _numbers(layer: LayerRecord, units: NDArray[np.intp]) -> int:
    return sum(array[..., units].size for array in _arrays(layer).values())


def _encoded(array: NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()
