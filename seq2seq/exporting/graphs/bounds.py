"""How large what is multiplied can become: the scales of int8 rest on it, and on nothing that a batch holds."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seq2seq.model_settings import ModelSettings


class Bounds(NamedTuple):
    """Largest absolute values; those of tables are never 0."""

    source: float
    """In the table of the source's embeddings."""
    target: float
    """In that of the target's."""
    logit: float
    """Of the softmax; read-outs are within ±1."""

    @classmethod
    def of(cls, weights: Mapping[str, NDArray[np.float32]]) -> "Bounds":
        """Those of a model."""
        tied = weights["embeddings"]
        tables = (weights.get(f"{side}_embeddings", tied) for side in ("source", "target"))
        source, target = (max(float(np.abs(table).max()), 1e-6) for table in tables)
        logits = np.abs(tied).sum(axis=1) + np.abs(weights["softmax_bias"])
        return cls(source, target, float(logits.max()))


def memory_bound(settings: ModelSettings) -> float:
    """What is in the memory is at most this."""
    return encoded_bound(settings, settings.encoder_layers)


def encoded_bound(settings: ModelSettings, layers: int) -> float:
    """What so many layers of the encoder give: hidden states are within ±1, and residual layers add theirs up."""
    return float(layers if settings.residual else 1)
