"""The report as a page: numbers with their intervals first, then plots, then sentences to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from markupsafe import Markup

from seq2seq.evaluation.report.comparison import Difference
from seq2seq.evaluation.report.groups import PARTS
from seq2seq.evaluation.report.intervals import Interval
from seq2seq.evaluation.report.report import LETTERS, Report, SystemReport
from seq2seq.evaluation.report.report_lines import ShownLine, SystemLines, shown_line
from seq2seq.evaluation.report.sentence_list import sentence_data
from seq2seq.evaluation.report.source_attention import NEGLECTED
from seq2seq.evaluation.report.word_lists import RARE
from seq2seq.evaluation.significance import LEVEL
from seq2seq.pages.bars import Range, groups, histogram
from seq2seq.pages.differences import marked
from seq2seq.pages.rendering import PageSection, render
from seq2seq.tokenization.pair import TokenizerPair

SHOWN_WORDS = 15
"""Number of words of a list that are shown at once; the others unfold."""
_PARTS = [f"{100 * n // PARTS}–{100 * (n + 1) // PARTS}" for n in range(PARTS)]


def report_page(report: Report, tokenizers: Mapping[str, TokenizerPair] | None = None) -> str:
    """Renders the report as one HTML document.

    Args:
        report: A report of at most as many systems as `LETTERS`.
        tokenizers: The tokenizers of each system that is a model, by its name.
    """
    if len(report.systems) > len(LETTERS):
        raise ValueError(f"A page shows {len(LETTERS)} systems at most, got {len(report.systems)}.")
    lines, several = len(report.references[0]), len(report.systems) > 1
    names = [system.name for system in report.systems]
    panels = [_Panels(report, n, (tokenizers or {}).get(name)) for n, name in enumerate(names)]
    sections = [
        PageSection("scores", "Scores"),
        PageSection("where", "Where it is good"),
        *([PageSection("differences", "Side by side")] if several else []),
        PageSection("words", "Words"),
        PageSection("content", "Missing and superfluous content"),
        PageSection("faults", "Length, repetition, copies"),
        PageSection("sentences", "Best and worst sentences"),
        PageSection("all", "All sentences"),
    ]
    return render(
        "report.html",
        title=f"Evaluation of {_short(names[0])}" + (f" and {len(names) - 1} more" if several else ""),
        description=f"How good {'these' if several else 'its'} translations of {_short(report.what, 1)} are: "
        f"{_count(lines, 'line')}, against {_count(len(report.references), 'reference')}.",
        sections=tuple(sections),
        report=report,
        counted_in=report.counted_in and _short(report.counted_in, 1),
        letters=LETTERS,
        level=LEVEL,
        plots=_plots(report),
        panels=panels,
        rare=RARE,
        neglected=NEGLECTED,
        shown_words=SHOWN_WORDS,
        data=sentence_data(report),
        differences=[_Difference(report, n + 1, one) for n, one in enumerate(report.differences)],
    )


def _short(path: str, parts: int = 2) -> str:
    """The end of a path, which distinguishes it from others."""
    return "/".join(path.rstrip("/").split("/")[-parts:])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def _range(interval: Interval, times: float = 1.0) -> Range:
    return times * interval.value, times * interval.low, times * interval.high


def _plots(report: Report) -> list[Markup]:
    """Plots of quality by length, by rarity, and by position."""
    named = list(zip(LETTERS, report.systems, strict=False))
    drawn = []

    def draw(
        names: Sequence[str], key: str, title: str, x_label: str, of: Callable[[SystemReport], list[Range]]
    ) -> None:
        series = [(letter, of(system)) for letter, system in named]
        drawn.append(groups(names, series, key=key, title=title, x_label=x_label))

    first = report.systems[0]
    draw(
        [group.name for group in first.by_length],
        "by-length",
        "chrF by sentence length",
        f"words of the {report.length_of}",
        lambda system: [_range(group.chrf) for group in system.by_length],
    )
    if first.by_rarity is not None:
        draw(
            [group.name for group in first.by_rarity],
            "by-rarity",
            "chrF by rarity of the source words",
            "mean bits per word: common to rare",
            lambda system: [_range(group.chrf) for group in system.by_rarity or []],
        )
    draw(
        _PARTS,
        "precision",
        "Precision of words, %",
        "position in the translation, %",
        lambda system: [_range(one, 100) for one in system.by_position.precision],
    )
    draw(
        _PARTS,
        "recall",
        "Recall of words, %",
        "position in the reference, %",
        lambda system: [_range(one, 100) for one in system.by_position.recall],
    )
    return drawn


class _Panels:
    """The parts of the page about one system."""

    def __init__(self, report: Report, number: int, tokenizers: TokenizerPair | None) -> None:
        self.system, self.letter = report.systems[number], LETTERS[number]
        self.lines = SystemLines(report, number, tokenizers)
        self.ratios = histogram(
            self.system.lengths.of_lines,
            np.arange(0.4, 1.85, 0.1),
            key=f"ratios-{self.letter}",
            title="Words per word of the reference",
            x_label="length ratio of a sentence",
            mark=1.0,
            colour=number,
        )


class _Difference:
    """The parts of the page about a system beside the first."""

    def __init__(self, report: Report, number: int, difference: Difference) -> None:
        self.of = difference
        self.letter = LETTERS[number]
        self.histogram = histogram(
            difference.of_lines,
            np.arange(-55, 56, 10),
            key=f"difference-{self.letter}",
            title=f"chrF of {self.letter} less that of {LETTERS[0]}",
            x_label="points, sentence by sentence",
            mark=0.0,
            colour=number,
        )
        both = (LETTERS[0], report.systems[0]), (self.letter, report.systems[number])

        def pair(n: int) -> ShownLine:
            outputs = [
                (letter, system, marked(system.hypotheses[n], other.hypotheses[n]))
                for (letter, system), (_, other) in zip(both, both[::-1], strict=True)
            ]
            return shown_line(report, n, outputs)

        self.better = [pair(n) for n in difference.better_lines]
        self.worse = [pair(n) for n in difference.worse_lines]
