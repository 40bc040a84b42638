"""The shape of a model: equal to the config's section, strict with what a folder says."""

import subprocess
import sys
from dataclasses import fields

import pytest

from seq2seq.config.schema import ModelConfig
from seq2seq.model_settings import ATTENTIONS, BRIDGES, CELLS, SHAPE_KEYS, ModelSettings

SIZES = {"embedding_size": 8, "encoder_layers": 1, "encoder_size": 4, "decoder_layers": 2, "decoder_size": 8}


def test_the_config_has_the_same_keys_in_the_same_order():
    names = [field.name for field in fields(ModelSettings)]
    assert [name for name in names if name in SHAPE_KEYS] == list(ModelConfig.model_fields)
    assert ModelConfig().settings(vocabulary_size=10).to_mapping() == ModelConfig().model_dump()


def test_the_config_has_the_same_defaults_but_for_dropouts():
    """Rates of dropout are a choice of training: a new run drops; a folder that names no rate has none to tell."""
    shape, config = ModelSettings(vocabulary_size=10).to_mapping(), ModelConfig().model_dump()
    differing = {key for key in shape if shape[key] != config[key]}
    assert differing == {"embedding_dropout", "layer_dropout", "readout_dropout"}
    assert all(value == 0.0 for key, value in shape.items() if key.endswith("_dropout"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"encoder_size": 0}, "encoder_size is 0, not a whole number above 0"),
        ({"encoder_size": "4"}, "encoder_size is '4', not a whole number"),
        ({"decoder_layers": True}, "decoder_layers is True, not a whole number"),
        ({"embedding_size": None}, "embedding_size is None, not a whole number"),
        ({"residual": 1}, "residual is 1, not true or false"),
        ({"cell": "lstn"}, "cell is 'lstn', not one of lstm, gru, rnn"),
        ({"attention": ["dot"]}, "attention is .*, not one of dot, general, additive, multi_head"),
        ({"layer_dropout": 1.0}, "layer_dropout is 1.0, not a number from 0 to below 1"),
        ({"layer_dropout": "much"}, "layer_dropout is 'much', not a number"),
        ({"attention_span": 3}, "unknown key 'attention_span'"),
        ({"decoder_size": 7}, "decoder_size 7 is not twice encoder_size 4"),
        ({"attention": "multi_head", "attention_heads": 3}, "8 does not divide into 3 attention_heads"),
        ({"attention_heads": 2}, "attention_heads are of multi_head attention"),
        ({"source_vocabulary_size": 9}, "unknown key 'source_vocabulary_size'"),
    ],
)
def test_a_wrong_section_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        ModelSettings.of(SIZES | values, vocabulary_size=20)


def test_a_section_has_all_sizes():
    for key in SIZES:
        with pytest.raises(ValueError, match=f"the key '{key}' is missing"):
            ModelSettings.of({name: size for name, size in SIZES.items() if name != key}, vocabulary_size=20)


def test_one_table_holds_one_vocabulary():
    with pytest.raises(ValueError, match="vocabularies of 9 and 20 tokens"):
        ModelSettings.of(SIZES, vocabulary_size=20, source_vocabulary_size=9)
    assert ModelSettings.of(SIZES | {"tied": False}, vocabulary_size=20, source_vocabulary_size=9).source_tokens == 9


def test_the_section_survives_a_round_trip():
    for cell in CELLS:
        for attention in ATTENTIONS:
            for bridge in BRIDGES:
                section = SIZES | {"cell": cell, "attention": attention, "bridge": bridge, "layer_dropout": 0.25}
                settings = ModelSettings.of(section, vocabulary_size=20)
                assert ModelSettings.of(settings.to_mapping(), vocabulary_size=20) == settings


def test_widths_follow():
    one = ModelSettings(vocabulary_size=20, bidirectional=False, encoder_size=6, decoder_size=8, attention="multi_head")
    assert (one.directions, one.memory_width, one.backward_units, one.context_width, one.head_count) == (1, 6, 0, 8, 8)
    both = ModelSettings(vocabulary_size=20, encoder_size=6, decoder_size=5, attention="general")
    assert (both.directions, both.memory_width, both.backward_units, both.context_width) == (2, 12, 6, 12)
    assert both.head_count == 1 and both.source_tokens == 20


def test_nothing_heavy_is_imported():
    code = "import sys, seq2seq.model_settings; print([m for m in ('numpy', 'keras', 'pydantic') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
