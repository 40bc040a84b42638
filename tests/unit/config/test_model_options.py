import pytest

from seq2seq.config.loading import build_config
from seq2seq.errors import ConfigError

NEEDED = {"data": {"train": {"source": "a", "target": "b"}}, "training": {"epochs": 1.0}}


def config_of(tokenizer=None, **model):
    return build_config(NEEDED | {"model": model, "tokenizer": tokenizer or {}}, "my.yaml")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ({"decoder_size": 100}, "my.yaml: model: decoder_size 100 is not twice encoder_size 256: dot attention"),
        ({"bidirectional": False}, "decoder_size 512 is not encoder_size 256: dot attention .* one direction"),
        ({"attention": "multi_head", "attention_heads": 3}, "decoder_size 512 does not divide into 3"),
        ({"attention": "multi_head", "decoder_size": 100}, "decoder_size 100 does not divide into 8"),
        ({"attention_heads": 2}, "attention_heads are of multi_head attention, not of dot"),
        ({"cell": "lstn"}, "model.cell: input should be 'lstm', 'gru' or 'rnn'"),
        ({"bridge": "first"}, "model.bridge: input should be 'zero', 'last' or 'mean'"),
        ({"word_dropout": 0.1}, "unknown key 'model.word_dropout': did you mean '(source|target)_word_dropout'"),
        ({"residual": 1}, "model.residual: input should be a valid boolean"),
    ],
)
def test_a_wrong_model_is_one_clear_sentence(model, said):
    with pytest.raises(ConfigError, match=said):
        config_of(**model)


def test_any_other_attention_takes_any_widths():
    for attention in ("general", "additive", "multi_head"):
        assert config_of(attention=attention, bidirectional=False, decoder_size=64).model.attention == attention


def test_separate_vocabularies_cannot_share_a_table():
    with pytest.raises(ConfigError, match=r"^my\.yaml: separate vocabularies .*: set model.tied to false$"):
        config_of(tokenizer={"joint": False})
    assert not config_of(tokenizer={"joint": False}, tied=False).tokenizer.joint
    assert not config_of(tied=False).model.tied
