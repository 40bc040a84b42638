"""What the curve of a finished run says: was it still getting better, had it begun to overfit, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seq2seq.training.judging import Judge

LEAST_VALIDATIONS = 4
"""With fewer there is no curve."""
OVERFITTING = 1.03
"""A dev loss this many times its least is more than noise."""


@dataclass(frozen=True)
class Course:
    """Validations of a run in order, and what it was allowed."""

    validations: Sequence[dict[str, Any]]
    """Lines of log.jsonl: validation (the update), loss, BLEU, chrF2."""
    judge: Judge
    has_epochs: bool = True
    """Whether training.epochs says when it ends, not training.max_steps."""
    stopped_early: bool = False


def verdict(course: Course) -> str:
    """One or two sentences for the end of a training.

    The score (or loss) that decides which model is best is compared with that three quarters of the way. If it rose by
    more than twice its noise since then, the run was still getting better.

    Example:
        >>> judge = Judge("bleu", sentences=900)
        >>> rising = [{"validation": n, "loss": 5 - n / 2, "BLEU": 4.0 * n, "chrF2": 40} for n in range(1, 9)]
        >>> verdict(Course(rising, judge))  # doctest: +ELLIPSIS
        'The model was still getting better when the training ended (BLEU 24.0 at update 6, BLEU 32.0 at update 8): ...'
    """
    lines = course.validations
    if len(lines) < LEAST_VALIDATIONS:
        return (
            f"{len(lines)} validation{'s' if len(lines) != 1 else ''} cannot tell whether the model was still getting "
            "better: lower training.validate_steps to see it"
        )
    last = lines[-1]
    highest = {name: max(line[name] for line in lines) for name in ("BLEU", "chrF2")}
    measure = course.judge.measure(last, highest)
    before = lines[3 * len(lines) // 4 - 1]
    sign = -1 if measure == "loss" else 1
    gain = sign * (last[measure] - before[measure])
    needed = 0.01 * before["loss"] if measure == "loss" else 2 * course.judge.noise(measure)
    least = min(lines, key=lambda line: line["loss"])
    length = "training.epochs" if course.has_epochs else "training.max_steps"
    if gain > needed and not course.stopped_early:
        return (
            f"The model was still getting better when the training ended ({_figure(before, measure)}, "
            f"{_figure(last, measure)}): go on with the same command and {length} half as large again."
        )
    if last["loss"] > OVERFITTING * least["loss"]:
        return (
            f"The model had begun to learn the training text by heart ({_figure(least, 'loss')}, "
            f"{_figure(last, 'loss')}): more text would help most; else try higher dropouts (model.layer_dropout, "
            "model.embedding_dropout, model.source_word_dropout), tokenizer.sampling 0.1, or a smaller model. "
            "The best model so far is kept."
        )
    return (
        f"The model had stopped getting better ({_figure(before, measure)}, {_figure(last, measure)}): a longer "
        "training would bring little; more text, or a larger model, may."
    )


def _figure(line: dict[str, Any], measure: str) -> str:
    digits = 2 if measure == "loss" else 1
    name = "loss on the dev set" if measure == "loss" else measure
    return f"{name} {line[measure]:.{digits}f} at update {line['validation']:,}"
