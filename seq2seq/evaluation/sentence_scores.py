"""Scores of single sentences by sacrebleu: where a system is good, and where it is not."""

from collections.abc import Iterator, Sequence

from sacrebleu.metrics.base import Metric

from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.scores import References, Score, aligned_references


def sentence_scores(
    hypotheses: Sequence[str], references: References, options: MetricOptions | None = None
) -> Iterator[list[Score]]:
    """Scores each hypothesis by itself. Takes the same arguments as `corpus_scores`.

    A corpus score is not the mean of these: BLEU and TER sum their counts over all sentences first.

    Yields:
        For each line its scores, one per metric, in their order.

    Raises:
        UserError: the counts differ, there is nothing to score, or a metric or tokenizer cannot be had.
    """
    lists = aligned_references(hypotheses, references)
    built = (options or MetricOptions()).build(sentences=True)
    # Not a generator itself: what is wrong is raised here, not when the first line is asked for.
    return (
        [_score(metric, hypothesis, own) for metric in built]
        for hypothesis, *own in zip(hypotheses, *lists, strict=True)
    )


def _score(metric: Metric, hypothesis: str, references: list[str]) -> Score:
    result = metric.sentence_score(hypothesis, references)
    return Score(str(result.name), float(result.score), str(metric.get_signature()), str(result))
