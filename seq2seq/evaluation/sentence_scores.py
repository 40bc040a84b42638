"""Scores of single sentences by sacrebleu, which show where a system is good and where it is not."""

from collections.abc import Iterator, Sequence

from sacrebleu.metrics.base import Metric

from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.scores import References, Score, aligned_references


def sentence_scores(
    hypotheses: Sequence[str], references: References, options: MetricOptions | None = None
) -> Iterator[list[Score]]:
    """Scores each hypothesis by itself.

    A corpus score is not the mean of these: BLEU and TER sum their counts over all sentences first.

    Args:
        hypotheses: The system's lines.
        references: As many lines in the same order, or several lists of as many lines.
        options: The metrics and their options; BLEU, chrF and TER by default.

    Returns:
        An iterator over the lines' scores, one per metric, in their order.

    Raises:
        UserError: The counts differ, there is nothing to score, or a metric or tokenizer is unknown or cannot be
            loaded.

    Example:
        >>> for [ter] in sentence_scores(["a cat", "a dog ran"], ["a cat", "a dog sat"], MetricOptions(("ter",))):
        ...     print(f"{ter.score:.1f}")
        0.0
        33.3
    """
    lists = aligned_references(hypotheses, references)
    built = (options or MetricOptions()).build(sentences=True)
    # Not a generator function, so that errors are raised here and not when the first line is asked for.
    return (
        [_score(metric, hypothesis, own) for metric in built]
        for hypothesis, *own in zip(hypotheses, *lists, strict=True)
    )


def _score(metric: Metric, hypothesis: str, references: list[str]) -> Score:
    result = metric.sentence_score(hypothesis, references)
    return Score(str(result.name), float(result.score), str(metric.get_signature()), str(result))
