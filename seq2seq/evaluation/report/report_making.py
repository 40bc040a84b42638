"""Makes an error report from the lines of systems and references."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.report.comparison import difference
from seq2seq.evaluation.report.content import EXAMPLES, content
from seq2seq.evaluation.report.groups import by_length, by_rarity, positions, rarity
from seq2seq.evaluation.report.intervals import SAMPLES, ratio_intervals
from seq2seq.evaluation.report.report import Faults, Lengths, Report, SystemReport
from seq2seq.evaluation.report.source_attention import SentenceAttention, Shortfall, attentions, shortfalls
from seq2seq.evaluation.report.word_faults import copied, repeated, words
from seq2seq.evaluation.report.word_lists import RareWords, missed_words, rare_words, wrong_words
from seq2seq.evaluation.scores import Score
from seq2seq.evaluation.sentence_scores import sentence_scores
from seq2seq.evaluation.significance import Comparison, compare
from seq2seq.translation.translator import Translator

Words = list[list[str]]
"""The words of each line."""


@dataclass(frozen=True)
class _Text:
    """The text that all systems translated, in lines and in words."""

    sources: list[str] | None
    references: list[list[str]]
    source_words: Words | None
    reference_words: list[Words]
    target_counts: Counter[str] | None  # of words in the target side of the training text

    @classmethod
    def of(
        cls,
        sources: Sequence[str] | None,
        references: Sequence[Sequence[str]],
        training_target: Iterable[str] | None = None,
    ) -> _Text:
        return cls(
            None if sources is None else list(sources),
            [list(lines) for lines in references],
            None if sources is None else [words(line) for line in sources],
            [[words(line) for line in lines] for lines in references],
            None if training_target is None else _counts(map(words, training_target)),
        )


@dataclass(frozen=True)
class _Counted:
    """How often words stand in a text, its name, the rarity of each source line, and whether it is a training text."""

    name: str
    counts: Counter[str]
    rarities: list[float]
    training: bool


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
    inspect: Mapping[str, Sequence[str]] | None = None,
    training_target: Iterable[str] | None = None,
) -> Report:
    """Measures everything that a report shows.

    Args:
        systems: Hypotheses by the system's name; the others are compared with the first system.
        references: Lists of references, each as long as the hypotheses.
        what: Name of the text.
        sources: Lines of the source. Without them, the report has nothing on rare words, copies and attention.
        translators: The systems that are models, by name; their attention is measured.
        training: Name and source lines of the training text, in which words are counted; by default `sources`.
        options: The metrics and their options; BLEU, chrF and TER by default.
        comparison: A comparison of the same systems, if they have been compared already.
        samples: Number of bootstrap samples.
        inspect: Words of the command that inspects a sentence with a system, by the system's name.
        training_target: Target lines of the training text, in which words of the references are counted.

    Example:
        >>> report = make_report({"mine": ["a dog ran"]}, [["a dog ran away"]], sources=["ein Hund lief weg"])
        >>> report.systems[0].lengths.ratio.value
        0.75
    """
    options = options or MetricOptions()
    text = _Text.of(sources, references, training_target)
    counted = _counted(text.source_words, training)
    scores, tested = _scores(systems, text.references, options, comparison, samples)
    made = [
        _system_report(
            name,
            list(lines),
            scores[name],
            text,
            counted,
            options,
            (translators or {}).get(name),
            (inspect or {}).get(name),
        )
        for name, lines in systems.items()
    ]
    return Report(
        what=what,
        sources=text.sources,
        references=text.references,
        systems=made,
        differences=[difference(made[0].chrf, other.chrf, made[0].name, other.name) for other in made[1:]],
        length_of="source" if sources is not None else "reference",
        counted_in=None if counted is None else counted.name,
        significance=None if tested is None else {"test": tested.test, "samples": tested.samples, "seed": tested.seed},
    )


def _scores(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[Sequence[str]],
    options: MetricOptions,
    comparison: Comparison | None,
    samples: int,
) -> tuple[dict[str, list[Score]], Comparison | None]:
    """Scores of all systems with their intervals, and the comparison that their p-values come from, if any."""
    resampled = comparison
    if comparison is None or comparison.test != "bootstrap":
        # sacrebleu compares two systems or more: a system alone is compared with itself.
        compared = dict(systems) if len(systems) > 1 else {name: lines for lines in systems.values() for name in "ab"}
        resampled = compare(compared, references, options, samples=samples)
    assert resampled is not None
    if len(systems) == 1:
        return dict.fromkeys(systems, resampled.systems["a"]), None
    tested = comparison or resampled
    scores = {name: [_with_p(score, tested.systems[name]) for score in resampled.systems[name]] for name in systems}
    return scores, tested


def _system_report(
    name: str,
    hypotheses: list[str],
    scores: list[Score],
    text: _Text,
    counted: _Counted | None,
    options: MetricOptions,
    translator: Translator | None,
    inspect: Sequence[str] | None,
) -> SystemReport:
    by_chrf = replace(options, metrics=("chrf",))
    chrf = np.array([score.score for (score,) in sentence_scores(hypotheses, text.references, by_chrf)])
    own_words, first_words = [words(line) for line in hypotheses], text.reference_words[0]
    best, worst = _extremes(chrf, own_words)
    gone = content(own_words, text.reference_words)
    neglected: dict[int, Shortfall] | None = None
    shown: dict[int, SentenceAttention] = {}
    if translator is not None and text.sources is not None:
        attended = attentions(translator, text.sources, hypotheses, range(len(hypotheses)))
        neglected = shortfalls(attended, translator.tokenizers.source.spaces)
        lines = {*best, *worst, *gone.missing_lines, *gone.superfluous_lines}
        shown = dict(attentions(translator, text.sources, hypotheses, sorted(lines)))
    return SystemReport(
        name=name,
        scores=scores,
        hypotheses=hypotheses,
        chrf=chrf.tolist(),
        by_length=by_length([len(line) for line in (text.source_words or first_words)], chrf),
        by_rarity=None if counted is None else by_rarity(counted.rarities, chrf),
        by_position=positions(own_words, text.reference_words),
        lengths=_lengths(own_words, first_words),
        repetition=_repetition(own_words, first_words),
        copying=_copying(own_words, text),
        best=best,
        worst=worst,
        content=gone,
        missed_words=missed_words(own_words, first_words, text.target_counts),
        rare_missed_words=None
        if text.target_counts is None
        else missed_words(own_words, first_words, text.target_counts, rare=True),
        wrong_words=wrong_words(own_words, text.reference_words),
        rare_words=_rare_words(text.source_words, counted, chrf),
        shortfalls=neglected,
        attention=shown,
        inspect=None if inspect is None else list(inspect),
    )


def _counted(source_words: Words | None, training: tuple[str, Iterable[str]] | None) -> _Counted | None:
    """Counts words in the training text or, without one, in the sources; None without sources."""
    if source_words is None:
        return None
    name, lines = ("this text itself", source_words) if training is None else (training[0], map(words, training[1]))
    counts = _counts(lines)
    total = counts.total()
    return _Counted(name, counts, [rarity(line, counts, total) for line in source_words], training is not None)


def _counts(lines: Iterable[Sequence[str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line)
    return counts


def _rare_words(source_words: Words | None, counted: _Counted | None, chrf: NDArray[np.float64]) -> RareWords | None:
    if source_words is None or counted is None or not counted.training:
        return None
    return rare_words(source_words, chrf, counted.counts, counted.name)


def _with_p(score: Score, compared: Sequence[Score]) -> Score:
    return replace(score, p_value=next(other for other in compared if other.name == score.name).p_value)


def _extremes(chrf: NDArray[np.float64], own_words: Words) -> tuple[list[int], list[int]]:
    """The best and the worst lines; of equally good ones the longer, which are harder to get right."""
    order = sorted(range(len(chrf)), key=lambda n: (-chrf[n], -len(own_words[n]), n))
    best = order[:EXAMPLES]
    # In a text of a few lines, no line is shown as one of the best and one of the worst.
    worst = sorted(set(order) - set(best), key=lambda n: (chrf[n], -len(own_words[n]), n))[:EXAMPLES]
    return best, worst


def _lengths(own_words: Words, first_words: Words) -> Lengths:
    ours, theirs = (np.array([len(line) for line in lines], float) for lines in (own_words, first_words))
    ratios = np.divide(ours, theirs, out=np.full(len(ours), np.nan), where=theirs > 0)
    known = ratios[np.isfinite(ratios)]
    return Lengths(
        ratio_intervals(ours[:, None], theirs[:, None])[0],
        float((known < 0.8).mean()) if len(known) else math.nan,
        float((known > 1.25).mean()) if len(known) else math.nan,
        ratios.tolist(),
    )


def _faults(counts: Sequence[int], own_words: Words, of_reference: float | None = None) -> Faults:
    sizes = np.array([[len(line)] for line in own_words])
    share = ratio_intervals(np.array(counts)[:, None], sizes)[0]
    order = sorted((n for n in range(len(counts)) if counts[n]), key=lambda n: (-counts[n] / len(own_words[n]), n))
    return Faults(share, order[:EXAMPLES], of_reference)


def _repetition(own_words: Words, first_words: Words) -> Faults:
    total = sum(map(len, first_words))
    natural = sum(sum(repeated(line)) for line in first_words) / total if total else math.nan
    return _faults([sum(repeated(line)) for line in own_words], own_words, natural)


def _copying(own_words: Words, text: _Text) -> Faults | None:
    if text.source_words is None:
        return None
    by_line = zip(own_words, text.source_words, zip(*text.reference_words, strict=True), strict=True)
    return _faults([sum(copied(line, source, references)) for line, source, references in by_line], own_words)
