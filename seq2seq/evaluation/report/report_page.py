"""The report as a page: numbers with their intervals first, then plots, then sentences to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from seq2seq.evaluation.report.attention_coverage import BARELY, SentenceAttention
from seq2seq.evaluation.report.comparison import Difference
from seq2seq.evaluation.report.groups import PARTS
from seq2seq.evaluation.report.intervals import Interval
from seq2seq.evaluation.report.report import LETTERS, Report, SystemReport
from seq2seq.evaluation.report.word_faults import copied, repeated, spans, words
from seq2seq.evaluation.significance import LEVEL
from seq2seq.pages.attention_map import attention_map
from seq2seq.pages.bars import Range, groups, histogram
from seq2seq.pages.differences import marked
from seq2seq.pages.rendering import PageSection, render
from seq2seq.pages.text import printable
from seq2seq.tokenization.pair import TokenizerPair

OFTEN = 2.0
"""A source word whose tokens get more attention than this each, on average, may have been translated more than once."""
_PARTS = [f"{100 * n // PARTS}–{100 * (n + 1) // PARTS}" for n in range(PARTS)]


@dataclass(frozen=True)
class ShownOutput:
    """A system's output for a line."""

    name: str
    text: Markup
    chrf: float


@dataclass(frozen=True)
class ShownLine:
    """A line to read; `line` is its number from 1."""

    line: int
    source: Markup | None
    references: list[str]
    outputs: list[ShownOutput]
    note: str = ""
    attention: Markup | None = None


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
    panels = [
        _Panels(report, system, n, (tokenizers or {}).get(system.name)) for n, system in enumerate(report.systems)
    ]
    sections = [PageSection("scores", "Scores"), PageSection("where", "Where it is good")]
    if several:
        sections.append(PageSection("differences", "Side by side"))
    sections += [
        PageSection("faults", "Length, repetition, copies"),
        PageSection("sentences", "Best and worst sentences"),
    ]
    sections.append(PageSection("coverage", "Missing and superfluous content"))
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

    def __init__(self, report: Report, system: SystemReport, number: int, tokenizers: TokenizerPair | None) -> None:
        self.report, self.system, self.number = report, system, number
        self.source_spaces = tokenizers is None or tokenizers.source.spaces
        self.target_spaces = tokenizers is None or tokenizers.target.spaces
        self.letter = LETTERS[number]
        self.ratios = histogram(
            system.lengths.of_lines,
            np.arange(0.4, 1.85, 0.1),
            key=f"ratios-{self.letter}",
            title="Words per word of the reference",
            x_label="length ratio of a sentence",
            mark=1.0,
            colour=number,
        )
        read = None if report.sources is None else [words(line) for line in report.sources]
        self.repeated = [self._with_marks(n, repeated(words(system.hypotheses[n]))) for n in system.repetition.lines]
        self.copied = []
        if system.copying is not None and read is not None:
            for n in system.copying.lines:
                wanted = [words(lines[n]) for lines in report.references]
                self.copied.append(self._with_marks(n, copied(words(system.hypotheses[n]), read[n], wanted)))
        self.best = [self._sentence(n, "best") for n in system.best]
        self.worst = [self._sentence(n, "worst") for n in system.worst]
        self.missing: list[ShownLine] = []
        self.excess: list[ShownLine] = []
        if system.coverage is not None:
            of_lines = system.coverage.of_lines
            for n in system.coverage.missing_lines:
                source = self._covered(n, lambda sum_: sum_ < BARELY)
                note = f"{of_lines[n].missing:.0%} of the attention due is missing"
                self.missing.append(self._sentence(n, "missing", source, note))
            for n in system.coverage.excess_lines:
                source = self._covered(n, lambda sum_: sum_ > OFTEN)
                note = f"{of_lines[n].excess:.2f} more than due, on average over the pieces"
                self.excess.append(self._sentence(n, "excess", source, note))

    def _covered(self, n: int, is_marked: Callable[[float], bool]) -> Markup:
        """The source as the model reads it, with marks on words by their attention."""
        assert self.system.coverage is not None
        parts = [
            Markup("<mark>{}</mark>").format(printable(word)) if is_marked(value) else escape(printable(word))
            for word, value in self.system.coverage.of_lines[n].words
        ]
        return Markup(" " if self.source_spaces else "").join(parts)

    def _with_marks(self, n: int, flags: list[bool]) -> ShownLine:
        text = self.system.hypotheses[n]
        parts, done = [], 0
        for (start, end), flag in zip(spans(text), flags, strict=True):
            if flag:
                parts += [
                    escape(printable(text[done:start])),
                    Markup("<mark>{}</mark>").format(printable(text[start:end])),
                ]
                done = end
        parts.append(escape(printable(text[done:])))
        return self._line(n, Markup("").join(parts))

    def _line(self, n: int, text: Markup, source: Markup | None = None, **more: Any) -> ShownLine:
        if source is None and self.report.sources is not None:
            source = escape(printable(self.report.sources[n]))
        references = [printable(lines[n]) for lines in self.report.references]
        return ShownLine(n + 1, source, references, [ShownOutput(self.letter, text, self.system.chrf[n])], **more)

    def _sentence(self, n: int, kind: str, source: Markup | None = None, note: str = "") -> ShownLine:
        attention = self.system.attention.get(n)
        picture = None if attention is None else self._map(attention, f"{kind}-{self.letter}-{n}", n)
        text = marked(self.system.hypotheses[n], self.report.references[0][n])
        return self._line(n, text, source, note=note, attention=picture)

    def _map(self, attention: SentenceAttention, key: str, n: int) -> Markup:
        return attention_map(
            attention.weights,
            attention.source,
            attention.target,
            key=f"attention-{key}",
            title=f"Attention in line {n + 1}, mean over the heads",
            source_spaces=self.source_spaces,
            target_spaces=self.target_spaces,
        ).to_html()


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
                ShownOutput(
                    letter,
                    marked(system.hypotheses[n], other.hypotheses[n]),
                    system.chrf[n],
                )
                for (letter, system), (_, other) in zip(both, both[::-1], strict=True)
            ]
            source = None if report.sources is None else escape(printable(report.sources[n]))
            return ShownLine(n + 1, source, [printable(lines[n]) for lines in report.references], outputs)

        self.better = [pair(n) for n in difference.better_lines]
        self.worse = [pair(n) for n in difference.worse_lines]
