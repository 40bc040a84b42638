"""Rounds in turn (A B A B …), and what they tell.

On a machine that others use too, absolute figures differ by tens of per cent from one minute to the next. The two
rounds of a pair follow each other, so their ratio differs by far less; its median over the pairs is the result.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from scripts.benchmarks.sides import SideProcess

Round = dict[str, dict[str, float]]
"""One round of every side: name → figure → value."""

IDLE_SHARE = 0.05
"""How much of a processor a side that waits may take before it is called a disturbance."""


def take_turns(
    sides: Sequence[SideProcess], calls: Sequence[dict[str, Any]], tell: Callable[[str], None] = lambda text: None
) -> list[Round]:
    """Has every side compute every call, one side at a time.

    Args:
        sides: Sides that compete, in their order.
        calls: Arguments of each round.
        tell: Called with each line of progress.
    """
    rounds: list[Round] = []
    for n, call in enumerate(calls, start=1):
        found: Round = {}
        for side in sides:
            others = [other for other in sides if other is not side]
            before, begun = [other.processor_seconds() for other in others], time.monotonic()
            found[side.name] = side.call(**call)
            elapsed = time.monotonic() - begun
            for other, seconds in zip(others, before, strict=True):
                idle = (other.processor_seconds() - seconds) / elapsed
                if idle > IDLE_SHARE and elapsed > 1:
                    tell(f"round {n}: {other.name} took {idle:.0%} of a core while {side.name} was measured")
        rounds.append(found)
        said = ", ".join(f"{name} {rate(figures):,.0f}" for name, figures in found.items())
        tell(f"round {n} of {len(calls)}: {said}")
    return rounds


def rate(figures: dict[str, float], of: str = "tokens") -> float:
    """How many `of` a second a round made."""
    return figures[of] / figures["seconds"]


def summarize(rounds: Sequence[Round], of: str = "tokens") -> dict[str, Any]:
    """Median and best of every side, and of every rival how many times as much the first side does, pair by pair.

    Args:
        rounds: Rounds that `take_turns` returned.
        of: Name of what is counted.

    Returns:
        `sides`: name → median, best; `ratios`: rival → median, lowest, highest, pairs. All rates are per second.
    """
    names = list(rounds[0])
    rates = {name: [rate(found[name], of) for found in rounds] for name in names}
    summary: dict[str, Any] = {
        "of": of,
        "sides": {name: {"median": statistics.median(x), "best": max(x)} for name, x in rates.items()},
        "ratios": {},
    }
    for rival in names[1:]:
        pairs = [ours / theirs for ours, theirs in zip(rates[names[0]], rates[rival], strict=True)]
        summary["ratios"][rival] = {
            "median": statistics.median(pairs),
            "lowest": min(pairs),
            "highest": max(pairs),
            "pairs": pairs,
        }
    return summary
