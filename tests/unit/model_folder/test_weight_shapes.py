"""The weights that a model's settings imply are those of the Keras model."""

import pytest

from seq2seq.model_folder.weight_shapes import number_of_parameters, weight_shapes


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cell": "gru", "bridge": "last", "encoder_layers": 1},
        {"cell": "rnn", "bidirectional": False, "encoder_size": 10, "bridge": "zero"},
        {"tied": False, "source_vocabulary_size": 40, "attention": "general", "decoder_size": 6, "input_feeding": True},
        {"attention": "multi_head", "attention_heads": 2, "input_feeding": True, "decoder_size": 6, "cell": "gru"},
        {"attention": "additive", "bidirectional": False, "bridge": "last", "decoder_layers": 1},
    ],
)
def test_they_are_those_of_the_model(make_model, options):
    from seq2seq.model.weights import get_weights

    model = make_model(randomize=False, **options)
    assert weight_shapes(model.settings) == {name: array.shape for name, array in get_weights(model).items()}
    assert number_of_parameters(model.settings) == model.count_params()
