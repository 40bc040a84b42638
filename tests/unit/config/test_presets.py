"""A preset is a set of defaults: what a user says always wins, and a resolved config is complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.config.filling import applicable, fill, given_keys
from seq2seq.config.loading import build_config
from seq2seq.config.presets import TextSize, choose
from seq2seq.config.schema import Config
from seq2seq.errors import ConfigError

SIZES = st.builds(TextSize, pairs=st.integers(20, 10**8), characters=st.integers(20, 10**10))
PRESETS = st.sampled_from(["auto", "small", "medium", "large"])
# What users set themselves, each within what the others allow.
OWN = {
    "data.hold_out": 77,
    "tokenizer.vocabulary_size": 777,
    "model.layer_dropout": 0.07,
    "model.embedding_size": 77,
    "training.epochs": 7.5,
    "training.batch_tokens": 777,
    "training.learning_rate": 7e-4,
    "training.warmup_steps": 7,
    "training.validate_steps": 77,
    "training.seed": 7,
    "decoding.beam_size": 7,
}


def config_of(values=(), preset="auto"):
    overrides = tuple(f"{key}={value}" for key, value in dict(values).items())
    given = {"data": {"train": {"source": "a.en", "target": "a.de"}}} | ({"preset": preset} if preset else {})
    return build_config(given, "test", overrides)


def value_of(config, key):
    section, _, name = key.rpartition(".")
    return getattr(getattr(config, section), name) if section else getattr(config, name)


@given(PRESETS, SIZES)
def test_every_preset_of_every_text_is_a_whole_config(preset, size):
    choice = choose(preset, size)
    assert preset in ("auto", choice.preset)
    config = fill(config_of(preset=preset), choice.values)
    assert config.training.epochs is not None
    assert all(value_of(config, key) == value for key, value in choice.values.items())
    again = Config.model_validate(config.model_dump(mode="json"))
    assert fill(again, choose("auto", TextSize(10**8, 10**10)).values) == again, "a resolved config is complete"


@given(PRESETS, SIZES, st.sets(st.sampled_from(sorted(OWN))))
def test_what_a_user_says_wins(preset, size, keys):
    own = {key: OWN[key] for key in keys}
    config = config_of(own, preset)
    filled = fill(config, choose(preset, size).values)
    assert {key: value_of(filled, key) for key in keys} == own
    assert applicable(config, own) == {}
    assert set(own) <= given_keys(config)


@given(SIZES, SIZES)
def test_more_text_never_gets_the_preset_of_less(one, other):
    names = ["small", "medium", "large"]
    less, more = sorted((one, other), key=lambda size: size.characters)
    assert names.index(choose("auto", less).preset) <= names.index(choose("auto", more).preset)


def test_much_text_gets_the_defaults():
    chosen = choose("auto", TextSize(10**6, 4 * 10**7)).values
    assert fill(config_of(), chosen).model_dump(exclude={"preset"}) == config_of(
        {"training.epochs": 12.0}, preset=None
    ).model_dump(exclude={"preset"})


def test_updates_that_are_counted_leave_no_room_for_passes():
    config = fill(config_of({"training.max_steps": 30}), choose("small", TextSize(10**6, 10**8)).values)
    assert (config.training.max_steps, config.training.epochs) == (30, None)


def test_the_reason_names_the_text_and_the_limit():
    choice = choose("auto", TextSize(8000, 290_123))
    assert "8,000 pairs" in choice.reason and "290,123" in choice.reason


def test_without_a_preset_a_config_says_when_to_end():
    with pytest.raises(ConfigError, match=r"training\.epochs .* or training\.max_steps .* or a preset"):
        config_of(preset=None)
    with pytest.raises(ConfigError, match="preset"):
        config_of(preset="tiny")
