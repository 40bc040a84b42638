"""Corpus scores by sacrebleu (Post, 2018), each with the signature that makes it comparable."""

from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.base import Metric

from seq2seq.errors import UserError

METRICS: dict[str, type[Metric]] = {"bleu": BLEU, "chrf": CHRF, "ter": TER}


@dataclass(frozen=True)
class Score:
    """A corpus score.

    BLEU (Papineni et al., 2002) and chrF (Popović, 2015) run from 0 to 100 and more is better; TER (Snover et al.,
    2006) counts edits per hundred reference words, and less is better.
    """

    name: str
    score: float
    signature: str
    """How it was counted: tokenization, case, smoothing, version."""
    details: str
    """The parts it was made of, as sacrebleu prints them."""


def evaluate(
    hypotheses: Sequence[str], references: Sequence[str], metrics: Sequence[str] = ("bleu", "chrf", "ter")
) -> list[Score]:
    """Scores hypotheses against one reference each.

    Args:
        hypotheses: the system's lines.
        references: as many lines, in the same order.
        metrics: keys of `METRICS`.

    Returns:
        One score per metric, in their order.

    Raises:
        UserError: the counts differ, or there is nothing to score.
    """
    if len(hypotheses) != len(references):
        raise UserError(
            f"there are {len(hypotheses)} hypotheses but {len(references)} references: line i of one must belong to "
            "line i of the other"
        )
    if not hypotheses:
        raise UserError("there are no lines to score")
    scores = []
    for name in metrics:
        metric = METRICS[name]()
        result = metric.corpus_score(list(hypotheses), [list(references)])
        signature = str(metric.get_signature())
        scores.append(Score(str(result.name), float(result.score), signature, str(result)))
    return scores
