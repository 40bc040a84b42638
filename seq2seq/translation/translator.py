"""Lines in, lines out: sort by length, batch, search, restore the order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search import Engine, Hypothesis, MinimumLength, NoRepeat, Rule, beam_search, sample
from seq2seq.search.constraint_lexicon import Lexicon, Required
from seq2seq.search.constraints import Banks, Words
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.tokenization.words import spaced, word_numbers
from seq2seq.translation.alignment import align
from seq2seq.translation.options import Decoding
from seq2seq.translation.results import Output, Token, Translation
from seq2seq.translation.scoring import ForcedScore, score_pairs
from seq2seq.translation.sentences import split_line

Warn = Callable[[int, str], None]


@dataclass(frozen=True)
class Part:
    """What goes through the search at once: a line, or a piece of one that is too long."""

    line: int
    number: int
    """Of the part in its line, from 0."""
    ids: list[int]
    """Of the source, EOS included."""
    prefix: list[int]
    """What the output must begin with."""


class Translator:
    """A model that translates lines.

    Attributes:
        decoding: options by name, see `seq2seq.translation.options.Decoding`; read at each call.
        tokenizer: of the source.
        target_tokenizer: of the target; mostly the same.
    """

    def __init__(
        self,
        engine: Engine[Any],
        tokenizer: Tokenizer,
        decoding: dict[str, Any],
        target_language: str | None = None,
        target_tokenizer: Tokenizer | None = None,
        *,
        source_language: str | None = None,
        parallel: int = 1,
    ) -> None:
        """Joins an engine with a tokenizer, or one for each side; most people want `load`.

        Args:
            engine: encodes and steps.
            tokenizer: of the source.
            decoding: options by name.
            target_language: for the spaces between words.
            target_tokenizer: of the target, where it has its own.
            source_language: for the spaces between words.
            parallel: batches that are searched at once, in threads: for an engine whose operators use one core each.
        """
        self.engine = engine
        self.tokenizer = tokenizer
        self.target_tokenizer = target_tokenizer or tokenizer
        self.decoding = dict(decoding)
        self.parallel = parallel
        self._spaces = {
            "source": spaced(source_language),
            "target": spaced(target_language),
        }
        self._words: tuple[Any, Lexicon] | None = None

    @classmethod
    def load(
        cls,
        path: str | Path | Sequence[str | Path],
        *,
        weights: Sequence[float] | None = None,
        threads: int | None = None,
        engine: str = "auto",
    ) -> "Translator":
        """Opens a model folder, or several as an ensemble.

        Args:
            path: the folder; of an ensemble's, the first says how to decode.
            weights: of the models of an ensemble, of any sum; None for equal ones.
            threads: of the engine; None for as many as there are cores. TensorFlow takes the number only before its
                first operation in a process.
            engine: "onnx", "keras", or "auto" for ONNX where the model was exported, else Keras.

        Raises:
            UserError: a folder is missing, incomplete, changed or of a newer format, or models have different
                vocabularies.
        """
        paths = [path] if isinstance(path, str | Path) else list(path)
        folders = [ModelFolder.open(Path(path)) for path in paths]
        first = folders[0]
        source_tokenizer, target_tokenizer = first.tokenizer("source"), first.tokenizer("target")
        for other in folders[1:]:
            if not (
                source_tokenizer.same_as(other.tokenizer("source"))
                and target_tokenizer.same_as(other.tokenizer("target"))
            ):
                raise UserError(
                    f"{first.path} and {other.path} have different vocabularies: models that translate together must "
                    "have been trained with one tokenizer"
                )
        from seq2seq.engines.loading import load_engine

        engines = [load_engine(folder, engine, threads) for folder in folders]

        joined = engines[0]
        if len(engines) > 1:
            from seq2seq.engines.ensemble import Ensemble

            joined = Ensemble(engines, weights)
        return cls(
            joined,
            source_tokenizer,
            Decoding.known(first.metadata["decoding"]),
            first.metadata["target_language"],
            target_tokenizer,
            source_language=first.metadata["source_language"],
            parallel=min(getattr(engine, "parallel", 1) for engine in engines),
        )

    def translate(
        self,
        lines: Sequence[str],
        *,
        prefixes: Sequence[str] | None = None,
        first_line: int = 0,
        warn: Warn | None = None,
    ) -> list[str]:
        """Translates lines; a line without any piece gives an empty one. See `translations`."""
        found = self._translate(lines, prefixes, first_line, warn, attention=False)
        return [translation.text for translation in found]

    def translations(
        self,
        lines: Sequence[str],
        *,
        prefixes: Sequence[str] | None = None,
        first_line: int = 0,
        warn: Warn | None = None,
    ) -> list[Translation]:
        """Translates lines, with all that is known of the outputs.

        Args:
            lines: one sentence each; a line of more than `max_source_tokens` pieces is split and joined again.
            prefixes: what each translation must begin with, "" for anything; its pieces are the tokenizer's. A blank
                line stays blank all the same.
            first_line: number of the first line, for the random numbers of sampling: with it, a text translated in
                several calls comes out as in one.
            warn: called with a line's index and what was done about it.

        Returns:
            As many translations as lines, in their order.

        Raises:
            UserError: an option in `decoding` is unknown or out of range, or two of them cannot go together.
            ValueError: there are not as many prefixes as lines.
        """
        return self._translate(lines, prefixes, first_line, warn, attention=True)

    @property
    def spaces(self) -> dict[str, bool]:
        """Whether the "source" and the "target" language separate words by spaces."""
        return dict(self._spaces)

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[ForcedScore]:
        """How probable the model finds given translations, see `seq2seq.translation.scoring.score_pairs`."""
        return score_pairs(self, sources, targets)

    def _translate(
        self,
        lines: Sequence[str],
        prefixes: Sequence[str] | None,
        first_line: int,
        warn: Warn | None,
        *,
        attention: bool,
    ) -> list[Translation]:
        if prefixes is not None and len(prefixes) != len(lines):
            raise ValueError(f"Expected as many prefixes as lines, got {len(prefixes)} and {len(lines)}.")
        decoding = Decoding.of(self.decoding)
        parts = list(self._parts(lines, prefixes, decoding, warn))
        results: list[list[Output]] = [[] for _ in parts]
        # Longest first: if memory does not suffice, it shows at once and not after an hour.
        order = sorted(range(len(parts)), key=lambda n: -len(parts[n].ids))
        batches = list(_batches(order, parts, decoding.batch_tokens, self.parallel))

        def search(chosen: list[int]) -> list[list[Hypothesis]]:
            return self._search([parts[n] for n in chosen], decoding, first_line, attention)

        # A lexicon grows with use, which is not for two threads at once.
        parallel = 1 if decoding.avoid or decoding.require else self.parallel
        for chosen, found in zip(batches, _in_threads(search, batches, parallel), strict=True):
            for n, hypotheses in zip(chosen, found, strict=True):
                if warn and hypotheses[0].broken:
                    warn(parts[n].line, "the length limit left no translation that says and avoids the given words")
                results[n] = [self._output(parts[n], hypothesis) for hypothesis in hypotheses]
        by_line: list[list[list[Output]]] = [[] for _ in lines]
        for part, result in zip(parts, results, strict=True):
            by_line[part.line].append(result)
        joint = " " if self._spaces["target"] else ""
        return [
            Translation.of_parts(line, outputs, decoding.n_best, joint)
            for line, outputs in zip(lines, by_line, strict=True)
        ]

    def _parts(
        self, lines: Sequence[str], prefixes: Sequence[str] | None, decoding: Decoding, warn: Warn | None
    ) -> Iterator[Part]:
        limit = decoding.max_source_tokens - 1  # EOS is one of them
        begun = self.target_tokenizer.encode(prefixes) if prefixes else [[]] * len(lines)
        for n, (line, ids) in enumerate(zip(lines, self.tokenizer.encode(lines), strict=True)):
            if not ids or line.isspace():  # not every normalization takes all white space away
                continue
            if len(ids) <= limit:
                yield Part(n, 0, [*ids, EOS], begun[n])
                continue
            texts = split_line(line, limit, lambda text: len(self.tokenizer.encode([text])[0]))
            if warn:
                warn(n, f"{len(ids)} pieces are over the limit of {limit}: translated in {len(texts)} parts")
            encoded = [part_ids for part_ids in self.tokenizer.encode(texts) if part_ids]
            for number, part_ids in enumerate(encoded):
                # A single character may still spell more bytes than a tiny limit allows.
                yield Part(n, number, [*part_ids[:limit], EOS], [] if number else begun[n])

    def _search(
        self, parts: list[Part], decoding: Decoding, first_line: int, attention: bool
    ) -> list[list[Hypothesis]]:
        lengths = np.array([len(part.ids) for part in parts], np.int32)
        limits = (lengths * decoding.max_length_ratio).astype(np.int32) + decoding.max_length_offset
        limits = np.maximum(limits, decoding.min_length)
        if decoding.max_length is not None:
            limits = np.full(len(parts), decoding.max_length, np.int32)
        limits = np.maximum(limits, np.array([len(part.prefix) for part in parts], np.int32))
        rules: list[Rule] = []
        words: Words | None = None
        if decoding.avoid or decoding.require:
            width = 1 if decoding.sample else decoding.beam_size
            # What a long line must say is said in its first part.
            words = Words(self._lexicon(decoding), limits, width, [part.number == 0 for part in parts])
            rules.append(words)
        if decoding.min_length:
            rules.append(MinimumLength(np.full(len(parts), decoding.min_length)))
        if decoding.no_repeat_ngram:
            rules.append(NoRepeat(decoding.no_repeat_ngram, len(parts)))
        options: dict[str, Any] = {
            "max_lengths": limits,
            "length_penalty": decoding.length_penalty,
            "coverage_penalty": decoding.coverage_penalty,
            "prefixes": [part.prefix for part in parts] if any(part.prefix for part in parts) else None,
            "rules": rules,
            "attention": attention,
        }
        ids = pad([part.ids for part in parts])
        if decoding.sample:
            return sample(
                self.engine,
                ids,
                lengths,
                seeds=[(decoding.seed, first_line + part.line, part.number) for part in parts],
                samples=decoding.n_best,
                temperature=decoding.temperature,
                top_k=decoding.top_k,
                top_p=decoding.top_p,
                **options,
            )
        selection = None
        if words is not None and decoding.require:
            selection = Banks(words, decoding.beam_size, self.engine.vocabulary_size)
        options |= {"beam_size": decoding.beam_size, "n_best": decoding.n_best, "selection": selection}
        return beam_search(self.engine, ids, lengths, **options)

    def _lexicon(self, decoding: Decoding) -> Lexicon:
        """Of the words to avoid and to require; the last one is kept, since it grows with use."""
        key = (decoding.avoid, decoding.require)
        if self._words is None or self._words[0] != key:
            encoded = {word: self.target_tokenizer.encode([word])[0] for words in key for word in words}
            # As the tokenizer normalizes them: no output could spell them otherwise.
            texts = {word: self.target_tokenizer.decode(ids) for word, ids in encoded.items()}
            for word, text in texts.items():
                if not text.strip():
                    raise UserError(f"the tokenizer leaves nothing of '{word}': it can be neither avoided nor required")
            require = [Required(texts[word], encoded[word]) for word in decoding.require]
            avoid = [texts[word] for word in decoding.avoid]
            try:
                lexicon = Lexicon(self.target_tokenizer.surfaces(), avoid, require, self._spaces["target"])
            except ValueError as error:
                raise UserError(f"{error}"[:-1] + ": no output can be both") from error
            self._words = key, lexicon
        return self._words[1]

    def _output(self, part: Part, hypothesis: Hypothesis) -> Output:
        text = self.target_tokenizer.decode(hypothesis.tokens)
        if hypothesis.attention is None:
            return Output(text, hypothesis.score, hypothesis.log_probability)
        pieces = self.target_tokenizer.pieces([*hypothesis.tokens, EOS])
        source_words = word_numbers(self.tokenizer.pieces(part.ids[:-1]), self._spaces["source"])
        target_words = word_numbers(pieces[:-1], self._spaces["target"])
        return Output(
            text,
            hypothesis.score,
            hypothesis.log_probability,
            tuple(map(Token, pieces, hypothesis.token_log_probabilities.tolist())),
            align(hypothesis.attention, source_words, target_words),
            int(source_words.max(initial=-1)) + 1,
            int(target_words.max(initial=-1)) + 1,
        )


def _batches(order: list[int], parts: list[Part], batch_tokens: int, parallel: int) -> Iterator[list[int]]:
    """Cuts parts, longest first, into batches of at most `batch_tokens` source positions, `parallel` ones at least."""
    share = -(-len(order) // parallel)  # rows
    start = 0
    while start < len(order):
        rows = min(share, max(1, batch_tokens // len(parts[order[start]].ids)))
        yield order[start : start + rows]
        start += rows


def _in_threads(
    search: Callable[[list[int]], list[list[Hypothesis]]], batches: list[list[int]], threads: int
) -> Iterator[list[list[Hypothesis]]]:
    """What the search finds in each batch, in their order."""
    if threads == 1 or len(batches) < 2:
        yield from map(search, batches)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(search, batches)
    finally:
        pool.shutdown(cancel_futures=True)
