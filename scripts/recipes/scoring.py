"""Scores of a trained model on one split, by `seq2seq evaluate`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.recipes.program import Program
from scripts.recipes.recipe_text import Sides
from seq2seq.errors import UserError

METRICS = ("BLEU", "chrF2")


def score(
    model: Path, text: Sides, search: Mapping[str, Any], hypothesis: Path, program: Program, against: Path | None = None
) -> dict[str, Any]:
    """Translates a split and scores it.

    Args:
        model: model folder.
        text: source and reference.
        search: `beam_size`, `length_penalty` and `tokenize`; None is the program's choice.
        hypothesis: gets the translations.
        program: does the work.
        against: another system's translations of the same lines, to be tested against.

    Returns:
        BLEU and chrF2, each with the 95 % interval of a bootstrap over sentences (Koehn, 2004) and its signature;
        `length_ratio`, words of the translations over words of the references; with `against`, the p-values of the
        paired bootstrap test.

    Raises:
        UserError: the program failed.
    """
    source, reference = text
    options = [("--beam-size", search["beam_size"]), ("--length-penalty", search["length_penalty"])]
    given: list[str] = [part for name, value in options if value is not None for part in (name, str(value))]
    measure: list[str | Path] = ["--metric", "bleu", "--metric", "chrf", "--format", "json", "--reference", reference]
    if search["tokenize"] is not None:
        measure += ["--tokenize", search["tokenize"]]
    program.run("evaluate", model, "--source", source, *measure, *given, "--output", hypothesis)
    # The bootstrap compares two systems; where there is no other one, the translations themselves stand in.
    other = against or hypothesis.with_suffix(".again.txt")
    if against is None:
        shutil.copyfile(hypothesis, other)
    try:
        result = program.run_json(
            "evaluate", "--hypothesis", other, "--hypothesis", hypothesis, *measure, "--significance", "bootstrap"
        )
    finally:
        if against is None:
            other.unlink(missing_ok=True)
    scores = {each["name"]: each for each in result["systems"][-1]["scores"]}
    if missing := [name for name in METRICS if name not in scores]:
        raise UserError(f"seq2seq evaluate gave no {missing[0]}: it gave {', '.join(scores)}")
    found: dict[str, Any] = {name: round(scores[name]["score"], 2) for name in METRICS}
    for name in METRICS:
        mean, half = scores[name]["mean"], scores[name]["interval"]
        found[f"{name}_interval"] = [round(mean - half, 2), round(mean + half, 2)]
    found["length_ratio"] = round(_length_ratio(hypothesis, reference, scores["BLEU"]["signature"]), 3)
    found["signatures"] = {name: scores[name]["signature"] for name in METRICS}
    if against is not None:
        found["p_values"] = {name: scores[name]["p_value"] for name in METRICS}
    return found


def _length_ratio(hypothesis: Path, reference: Path, signature: str) -> float:
    from sacrebleu.metrics import BLEU

    tokenizer = re.search(r"\btok:([^|]+)", signature)
    # In bytes, so that a line ends at \n alone.
    sides = [path.read_bytes().decode("utf-8").removesuffix("\n").split("\n") for path in (hypothesis, reference)]
    result = BLEU(tokenize=tokenizer[1] if tokenizer else None).corpus_score(sides[0], [sides[1]])
    return result.sys_len / result.ref_len if result.ref_len else 0.0
