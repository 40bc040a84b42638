"""What the rivals can be compared in."""

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
