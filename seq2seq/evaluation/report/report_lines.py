"""Sentences of a report as its page shows them: with marks, notes, attention and the command that inspects them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from seq2seq.evaluation.report.content import closest
from seq2seq.evaluation.report.inspect_command import inspect_command
from seq2seq.evaluation.report.report import LETTERS, Report, SystemReport
from seq2seq.evaluation.report.source_attention import NEGLECTED, SentenceAttention
from seq2seq.evaluation.report.word_faults import copied, repeated, spans, words
from seq2seq.pages.attention_map import attention_map
from seq2seq.pages.differences import marked
from seq2seq.pages.text import printable
from seq2seq.tokenization.pair import TokenizerPair


@dataclass(frozen=True)
class ShownOutput:
    """A system's output for a line, and the command that inspects it if the system is a model."""

    name: str
    text: Markup
    chrf: float
    command: str | None


@dataclass(frozen=True)
class ShownLine:
    """A line to read; `line` is its number from 1."""

    line: int
    source: Markup | None
    references: Sequence[str | Markup]
    outputs: list[ShownOutput] = field(default_factory=list)
    note: str = ""
    attention: Markup | None = None


def with_marks(text: str, flags: Iterable[bool]) -> Markup:
    """Marks words of a text.

    Args:
        text: The text.
        flags: Whether to mark each of its words, as `word_faults.words` finds them.

    Example:
        >>> print(with_marks("no, no <way>", [False, True, False]))
        no, <mark>no</mark> &lt;way&gt;
    """
    parts, done = [], 0
    for (start, end), flag in zip(spans(text), flags, strict=True):
        if flag:
            parts.append(escape(printable(text[done:start])))
            parts.append(Markup("<mark>{}</mark>").format(printable(text[start:end])))
            done = end
    parts.append(escape(printable(text[done:])))
    return Markup("").join(parts)


class SystemLines:
    """The lines of one system that the page shows.

    Attributes:
        repeated: Lines with the most repetition.
        copied: Lines with the most untranslated copies.
        best: The best lines.
        worst: The worst lines.
        missing: Lines with the most missing words.
        superfluous: Lines with the most superfluous words.
    """

    def __init__(self, report: Report, number: int, tokenizers: TokenizerPair | None) -> None:
        """Prepares the lines.

        Args:
            report: The report.
            number: Index of the system.
            tokenizers: The tokenizers of the system if it is a model.
        """
        self._report, self._system, self._letter = report, report.systems[number], LETTERS[number]
        self._source_spaces = tokenizers is None or tokenizers.source.spaces
        self._target_spaces = tokenizers is None or tokenizers.target.spaces
        system = self._system
        self.repeated = [
            self._line(n, with_marks(system.hypotheses[n], repeated(words(system.hypotheses[n]))))
            for n in system.repetition.lines
        ]
        self.copied = [self._copied(n) for n in (system.copying.lines if system.copying else [])]
        self.best = [self._compared(n, "best") for n in system.best]
        self.worst = [self._compared(n, "worst") for n in system.worst]
        self.missing = [self._missing(n) for n in system.content.missing_lines]
        self.superfluous = [self._superfluous(n) for n in system.content.superfluous_lines]

    def _copied(self, n: int) -> ShownLine:
        assert self._report.sources is not None
        wanted = [words(lines[n]) for lines in self._report.references]
        text = self._system.hypotheses[n]
        return self._line(n, with_marks(text, copied(words(text), words(self._report.sources[n]), wanted)))

    def _compared(self, n: int, kind: str) -> ShownLine:
        text = marked(self._system.hypotheses[n], self._report.references[0][n])
        return self._line(n, text, attention=self._attention(n, kind))

    def _missing(self, n: int) -> ShownLine:
        number, aligned, reference = closest(*self._words(n))
        references: list[str | Markup] = [printable(lines[n]) for lines in self._report.references]
        gone = set(aligned.missing)
        references[number] = with_marks(self._report.references[number][n], [i in gone for i in range(len(reference))])
        return self._line(
            n,
            escape(printable(self._system.hypotheses[n])),
            source=self._neglected(n),
            references=references,
            note=_count(len(gone), "missing word"),
            attention=self._attention(n, "missing"),
        )

    def _superfluous(self, n: int) -> ShownLine:
        own, references = self._words(n)
        extra = set(closest(own, references)[1].superfluous)
        return self._line(
            n,
            with_marks(self._system.hypotheses[n], [j in extra for j in range(len(own))]),
            note=_count(len(extra), "superfluous word"),
            attention=self._attention(n, "superfluous"),
        )

    def _words(self, n: int) -> tuple[list[str], list[list[str]]]:
        return words(self._system.hypotheses[n]), [words(lines[n]) for lines in self._report.references]

    def _neglected(self, n: int) -> Markup | None:
        """The source as the model reads it, with marks on words that got less attention than usual."""
        if self._system.shortfalls is None or n not in self._system.shortfalls:
            return None
        parts = [
            Markup("<mark>{}</mark>").format(printable(word)) if lack >= NEGLECTED else escape(printable(word))
            for word, lack in self._system.shortfalls[n].words
        ]
        return Markup(" " if self._source_spaces else "").join(parts)

    def _attention(self, n: int, kind: str) -> Markup | None:
        found: SentenceAttention | None = self._system.attention.get(n)
        if found is None:
            return None
        return attention_map(
            found.weights,
            found.source,
            found.target,
            key=f"attention-{kind}-{self._letter}-{n}",
            title=f"Attention in line {n + 1}, mean over the heads",
            source_spaces=self._source_spaces,
            target_spaces=self._target_spaces,
            by_words=True,
        ).to_html()

    def _line(self, n: int, text: Markup, **more: Any) -> ShownLine:
        return shown_line(self._report, n, [(self._letter, self._system, text)], **more)


def shown_line(
    report: Report,
    n: int,
    outputs: Iterable[tuple[str, SystemReport, Markup]],
    *,
    source: Markup | None = None,
    references: Sequence[str | Markup] | None = None,
    **more: Any,
) -> ShownLine:
    """A line of a report.

    Args:
        report: The report.
        n: Number of the line from 0.
        outputs: Letter, system and text of each output.
        source: The source with marks; by default as it is.
        references: The references with marks; by default as they are.
        **more: Further attributes of `ShownLine`.
    """
    plain = None if report.sources is None else report.sources[n]
    if source is None and plain is not None:
        source = escape(printable(plain))
    if references is None:
        references = [printable(lines[n]) for lines in report.references]
    made = [
        ShownOutput(
            letter,
            text,
            system.chrf[n],
            None if system.inspect is None or plain is None else inspect_command(system.inspect, plain),
        )
        for letter, system, text in outputs
    ]
    return ShownLine(n + 1, source, references, made, **more)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"
