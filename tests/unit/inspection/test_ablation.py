import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.inspection.ablation import Ablations, layer_sizes
from seq2seq.inspection.network import Network
from seq2seq.inspection.numpy_engine import NumpyEngine
from seq2seq.inspection.recording import record
from seq2seq.model.weights import get_weights
from seq2seq.model_settings import CELLS, ModelSettings
from seq2seq.search import beam_search

SOURCE, TARGET = [4, 5, 6, 7, 3], [10, 11, 12, 3]


@pytest.fixture(scope="module", params=list(CELLS))
def model(request, make_model):
    """Weights and settings of a model of each cell."""
    made = make_model(cell=request.param)
    return get_weights(made), made.settings


def seen(model, *specs):
    weights, settings = model
    return record(weights, settings, SOURCE, TARGET, Ablations.parse(specs, settings).holds)


def test_nothing_held_changes_nothing(model):
    np.testing.assert_array_equal(seen(model).log_probabilities, record(*model, SOURCE, TARGET).log_probabilities)


def test_every_gate_of_every_layer_can_be_held(model):
    intact = seen(model)
    for layer in intact.layers:
        for name in layer.gates:
            held = seen(model, f"{layer.name}:{name}=0.25")
            assert (held.layer(layer.name).gates[name] == 0.25).all()
            assert not np.allclose(held.log_probabilities, intact.log_probabilities)
            one = seen(model, f"{layer.name}:{name}=1=0.25").layer(layer.name).gates[name]
            assert (one[:, 1] == 0.25).all() and not (one[:, 0] == 0.25).any()


def test_a_closed_forget_gate_leaves_nothing_of_the_old_cell(make_model):
    made = make_model()
    layer = seen((get_weights(made), made.settings), "decoder/lstm_0:forget=0").layer("decoder/lstm_0")
    np.testing.assert_allclose(layer.memory, layer.gates["input"] * layer.gates["candidate"], atol=1e-7)


def test_a_unit_that_is_clamped_is_seen_by_nobody(model):
    weights, settings = model
    name = f"decoder/{settings.cell}_0"
    held = seen(model, f"{name}:unit=3=0").layer(name)
    assert (held.hidden[:, 3] == 0).all() and held.first_hidden[3] == 0
    # The same as a network in which no weight leads out of the unit.
    without = {key: array.copy() for key, array in weights.items()}
    without[f"{name}/recurrent_kernel"][3] = 0
    without[f"decoder/{settings.cell}_1/kernel"][3] = 0
    np.testing.assert_allclose(
        seen(model, f"{name}:unit=3=0", f"decoder/{settings.cell}_1:candidate=0.5").layers[-1].hidden,
        seen((without, settings), f"{name}:unit=3=0", f"decoder/{settings.cell}_1:candidate=0.5").layers[-1].hidden,
        atol=1e-6,
    )


@pytest.mark.parametrize("kind", ["dot", "multi_head"])
def test_attention_can_be_cut_or_evened_out(make_model, kind):
    made = make_model(attention=kind, attention_heads=2 if kind == "multi_head" else None, bridge="zero")
    model = get_weights(made), made.settings
    np.testing.assert_allclose(seen(model, "attention=uniform").attention, 1 / len(SOURCE))
    assert (seen(model, "attention=cut").attention == 0).all()
    # Without the memory, and without a bridge, nothing of the sentence reaches the decoder.
    other = record(*model, [8, 9, 3], TARGET, Ablations.parse(["attention=cut"], made.settings).holds)
    np.testing.assert_allclose(seen(model, "attention=cut").readout, other.readout, atol=1e-6)


def test_a_search_over_the_ablated_network_is_of_that_network(model):
    """What the search says of its output is what the ablated recording says of it."""
    weights, settings = model
    ablations = Ablations.parse(["encoder/forward_0:unit=1=0.5", "attention=uniform"], settings)
    ((best,),) = beam_search(
        NumpyEngine(Network(weights, settings, ablations.holds)),
        np.array([SOURCE], np.int32),
        np.array([5], np.int32),
        beam_size=3,
        length_penalty=1.0,
        max_lengths=np.array([8]),
    )
    again = record(weights, settings, SOURCE, [*best.tokens, 3], ablations.holds)
    assert best.log_probability == pytest.approx(again.log_probability, abs=1e-4)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("attention", "must be attention=cut or attention=uniform"),
        ("attention=off", "must be attention=cut or attention=uniform"),
        ("forget=0", "has none of the forms that are known: LAYER:GATE=VALUE"),
        (
            "decoder/lstm_2:forget=0",
            "choose one of encoder/forward_0, encoder/backward_0, decoder/lstm_0, decoder",
        ),
        ("decoder/lstm_1:update=0", "choose one of input, forget, output, candidate, unit"),
        ("decoder/lstm_1:forget", "has none of the forms"),
        ("decoder/lstm_1:unit=0", "has none of the forms"),
        ("decoder/lstm_1:forget=1=2=3", "has none of the forms"),
        ("decoder/lstm_1:unit=512=0", "'512' is not a whole number from 0 to 511"),
        ("encoder/forward_0:unit=-1=0", "'-1' is not a whole number from 0 to 255"),
        ("decoder/lstm_1:forget=-0.5", "'-0.5' is not a number from 0 to 1"),
        ("decoder/lstm_1:forget=nan", "'nan' is not a number from 0 to 1"),
        ("decoder/lstm_1:candidate=-2", "'-2' is not a number from -1 to 1"),
        ("decoder/lstm_1:forget=shut", "'shut' is not a number from 0 to 1"),
    ],
)
def test_mistakes_name_what_there_is(spec, words):
    with pytest.raises(UserError) as error:
        Ablations.parse([spec], ModelSettings(vocabulary_size=100))
    assert f"the ablation '{spec}'" in str(error.value) and words in str(error.value)


def test_one_string_is_no_list_of_ablations():
    with pytest.raises(UserError, match=r"give \['attention=cut'\]"):
        Ablations.parse("attention=cut", ModelSettings(vocabulary_size=100))


def test_layers_have_the_names_of_a_recording(model):
    assert layer_sizes(model[1]) == {layer.name: layer.units for layer in seen(model).layers}
