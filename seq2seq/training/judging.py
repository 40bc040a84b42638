"""Which of two validated models is the better one, although scores of a few hundred sentences are noisy.

Two rules keep chance from deciding. Near zero, BLEU counts a handful of lucky four-grams, and chrF the letters of
babble: until BLEU reaches `MEANINGFUL_BLEU` chrF decides in its place, and until chrF reaches `MEANINGFUL_CHRF` the
loss does. And of models whose scores differ by no more than noise, the one with the least loss, which is measured on
all real tokens, is the best.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Figures = Mapping[str, float]
"""loss (nats per token), BLEU and chrF2 of a validation, and perhaps more."""

MEANINGFUL_BLEU = 5.0
"""Below it, a corpus has too few matching four-grams for BLEU to tell models apart."""
MEANINGFUL_CHRF = 15.0
"""Below it, chrF rewards any text with common letters: of a run on 400 pairs, 4.8 at update 40, 1.6 at update 108."""
NOISE = {"BLEU": 12.0, "chrF2": 10.0}
"""Standard deviation of the difference of two scores, times √sentences.

By paired bootstrap (Koehn, 2004) between neighbouring validations of a run on 7,200 pairs of German and English: BLEU
11.0 to 18.0, chrF2 9.4 to 14.8, with the smallest values late in the run, where the choice is made.
"""


@dataclass(frozen=True)
class Judge:
    """Compares validations of one run.

    Example:
        >>> judge = Judge("bleu", sentences=900)  # BLEU is then noisy by 0.4
        >>> best = {"loss": 2.0, "BLEU": 20.0, "chrF2": 40.0}
        >>> judge.is_better({"loss": 2.1, "BLEU": 20.3, "chrF2": 40.1}, best, best)
        False
        >>> judge.is_better({"loss": 2.1, "BLEU": 20.5, "chrF2": 40.1}, best, best)
        True
        >>> judge.is_better({"loss": 1.9, "BLEU": 19.7, "chrF2": 39.9}, best, best)
        True
    """

    best: Literal["bleu", "chrf", "loss"]
    """What the best model is best in."""
    sentences: int
    """How many were translated."""
    words: bool = True
    """Whether BLEU counts words; where it counts characters, chrF decides in its place."""

    def measure(self, new: Figures, highest: Figures) -> str:
        """The name of the figure that decides.

        Args:
            new: of the validation just made.
            highest: the highest value of each figure so far.
        """
        if self.best == "loss":
            return "loss"
        bleu, chrf = (max(new[name], highest.get(name, 0.0)) for name in ("BLEU", "chrF2"))
        if self.best == "bleu" and self.words and bleu >= MEANINGFUL_BLEU:
            return "BLEU"
        return "chrF2" if chrf >= MEANINGFUL_CHRF else "loss"

    def noise(self, measure: str) -> float:
        """How far two scores may lie apart by chance; 0 for the loss."""
        return NOISE.get(measure, 0.0) / math.sqrt(self.sentences)

    def is_better(self, new: Figures, best: Figures, highest: Figures) -> bool:
        """Whether a model is better than the best so far.

        Of all models within the noise of the highest score, that with the least loss is the best. The highest score is
        compared with, not the best model's, so that many small steps down cannot add up.

        Args:
            new: its figures.
            best: those of the best so far; without any, or without the one that decides, the new model is better.
            highest: the highest value of each figure so far.
        """
        measure = self.measure(new, highest)
        if measure not in best:
            return True
        if measure == "loss":
            return new["loss"] < best["loss"]
        least = max(new[measure], highest.get(measure, best[measure])) - self.noise(measure)
        if new[measure] < least:
            return False
        return best[measure] < least or new["loss"] < best.get("loss", math.inf)


def highest_of(highest: Figures, new: Figures) -> dict[str, float]:
    """The highest value of each figure, one validation later."""
    return {name: max(value, highest.get(name, -math.inf)) for name, value in new.items()}
