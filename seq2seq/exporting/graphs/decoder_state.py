"""The decoder's state in the graphs: what the encoder hands to the first step, and each step to the next."""

from typing import NamedTuple

from seq2seq.exporting.graphs.cell_graph import OPERATORS
from seq2seq.exporting.graphs.factors import Factor, Weights
from seq2seq.exporting.graphs.graph import FLOAT, Graph
from seq2seq.model_settings import ModelSettings


class StateArray(NamedTuple):
    """An array of the state. [rows, width]"""

    width: int
    type: int
    """ONNX's number of the type: that of `Weights.keep` if the array is only multiplied, else float32."""

    def stored(self, graph: Graph, weights: Weights, value: str) -> str:
        """Writes the array in the form in which the next step reads it."""
        return value if self.type == FLOAT else weights.keep(graph, Factor(value, self.width, 1.0))

    def factor(self, value: str) -> Factor:
        """Returns a stored hidden state as a factor of a product; it lies within ±1."""
        return Factor(value, self.width, 1.0, self.type != FLOAT)


def state_arrays(settings: ModelSettings, weights: Weights) -> list[StateArray]:
    """Returns the arrays of all layers from the bottom, each layer's hidden state first; then, fed, the context."""
    units = settings.decoder_size
    hidden = StateArray(units, weights.kept if OPERATORS[settings.cell].only_multiplied else FLOAT)
    of_layer = [hidden] + [StateArray(units, FLOAT)] * (settings.facts.arity - 1)
    fed = [StateArray(settings.context_width, FLOAT)] if settings.input_feeding else []
    return of_layer * settings.decoder_layers + fed
