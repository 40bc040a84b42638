"""The values of every gate on a few fixed sentences, at each validation.

A gate that stays below 0.1 or above 0.9 is saturated: it passes next to nothing, or next to everything, whatever its
input, and hardly any gradient goes through its sigmoid (Karpathy, Johnson and Fei-Fei 2016, "Visualizing and
Understanding Recurrent Networks", section 4.2, count them so). The values come from the readable forward pass
of `seq2seq.inspection.recording`, with the true tokens fed to the decoder: training itself records nothing.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seq2seq.inspection import recording
from seq2seq.model.weights import Weights
from seq2seq.model_settings import ModelSettings
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair

SENTENCES = 4
LONGEST = 100
"""Number of tokens of a side that are read; what follows is left out."""
LOW, HIGH = 0.1, 0.9


class GateWatch:
    """Records the gates of a model on the same few sentence pairs at every validation."""

    def __init__(
        self, text: ParallelText, tokenizers: TokenizerPair, settings: ModelSettings, count: int = SENTENCES
    ) -> None:
        """Takes `count` pairs of `text`, spread evenly.

        Args:
            text: Pairs to choose from.
            tokenizers: Those of the model.
            settings: The model's shape.
            count: Number of pairs.
        """
        chosen = text.select(np.linspace(0, len(text) - 1, min(count, len(text))).round().astype(int))
        self.settings = settings
        self.pairs = [
            ([*sources[:LONGEST], EOS], [*targets[:LONGEST], EOS])
            for sources, targets in zip(
                tokenizers.source.tokenizer.encode(list(chosen.sources)),
                tokenizers.target.tokenizer.encode(list(chosen.targets)),
                strict=True,
            )
        ]

    def record(self, weights: Weights) -> dict[str, NDArray[np.float32]]:
        """All values of each gate, by its layer and name, such as "decoder/lstm_0/forget"."""
        arrays: dict[str, list[NDArray[np.float32]]] = {}
        for source, target in self.pairs:
            for layer in recording.record(weights, self.settings, source, target).layers:
                for name, values in layer.gates.items():
                    if name != "candidate":
                        arrays.setdefault(f"{layer.name}/{name}", []).append(values.ravel())
        return {name: np.concatenate(values) for name, values in arrays.items()}


def saturation(values: NDArray[np.float32] | Sequence[float]) -> tuple[float, float]:
    """Gives the shares of values below `LOW` and above `HIGH`.

    Example:
        >>> saturation([0.05, 0.5, 0.5, 0.95])
        (0.25, 0.25)
    """
    array = np.asarray(values)
    return float((array < LOW).mean()), float((array > HIGH).mean())
