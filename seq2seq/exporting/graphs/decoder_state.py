"""What the decoder hands from step to step, and the encoder to its first one."""

from typing import NamedTuple

from seq2seq.exporting.graphs import cells
from seq2seq.exporting.graphs.attention_graph import Attention
from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, Graph
from seq2seq.model_settings import ModelSettings


class Part(NamedTuple):
    """An array of the state. [rows, width]"""

    width: int
    type: int
    """ONNX's number of it: as `Weights.keep` has it where the array is but multiplied, else float32."""

    def hand_on(self, graph: Graph, weights: Weights, value: str) -> str:
        """The array as the next step reads it."""
        return value if self.type == FLOAT else weights.keep(graph, Factor(value, self.width, 1.0))

    def hidden(self, value: str) -> Factor:
        """A hidden state that was handed on, for a product; it is within ±1."""
        return Factor(value, self.width, 1.0, self.type != FLOAT)


def state_parts(settings: ModelSettings, weights: Weights, attention: Attention) -> list[Part]:
    """Of the layers from the bottom, the hidden state of each first; with input feeding, the context comes last."""
    cell, units = settings.cell, settings.decoder_size
    hidden = Part(units, weights.kept if cell in cells.ONLY_MULTIPLIED else FLOAT)
    of_layer = [hidden] + [Part(units, FLOAT)] * (settings.facts.arity - 1)
    fed = [Part(attention.width, FLOAT)] if settings.input_feeding else []
    return of_layer * settings.decoder_layers + fed
