"""What the sides share: which models rivals have, and how the fastest of several settings is found."""

import time
from collections.abc import Callable
from typing import Any

from seq2seq.errors import UserError

HAS = {"cell": "lstm", "bidirectional": True, "attention": "dot", "input_feeding": False, "bridge": "mean"}
HAS |= {"tied": True, "residual": True, "recurrent_dropout": 0.0, "source_word_dropout": 0.0}
HAS |= {"target_word_dropout": 0.0, "word_dropout": 0.0}


def check_settings(settings: dict[str, Any], rival: str) -> None:
    """Refuses a model that the rivals do not have.

    Raises:
        UserError: a setting is not the one they were written for.
    """
    for key, value in HAS.items():
        if settings.get(key, value) != value:
            raise UserError(f"the {rival} rival has no model.{key} {settings[key]}: set it to {value}")


def fastest(ways: dict[str, Callable[[], object]], repeats: int = 2) -> dict[str, float]:
    """Seconds of the best of a few runs of each way, taken in turn so that a slow minute meets all of them."""
    found = dict.fromkeys(ways, float("inf"))
    for _ in range(repeats):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            found[name] = min(found[name], time.perf_counter() - begun)
    return found
