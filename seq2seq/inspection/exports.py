"""An inspection as data for other programs: JSON, or a NumPy archive.

Both hold the same arrays under the same names. T is the number of target tokens, S that of source tokens, EOS included.

    attention                          [heads, T, S]
    encoder_outputs                    [S, width]
    readout                            [T, embedding]
    log_probabilities, ranks           [T]      of the target's tokens
    likeliest                          [T]      ids of the tokens that the model found likeliest
    source_ids, target_ids             [S], [T]
    LAYER/input, LAYER/forget …        [time, units]  gates and candidate, see `LayerRecord.gates`; time is S or T
    LAYER/memory, LAYER/hidden         [time, units]
    LAYER/half_lives                   [units]  steps
    gradients/target, gradients/source [T, T], [T, S]
    curves/LABEL/distances …           [distances]  also strengths and counts
    ablated/attention                  [heads, its tokens, S]  of the ablated network, for its own output
    ablated/target_log_probabilities   [T]      of the target's tokens by the ablated network

The rest (text, pieces, units, the search) is JSON. An archive holds it as the string `metadata`. `numpy.load` reads an
archive without pickle.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection.inspection import AblatedTranslation, InspectionData
from seq2seq.inspection.probing import ProbedFeature

DIGITS = 6
"""Significant digits of numbers in JSON, as many as float32 has."""


def arrays(inspection: InspectionData) -> dict[str, NDArray[Any]]:
    """Collects all arrays by name."""
    seen = inspection.record
    found: dict[str, NDArray[Any]] = {
        name: getattr(seen, name)
        for name in (
            "source_ids",
            "target_ids",
            "attention",
            "encoder_outputs",
            "readout",
            "log_probabilities",
            "ranks",
            "likeliest",
        )
    }
    if inspection.ablated is not None:
        found["ablated/attention"] = inspection.ablated.record.attention
        found["ablated/target_log_probabilities"] = inspection.ablated.target_log_probabilities
    for layer in seen.layers:
        found |= {f"{layer.name}/{gate}": array for gate, array in layer.gates.items()}
        found |= {f"{layer.name}/memory": layer.memory, f"{layer.name}/hidden": layer.hidden}
        found[f"{layer.name}/half_lives"] = inspection.half_lives[layer.name]
    found |= {"gradients/target": inspection.gradients.target, "gradients/source": inspection.gradients.source}
    for label, curve in inspection.curves.items():
        for part in ("distances", "strengths", "counts"):
            found[f"curves/{label}/{part}"] = getattr(curve, part)
    return found


def metadata(inspection: InspectionData) -> dict[str, Any]:
    """Collects everything that is not an array, ready for JSON."""
    tree = inspection.search
    return {
        "model": inspection.name,
        "cell": inspection.cell,
        "parameters": inspection.parameters,
        "source": inspection.source.text,
        "source_pieces": inspection.source.pieces,
        "target": inspection.target.text,
        "target_pieces": inspection.target.pieces,
        "translation": inspection.translation,
        "reference": inspection.reference,
        "reference_score": inspection.reference_score,
        "sentences": inspection.sentences,
        "layers": [
            {"name": layer.name, "part": layer.part, "direction": layer.direction, "cell": layer.cell}
            for layer in inspection.record.layers
        ],
        "units": [asdict(unit) for unit in inspection.units],
        "features": [_feature(feature) for feature in inspection.features],
        "ablated": _ablated(inspection.ablated),
        "search": {
            "beam_size": tree.beam_size,
            "length_penalty": tree.length_penalty,
            "limit": tree.limit,
            "winner": tree.winner,
            "runner_up": tree.runner_up,
            "rival": tree.rival,
            "rival_bound": tree.rival_bound,
            "nodes": [asdict(node) | {"piece": inspection.spellings[node.token]} for node in tree.nodes],
            "translations": {str(number): text for number, text in inspection.texts.items()},
        },
    }


def _feature(feature: ProbedFeature) -> dict[str, Any]:
    units = [asdict(unit) | {"values": _lists(unit.values), "follows": unit.follows} for unit in feature.units]
    return {
        "name": feature.name,
        "labels": list(feature.labels),
        "numeric": feature.numeric,
        "baseline": feature.baseline,
        "units": units,
    }


def _ablated(ablated: AblatedTranslation | None) -> dict[str, Any] | None:
    if ablated is None:
        return None
    return {
        "ablations": [each.spec for each in ablated.ablations],
        "translation": ablated.output.text,
        "pieces": ablated.output.pieces,
        "log_probability": ablated.log_probability,
        "score": ablated.score,
    }


def to_json(inspection: InspectionData) -> str:
    """Writes everything as one JSON object: the arrays as nested lists under `arrays`, the rest beside them."""
    content = metadata(inspection) | {"arrays": {name: _lists(array) for name, array in arrays(inspection).items()}}
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"


def to_npz(inspection: InspectionData) -> bytes:
    """Writes a NumPy archive: all arrays, and the rest as JSON in the string `metadata`."""
    file = io.BytesIO()
    text = json.dumps(metadata(inspection), ensure_ascii=False, allow_nan=False)
    named: dict[str, Any] = {**arrays(inspection), "metadata": np.array(text)}
    np.savez_compressed(file, **named)
    return file.getvalue()


def _lists(array: NDArray[Any]) -> Any:
    if array.dtype.kind != "f":
        return array.tolist()
    rounded = [float(f"{value:.{DIGITS}g}") for value in array.ravel().tolist()]
    return np.array(rounded).reshape(array.shape).tolist()
