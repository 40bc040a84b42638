"""What the sides share: which models rivals have, and how the fastest of several settings is found."""

import time
from collections.abc import Callable

from seq2seq.errors import UserError
from seq2seq.model_settings import ModelSettings

HAS = {"cell": "lstm", "bidirectional": True, "attention": "dot", "input_feeding": False, "bridge": "mean"}
HAS |= {"tied": True, "residual": True, "recurrent_dropout": 0.0, "source_word_dropout": 0.0}
HAS |= {"target_word_dropout": 0.0}
"""The only model that the rivals implement, whatever its sizes."""


def check_settings(settings: ModelSettings, rival: str) -> None:
    """Refuses a model that the rivals do not have.

    Raises:
        UserError: A setting is not the one that the rivals were written for.
    """
    for key, value in HAS.items():
        if (wanted := getattr(settings, key)) != value:
            raise UserError(f"the {rival} rival has no model.{key} {wanted}: set it to {value}")


def fastest(ways: dict[str, Callable[[], object]], repeats: int = 2) -> dict[str, float]:
    """Seconds of the best of a few runs of each way, taken in turn so that a slow minute meets all of them."""
    found = dict.fromkeys(ways, float("inf"))
    for _ in range(repeats):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            found[name] = min(found[name], time.perf_counter() - begun)
    return found
