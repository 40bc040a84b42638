"""The table for readers: markdown, a line per recipe, mean ± spread over its seeds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Sequence

from scripts.recipes.results import Row, looks_at

_HEADER = (
    "recipe",
    "seeds",
    "updates",
    "minutes",
    "CPU minutes",
    "val loss",
    "val BLEU",
    "val chrF2",
    "95 % interval",
    "length ratio",
    "p",
    "test BLEU",
    "machine",
    "config",
)
_LEGEND = """\
± is the sample standard deviation over the seeds. The interval is a bootstrap's over the sentences of the validation
split (of several seeds, the mean of the bounds). p is the paired bootstrap test of BLEU against the list's baseline,
the largest of the seeds. A length ratio above 1 is too long."""
_LATER = {
    "by hand": "† measured by hand, not by the workbench.",
    "held out": "‡ loss on pairs held out of the training text, not on the validation split.",
    "stopped": "¶ ended before its epochs were done; the figures are of the best model so far.",
    "looks": "§ the test set was looked at more than once.",
}


def markdown(rows: Iterable[Row], tests: Iterable[Row]) -> str:
    """The table, a section per text, the best validation BLEU first.

    Args:
        rows: of results.jsonl.
        tests: of tests.jsonl.

    Returns:
        Markdown; a hint where there are no rows.
    """
    texts: dict[tuple[str, str, int], dict[str, list[Row]]] = {}
    for row in rows:
        text = row["text"]
        groups = texts.setdefault((text["name"], text["direction"], text["pairs"]), {})
        groups.setdefault(_group(row), []).append(row)
    if not texts:
        return "No experiment was done yet: python -m scripts.recipes run\n"
    looks = list(tests)
    notes: list[str] = []
    sections = []
    for (name, direction, pairs), groups in sorted(texts.items()):
        ordered = sorted(groups.values(), key=lambda group: -_mean(group, _bleu))
        lines = [f"### {name}, {direction}, {pairs:,} pairs", "", _line(_HEADER), _line(["---"] * len(_HEADER))]
        lines += [_line(_cells(group, looks, notes)) for group in ordered]
        sections.append("\n".join(lines))
    legend = "\n".join([_LEGEND, *(_LATER[note] for note in _LATER if note in notes)])
    return "\n\n".join([*sections, legend]) + "\n"


def _group(row: Row) -> str:
    """What rows of the same recipe have in common; an edited recipe is another one."""
    # What was measured by hand has no resolved config.
    config = row.get("config_hash") or row.get("set")
    return json.dumps([row["recipe"], row["source"], config, row.get("search"), row.get("edition")], sort_keys=True)


def _cells(group: Sequence[Row], tests: Sequence[Row], notes: list[str]) -> list[str]:
    first = group[0]
    by_hand, held_out = first["source"] != "workbench", bool(first.get("held_out"))
    own_tests = _tests_of(group, tests)
    again = any(test["look"] > 1 for test in own_tests)
    stopped = any(row.get("stopped") for row in group)
    holding = {"by hand": by_hand, "held out": held_out, "stopped": stopped, "looks": again}
    notes += [note for note, holds in holding.items() if holds]
    p_values = [row["val"]["p_values"]["BLEU"] for row in group if row["val"].get("p_values")]
    return [
        f"{first['recipe']}{' †' if by_hand else ''}",
        ", ".join(str(row["seed"]) for row in sorted(group, key=lambda row: row["seed"])),
        _spread(group, lambda row: row["updates"], 0) + (" ¶" if stopped else ""),
        _spread(group, lambda row: row["wall_minutes"], 1),
        _spread(group, lambda row: row["cpu_minutes"], 1),
        _spread(group, lambda row: row["val"].get("loss"), 3) + (" ‡" if held_out else ""),
        _spread(group, _bleu, 2),
        _spread(group, lambda row: row["val"]["chrF2"], 2),
        _interval(group),
        _spread(group, lambda row: row["val"]["length_ratio"], 3),
        f"{max(p_values):.3f}" if p_values else "",
        _spread(own_tests, lambda row: row["BLEU"], 2) + (" §" if again else ""),
        "; ".join(dict.fromkeys(map(_machine, group))),
        str(first.get("config_hash") or ""),
    ]


def _tests_of(group: Sequence[Row], tests: Sequence[Row]) -> list[Row]:
    """The newest test of each row."""
    return [own[-1] for row in group if (own := looks_at(row, tests))]


def _bleu(row: Row) -> float:
    return row["val"]["BLEU"]


def _mean(rows: Sequence[Row], value: Callable[[Row], float]) -> float:
    return statistics.fmean(value(row) for row in rows)


def _spread(rows: Sequence[Row], value: Callable[[Row], float | None], digits: int) -> str:
    """Mean ± sample standard deviation; of one row, its value."""
    values = [found for row in rows if (found := value(row)) is not None]
    if not values:
        return ""
    mean = f"{statistics.fmean(values):,.{digits}f}"
    return f"{mean} ± {statistics.stdev(values):,.{digits}f}" if len(values) > 1 else mean


def _interval(rows: Sequence[Row]) -> str:
    bounds = [row["val"]["BLEU_interval"] for row in rows if row["val"].get("BLEU_interval")]
    if not bounds:
        return ""
    low, high = (statistics.fmean(pair[side] for pair in bounds) for side in (0, 1))
    return f"{low:.1f}-{high:.1f}"


def _machine(row: Row) -> str:
    processor = row.get("processor") or {}
    name = processor.get("processor", "?")
    cores = f"{row.get('threads') or processor.get('cores')} × " if processor.get("cores") else ""
    return f"{cores}{name}" + (f", {row['precision']}" if row.get("precision") else "")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
