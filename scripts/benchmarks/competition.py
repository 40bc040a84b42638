"""A whole competition: starts the sides, has them take turns, gathers what is known of it."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from scripts.benchmarks.machine import describe
from scripts.benchmarks.pairs import Round, summarize, take_turns
from scripts.benchmarks.sides import SIDES, SideProcess


def compete(
    kind: str,
    rivals: Sequence[str],
    specification: dict[str, Any],
    calls: Sequence[dict[str, Any]],
    of: str,
    tell: Callable[[str], None],
    theirs: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Measures this project and rivals in turn.

    Args:
        kind: "train" or "translate".
        rivals: Names of the rivals.
        specification: Arguments that all sides share.
        calls: Arguments of each round.
        of: Name of what is counted.
        tell: Called with each line of progress.
        theirs: Arguments of single rivals over those, by name of the rival.

    Returns:
        Facts, rounds, summary and machine, as `--json` writes them.

    Raises:
        UserError: a side cannot be prepared, or fails.
    """
    with ExitStack() as stack:
        sides = []
        for name in ("ours", *rivals):
            given = specification | (theirs or {}).get(name, {})
            sides.append(stack.enter_context(SideProcess(name, SIDES[kind][name], given)))
            tell(f"{name} is ready: {sides[-1].facts['settings']}")
        rounds = take_turns(sides, calls, tell)
    return {
        "kind": kind,
        "facts": {side.name: side.facts for side in sides},
        "rounds": rounds,
        "summary": summarize(rounds, of),
        "machine": describe(),
    }


def peak_share(rounds: Sequence[Round]) -> dict[str, float]:
    """Which share of the machine's float32 peak this project's matrix products on real tokens reach in training.

    Returns:
        `median` of the rounds' rates over the peak just before and after each; `best`, the fastest round over `peak`,
        the fastest product of all.
    """
    peaks = [found["ours"]["peak_operations_per_second"] for found in rounds]
    rates = [found["ours"]["operations"] / found["ours"]["seconds"] for found in rounds]
    shares = [rate / peak for rate, peak in zip(rates, peaks, strict=True)]
    return {"peak": max(peaks), "median": statistics.median(shares), "best": max(rates) / max(peaks)}
