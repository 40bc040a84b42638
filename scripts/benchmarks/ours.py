"""This project, as a user meets it: the model that `seq2seq train` makes under Keras's `fit`, and the `Translator`."""

import functools
import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from scripts.benchmarks.data import counts, lengths, read_batches
from scripts.benchmarks.rivals import fastest
from scripts.benchmarks.work import PEAK_SIZE, peak_operations, training_operations, work_of
from seq2seq.model_settings import ModelSettings

if TYPE_CHECKING:
    from seq2seq.translation.pools.pool import Pool

Translate = Callable[[list[str]], list[str]]

WARM_UP = 6
"""Updates before the first round: tracing, first allocations, threads."""


class Training:
    """Updates of a `TrainingModel` in a process that is set up as `seq2seq train` sets it up, determinism included."""

    def __init__(
        self,
        model: dict[str, Any],
        training: dict[str, Any],
        batches: str,
        vocabulary_size: int,
        precision: str,
        threads: int,
    ) -> None:
        """Reads the batches.

        Args:
            model: The config's section `model`.
            training: The config's section `training`.
            batches: Path of the .npz file of batches.
            vocabulary_size: Number of tokens.
            precision: "float32" or "bfloat16".
            threads: Number of threads of the process.
        """
        self.settings = ModelSettings.of(model, vocabulary_size=vocabulary_size)
        self.training, self.precision, self.threads = training, precision, threads
        self.batches = read_batches(batches)

    def prepare(self) -> dict[str, Any]:
        """Makes the model and has it trace its graph."""
        import tensorflow as tf

        from scripts.benchmarks.fit_clock import FitClock
        from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy
        from seq2seq.training.optimizer import Adam
        from seq2seq.training.process.runtime import prepare_process
        from seq2seq.training.training_model import TrainingModel

        options = self.training
        shards = prepare_process(self.threads, options["seed"])
        self.model = TrainingModel(
            self.settings,
            options["seed"],
            objective=CrossEntropy(options["label_smoothing"]),
            clip_norm=options["clip_norm"],
            ema_decay=options["ema_decay"],
            product_precision=self.precision,
            shards=shards,
        )
        optimizer = Adam(
            options["learning_rate"], options["beta_1"], options["beta_2"], options["epsilon"], name="adam"
        )
        optimizer.build(self.model.trainable_variables)
        self.model.compile(optimizer=optimizer, jit_compile=False)

        self.updates = FitClock("loss_sum")
        square = tf.random.normal([PEAK_SIZE, PEAK_SIZE])
        array = square.numpy()
        # TensorFlow's product, its rows in shards as a batch's, and NumPy's: the faster one is the peak.
        parted = tf.split(square, shards)
        pool = ThreadPoolExecutor(shards)
        self.products = (
            lambda: list(pool.map(lambda rows: tf.matmul(rows, square).numpy(), parted)),
            lambda: np.matmul(array, array),
        )
        self._fit(0, WARM_UP)
        return {
            "parameters": int(self.model.count_params()),
            "settings": f"fit, {self.precision} products, {self.threads} threads, {shards} parts, op determinism",
        }

    def round(self, start: int, updates: int) -> dict[str, float]:
        """Some updates; before and after, in the same process, the peak of its matrix products."""
        peak = self._peak()
        self._fit(start, updates)
        batches = self.batches[start : start + updates]
        work = work_of(self.settings)
        macs = sum(work.macs(lengths(source), lengths(target)) for source, target in batches)
        peak = max(peak, self._peak())
        return {
            "seconds": self.updates.seconds,
            **counts(batches),
            "operations": float(training_operations(macs)),
            "peak_operations_per_second": peak,
            "loss": sum(self.updates.losses) / counts(batches)["tokens"],
        }

    def _peak(self) -> float:
        return max(peak_operations(product) for product in self.products)

    def _fit(self, start: int, updates: int) -> None:
        import tensorflow as tf

        from seq2seq.training.data.batch import Batch

        batches = self.batches[start : start + updates]
        ids = tf.TensorSpec([None, None], tf.int32)
        dataset = tf.data.Dataset.from_generator(
            lambda: ((Batch(source, target),) for source, target in batches), output_signature=(Batch(ids, ids),)
        )
        self.model.fit(
            dataset.prefetch(4), epochs=1, steps_per_epoch=updates, callbacks=[self.updates], shuffle=False, verbose=0
        )


class Translating:
    """Lines through a `Translator`: in this process with all cores, or in as many processes of one thread each."""

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
        """Says what to translate and how.

        Args:
            model: The model folder.
            lines: Text to translate.
            beam_size: Hypotheses per sentence.
            held_to: Number of tokens that every output must have; None for what the model generates.
            engine: "auto" or the name of an engine.
            threads: Number of processes, or of threads of one process.
            quantized: An argument of the rivals, without effect here: what the model folder holds decides.
        """
        self.model, self.lines, self.threads = model, lines, threads
        self.decoding: dict[str, Any] = {"beam_size": beam_size}
        if held_to:
            self.decoding |= {"min_length": held_to, "max_length": held_to}
        self.held_to = held_to
        self.load: dict[str, Any] = {"path": model} | ({} if engine == "auto" else {"engine": engine})

    def prepare(self) -> dict[str, Any]:
        """Loads, and keeps the fastest setting."""
        from seq2seq.translation.pools.processes import Workers
        from seq2seq.translation.translator import Translator

        translator = Translator.load(**self.load)
        self.tokenizer = translator.tokenizers.target.tokenizer
        options = translator.options.with_(**self.decoding)
        ways: dict[str, Translate] = {
            "1 process, threads as the engine chooses": functools.partial(translator.translate, options=options)
        }
        if self.threads > 1:
            workers = Workers(self.threads, self.load, options)
            ways[f"{self.threads} processes of 1 thread"] = functools.partial(_through, workers)
        for way in ways.values():
            way(self.lines)
        found = fastest({name: functools.partial(way, self.lines) for name, way in ways.items()})
        best = min(found, key=lambda name: found[name])
        self.way = ways[best]
        return {"settings": best, "tried": found, "first": self.way(self.lines)[:3]}

    def round(self) -> dict[str, float]:
        """The whole text, from lines to lines."""
        begun = time.perf_counter()
        found = self.way(self.lines)
        seconds = time.perf_counter() - begun
        tokens = self.held_to * len(found) if self.held_to else sum(map(len, self.tokenizer.encode(found)))
        return {"seconds": seconds, "tokens": float(tokens), "sentences": float(len(found))}


def _through(pool: "Pool", lines: list[str]) -> list[str]:
    """The translations of lines that go through a pool as a stream."""
    from seq2seq.translation.streams import translate_stream

    source, sink = io.BytesIO("".join(f"{line}\n" for line in lines).encode()), io.BytesIO()
    translate_stream(pool, source, sink, name="the text")
    return sink.getvalue().decode().split("\n")[:-1]
