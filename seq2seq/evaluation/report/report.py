"""All numbers of a report, from the lines of systems and references."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.report.attention_coverage import Attention, Coverage, attentions, coverage
from seq2seq.evaluation.report.comparison import Difference, difference
from seq2seq.evaluation.report.groups import Group, Positions, by_length, by_rarity, positions, rarity
from seq2seq.evaluation.report.intervals import SAMPLES, Interval, mean_interval, ratio_intervals
from seq2seq.evaluation.report.words import copied, repeated, words
from seq2seq.evaluation.scores import Score
from seq2seq.evaluation.sentences import sentence_scores
from seq2seq.evaluation.significance import Comparison, compare

if TYPE_CHECKING:
    from seq2seq.translation.translator import Translator

EXAMPLES = 5
"""Number of sentences of each kind that are shown."""
LETTERS = "ABCDEF"
"""Short names of the systems on the page, which has room for no more of them."""


@dataclass(frozen=True)
class Lengths:
    """How long the hypotheses are, in words of the first reference's."""

    ratio: Interval
    """Hypothesis words per reference word, over all lines."""
    short: float
    """Share of lines with fewer than 0.8 of the reference's words."""
    long: float
    """Share of lines with more than 1.25 of them."""
    of_lines: list[float]
    """The ratio of each line; NaN where the reference has no words."""


@dataclass(frozen=True)
class Faults:
    """Words of a kind that should not be there."""

    share: Interval
    """Of all words of the hypotheses."""
    lines: list[int]
    """The lines with the most of them, from 0."""
    of_reference: float | None = None
    """The same share in the first reference, where that can be told."""


@dataclass(frozen=True)
class Coverages:
    """What the attention over all lines sums to, see `seq2seq.evaluation.report.attention_coverage`."""

    missing: Interval
    excess: Interval
    missing_lines: list[int]
    """The lines with the most of it, from 0."""
    excess_lines: list[int]
    of_lines: dict[int, Coverage]


@dataclass(frozen=True)
class SystemReport:
    """What is known of one system."""

    name: str
    scores: list[Score]
    """Of all lines, each with its mean and 95 % interval over bootstrap samples."""
    hypotheses: list[str]
    chrf: list[float]
    """Of each line: what the groups and the choice of examples go by."""
    by_length: list[Group]
    by_rarity: list[Group] | None
    by_position: Positions
    lengths: Lengths
    repetition: Faults
    copying: Faults | None
    best: list[int]
    """Lines, from 0."""
    worst: list[int]
    coverage: Coverages | None
    attention: dict[int, Attention]
    """Of the lines that are shown, by their numbers from 0."""


@dataclass(frozen=True)
class Report:
    """What is known of one or several systems on one text."""

    what: str
    """Name of the text."""
    sources: list[str] | None
    references: list[list[str]]
    systems: list[SystemReport]
    differences: list[Difference]
    """Of every further system from the first."""
    length_of: str
    """Whose words the lengths of sentences are counted in: "source" or "reference"."""
    counted_in: str | None
    """The text that tells how rare a source word is."""
    significance: dict[str, Any] | None
    """How the p-values came about."""

    def to_dict(self) -> dict[str, Any]:
        """All numbers, for JSON: lines are numbered from 1, NaN becomes null, attention weights are left out."""
        result = asdict(self)
        for system in result["systems"]:
            del system["attention"]
            for lines in (system["best"], system["worst"], system["repetition"]["lines"]):
                lines[:] = [n + 1 for n in lines]
            if system["copying"]:
                system["copying"]["lines"] = [n + 1 for n in system["copying"]["lines"]]
            if found := system["coverage"]:
                for key in ("missing_lines", "excess_lines"):
                    found[key] = [n + 1 for n in found[key]]
                found["of_lines"] = {n + 1: one for n, one in found["of_lines"].items()}
        for one in result["differences"]:
            for key in ("better_lines", "worse_lines"):
                one[key] = [n + 1 for n in one[key]]
        cleaned = _without_nan(result)
        assert isinstance(cleaned, dict)
        return cleaned


def make_report(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]],
    *,
    what: str = "the text",
    sources: Sequence[str] | None = None,
    translators: Mapping[str, Translator] | None = None,
    training: tuple[str, Iterable[str]] | None = None,
    options: MetricOptions | None = None,
    comparison: Comparison | None = None,
    samples: int = SAMPLES,
) -> Report:
    """Finds out all that a report tells.

    Args:
        systems: hypotheses by name; the first is what others are compared with.
        references: lists as long as the hypotheses.
        what: name of the text.
        sources: what was translated. Without it, nothing is said about rare words, copies and attention.
        translators: those of the systems that are models, by name; they tell where they looked.
        training: name and source lines of the training text, in which words are counted; by default, in `sources`.
        options: the metrics and their options; BLEU, chrF and TER by default.
        comparison: of the same systems, if they have been compared already.
        samples: of the bootstrap.
    """
    options = options or MetricOptions()
    lists = [list(lines) for lines in references]
    said = [[words(line) for line in lines] for lines in lists]
    read = None if sources is None else [words(line) for line in sources]
    rarities, counted_in = _rarities(read, training)
    resampled = comparison
    if comparison is None or comparison.test != "bootstrap":
        # sacrebleu compares two or more: a system alone is its own second.
        compared = dict(systems) if len(systems) > 1 else {name: lines for lines in systems.values() for name in "ab"}
        resampled = compare(compared, lists, options, samples=samples)
    assert resampled is not None
    tested = None if len(systems) == 1 else comparison or resampled
    made = []
    by_chrf = replace(options, metrics=("chrf",))
    for name, lines in systems.items():
        hypotheses = list(lines)
        chrf = np.array([s.score for (s,) in sentence_scores(hypotheses, lists, by_chrf)])
        spoken = [words(line) for line in hypotheses]
        scores = resampled.systems[name if len(systems) > 1 else "a"]
        if tested is not None:
            scores = [_with_p(score, tested.systems[name]) for score in scores]
        best, worst = _extremes(chrf, spoken)
        copying = None if read is None else _copying(spoken, read, said)
        translator = (translators or {}).get(name)
        covered = attention = None
        if translator is not None and sources is not None:
            covered = _coverages(translator, sources, hypotheses)
            shown = {*best, *worst, *(covered.missing_lines + covered.excess_lines if covered else [])}
            attention = dict(attentions(translator, sources, hypotheses, sorted(shown)))
        made.append(
            SystemReport(
                name=name,
                scores=scores,
                hypotheses=hypotheses,
                chrf=chrf.tolist(),
                by_length=by_length([len(line) for line in (read or said[0])], chrf),
                by_rarity=None if rarities is None else by_rarity(rarities, chrf),
                by_position=positions(spoken, said),
                lengths=_lengths(spoken, said[0]),
                repetition=_repetition(spoken, said[0]),
                copying=copying,
                best=best,
                worst=worst,
                coverage=covered,
                attention=attention or {},
            )
        )
    return Report(
        what=what,
        sources=None if sources is None else list(sources),
        references=lists,
        systems=made,
        differences=[difference(made[0].chrf, other.chrf, made[0].name, other.name) for other in made[1:]],
        length_of="source" if sources is not None else "reference",
        counted_in=counted_in,
        significance=None if tested is None else {"test": tested.test, "samples": tested.samples, "seed": tested.seed},
    )


def _rarities(
    read: list[list[str]] | None, training: tuple[str, Iterable[str]] | None
) -> tuple[list[float] | None, str | None]:
    """How rare the words of each source line are, and in which text they were counted."""
    if read is None:
        return None, None
    name, lines = ("this text itself", read) if training is None else (training[0], map(words, training[1]))
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line)
    total = counts.total()
    return [rarity(line, counts, total) for line in read], name


def _with_p(score: Score, compared: Sequence[Score]) -> Score:
    found = next(one for one in compared if one.name == score.name)
    return Score(score.name, score.score, score.signature, score.details, score.mean, score.interval, found.p_value)


def _extremes(chrf: np.ndarray, spoken: list[list[str]]) -> tuple[list[int], list[int]]:
    """The best and the worst lines; of equally good ones the longer, which are harder to get right."""
    order = sorted(range(len(chrf)), key=lambda n: (-chrf[n], -len(spoken[n]), n))
    best = order[:EXAMPLES]
    # A text of a few lines has no line that is among the best and the worst.
    worst = sorted(set(order) - set(best), key=lambda n: (chrf[n], -len(spoken[n]), n))[:EXAMPLES]
    return best, worst


def _lengths(spoken: list[list[str]], said: list[list[str]]) -> Lengths:
    ours, theirs = np.array([len(line) for line in spoken], float), np.array([len(line) for line in said], float)
    ratios = np.divide(ours, theirs, out=np.full(len(ours), np.nan), where=theirs > 0)
    known = ratios[np.isfinite(ratios)]
    return Lengths(
        ratio_intervals(ours[:, None], theirs[:, None])[0],
        float((known < 0.8).mean()) if len(known) else math.nan,
        float((known > 1.25).mean()) if len(known) else math.nan,
        ratios.tolist(),
    )


def _faults(counts: Sequence[int], spoken: list[list[str]], of_reference: float | None = None) -> Faults:
    sizes = np.array([[len(line)] for line in spoken])
    share = ratio_intervals(np.array(counts)[:, None], sizes)[0]
    order = sorted((n for n in range(len(counts)) if counts[n]), key=lambda n: (-counts[n] / len(spoken[n]), n))
    return Faults(share, order[:EXAMPLES], of_reference)


def _repetition(spoken: list[list[str]], said: list[list[str]]) -> Faults:
    total = sum(map(len, said))
    natural = sum(sum(repeated(line)) for line in said) / total if total else math.nan
    return _faults([sum(repeated(line)) for line in spoken], spoken, natural)


def _copying(spoken: list[list[str]], read: list[list[str]], said: list[list[list[str]]]) -> Faults:
    counts = [
        sum(copied(line, source, of_line))
        for line, source, of_line in zip(spoken, read, zip(*said, strict=True), strict=True)
    ]
    return _faults(counts, spoken)


def _coverages(translator: Translator, sources: Sequence[str], hypotheses: Sequence[str]) -> Coverages | None:
    found = {
        n: coverage(attention, translator.spaces["source"])
        for n, attention in attentions(translator, sources, hypotheses, range(len(sources)))
    }
    if not found:
        return None
    found = dict(sorted(found.items()))
    missing = sorted(found, key=lambda n: (-found[n].missing, n))
    excess = sorted(found, key=lambda n: (-found[n].excess, n))
    return Coverages(
        mean_interval([one.missing for one in found.values()]),
        mean_interval([one.excess for one in found.values()]),
        missing[:EXAMPLES],
        excess[:EXAMPLES],
        found,
    )


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
