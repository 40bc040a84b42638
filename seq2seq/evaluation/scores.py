"""Corpus scores by sacrebleu (Post, 2018), each with the signature that makes it comparable."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.base import Metric

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.tokenizers import loading_tokenizer

METRICS: dict[str, Callable[..., Metric]] = {
    "bleu": BLEU,
    "chrf": CHRF,
    "chrf++": functools.partial(CHRF, word_order=2),
    "ter": TER,
}
DEFAULT_METRICS = ("bleu", "chrf", "ter")

References = Sequence[str] | Sequence[Sequence[str]]
"""One reference per line, or several lists of them: `references[k][i]` is the k-th reference of line i."""


@dataclass(frozen=True)
class Score:
    """The score of a corpus, or of a sentence.

    BLEU (Papineni et al., 2002) and chrF (Popović, 2015) run from 0 to 100 and more is better; TER (Snover et al.,
    2006) counts edits per hundred reference words, and less is better.
    """

    name: str
    score: float
    signature: str
    """How it was counted: references, tokenization, case, smoothing, version."""
    details: str = ""
    """The parts it was made of, as sacrebleu prints them."""
    mean: float | None = None
    """Of a paired bootstrap: the mean over all samples, which the confidence interval is around."""
    interval: float | None = None
    """Of a paired bootstrap: half the width of the 95 % confidence interval."""
    p_value: float | None = None
    """Of a paired test: how probable a difference as large from the first system is if both are alike."""


def build_metrics(
    names: Sequence[str], *, tokenize: str | None = None, lowercase: bool = False, sentences: bool = False
) -> list[Metric]:
    """Makes sacrebleu's metrics.

    Args:
        names: keys of `METRICS`; a name given twice counts once.
        tokenize: BLEU's tokenizer, by default sacrebleu's ("13a").
        lowercase: whether BLEU and chrF ignore case; sacrebleu's TER always does.
        sentences: whether BLEU is for single sentences: it then leaves out the n-gram orders that a sentence is too
            short for.

    Raises:
        UserError: an unknown name, or a tokenizer that cannot be had.
    """
    metrics: list[Metric] = []
    for name in dict.fromkeys(names):
        if name not in METRICS:
            raise UserError(f"there is no metric '{name}': {nearest(name, METRICS)}")
        if name == "bleu":
            with loading_tokenizer(tokenize):
                metrics.append(BLEU(lowercase=lowercase, tokenize=tokenize, effective_order=sentences))
        elif name == "ter":
            metrics.append(METRICS[name]())
        else:
            metrics.append(METRICS[name](lowercase=lowercase))
    return metrics


def aligned_references(hypotheses: Sequence[str], references: References) -> list[list[str]]:
    """The references as lists, each as long as the hypotheses.

    Raises:
        UserError: the counts differ, or there is nothing to score.
    """
    several = bool(references) and not isinstance(references[0], str)
    lists = [list(lines) for lines in references] if several else [list(cast(Sequence[str], references))]
    for number, lines in enumerate(lists, start=1):
        if len(lines) != len(hypotheses):
            which = f" in list {number}" if several else ""
            raise UserError(
                f"there are {len(hypotheses)} hypotheses but {len(lines)} references{which}: line i of one must "
                "belong to line i of the other"
            )
    if not hypotheses:
        raise UserError("there are no lines to score")
    return lists


def evaluate(
    hypotheses: Sequence[str],
    references: References,
    metrics: Sequence[str] = DEFAULT_METRICS,
    *,
    tokenize: str | None = None,
    lowercase: bool = False,
) -> list[Score]:
    """Scores hypotheses against one or several references each.

    Args:
        hypotheses: the system's lines.
        references: as many lines, in the same order; or several lists of as many lines.
        metrics: keys of `METRICS`.
        tokenize: BLEU's tokenizer, by default sacrebleu's ("13a").
        lowercase: whether BLEU and chrF ignore case; sacrebleu's TER always does.

    Returns:
        One score per metric, in their order.

    Raises:
        UserError: the counts differ, there is nothing to score, or a metric or tokenizer cannot be had.
    """
    lists = aligned_references(hypotheses, references)
    scores = []
    for metric in build_metrics(metrics, tokenize=tokenize, lowercase=lowercase):
        result = metric.corpus_score(list(hypotheses), lists)
        signature = str(metric.get_signature())
        scores.append(Score(str(result.name), float(result.score), signature, str(result)))
    return scores
