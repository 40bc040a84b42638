"""What an evaluation is asked for, and which requests make no sense."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.report.report import LETTERS


class RequestError(UserError):
    """Options that contradict each other, or one that is missing; the command line shows its usage with it."""

    exit_status = 2


@dataclass(frozen=True)
class EvaluationRequest:
    """Which translations to score against which references, how, and where the results go.

    Error messages name the options of `seq2seq evaluate`, each of which is one of these fields.

    Attributes:
        models: Model folders; each translates the source.
        source: File of the text to translate.
        hypotheses: Files of translations to score.
        references: Files of reference translations.
        test_set: sacrebleu's name of a test set, in place of `source` and `references`.
        languages: Source and target language of the test set, such as "en-de".
        options: The metrics and their options.
        significance: Name of the test of each system against the first, if there is to be one.
        samples: Number of resamples or trials of that test; None stands for sacrebleu's default.
        beam_size: Beam size of every model's search; None stands for the model's own.
        length_penalty: Length penalty of every model's search; None stands for the model's own.
        engine: Engine that runs the models, see `Translator.load`.
        threads: Number of threads of the engine; None stands for the number of cores.
        output: File for the translations of the one model.
        reports: Files for the error report, .html or .json.
        report_training: File of the training text's source side, in which the report counts words.
        report_training_target: File of the training text's target side, in which the report counts words.
        by_sentence: Whether single sentences are to be scored instead of the whole text.

    Example:
        >>> EvaluationRequest(hypotheses=(Path("mine.de"),)).check()
        Traceback (most recent call last):
        seq2seq.evaluation.evaluation_request.RequestError: Give --reference, the reference translations, or --test-set.
    """

    models: tuple[Path, ...] = ()
    source: Path | None = None
    hypotheses: tuple[Path, ...] = ()
    references: tuple[Path, ...] = ()
    test_set: str | None = None
    languages: str | None = None
    options: MetricOptions = field(default_factory=MetricOptions)
    significance: str | None = None
    samples: int | None = None
    beam_size: int | None = None
    length_penalty: float | None = None
    engine: str = "auto"
    threads: int | None = None
    output: Path | None = None
    reports: tuple[Path, ...] = ()
    report_training: Path | None = None
    report_training_target: Path | None = None
    by_sentence: bool = False

    def check(self) -> None:
        """Finds what is wrong with the request before any model translates.

        Raises:
            RequestError: options are missing, or do not go together.
            UserError: the folder of a report, or the training text, does not exist.
        """
        self._check_texts()
        self._check_systems()
        self._check_metrics()
        self._check_reports()

    def _check_texts(self) -> None:
        if not self.models and not self.hypotheses:
            raise RequestError("Give a MODEL or --hypothesis.")
        if (self.test_set is None) != (self.languages is None):
            raise RequestError("Give --test-set and --languages together, such as --test-set wmt20 --languages en-de.")
        if self.test_set is not None and (self.source or self.references):
            raise RequestError("--test-set brings its source and references: give it, or --source and --reference.")
        if self.test_set is None and not self.references:
            raise RequestError("Give --reference, the reference translations, or --test-set.")
        if self.models and self.source is None and self.test_set is None:
            raise RequestError("Give --source, the text to translate with MODEL.")

    def _check_systems(self) -> None:
        if not self.models and any(
            option is not None for option in (self.beam_size, self.length_penalty, self.threads, self.output)
        ):
            raise RequestError("--beam-size, --length-penalty, --threads and --output go with a MODEL.")
        if self.output is not None and len(self.models) > 1:
            raise RequestError("--output takes the translations of one MODEL: give one, or leave it out.")
        systems = [*self.models, *self.hypotheses]
        for path in systems:
            if systems.count(path) > 1:
                raise RequestError(f"{path} is given twice: each system is known by its path.")

    def _check_metrics(self) -> None:
        if self.significance is not None and len(self.models) + len(self.hypotheses) < 2:
            raise RequestError("--significance compares systems: give two or more.")
        if self.significance is not None and self.by_sentence:
            raise RequestError("--significance is about the whole text: it does not go with --format jsonl.")
        if self.samples is not None and self.significance is None:
            raise RequestError("--samples goes with --significance.")
        if self.options.tokenize is not None and "bleu" not in self.options.metrics:
            raise RequestError("--tokenize is BLEU's: add --metric bleu, or leave --tokenize out.")

    def _check_reports(self) -> None:
        for path in self.reports:
            if path.suffix.lower() not in (".html", ".htm", ".json"):
                raise RequestError(f"--report {path}: the ending decides on the format: give .html or .json.")
            if not path.parent.is_dir():
                raise UserError(f"{path} cannot be written (there is no folder {path.parent}): make it first")
        if self.reports and len(self.models) + len(self.hypotheses) > len(LETTERS):
            raise RequestError(f"--report shows up to {len(LETTERS)} systems: give fewer.")
        sides = (("", self.report_training, "source"), ("-target", self.report_training_target, "target"))
        for ending, text, side in sides:
            if text is not None and not self.reports:
                raise RequestError(f"--report-training{ending} goes with --report.")
            if text is not None and not text.is_file():
                raise UserError(f"{text} cannot be read: give the {side} side of the training text")
        if self.report_training is not None and self.source is None and self.test_set is None:
            raise RequestError("--report-training is for counting rare source words: give --source too.")
