"""What is measured of each cell: BLEU, how the gradient fades, and whether distant verbs are generated right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scripts.cells.verbs import Dependency, dependencies
from seq2seq.evaluation import evaluate
from seq2seq.inspection.gradients import forgetting_curve, gradients_of
from seq2seq.inspection.inspection import TextSide
from seq2seq.inspection.inspector import Inspector
from seq2seq.inspection.records import Record
from seq2seq.text.lines import read_lines
from seq2seq.tokenization.words import SPACE, word_numbers
from seq2seq.translation.translator import Translator

BUCKETS = ((1, 4), (5, 8), (9, 12), (13, 16), (17, 99))
"""Groups of distances: the first and the last distance of each, in words."""


@dataclass(frozen=True)
class Pairs:
    """A split of the corpus."""

    sources: list[str]
    targets: list[str]

    @classmethod
    def read(cls, corpus: Path, split: str) -> Pairs:
        """Reads the English and the German file of a split."""
        return cls(read_lines(corpus / f"{split}.en"), read_lines(corpus / f"{split}.de"))


def measure(model: Path, corpus: Path, sentences: int) -> dict[str, Any]:
    """All measurements of one model, ready for JSON.

    Args:
        model: The model folder.
        corpus: The folder of the bundled corpus.
        sentences: Number of sentences of test-long whose gradients are averaged; all of it is used for the rest.
    """
    inspector = Inspector.load(model)
    long = Pairs.read(corpus, "test-long")
    sides = [
        (inspector.source(source), inspector.target(target))
        for source, target in zip(long.sources, long.targets, strict=True)
    ]
    pairs = [(source.ids, target.ids) for source, target in sides[:sentences]]
    curve = forgetting_curve(gradients_of(inspector.engine.model, pairs))
    return {
        "cell": inspector.cell,
        "parameters": sum(array.size for array in inspector.weights.values()),
        "bleu": {split: bleu(model, Pairs.read(corpus, split)) for split in ("test", "test-long")},
        "gradient": {
            "sentences": len(pairs),
            "half_life": round(curve.half_life, 3),
            "distances": curve.distances.tolist(),
            "strengths": [float(f"{value:.4g}") for value in curve.strengths],
            "counts": curve.counts.tolist(),
        },
        "verbs": verbs(inspector, sides),
    }


def bleu(model: Path, pairs: Pairs) -> dict[str, Any]:
    """BLEU of a model's translations, with its own decoding options."""
    hypotheses = Translator.load(model).translate(pairs.sources)
    (score,) = evaluate(hypotheses, pairs.targets, metrics=["bleu"])
    return {"score": round(score.score, 2), "signature": score.signature}


def verbs(inspector: Inspector, sides: list[tuple[TextSide, TextSide]]) -> dict[str, Any]:
    """Number of verbs that are right and number of all verbs, by kind and distance.

    The model reads the true words before the verb (teacher forcing), and the verb is right if each of its tokens is the
    likeliest of all.
    """
    counts: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for source, target in sides:
        record = inspector.record(source, target)
        for dependency in dependencies(target.text):
            cell = counts[dependency.kind][dependency.distance]
            cell[0] += comes_right(record, target, dependency)
            cell[1] += 1
    return {
        kind: {str(distance): cell for distance, cell in sorted(by_distance.items())}
        for kind, by_distance in sorted(counts.items())
    }


def comes_right(record: Record, target: TextSide, dependency: Dependency) -> bool:
    """Whether every token of the verb was the likeliest."""
    numbers = word_numbers(target.pieces[:-1])
    word = target.text.split()[dependency.verb].rstrip(".,?!")
    positions, spelt = [], ""
    for position in np.flatnonzero(numbers == dependency.verb):
        if spelt == word:
            break  # what follows is punctuation
        positions.append(position)
        spelt += target.pieces[position].replace(SPACE, "")
    assert spelt.startswith(word), f"{spelt!r} is not how {word!r} is spelt"
    return bool((record.ranks[positions] == 0).all())


def in_buckets(counts: dict[str, dict[str, list[int]]], kinds: tuple[str, ...]) -> list[tuple[int, int]]:
    """(Number of right verbs, number of all verbs) for each of `BUCKETS`, over some kinds."""
    result = []
    for first, last in BUCKETS:
        cells = [
            cell for kind in kinds for distance, cell in counts.get(kind, {}).items() if first <= int(distance) <= last
        ]
        result.append((sum(right for right, _ in cells), sum(number for _, number in cells)))
    return result


def wilson(right: int, number: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927), which stays within 0 and 1."""
    share, spread = right / number, z * z / number
    middle = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / number + spread / number / 4) / (1 + spread)
    return float(middle - half), float(middle + half)
