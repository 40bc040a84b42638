"""Options that fit the amount of text: what `preset` puts in place of the defaults.

A preset is a set of defaults and nothing more: every key that a user gives wins. The figures behind the choices, with
the commands that gave them, are in docs/recipes. The direction in which they change with less text is that of Sennrich
and Zhang (2019): fewer pieces, smaller batches and so more updates, more passes, stronger dropout.
"""

from dataclasses import dataclass
from typing import Any, Literal

from seq2seq.config.filling import Values

SMALL_CHARACTERS, MEDIUM_CHARACTERS = 600_000, 1_500_000
"""On one side: up to here a text is small, up to there it is medium."""
TINY_CHARACTERS = 150_000
"""On one side: up to here dropout is stronger."""
PASSES = 6_400_000
"""Characters of one side that a small model reads in all: the less text there is, the more often it is read."""


@dataclass(frozen=True)
class TextSize:
    """How much text there is to learn from."""

    pairs: int
    characters: int
    """Of one side, the mean of both."""


EXAMPLES: tuple[tuple[Literal["small", "medium", "large"], str, TextSize], ...] = (
    ("small", f"up to {SMALL_CHARACTERS:,} characters a side (here of 8,000 pairs)", TextSize(8_000, 290_000)),
    ("medium", f"up to {MEDIUM_CHARACTERS:,} (here of 30,000 pairs)", TextSize(30_000, 1_090_000)),
    ("large", "more", TextSize(200_000, 8_000_000)),
)
"""Of each preset: what text it is for, and some of that."""


@dataclass(frozen=True)
class PresetChoice:
    """What a preset puts in place of defaults."""

    preset: Literal["small", "medium", "large"]
    values: Values
    reason: str


def choose(preset: Literal["auto", "small", "medium", "large"], size: TextSize) -> PresetChoice:
    """The options of a preset; of "auto", those that fit the amount of text.

    Example:
        >>> choose("auto", TextSize(pairs=8_000, characters=290_000)).preset
        'small'
        >>> choose("auto", TextSize(pairs=200_000, characters=8_000_000)).preset
        'large'
        >>> choose("large", TextSize(pairs=8_000, characters=290_000)).preset
        'large'
    """
    text = f"{size.pairs:,} pairs of {size.characters:,} characters a side"
    if preset == "small" or (preset == "auto" and size.characters <= SMALL_CHARACTERS):
        name: Literal["small", "medium", "large"] = "small"
        values = _small(size)
        why = f"at most {SMALL_CHARACTERS:,} characters"
    elif preset == "medium" or (preset == "auto" and size.characters <= MEDIUM_CHARACTERS):
        name, values, why = "medium", _medium(size), f"at most {MEDIUM_CHARACTERS:,} characters"
    else:
        name, values, why = "large", {"training.epochs": 12.0}, f"more than {MEDIUM_CHARACTERS:,} characters"
    return PresetChoice(
        name, values, f"{text}, {why}" if preset == "auto" else f"as the config says; the text has {text}"
    )


def _small(size: TextSize) -> dict[str, Any]:
    dropout = 0.4 if size.characters <= TINY_CHARACTERS else 0.3
    return {
        "data.hold_out": 500,
        "tokenizer.vocabulary_size": 2000,
        "model.embedding_dropout": dropout,
        "model.layer_dropout": dropout,
        "model.source_word_dropout": 0.1,
        "model.target_word_dropout": 0.1,
        "model.readout_dropout": dropout,
        "training.epochs": float(round(min(40, max(16, PASSES / size.characters)))),
        "training.batch_tokens": 1000,
        "training.learning_rate": 3e-3,
        "training.warmup_steps": 200,
        "training.ema_decay": 0.99,
        "training.validate_steps": 250,
    }


def _medium(size: TextSize) -> dict[str, Any]:
    return {"training.epochs": 20.0}
