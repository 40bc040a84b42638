"""What a run folder says about its training: log.jsonl and the best model's metadata.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError


@dataclass(frozen=True)
class RunFacts:
    """The columns of a row that a run folder knows."""

    updates: int
    epochs: float | None
    best_update: int
    loss: float
    """Per token, unsmoothed, of the best model, on what the training validated on."""
    curve: list[list[float | None]]
    """Of every validation: update, loss, BLEU, chrF2."""
    precision: str | None
    threads: int | None


def read_run(run: Path) -> RunFacts:
    """Reads a finished run folder.

    Raises:
        UserError: it has no model.
    """
    metadata = run / "model" / "metadata.json"
    if not metadata.is_file():
        raise UserError(f"{run} has no model: lower training.validate_steps, so that a validation happens")
    scores = json.loads(metadata.read_text("utf-8"))["scores"]
    updates, session, validations = 0, {}, []
    for entry in read_log(run):
        if "validation" in entry:
            validations.append(entry)
        elif "step" in entry:
            updates = entry["step"]
        elif "precision" in entry:  # of a session's beginning
            session = entry
    return RunFacts(
        updates=updates,
        epochs=validations[-1].get("epochs") if validations else None,
        best_update=scores["step"],
        loss=scores["loss"],
        curve=[[e["validation"], *(_rounded(e.get(key)) for key in ("loss", "BLEU", "chrF2"))] for e in validations],
        precision=session.get("precision"),
        threads=session.get("threads"),
    )


def read_log(run: Path) -> list[dict[str, Any]]:
    """The lines of log.jsonl; a last one that is still being written is left out."""
    log = run / "log.jsonl"
    if not log.is_file():
        return []
    whole, _, _ = log.read_text("utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.split("\n") if line]


def updates_so_far(run: Path) -> int:
    """The newest update in the log of a run that may be going on."""
    return max((entry["step"] for entry in read_log(run) if "step" in entry), default=0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
