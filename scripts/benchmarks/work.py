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

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
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


def work_of(settings: dict[str, Any]) -> Work:
    """The MACs of a `TranslationModel` with these settings (its own `settings`, or the config's `model` section).

    Args:
        settings: with `vocabulary_size`; what may be left out there may be left out here.
    """
    gates, units = GATES[settings.get("cell", "lstm")], settings["encoder_size"]
    embedding, decoder = settings["embedding_size"], settings["decoder_size"]
    directions = 2 if settings.get("bidirectional", True) else 1
    memory = directions * units
    kind = settings.get("attention", "dot")
    context = decoder if kind == "multi_head" else memory

    def cell(inputs: int, width: int) -> int:
        return gates * width * (inputs + width)

    source = directions * sum(cell(memory if n else embedding, units) for n in range(settings["encoder_layers"]))
    target = cell(embedding + (context if settings.get("input_feeding") else 0), decoder)
    target += (settings["decoder_layers"] - 1) * cell(decoder + context, decoder)
    target += (decoder + context) * embedding  # read-out
    target += embedding * settings["vocabulary_size"]
    pair = decoder + context  # a score is as wide as a query, a context as wide as a memory row
    # What each kind of attention maps linearly besides.
    if kind in ("general", "additive"):
        source += memory * decoder
    if kind == "additive":
        target += decoder * decoder
    if kind == "multi_head":
        source += 2 * memory * decoder
        target += 2 * decoder * decoder
    states = 2 if settings.get("cell", "lstm") == "lstm" else 1
    bridge = 0 if settings.get("bridge", "mean") == "zero" else settings["decoder_layers"] * memory * states * decoder
    return Work(source, target, pair, bridge)


def training_operations(macs: int) -> int:
    """Floating-point operations of an update: forward, and twice as much backward."""
    return 3 * 2 * macs


def peak_operations(multiply: Callable[[], object], repeats: int = 6, size: int = PEAK_SIZE) -> float:
    """Operations a second of the fastest of a few products of two square matrices.

    Args:
        multiply: computes one product of [size, size] matrices, and waits for it.
        repeats: how often.
        size: of the matrices.
    """
    best = float("inf")
    for _ in range(repeats):
        begun = time.perf_counter()
        multiply()
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best
