import base64
import json
import re

import numpy as np
import pytest

from seq2seq.inspection import stepping
from seq2seq.inspection.inspecting import inspect
from seq2seq.inspection.maps import layer_name
from seq2seq.inspection.stepping import stepping_data


def numbers(text, *shape):
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape)


def assert_recorded(inspection, data):
    """Every number is the recording's, to the bit."""
    for layer, given in zip(inspection.record.layers, data["layers"], strict=True):
        units = given["units"]
        assert given["name"] == layer_name(layer) and given["backward"] == (layer.direction == "backward")
        assert len(given["steps"]) == layer.time and len(given["lives"]) == len(units)
        for name in layer.gates:
            found = numbers(given["arrays"][name], layer.time, len(units))
            np.testing.assert_array_equal(found, layer.gates[name][:, units])
        found = numbers(given["arrays"]["hidden"], layer.time, len(units))
        np.testing.assert_array_equal(found, layer.hidden[:, units])
        np.testing.assert_array_equal(numbers(given["arrays"]["first_hidden"], -1), layer.first_hidden[units])
        if layer.cell == "lstm":
            found = numbers(given["arrays"]["memory"], layer.time, len(units))
            np.testing.assert_array_equal(found, layer.memory[:, units])
            np.testing.assert_array_equal(numbers(given["arrays"]["first_memory"], -1), layer.first_memory[units])


def test_the_page_has_the_numbers_of_the_recording(inspection):
    text = re.search(r'<script type="application/json" id="stepping">(.*?)</script>', inspection.to_html(), re.DOTALL)
    data = json.loads(text[1])
    assert data["cell"] == "lstm" and [len(layer["units"]) for layer in data["layers"]] == [16, 16, 32, 32]
    assert_recorded(inspection, data)


def test_the_numbers_fit_the_equation_on_the_page(inspection):
    """What the page multiplies and adds gives what it shows as the result."""
    for layer in stepping_data(inspection)["layers"]:
        shape = len(layer["steps"]), len(layer["units"])
        values = {name: numbers(text, -1, shape[1]) for name, text in layer["arrays"].items()}
        order = slice(None, None, -1 if layer["backward"] else 1)
        cell = values["memory"][order]
        before = np.concatenate([values["first_memory"], cell[:-1]])
        new = values["forget"][order] * before + values["input"][order] * values["candidate"][order]
        np.testing.assert_allclose(new, cell, atol=1e-6)
        np.testing.assert_allclose(values["output"][order] * np.tanh(cell), values["hidden"][order], atol=1e-6)


def test_other_cells_have_their_numbers_too(gru_folder, sentence):
    found = inspect(gru_folder, sentence, beam_size=1, max_length=4)
    data = stepping_data(found)
    assert set(data["layers"][0]["arrays"]) == {"update", "reset", "candidate", "hidden", "first_hidden"}
    assert_recorded(found, data)


def test_the_page_stays_small(inspection, monkeypatch):
    monkeypatch.setattr(stepping, "MOST_NUMBERS", 3000)
    data = stepping_data(inspection)
    size = sum(len(text) for layer in data["layers"] for text in layer["arrays"].values())
    assert size * 3 / 16 <= 3000 * 1.1 and all(len(layer["units"]) >= 4 for layer in data["layers"])
    assert_recorded(inspection, data)
    assert "the numbers of some of the units only" in inspection.to_html()


def test_a_unit_with_a_meaning_comes_first(inspection):
    for layer, given in zip(inspection.record.layers, stepping_data(inspection)["layers"], strict=True):
        telling = [unit.unit for unit in inspection.units if unit.layer == layer.name]
        if telling:
            assert given["units"][given["begin"]] == telling[0]


@pytest.mark.parametrize("piece", ["</script>", "<!--"])
def test_no_piece_ends_the_data(inspection, piece, monkeypatch):
    monkeypatch.setattr(stepping, "spelt", lambda _: piece)
    page = inspection.to_html()
    start = page.index('id="stepping">') + len('id="stepping">')
    assert json.loads(page[start : page.index("</script>", start)])["layers"][0]["steps"][0] == piece
