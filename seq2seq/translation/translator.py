"""Lines in, lines out: cut into segments, batch, search, join and restore the order."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any, Unpack

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search import Engine
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.batching import in_batches
from seq2seq.translation.carriers import Carriers
from seq2seq.translation.decoding import decode
from seq2seq.translation.joining import Found, copied_outputs, found_outputs, join
from seq2seq.translation.lexicon_cache import LexiconCache
from seq2seq.translation.options import DEFAULT_OPTIONS, DecodingChanges, DecodingOptions
from seq2seq.translation.results import Translation
from seq2seq.translation.scoring import ForcedScore, score_pairs
from seq2seq.translation.segments import Warn, checked_lines, cut_lines

WINDOW_LINES = 1024
"""Lines that are sorted and batched together: enough that batches are of like lengths, few enough to be bounded."""


@dataclass(frozen=True, repr=False, eq=False)
class Translator:
    """A model that translates lines.

    A translator never changes. Several threads may use one at once, each with options of its own, and get what each
    alone would get.

    Attributes:
        engine: Encodes and steps.
        tokenizers: Tokenizers of source and target, with their languages.
        options: Options for calls that give none.
        parallel: Number of batches that are searched at once, in threads; above 1 for an engine whose operators use
            one core each.

    Example:
        >>> from seq2seq import Translator
        >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
        >>> translator.translate(["Where is the station?"], beam_size=1)  # doctest: +SKIP
        ['Wo ist der Bahnhof?']
    """

    engine: Engine[Any]
    tokenizers: TokenizerPair
    options: DecodingOptions = DEFAULT_OPTIONS
    _: KW_ONLY
    parallel: int = 1
    _lexica: LexiconCache = field(init=False)
    _carriers: Carriers = field(init=False)

    def __post_init__(self) -> None:
        """Makes empty caches."""
        object.__setattr__(self, "_lexica", LexiconCache(self.tokenizers.target))
        object.__setattr__(self, "_carriers", Carriers(self.tokenizers))

    def __repr__(self) -> str:
        """Names engine, languages, size of the vocabulary and options."""
        languages = " → ".join(language or "?" for language in (self.source_language, self.target_language))
        vocabulary = f"{self.engine.vocabulary_size:,} tokens"
        return f"Translator({languages}, {type(self.engine).__name__}, {vocabulary}, {self.options})"

    @classmethod
    def load(
        cls,
        path: str | Path | Sequence[str | Path],
        *,
        weights: Sequence[float] | None = None,
        threads: int | None = None,
        engine: str = "auto",
    ) -> Translator:
        """Opens a model folder, or several as an ensemble.

        Args:
            path: The model folder, or several; the options of the first are the translator's.
            weights: Weight of each model of an ensemble; their sum may be any. None for equal weights.
            threads: Number of threads of the engine; None for the number of cores. TensorFlow takes the number only
                before its first operation in a process.
            engine: "onnx", "keras", or "auto" for ONNX Runtime if the model was exported, else Keras.

        Raises:
            UserError: A folder is missing, incomplete, changed or of a newer format, or models have different
                vocabularies.
        """
        paths = [path] if isinstance(path, str | Path) else list(path)
        folders = [ModelFolder.open(Path(path)) for path in paths]
        first = folders[0]
        tokenizers = first.tokenizers()
        for other in folders[1:]:
            if not tokenizers.same_as(other.tokenizers()):
                raise UserError(
                    f"{first.path} and {other.path} have different vocabularies: models that translate together must "
                    "have been trained with one tokenizer"
                )
        options = DecodingOptions.of_model(first.metadata["decoding"])
        from seq2seq.engines.engine_loading import load_engine

        engines = [load_engine(folder, engine, threads) for folder in folders]
        joined = engines[0]
        if len(engines) > 1:
            from seq2seq.engines.ensemble import Ensemble

            joined = Ensemble(engines, weights)
        return cls(joined, tokenizers, options, parallel=min(getattr(one, "parallel", 1) for one in engines))

    @property
    def source_language(self) -> str | None:
        """Code of the language that is translated, such as "en"; None if it is not known."""
        return self.tokenizers.source.language

    @property
    def target_language(self) -> str | None:
        """Code of the language of translations, such as "de"; None if it is not known."""
        return self.tokenizers.target.language

    def translate(
        self,
        lines: Iterable[str],
        options: DecodingOptions | None = None,
        *,
        prefixes: Sequence[str] | None = None,
        first_line: int = 0,
        warn: Warn | None = None,
        **changes: Unpack[DecodingChanges],
    ) -> list[str]:
        """Translates lines, see `translations`.

        Returns:
            The translation of each line; a line without any token has an empty one.

        Example:
            >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
            >>> translator.translate(["Where is the station?"], beam_size=1)  # doctest: +SKIP
            ['Wo ist der Bahnhof?']
        """
        found = self._translate(lines, options, changes, prefixes, first_line, warn, attention=False)
        return [translation.text for translation in found]

    def translations(
        self,
        lines: Iterable[str],
        options: DecodingOptions | None = None,
        *,
        prefixes: Sequence[str] | None = None,
        first_line: int = 0,
        warn: Warn | None = None,
        **changes: Unpack[DecodingChanges],
    ) -> list[Translation]:
        """Translates lines and tells all that is known of the outputs.

        Args:
            lines: Lines of any number of sentences. A line is cut at the ends of sentences, and where one has more than
                `max_source_tokens` tokens; translations are joined. Line breaks inside a line are kept.
            options: Options for this call; None for the translator's own.
            prefixes: Text that each translation must begin with, "" for anything; its tokens are those that the
                tokenizer finds. A blank line stays blank all the same.
            first_line: Number of the first line, for the random numbers of sampling: with it, a text translated in
                several calls comes out as in one.
            warn: Called with a line's index and what was done about it.
            **changes: Options by name, put over `options`.

        Returns:
            The translation of each line, in the order of the lines.

        Raises:
            TypeError: Something is no line, or all is one string.
            UserError: An option is unknown or out of range, or two options cannot go together.
            ValueError: There are not as many prefixes as lines.

        Example:
            >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
            >>> (found,) = translator.translations(["Where is the station?"], n_best=3)  # doctest: +SKIP
            >>> [(output.text, output.score) for output in found.n_best]  # doctest: +SKIP
        """
        return self._translate(lines, options, changes, prefixes, first_line, warn, attention=True)

    def translate_iter(
        self,
        lines: Iterable[str],
        options: DecodingOptions | None = None,
        *,
        warn: Warn | None = None,
        window_lines: int = WINDOW_LINES,
        **changes: Unpack[DecodingChanges],
    ) -> Iterator[str]:
        """Translates lines as they are asked for, of any number, in bounded memory.

        Args:
            lines: Lines; only `window_lines` of them are read ahead.
            options: Options for this call; None for the translator's own.
            warn: Called with a line's index among all lines and what was done about it.
            window_lines: Number of lines that are translated together.
            **changes: Options by name, put over `options`.

        Returns:
            An iterator over the translations, in the order of the lines; the same as those of `translate`.

        Raises:
            TypeError: Something is no line, or all is one string.
            UserError: An option is unknown or out of range, or two options cannot go together.

        Example:
            >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
            >>> with open("letters.en") as file:  # doctest: +SKIP
            ...     for translation in translator.translate_iter(file):
            ...         print(translation)
        """
        if isinstance(lines, str | bytes):
            checked_lines(lines)
        if window_lines < 1:
            raise ValueError(f"window_lines must be at least 1, got {window_lines}.")
        chosen = (options or self.options).with_(**changes)

        def windows() -> Iterator[str]:
            rest, first_line = iter(lines), 0
            while window := list(itertools.islice(rest, window_lines)):
                shifted = warn and functools.partial(_warn_from, warn, first_line)
                yield from self.translate(window, chosen, first_line=first_line, warn=shifted)
                first_line += len(window)

        return windows()

    def score(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        options: DecodingOptions | None = None,
        **changes: Unpack[DecodingChanges],
    ) -> list[ForcedScore]:
        """Scores given translations, see `seq2seq.translation.scoring.score_pairs`.

        Args:
            sources: Source text.
            targets: A translation of each line.
            options: Options for this call, of which `length_penalty` and `batch_tokens` are used; None for the
                translator's own.
            **changes: Options by name, put over `options`.

        Returns:
            The score of each pair, in the order of the pairs.

        Example:
            >>> translator = Translator.load("runs/quickstart/model")  # doctest: +SKIP
            >>> (score,) = translator.score(["Where is the station?"], ["Wo ist der Bahnhof?"])  # doctest: +SKIP
            >>> score.log_probability, score.tokens  # doctest: +SKIP
        """
        chosen = (options or self.options).with_(**changes)
        return score_pairs(self.engine, self.tokenizers, chosen, sources, targets, parallel=self.parallel)

    def _translate(
        self,
        lines: Iterable[str],
        options: DecodingOptions | None,
        changes: DecodingChanges,
        prefixes: Sequence[str] | None,
        first_line: int,
        warn: Warn | None,
        *,
        attention: bool,
    ) -> list[Translation]:
        rows = checked_lines(lines)
        if prefixes is not None:
            prefixes = checked_lines(prefixes, "prefixes")
            if len(prefixes) != len(rows):
                raise ValueError(f"Expected as many prefixes as lines, got {len(prefixes)} and {len(rows)}.")
        chosen = (options or self.options).with_(**changes)
        lexicon = None
        if chosen.avoid or chosen.require:
            lexicon = self._lexica.get(chosen.avoid, chosen.require)
        segments = list(cut_lines(rows, prefixes, self.tokenizers, chosen, warn, self._carriers_found))
        copied = {n: copied_outputs(segment) for n, segment in enumerate(segments) if not segment.ids}
        numbers = [n for n in range(len(segments)) if n not in copied]

        def run(batch: list[int]) -> list[Found]:
            parts = [segments[n] for n in batch]
            hypotheses = decode(self.engine, parts, chosen, lexicon, first_line=first_line, attention=attention)
            # Only texts and numbers are kept, and no attention.
            return [found_outputs(self.tokenizers, *pair) for pair in zip(parts, hypotheses, strict=True)]

        sizes = [len(segments[n].ids) for n in numbers]
        results = in_batches(numbers, sizes, run, batch_tokens=chosen.batch_tokens, parallel=self.parallel)
        found = copied | dict(zip(numbers, results, strict=True))
        return join(rows, segments, [found[n] for n in range(len(segments))], chosen.n_best, warn)

    def _carriers_found(self) -> list[str]:
        """The words that stand for what must not change in the model's input."""

        def search(texts: Sequence[str]) -> list[tuple[str, float]]:
            options = DEFAULT_OPTIONS.with_(beam_size=1, one_sentence=True, literal=True)
            found = self._translate(texts, options, {}, None, 0, None, attention=False)
            return [(translation.text, translation.score) for translation in found]

        return self._carriers.get(search)


def _warn_from(warn: Warn, first_line: int, n: int, text: str) -> None:
    """Warns about a line of a window that begins at `first_line`."""
    warn(first_line + n, text)
