"""CTranslate2 as a rival in translating: a Transformer of about our size in int8.

Its weights are random, because speed does not depend on them once every output is held to a number of pieces.
"""

import functools
import itertools
import tempfile
import time
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from ctranslate2.specs import TransformerSpec

from scripts.benchmarks.rivals import fastest
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder

LAYERS, WIDTH, FEED_FORWARD, HEADS = 4, 256, 1024, 4


def write_model(folder: Path, vocabulary: list[str], quantization: str = "int8", seed: int = 1) -> int:
    """Writes a random Transformer and returns its number of parameters.

    Args:
        folder: Folder for the model, which must not exist yet.
        vocabulary: Tokens, the special ones among them.
        quantization: Name of a quantization of CTranslate2.
        seed: Seed of the random weights.
    """
    random = np.random.default_rng(seed)
    spec = TransformerSpec.from_config((LAYERS, LAYERS), HEADS)
    for name in ("encoder", "decoder"):
        _fill(getattr(spec, name), len(vocabulary), random)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = "<s>"
    spec.config.add_source_eos = True
    parameters = sum(int(value.size) for value in spec.variables().values() if np.ndim(value))
    spec.validate()
    spec.optimize(quantization=quantization)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    return parameters


def _fill(part: Any, vocabulary: int, random: np.random.Generator) -> None:
    """Random weights for an encoder's or a decoder's specification."""

    def matrix(rows: int, columns: int) -> np.ndarray:
        return random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)

    def linear(layer: Any, rows: int, columns: int) -> None:
        layer.weight, layer.bias = matrix(rows, columns), np.zeros(rows, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    embeddings = part.embeddings[0] if isinstance(part.embeddings, list) else part.embeddings
    embeddings.weight = matrix(vocabulary, WIDTH)
    part.scale_embeddings = True
    norm(part.layer_norm)
    for layer in part.layer:
        attentions = [(layer.self_attention, [3 * WIDTH, WIDTH])]
        if hasattr(layer, "attention"):
            attentions.append((layer.attention, [WIDTH, 2 * WIDTH, WIDTH]))
        for attention, rows in attentions:
            norm(attention.layer_norm)
            for one, row in zip(attention.linear, rows, strict=True):
                linear(one, row, WIDTH)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, FEED_FORWARD, WIDTH)
        linear(layer.ffn.linear_1, WIDTH, FEED_FORWARD)
    if hasattr(part, "projection"):
        linear(part.projection, vocabulary, WIDTH)


class Translating:
    """Lines through `ctranslate2.Translator` with the fastest of many settings."""

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
        """See `scripts.benchmarks.ours.Translating`.

        Raises:
            UserError: outputs are not held to a length.
        """
        if not held_to:
            raise UserError("its weights are random, so that outputs must be held to a length: give --held-to 15")
        self.lines, self.beam_size, self.held_to, self.threads = lines, beam_size, held_to, threads
        self.tokenizer = ModelFolder.open(Path(model)).tokenizer("source")

    def prepare(self) -> dict[str, Any]:
        """Writes the model, and tries workers × threads and batch sizes."""
        self.folder = tempfile.TemporaryDirectory()
        place = Path(self.folder.name) / "model"
        pieces = self.tokenizer.pieces(range(len(self.tokenizer)))
        self.ids = {piece: n for n, piece in enumerate(pieces)}
        kind = "int8"
        parameters = write_model(place, pieces, kind)
        splits = {(1, self.threads), (self.threads, 1)}
        ways: dict[str, Any] = {}
        for (workers, threads), (size, unit) in itertools.product(
            sorted(splits), ((32, "examples"), (64, "examples"), (1024, "tokens"), (2048, "tokens"))
        ):
            translator = ctranslate2.Translator(
                str(place), "cpu", inter_threads=workers, intra_threads=threads, compute_type=kind
            )
            ways[f"{workers} × {threads} threads, batches of {size} {unit}"] = translator, size, unit
        for way in ways.values():
            self._translate(way)
        found = fastest({name: functools.partial(self._translate, way) for name, way in ways.items()})
        best = min(found, key=lambda name: found[name])
        self.way = ways[best]
        return {"settings": f"{kind}, {best}", "parameters": parameters, "tried": found}

    def round(self) -> dict[str, float]:
        """The whole text, from lines to lines."""
        begun = time.perf_counter()
        tokens = self._translate(self.way)
        return {"seconds": time.perf_counter() - begun, "tokens": float(tokens), "sentences": float(len(self.lines))}

    def _translate(self, way: Any) -> int:
        """Translates and returns the number of pieces written."""
        translator, size, unit = way
        source = [self.tokenizer.pieces(ids) for ids in self.tokenizer.encode(self.lines)]
        results = translator.translate_batch(
            source,
            beam_size=self.beam_size,
            max_batch_size=size,
            batch_type=unit,
            min_decoding_length=self.held_to,
            max_decoding_length=self.held_to,
            length_penalty=1.0,
        )
        outputs = [result.hypotheses[0] for result in results]
        for output in outputs:  # back to text, as on our side
            self.tokenizer.decode([self.ids[piece] for piece in output])
        return sum(map(len, outputs))
