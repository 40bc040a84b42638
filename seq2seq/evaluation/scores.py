"""Corpus scores by sacrebleu (Post, 2018), each with the signature that makes it comparable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from seq2seq.errors import UserError
from seq2seq.evaluation.metrics import DEFAULT_METRICS, MetricOptions
from seq2seq.text.aligned import RULE

References = Sequence[str] | Sequence[Sequence[str]]
"""One reference per line, or several lists of references: `references[k][i]` is the k-th reference of line i."""


@dataclass(frozen=True)
class Score:
    """The score of a corpus, or of a sentence.

    BLEU (Papineni et al., 2002) and chrF (Popović, 2015) run from 0 to 100, and more is better. TER (Snover et al.,
    2006) counts edits per hundred reference words, and less is better.

    Attributes:
        name: Name of the metric, such as "chrF2".
        score: The score.
        signature: sacrebleu's signature: number of references, tokenization, case, smoothing, version.
        details: The components of the score, as sacrebleu prints them.
        mean: Mean of a paired bootstrap over all samples, the middle of the confidence interval.
        interval: Half the width of a paired bootstrap's 95 % confidence interval.
        p_value: In a paired test, the probability of a difference as large from the first system if both are alike.
    """

    name: str
    score: float
    signature: str
    details: str = ""
    mean: float | None = None
    interval: float | None = None
    p_value: float | None = None


def aligned_references(hypotheses: Sequence[str], references: References) -> list[list[str]]:
    """Makes lists of references, each as long as the hypotheses.

    Args:
        hypotheses: The system's lines.
        references: As many references, or several lists of as many references.

    Raises:
        UserError: The counts differ, or there is nothing to score.

    Example:
        >>> aligned_references(["a", "b"], ["A", "B"])
        [['A', 'B']]
    """
    several = bool(references) and not isinstance(references[0], str)
    lists = [list(lines) for lines in references] if several else [list(cast(Sequence[str], references))]
    for number, lines in enumerate(lists, start=1):
        if len(lines) != len(hypotheses):
            which = f" in list {number}" if several else ""
            raise UserError(f"there are {len(hypotheses)} hypotheses but {len(lines)} references{which}: {RULE}")
    if not hypotheses:
        raise UserError("there are no lines to score")
    return lists


def corpus_scores(
    hypotheses: Sequence[str], references: References, options: MetricOptions | None = None
) -> list[Score]:
    """Scores a system's lines as one corpus.

    Args:
        hypotheses: The system's lines.
        references: As many lines in the same order, or several lists of as many lines.
        options: The metrics and their options; BLEU, chrF and TER by default.

    Returns:
        One score per metric, in their order.

    Raises:
        UserError: The counts differ, there is nothing to score, or a metric or tokenizer is unknown or cannot be
            loaded.

    Example:
        >>> [chrf] = corpus_scores(["a cat"], ["a cat"], MetricOptions(("chrf",)))
        >>> chrf.name, chrf.score
        ('chrF2', 100.0)
    """
    lists = aligned_references(hypotheses, references)
    scores = []
    for metric in (options or MetricOptions()).build():
        result = metric.corpus_score(list(hypotheses), lists)
        scores.append(Score(str(result.name), float(result.score), str(metric.get_signature()), str(result)))
    return scores


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
        hypotheses: The system's lines.
        references: As many lines in the same order, or several lists of as many lines.
        metrics: Keys of `seq2seq.evaluation.METRICS`.
        tokenize: Name of BLEU's tokenizer; None stands for sacrebleu's default, "13a".
        lowercase: Whether BLEU and chrF ignore case; sacrebleu's TER always does.

    Returns:
        One score per metric, in their order.

    Raises:
        UserError: The counts differ, there is nothing to score, or a metric or tokenizer is unknown or cannot be
            loaded.

    Example:
        >>> from seq2seq import evaluate
        >>> for score in evaluate(["The cat sat on the mat."], ["The cat sat on a mat."]):
        ...     print(f"{score.name} {score.score:.1f}")
        BLEU 48.9
        chrF2 71.4
        TER 16.7
    """
    return corpus_scores(hypotheses, references, MetricOptions(tuple(metrics), tokenize, lowercase))
