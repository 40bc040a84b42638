"""What an error report holds: the numbers of one or several systems on one text."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from seq2seq.evaluation.report.comparison import Difference
from seq2seq.evaluation.report.content import Content
from seq2seq.evaluation.report.groups import Group, Positions
from seq2seq.evaluation.report.intervals import Interval
from seq2seq.evaluation.report.source_attention import SentenceAttention, Shortfall
from seq2seq.evaluation.report.word_lists import MissedWord, RareWords, WrongWord
from seq2seq.evaluation.scores import Score

LETTERS = "ABCDEF"
"""Short names of the systems on the page, which has room for no more of them."""


@dataclass(frozen=True)
class Lengths:
    """Lengths of the hypotheses relative to the first reference, in words.

    Attributes:
        ratio: Hypothesis words per reference word, over all lines.
        short: Share of the lines with fewer than 0.8 of the reference's words.
        long: Share of the lines with more than 1.25 of the reference's words.
        of_lines: The ratio of each line; NaN where the reference has no words.
    """

    ratio: Interval
    short: float
    long: float
    of_lines: list[float]


@dataclass(frozen=True)
class Faults:
    """Words of a kind that should not be there.

    Attributes:
        share: Their share of all words of the hypotheses.
        lines: The lines with the most of them, from 0.
        of_reference: The same share in the first reference, if it can be counted there.
    """

    share: Interval
    lines: list[int]
    of_reference: float | None = None


@dataclass(frozen=True)
class SystemReport:
    """What is known of one system.

    Attributes:
        name: The system's name.
        scores: Scores of all lines, each with its mean and 95 % interval over bootstrap samples.
        hypotheses: The system's lines.
        chrf: The chrF of each line, by which groups are scored and examples chosen.
        by_length: chrF by sentence length.
        by_rarity: chrF by rarity of the source words; None without a source.
        by_position: Precision and recall of words by their position in the sentence.
        lengths: Lengths of the hypotheses.
        repetition: Words that repeat others.
        copying: Words that were left untranslated; None without a source.
        best: The lines with the highest chrF, from 0.
        worst: The lines with the lowest chrF, from 0.
        content: Missing and superfluous words.
        missed_words: The words of the first reference that are missed most often.
        rare_missed_words: Missed words that are rare in the target side of the training text; None without one.
        wrong_words: The system's words that are most often in no reference.
        rare_words: Rare and unknown words of the source; None without a training text.
        shortfalls: How much less attention source words get than usual, by the numbers of lines from 0; None where the
            system is not a model, or there is no source.
        attention: Attention in the lines that are shown, by their numbers from 0.
        inspect: Words of the command that shows the inside of the model while it translates a sentence, which comes
            last; None where the system is not a model.
    """

    name: str
    scores: list[Score]
    hypotheses: list[str]
    chrf: list[float]
    by_length: list[Group]
    by_rarity: list[Group] | None
    by_position: Positions
    lengths: Lengths
    repetition: Faults
    copying: Faults | None
    best: list[int]
    worst: list[int]
    content: Content
    missed_words: list[MissedWord]
    rare_missed_words: list[MissedWord] | None
    wrong_words: list[WrongWord]
    rare_words: RareWords | None
    shortfalls: dict[int, Shortfall] | None
    attention: dict[int, SentenceAttention]
    inspect: list[str] | None


@dataclass(frozen=True)
class Report:
    """What is known of one or several systems on one text.

    Attributes:
        what: Name of the text.
        sources: Lines of the source, if it is known.
        references: Lists of references, each as long as the text.
        systems: What is known of each system, in the order given.
        differences: How each further system differs from the first.
        length_of: Whose words the length of a sentence is counted in: "source" or "reference".
        counted_in: Name of the text in which the frequency of source words was counted; None without a source.
        significance: The test that gave the p-values; None where there is only one system.
    """

    what: str
    sources: list[str] | None
    references: list[list[str]]
    systems: list[SystemReport]
    differences: list[Difference]
    length_of: str
    counted_in: str | None
    significance: dict[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        """All numbers, for JSON: lines are numbered from 1, NaN becomes null, attention weights are left out."""
        result = asdict(self)
        for system in result["systems"]:
            del system["attention"]
            for lines in (system["best"], system["worst"], system["repetition"]["lines"]):
                lines[:] = [n + 1 for n in lines]
            if system["copying"]:
                system["copying"]["lines"] = [n + 1 for n in system["copying"]["lines"]]
            for key in ("missing_lines", "superfluous_lines"):
                system["content"][key] = [n + 1 for n in system["content"][key]]
            if system["shortfalls"]:
                system["shortfalls"] = {n + 1: one for n, one in system["shortfalls"].items()}
        for one in result["differences"]:
            for key in ("better_lines", "worse_lines"):
                one[key] = [n + 1 for n in one[key]]
        cleaned = _without_nan(result)
        assert isinstance(cleaned, dict)
        return cleaned


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
