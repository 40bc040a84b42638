"""One step of a cell in ONNX against its textbook equations; whole models are compared in tests/unit/engines."""

import numpy as np
import onnxruntime
import pytest

from seq2seq.exporting.graphs.cell_graph import OPERATORS, step
from seq2seq.exporting.graphs.factors import Factor, FloatWeights
from seq2seq.exporting.graphs.graph import FLOAT, Graph, stored_arrays
from seq2seq.inspection.equations import STEPS
from seq2seq.model_folder.folder import write_arrays
from seq2seq.model_settings import CELLS

INPUTS, UNITS = 5, 3


def run(tmp_path, cell, weights, x, state):
    """Writes one step as a graph of its own, and runs it."""
    graph = Graph("one_step")
    stored = FloatWeights({f"layer/{name}": array for name, array in weights.items()})
    inputs = [Factor(graph.input("x", FLOAT, [1, INPUTS]), INPUTS)]
    names = [graph.input(f"state_{n}", FLOAT, [1, UNITS]) for n in range(len(state))]
    read = names[OPERATORS[cell].only_multiplied :]
    for n, value in enumerate(step(graph, stored, cell, "layer", inputs, Factor(names[0], UNITS, 1.0), read)):
        graph.output(f"next_{n}", value, FLOAT, [1, UNITS])
    write_arrays(tmp_path / "weights", stored.arrays)
    model = graph.model("weights", stored_arrays(tmp_path / "weights"))
    (tmp_path / "step.onnx").write_bytes(model.SerializeToString())
    session = onnxruntime.InferenceSession(str(tmp_path / "step.onnx"), providers=["CPUExecutionProvider"])
    fed = {"x": x[None]} | {name: array[None] for name, array in zip(names, state, strict=True)}
    return [array[0] for array in session.run(None, fed)]


@pytest.mark.parametrize(
    ("cell", "recurrent_bias"),
    [(cell, bias) for cell, facts in CELLS.items() for bias in ((False, True) if facts.recurrent_bias else (False,))],
)
def test_a_step_equals_the_textbook(tmp_path, monkeypatch, cell, recurrent_bias):
    """A cell that takes its products apart may have one bias, which then is the input's."""
    facts = CELLS[cell]
    random = np.random.default_rng(1)

    def some(*shape):
        return random.normal(size=shape).astype(np.float32)

    width = facts.blocks * UNITS
    weights = {"kernel": some(INPUTS, width), "recurrent_kernel": some(UNITS, width)}
    weights["bias"] = some(2, width) if recurrent_bias else some(width)
    x, state = some(INPUTS), tuple(some(UNITS) for _ in facts.state_names)
    textbook = dict(weights)
    if facts.recurrent_bias and not recurrent_bias:
        monkeypatch.setitem(CELLS, cell, facts._replace(recurrent_bias=False))
        textbook["bias"] = np.stack([weights["bias"], np.zeros(width, np.float32)])
    _, expected = STEPS[cell](textbook, x, state)
    for ours, theirs in zip(run(tmp_path, cell, weights, x, state), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
