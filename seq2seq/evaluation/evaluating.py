"""An evaluation from its request to its scores: find the texts, translate, score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seq2seq.evaluation.downloads import Note, silent
from seq2seq.evaluation.evaluation_request import EvaluationRequest
from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.report import Report, make_report
from seq2seq.evaluation.scores import Score, corpus_scores
from seq2seq.evaluation.significance import Comparison, compare
from seq2seq.evaluation.test_sets import find_test_set
from seq2seq.evaluation.texts import read_texts
from seq2seq.evaluation.tokenizers import check_tokenizer, suited_tokenizer
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.output import check_output, output_stream, refuse_sources
from seq2seq.quiet import quiet_libraries
from seq2seq.text.file_names import language_of
from seq2seq.text.lines import read_lines
from seq2seq.translation.translator import Translator

Warn = Callable[[Path, int, str], None]
"""Called with a file, the number of a line in it from 0, and what is wrong with that line."""


@dataclass(frozen=True)
class Evaluation:
    """Systems, the text they were given, and their scores.

    Attributes:
        text: Name of the text: its file, or a test set and its languages.
        systems: Translations by the system's name, in the order of the request.
        references: Lists as long as the translations.
        sources: Lines of the source, if it is known.
        options: The metrics and their options.
        scores: Corpus scores by the system's name; empty where only sentences are to be scored.
        comparison: The test of the systems against the first, if it was asked for.
        translators: Those of the systems that are models, by name, if a report is to show their attention.
        subject: What the scores are about, if it is not the text: the one file of translations that is scored.
        inspect: Words of the command that inspects a sentence with a model as it translated here, by the model's name.
    """

    text: str
    systems: Mapping[str, Sequence[str]]
    references: Sequence[Sequence[str]]
    sources: Sequence[str] | None = None
    options: MetricOptions = field(default_factory=MetricOptions)
    scores: Mapping[str, Sequence[Score]] = field(default_factory=dict)
    comparison: Comparison | None = None
    translators: Mapping[str, Translator] = field(default_factory=dict)
    subject: str | None = None
    inspect: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Number of lines of the text."""
        return len(self.references[0])

    def report(self, training: Path | None = None, training_target: Path | None = None) -> Report:
        """Makes the error report.

        Args:
            training: File of the training text's source side, in which words are counted.
            training_target: File of its target side, in which words of the references are counted.

        Raises:
            UserError: the training text cannot be read.
        """
        return make_report(
            self.systems,
            self.references,
            what=self.text,
            sources=self.sources,
            translators=self.translators,
            training=None if training is None else (str(training), read_lines(training)),
            options=self.options,
            comparison=self.comparison,
            inspect=self.inspect,
            training_target=None if training_target is None else read_lines(training_target),
        )


def _inspect(request: EvaluationRequest, model: Path) -> list[str]:
    """The words of the command that inspects a sentence with the search of this evaluation."""
    given = {"--beam-size": request.beam_size, "--length-penalty": request.length_penalty}
    options = [text for name, value in given.items() if value is not None for text in (name, f"{value:g}")]
    return ["seq2seq", "inspect", *options, str(model)]


def _ignore(path: Path, line: int, problem: str) -> None:
    """Ignores a warning."""


def run_evaluation(request: EvaluationRequest, *, note: Note = silent, warn: Warn = _ignore) -> Evaluation:
    """Translates with each model of a request and scores all its systems.

    Whatever can be wrong is found before the models do their work.

    Args:
        request: What to evaluate.
        note: Called with what the user should know, such as a download.
        warn: Called with what is wrong with a line of the source.

    Raises:
        RequestError: Options of the request are missing, or do not go together.
        UserError: A file, a model, a test set or a tokenizer cannot be read, the line counts differ, or the output
            cannot be written.
    """
    request.check()
    _check_outputs(request)
    source, references = request.source, request.references
    if request.test_set is not None and request.languages is not None:
        source, found = find_test_set(request.test_set, request.languages, note=note)
        references = tuple(found)
    _check_tokenizer(request, references[0], note)
    texts = read_texts([*([source] if source else []), *references, *request.hypotheses])
    sources = texts.pop(0) if source else None
    reference_lines, hypothesis_lines = texts[: len(references)], texts[len(references) :]

    systems: dict[str, Sequence[str]] = {}
    translators: dict[str, Translator] = {}
    for model in request.models:
        assert source is not None and sources is not None
        translator, systems[str(model)] = _translate(request, model, source, sources, warn)
        if request.reports:  # a model whose attention is not shown need not stay in memory
            translators[str(model)] = translator
        if request.output is not None:
            with output_stream(request.output) as file:
                file.write("".join(f"{line}\n" for line in systems[str(model)]).encode())
    systems |= {str(path): lines for path, lines in zip(request.hypotheses, hypothesis_lines, strict=True)}

    scores, comparison = _score(request, systems, reference_lines)
    one_file = not request.models and len(request.hypotheses) == 1
    return Evaluation(
        text=f"{request.test_set} {request.languages}" if request.test_set else str(source or references[0]),
        systems=systems,
        references=reference_lines,
        sources=sources,
        options=request.options,
        scores=scores,
        comparison=comparison,
        translators=translators,
        subject=str(request.hypotheses[0]) if one_file else None,
        inspect={str(model): _inspect(request, model) for model in request.models},
    )


def _check_outputs(request: EvaluationRequest) -> None:
    """Fails where a file cannot be written, or is one that is read."""
    read = [request.source, request.report_training, *request.references, *request.hypotheses]
    for path in (request.output, *request.reports):
        if path is not None:
            refuse_sources(path, read)
            check_output(path)


def _check_tokenizer(request: EvaluationRequest, reference: Path, note: Note) -> None:
    """Fails where BLEU's tokenizer cannot be loaded; notes one that would fit the language better."""
    language = _target_language(request, reference)
    if "bleu" not in request.options.metrics:
        return
    check_tokenizer(request.options.tokenize, note=note)
    suited = suited_tokenizer(language) if request.options.tokenize is None else None
    if suited is not None:
        note(f"BLEU finds words with 13a, the default; for {language}, --tokenize {suited} fits")


def _target_language(request: EvaluationRequest, reference: Path) -> str | None:
    """The language of the translations, if it is known; fails if a MODEL is not a model folder."""
    by_models = [ModelFolder.open(model).metadata.get("target_language") for model in request.models]
    named = request.languages.partition("-")[2] if request.languages else None
    known = [named, *by_models, language_of(reference)]
    return next((language for language in known if language), None)


def _translate(
    request: EvaluationRequest, model: Path, source: Path, lines: list[str], warn: Warn
) -> tuple[Translator, list[str]]:
    """Opens a model and translates the source with it."""
    with quiet_libraries():
        translator = Translator.load(model, engine=request.engine, threads=request.threads)
    given: dict[str, Any] = {"beam_size": request.beam_size, "length_penalty": request.length_penalty}
    options = translator.options.with_(**{key: value for key, value in given.items() if value is not None})
    return translator, translator.translate(lines, options, warn=lambda line, problem: warn(source, line, problem))


def _score(
    request: EvaluationRequest, systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]]
) -> tuple[dict[str, list[Score]], Comparison | None]:
    """Corpus scores of all systems, and their comparison if one is asked for."""
    options = request.options
    if request.significance is not None:
        comparison = compare(systems, references, options, test=request.significance, samples=request.samples)
        return comparison.systems, comparison
    if request.by_sentence:
        return {}, None
    return {name: corpus_scores(lines, references, options) for name, lines in systems.items()}, None
