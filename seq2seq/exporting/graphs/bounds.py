"""Bounds of what is multiplied: the scales of int8 follow from them, and from nothing that a batch holds."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.model_settings import ModelSettings


class Bounds(NamedTuple):
    """Largest absolute values of a model; those of tables are never 0."""

    source: float
    """Bound of the source embeddings."""
    target: float
    """Bound of the target embeddings."""
    logit: float
    """Bound of the logits: max_v (Σ_d |E_vd| + |b_v|), since read-outs lie within ±1."""

    @classmethod
    def of(cls, weights: Mapping[str, NDArray[np.float32]]) -> "Bounds":
        """Computes the bounds of a model from its weights."""
        tied = weights["embeddings"]
        tables = (weights.get(f"{side}_embeddings", tied) for side in ("source", "target"))
        source, target = (max(float(np.abs(table).max()), 1e-6) for table in tables)
        logits = np.abs(tied).sum(axis=1) + np.abs(weights["softmax_bias"])
        return cls(source, target, float(logits.max()))


def memory_bound(settings: ModelSettings) -> float:
    """Returns the bound of the memory."""
    return encoded_bound(settings, settings.encoder_layers)


def encoded_bound(settings: ModelSettings, layers: int) -> float:
    """Returns the bound of what the lowest layers of the encoder give.

    Hidden states lie within ±1, and residual layers add theirs up.
    """
    return float(layers if settings.residual else 1)
