"""The metrics of sacrebleu (Post, 2018) that a score can be asked for, and the options they share."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

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
"""The metrics by name."""
DEFAULT_METRICS = ("bleu", "chrf", "ter")


@dataclass(frozen=True)
class MetricOptions:
    """Which metrics to compute, and how they compare words.

    Attributes:
        metrics: Keys of `METRICS`; a name given twice counts once.
        tokenize: Name of BLEU's tokenizer; None stands for sacrebleu's default, "13a".
        lowercase: Whether BLEU and chrF ignore case; sacrebleu's TER always does.

    Example:
        >>> MetricOptions(("bleu",), tokenize="char")
        MetricOptions(metrics=('bleu',), tokenize='char', lowercase=False)
    """

    metrics: tuple[str, ...] = DEFAULT_METRICS
    tokenize: str | None = None
    lowercase: bool = False

    def build(self, *, sentences: bool = False) -> list[Metric]:
        """Makes sacrebleu's metrics.

        Args:
            sentences: whether BLEU is for single sentences: it then leaves out the n-gram orders that a sentence is
                too short for.

        Raises:
            UserError: a metric's name is unknown, or the tokenizer is unknown or cannot be loaded.

        Example:
            >>> [type(metric).__name__ for metric in MetricOptions(("chrf", "ter")).build()]
            ['CHRF', 'TER']
        """
        built: list[Metric] = []
        for name in dict.fromkeys(self.metrics):
            if name not in METRICS:
                raise UserError(f"there is no metric '{name}': {nearest(name, METRICS)}")
            if name == "bleu":
                with loading_tokenizer(self.tokenize):
                    built.append(BLEU(lowercase=self.lowercase, tokenize=self.tokenize, effective_order=sentences))
            elif name == "ter":
                built.append(METRICS[name]())
            else:
                built.append(METRICS[name](lowercase=self.lowercase))
        return built
