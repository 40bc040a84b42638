"""training.html: the progress of a run, made from log.jsonl and the translations of its validations alone.

So it can be made at any time, also for a run that was trained before there were such pages:

    from seq2seq.training.monitoring.training_page import write_training_page
    write_training_page("runs/mine")
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seq2seq.errors import UserError
from seq2seq.files import write_file
from seq2seq.pages.axis import Axis
from seq2seq.pages.curves import PlotLine, curves
from seq2seq.pages.differences import marked
from seq2seq.pages.heatmap import Heatmap
from seq2seq.pages.layer_names import gate_title
from seq2seq.pages.related import TRAINING_PAGE, keep_links, known_pages, link_pages
from seq2seq.pages.rendering import PageSection, render
from seq2seq.training.monitoring.reporter import duration
from seq2seq.training.monitoring.run_status import RELOAD_SECONDS, RunStatus, status_at_rest
from seq2seq.training.monitoring.training_history import TrainingHistory

if TYPE_CHECKING:
    from markupsafe import Markup

SOURCE, REFERENCE = "source.txt", "reference.txt"
"""Files beside the translations of validations: the sentences that are translated, and their references."""
SENTENCES = 5
"""Number of dev sentences whose translations are shown."""
STAGES = 10
"""Largest number of validations whose translations are shown, evenly spaced."""
COLUMNS = 60
"""Largest number of validations whose gates are shown, evenly spaced."""


@dataclass(frozen=True)
class Stage:
    """The translation of a sentence at one validation, or at several in a row that agree."""

    first: int
    last: int
    text: str
    marked: Markup
    """The translation, with what differs from the stage before marked."""


@dataclass(frozen=True)
class Story:
    """One dev sentence and its translations over time."""

    line: int
    source: str | None
    reference: str | None
    stages: list[Stage]


def write_training_page(
    run_folder: Path | str, history: TrainingHistory | None = None, status: RunStatus | None = None
) -> Path:
    """Writes training.html into a run folder.

    Args:
        run_folder: Folder of a run (see `seq2seq.training.run.run_folder`).
        history: Figures of the same run that were read before; by default all of log.jsonl is read.
        status: What the run is doing; by default that of a run that no process trains.

    Returns:
        The page's path.

    Raises:
        UserError: The folder holds no log, or cannot be written.
    """
    folder = Path(run_folder)
    if history is None:
        history = TrainingHistory(folder / "log.jsonl")
    if not history.log.is_file() and status is None:
        raise UserError(f"{folder} holds no log.jsonl: give the folder of a run, as `train --output` made it")
    history.read_on()
    session = history.sessions[-1] if history.sessions else {}
    if status is None:
        status = status_at_rest(folder, session.get("last_step"))
    page = folder / TRAINING_PAGE
    config = folder / "config.yaml"
    sections = [PageSection("curves", "Curves")]
    stories = _stories(folder / "validation", [int(line["validation"]) for line in history.validations])
    gates = _gates(history)
    if stories:
        sections.append(PageSection("translations", "Translations over time"))
    if gates:
        sections.append(PageSection("gates", "Gates"))
    if session.get("plan") or config.is_file():
        sections.append(PageSection("plan", "Plan and config"))
    sections.append(PageSection("sessions", "Sessions"))
    best = _best(history.validations)
    html = render(
        "training.html",
        title=f"Training of {folder.resolve().name}",
        description=_description(history),
        sections=tuple(sections),
        history=history,
        status=status,
        drawn=datetime.fromtimestamp(status.drawn, UTC).isoformat(),
        reload_seconds=RELOAD_SECONDS if status.at_work else None,
        time_left=None if status.seconds_left is None else duration(status.seconds_left),
        plan=session.get("plan", {}),
        config=config.read_text("utf-8") if config.is_file() else None,
        curves=_curves(history),
        resumed=bool(_resumptions(history)),
        stories=stories,
        gates=gates,
        best=best,
        newest=history.validations[-1] if history.validations else None,
    )
    write_file(page, keep_links(html, page))
    link_pages(page, known_pages(page))
    return page


def _best(validations: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The line of the best model; older logs do not mark it."""
    if marked_lines := [line for line in validations if line.get("best")]:
        return marked_lines[-1]
    return max(validations, key=lambda line: line.get("BLEU", -math.inf), default=None)


def _description(history: TrainingHistory) -> str:
    updates, sessions = len(history.steps), len(history.sessions)
    text = f"{updates:,} update{'s' if updates != 1 else ''} and {history.tokens:,} target tokens so far"
    if history.validations:
        text += f", {history.validations[-1]['epochs']:.1f} times through the training text"
    return f"{text}, in {sessions} session{'s' if sessions != 1 else ''}. Drawn anew while it is trained."


def _resumptions(history: TrainingHistory) -> list[float]:
    return [float(line["from_step"]) for line in history.sessions if line["from_step"] > 0]


def _curves(history: TrainingHistory) -> list[Markup]:
    steps = history.steps
    at = [line["validation"] for line in history.validations]
    common: dict[str, Any] = {"x_label": "update", "marks": _resumptions(history)}

    def measured(*names: str) -> list[PlotLine]:
        known = [name for name in names if any(name in line for line in history.validations)]
        return [
            PlotLine(name, at, [line.get(name, math.nan) for line in history.validations], dots=True) for name in known
        ]

    drawn = []
    losses = [PlotLine("training", steps, history.loss)]
    perplexities = [PlotLine("training", steps, np.exp(np.minimum(np.asarray(history.loss), 50.0)))]
    if at:
        losses.append(PlotLine("dev", at, [line["loss"] for line in history.validations], dots=True))
        perplexities.append(PlotLine("dev", at, [line["perplexity"] for line in history.validations], dots=True))
    if len(steps):
        drawn.append(curves(losses, key="loss", title="Loss, nats per token", **common))
        drawn.append(curves(perplexities, key="perplexity", title="Perplexity", logarithmic=True, **common))
    if scores := measured("BLEU", "chrF2"):
        drawn.append(curves(scores, key="scores", title="Quality on the dev set", floor=0, **common))
    if len(steps):
        drawn.append(
            curves(
                [PlotLine("rate", steps, history.rate)], key="rate", title="Learning rate", digits=6, floor=0, **common
            )
        )
        norm = PlotLine("norm", steps, history.gradient_norm)
        drawn.append(curves([norm], key="norm", title="Gradient norm, before clipping", floor=0, **common))
    if np.isfinite(np.asarray(history.speed)).any():
        speed = PlotLine("tokens/s", steps, history.speed)
        drawn.append(curves([speed], key="speed", title="Target tokens per second", digits=0, floor=0, **common))
    return drawn


def _spread(count: int, most: int) -> list[int]:
    """Indices below `count`, evenly spaced: at most `most`, the first and the last among them."""
    return sorted({round(n) for n in np.linspace(0, count - 1, min(count, most))}) if count else []


def _stories(folder: Path, steps: list[int]) -> list[Story]:
    written = [step for step in dict.fromkeys(steps) if (folder / f"{step}.txt").is_file()]
    chosen = [written[n] for n in _spread(len(written), STAGES)]
    texts = [_lines(folder / f"{step}.txt") for step in chosen]
    lines = min(map(len, texts), default=0)
    source, reference = _lines(folder / SOURCE), _lines(folder / REFERENCE)
    stories = []
    for n in _spread(lines, SENTENCES):
        stages: list[Stage] = []
        for step, text in zip(chosen, texts, strict=True):
            if stages and stages[-1].text == text[n]:
                before = stages.pop()
                stages.append(Stage(before.first, step, before.text, before.marked))
            else:
                stages.append(Stage(step, step, text[n], marked(text[n], stages[-1].text if stages else text[n])))
        known = len(source) >= lines and len(reference) >= lines
        stories.append(Story(n + 1, source[n] if known else None, reference[n] if known else None, stages))
    return stories


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")[:-1] if path.is_file() else []


def _gates(history: TrainingHistory) -> list[tuple[str, Markup]]:
    """Heat maps of the shares of closed and of open gate values over time, each with its caption."""
    lines = [history.gates[n] for n in _spread(len(history.gates), COLUMNS)]
    if not lines:
        return []
    names = list(lines[-1]["saturated"])
    updates = Axis("update", [f"{line['gates']:,}" for line in lines])
    panels = []
    for number, (state, range_) in enumerate((("closed", "below 0.1"), ("open", "above 0.9"))):
        values = [[line["saturated"].get(name, (math.nan, math.nan))[number] for line in lines] for name in names]
        panels.append(
            (
                f"{state} ({range_})",
                Heatmap(
                    values,
                    Axis("gate", [gate_title(name) for name in names]),
                    updates,
                    key=f"gates-{state}",
                    title=f"Share of gate values {range_}, at each validation",
                    low=0.0,
                    high=1.0,
                ).to_html(),
            )
        )
    return panels
