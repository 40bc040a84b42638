"""Marian (C++, from PyPI's pymarian) as a rival: its s2s model of LSTM cells, of our widths.

Marian makes its own batches: it gets the same pairs, cut into the same pieces, and the same number of positions per
batch of each of its threads. Its decoder attends in the first layer too, but with additive attention inside a
conditional cell. It has no bfloat16, so it always computes in float32. For translating, its weights are nearly random:
what it says then goes on to the length limit, which is set so that it says as many pieces as the source has.
"""

import functools
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts.benchmarks.data import Batches, read_batches
from scripts.benchmarks.rivals import check_settings, fastest
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.ids import EOS, PAD, pad
from seq2seq.tokenization.tokenizer import Tokenizer

DISPLAYED = 4
"""Updates between two lines of Marian's log; the first line of a round is warm-up and does not count."""
_SPEED = re.compile(r"Up\. (\d+) .*Sen\. ([\d,]+) .* : Time ([\d.]+)s : ([\d.]+) words/s")


def model_options(settings: ModelSettings) -> list[str]:
    """Marian's options for a model of these widths."""
    check_settings(settings, "marian")
    return [
        *("--type", "s2s", "--enc-cell", "lstm", "--dec-cell", "lstm", "--enc-type", "bidirectional"),
        *("--enc-depth", str(settings.encoder_layers), "--dec-depth", str(settings.decoder_layers)),
        *("--dim-emb", str(settings.embedding_size), "--dim-rnn", str(settings.decoder_size)),
        *("--tied-embeddings-all", "--skip", "--seed", "1"),
    ]


def write_text(folder: Path, tokenizer: Tokenizer, batches: Batches) -> list[str]:
    """Writes pieces separated by spaces, and the vocabulary; returns the options that name them."""
    pieces = tokenizer.pieces(range(len(tokenizer)))
    others = [piece for n, piece in enumerate(pieces) if n not in (PAD, EOS) and piece not in ("<unk>", "</s>")]
    vocabulary = {piece: n for n, piece in enumerate(["</s>", "<unk>", *others])}
    (folder / "vocabulary.yml").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    paths = [folder / "train.source", folder / "train.target"]
    for side, path in enumerate(paths):
        rows = [row for batch in batches for row in batch[side].tolist()]
        lines = (" ".join(pieces[n] for n in row if n not in (PAD, EOS)) for row in rows)
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return ["--train-sets", *map(str, paths), "--vocabs", *[str(folder / "vocabulary.yml")] * 2]


def run(arguments: list[str]) -> str:
    """Runs Marian and returns what it logged.

    Raises:
        UserError: it failed.
    """
    import pymarian  # noqa: F401  # that it is missing is to be told as of every other library

    command = [sys.executable, "-m", "pymarian", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = " ".join(done.stderr.strip().splitlines()[-3:])
        raise UserError(f"Marian ended with status {done.returncode}: {last}")
    return done.stderr


class Training:
    """Updates of `marian train`, started anew for each round; start-up is left out by its own clock."""

    def __init__(
        self,
        model: dict[str, Any],
        training: dict[str, Any],
        batches: str,
        vocabulary_size: int,
        precision: str,
        threads: int,
    ) -> None:
        """See `scripts.benchmarks.ours.Training`."""
        self.settings = ModelSettings.of(model, vocabulary_size=vocabulary_size)
        self.options, self.threads = training, threads
        self.batches = read_batches(batches)
        self.tokenizer = Tokenizer.load(Path(batches).parent / "tokenizer.model")

    def prepare(self) -> dict[str, Any]:
        """Writes the text, and finds out how many of Marian's threads are fastest."""
        self.folder = tempfile.TemporaryDirectory()
        self.text = write_text(Path(self.folder.name), self.tokenizer, self.batches)
        found: dict[str, float] = {}
        for threads in sorted({1, self.threads}):
            self.workers = threads
            found[f"{threads} threads"] = self.round(0, DISPLAYED)["seconds"]
        self.workers = 1 if found["1 threads"] == min(found.values()) else self.threads
        return {"settings": f"s2s LSTM, float32, --cpu-threads {self.workers}", "tried": found}

    def round(self, start: int, updates: int) -> dict[str, float]:
        """As many updates, but at most a dozen."""
        counted = max(DISPLAYED, min(updates, 3 * DISPLAYED) // DISPLAYED * DISPLAYED)
        options = self.options
        log = run(
            [
                *("--model", str(Path(self.folder.name) / "model.npz"), "--overwrite", "--no-reload", *self.text),
                *model_options(self.settings),
                *("--mini-batch", "1000", "--mini-batch-words", str(options["batch_tokens"]), "--maxi-batch", "100"),
                *("--cpu-threads", str(self.workers), "--sync-sgd", "--workspace", "3000"),
                *("--optimizer", "adam", "--learn-rate", str(options["learning_rate"])),
                *("--optimizer-params", str(options["beta_1"]), str(options["beta_2"]), str(options["epsilon"])),
                *("--clip-norm", str(options["clip_norm"]), "--label-smoothing", str(options["label_smoothing"])),
                *("--exponential-smoothing", str(1 - options["ema_decay"]), "--max-length", "200"),
                *("--dropout-src", str(self.settings.source_word_dropout)),
                *("--dropout-rnn", str(self.settings.layer_dropout)),
                *("--disp-freq", str(DISPLAYED), "--after", f"{counted + DISPLAYED}u", "--cost-type", "ce-mean-words"),
            ]
        )
        return measured(log)


def measured(log: str) -> dict[str, float]:
    """Target tokens and seconds that Marian's log tells of, its first line of progress left out.

    Raises:
        UserError: there are no two such lines.
    """
    lines = [tuple(map(float, (seconds, speed))) for _, _, seconds, speed in _SPEED.findall(log)][1:]
    if not lines:
        raise UserError("Marian's log does not tell its speed: another version than 1.12 may write it otherwise")
    return {
        "seconds": sum(seconds for seconds, _ in lines),
        "tokens": sum(seconds * speed for seconds, speed in lines),
    }


class Translating:
    """Lines through a loaded `pymarian.Translator`, with the fastest of some settings."""

    def __init__(
        self,
        model: str,
        lines: list[str],
        beam_size: int,
        held_to: int | None,
        engine: str,
        threads: int,
        quantized: bool,
    ) -> None:
        """See `scripts.benchmarks.ours.Translating`."""
        self.lines, self.beam_size, self.threads = lines, beam_size, threads
        opened = ModelFolder.open(Path(model))
        self.tokenizer, self.settings = opened.tokenizer("source"), opened.settings

    def prepare(self) -> dict[str, Any]:
        """Makes a model by one update, loads it, and tries threads and batch sizes."""
        from pymarian import Translator

        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        ids = self.tokenizer.encode(self.lines)
        batch = pad([[*pieces, EOS] for pieces in ids[:64]])
        text = write_text(folder, self.tokenizer, [(batch, batch)])
        model = str(folder / "model.npz")
        run(
            [
                *("--model", model, "--overwrite", *text, *model_options(self.settings)),
                *("--mini-batch", "8", "--after", "1u", "--learn-rate", "1e-9", "--cpu-threads", "1"),
            ]
        )
        ways: dict[str, Any] = {}
        for threads, size in itertools.product(sorted({1, self.threads}), (16, 64)):
            name = f"--cpu-threads {threads} --mini-batch {size}"
            ways[name] = Translator(
                f"--models {model} --vocabs {folder / 'vocabulary.yml'} {folder / 'vocabulary.yml'} {name} "
                f"--beam-size {self.beam_size} --normalize 1 --maxi-batch 100 --maxi-batch-sort src "
                "--max-length-factor 1 --max-length 200 --quiet --quiet-translation --workspace 1000"
            )
        for way in ways.values():
            self._translate(way, self.lines[:100])
        found = fastest({name: functools.partial(self._translate, way, self.lines) for name, way in ways.items()})
        best = min(found, key=lambda name: found[name])
        self.way = ways[best]
        return {"settings": f"s2s LSTM, float32, {best}", "tried": found}

    def round(self) -> dict[str, float]:
        """The whole text, from lines to lines."""
        begun = time.perf_counter()
        tokens = self._translate(self.way, self.lines)
        return {"seconds": time.perf_counter() - begun, "tokens": float(tokens), "sentences": float(len(self.lines))}

    def _translate(self, way: Any, lines: list[str]) -> int:
        """Translates and returns the number of pieces written."""
        source = [" ".join(self.tokenizer.pieces(ids)) for ids in self.tokenizer.encode(lines)]
        found = way.translate(source)
        return sum(len(line.split()) for line in found)
