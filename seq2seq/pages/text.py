"""Text and numbers as pages show them."""

import math
import unicodedata


def printable(text: str) -> str:
    """The text with what cannot be shown, control characters and lone surrogates, as U+FFFD.

    Tabs and line breaks, which HTML would swallow, become a space.
    """
    return "".join(
        " " if character in "\t\n\r" else "\ufffd" if unicodedata.category(character) in ("Cc", "Cs") else character
        for character in text
    )


def width_of(text: str) -> int:
    """About how many Latin letters wide a text is: East Asian characters count twice, combining ones not at all."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def number(value: float | None, digits: int = 2) -> str:
    """A number with thousands separated and `digits` decimals; an en dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    # "-0.00" says no more than "0.00"; a minus sign is as wide as a plus sign.
    return text.lstrip("-") if not float(text.replace(",", "")) else text.replace("-", "−")
