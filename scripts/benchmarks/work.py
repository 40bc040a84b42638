"""How much there is to compute: the multiply-accumulates (MACs) of a model's matrix products, and the machine's peak.

Only products on real tokens count: padding, element-wise work, random numbers and the optimizer count nothing, so a
program cannot look better by doing more. A product is two operations per MAC; its backward pass is two such products
(one for each factor's gradient), so a training update takes 3 × 2 × MACs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.model_settings import ModelSettings

PEAK_SIZE = 2048


@dataclass(frozen=True)
class Work:
    """MACs of one forward pass, by what they are proportional to."""

    source: int
    """For each piece of the source."""
    target: int
    """For each piece of the target."""
    pair: int
    """For each pair of a source and a target piece of one sentence."""
    sentence: int
    """For each sentence."""

    def macs(self, source_lengths: NDArray[np.integer[Any]], target_lengths: NDArray[np.integer[Any]]) -> int:
        """Of sentences with these numbers of pieces, ends of sentence counted. Shape [sentences] each."""
        source, target = source_lengths.astype(np.int64), target_lengths.astype(np.int64)
        return int(
            self.source * source.sum()
            + self.target * target.sum()
            + self.pair * (source * target).sum()
            + self.sentence * len(source)
        )


def work_of(settings: ModelSettings) -> Work:
    """The MACs of a `TranslationModel` of this shape."""
    units, decoder = settings.encoder_size, settings.decoder_size
    embedding, memory, context = settings.embedding_size, settings.memory_width, settings.context_width

    def cell(inputs: int, width: int) -> int:
        return settings.facts.blocks * width * (inputs + width)

    layers = sum(cell(memory if n else embedding, units) for n in range(settings.encoder_layers))
    source = settings.directions * layers
    target = cell(embedding + (context if settings.input_feeding else 0), decoder)
    target += (settings.decoder_layers - 1) * cell(decoder + context, decoder)
    target += (decoder + context) * embedding  # read-out
    target += embedding * settings.vocabulary_size
    pair = decoder + context  # a score is as wide as a query, a context as wide as a memory row
    # What each kind of attention maps linearly besides.
    if settings.attention in ("general", "additive"):
        source += memory * decoder
    if settings.attention == "additive":
        target += decoder * decoder
    if settings.attention == "multi_head":
        source += 2 * memory * decoder
        target += 2 * decoder * decoder
    state = settings.decoder_layers * settings.facts.arity * decoder
    return Work(source, target, pair, 0 if settings.bridge == "zero" else memory * state)


def training_operations(macs: int) -> int:
    """Floating-point operations of an update: forward, and twice as much backward."""
    return 3 * 2 * macs


def peak_operations(multiply: Callable[[], object], repeats: int = 6, size: int = PEAK_SIZE) -> float:
    """Operations a second of the fastest of a few products of two square matrices.

    Args:
        multiply: Computes one product of [size, size] matrices and waits for it.
        repeats: Number of products.
        size: Rows and columns of the matrices.
    """
    best = float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        multiply()
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best
