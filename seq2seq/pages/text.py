"""Text and numbers as pages show them."""

import math
import unicodedata
from datetime import datetime

from markupsafe import Markup, escape


def printable(text: str) -> str:
    """Replaces characters that cannot be shown (control characters, lone surrogates) by U+FFFD.

    Tabs and line breaks, which HTML would not show, become a space.

    Example:
        >>> printable("a\\tb\\x00")
        'a b\ufffd'
    """
    return "".join(
        " " if character in "\t\n\r" else "\ufffd" if unicodedata.category(character) in ("Cc", "Cs") else character
        for character in text
    )


def width_of(text: str) -> int:
    """The approximate width of a text in Latin letters; East Asian characters count twice, combining ones not at all.

    Example:
        >>> width_of("abc"), width_of("東京")
        (3, 4)
    """
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def number(value: float | None, digits: int = 2) -> str:
    """A number with thousands separators and `digits` decimals; an en dash for None, NaN and infinity.

    Example:
        >>> number(-1234.567), number(None)
        ('−1,234.57', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    # "-0.00" is no more than "0.00". A minus sign is as wide as a plus sign.
    return text.lstrip("-") if not float(text.replace(",", "")) else text.replace("-", "−")


def moment(text: str) -> Markup:
    """A point in time, which the page's script shows in the reader's own zone and spelling.

    Args:
        text: The time in ISO 8601 with its zone. Any other text is shown as it is.

    Returns:
        A `<time>` element. Where no script runs, it shows date, time and offset.

    Example:
        >>> print(moment("2026-11-28T10:25:51+0000"))
        <time datetime="2026-11-28T10:25:51+00:00">2026-11-28 10:25:51 +00:00</time>
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return escape(printable(text))
    if time.tzinfo is None:
        return escape(printable(text))
    time = time.replace(microsecond=0)
    exact = time.isoformat()
    return Markup('<time datetime="{}">{} {}</time>').format(exact, exact[:19].replace("T", " "), exact[19:])
