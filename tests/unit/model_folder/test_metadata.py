"""Contract 13: every value of metadata.json is checked before it is used."""

import json

import pytest

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_folder.metadata import DECODING, LARGEST_METADATA, TOP, check_metadata, parse_json
from seq2seq.translation.options import DecodingOptions


def refused(folder):
    with pytest.raises(UserError) as caught:
        ModelFolder.open(folder)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600
    return str(caught.value)


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        (None, "source_language", ["en"], "source_language is no text"),
        (None, "target_language", "de\n", "target_language is no text"),
        (None, "vocabulary_size", 2**40, "vocabulary_size is no whole number"),
        (None, "vocabulary_size", True, "vocabulary_size is no whole number"),
        (None, "decoding", [], "decoding is no mapping"),
        (None, "model", None, "model is no mapping"),
        (None, "tokenizers", 5, "tokenizers is no mapping"),
        (None, "tokenizers", {}, "tokenizers has not both"),
        (None, "tokenizers", {"a": {}}, "tokenizers has not both"),
        (None, "files", {"a": 3}, "files.a is no SHA-256"),
        (None, "files", {}, "files lacks the tokenizer"),
        ("model", "encoder_layers", 10**9, "model.encoder_layers is no whole number from 1 to 100"),
        ("model", "cell", {}, "model.cell is no short text"),
        ("model", "cell", "x" * 10_000, "model.cell is no short text"),
        ("model", "layer_dropout", float("nan"), "layer_dropout is nan"),
        ("decoding", "beam_size", 10**9, "decoding.beam_size is no whole number from 1 to 1000"),
        ("decoding", "beam_size", "5", "decoding.beam_size is no whole number"),
        ("decoding", "length_penalty", float("inf"), "decoding.length_penalty is no number from 0 to 100"),
        ("decoding", "max_length_ratio", 1e308, "decoding.max_length_ratio is no number above 0"),
        ("decoding", "avoid", [["x"]], "decoding.avoid is no list"),
        ("tokenizers", "source", "/dev/zero", "tokenizers.source is no plain name"),
        ("tokenizers", "target", "..", "tokenizers.target is no plain name"),
        ("tokenizers", "source", "another.model", "files lacks the tokenizer"),
    ],
)
def test_a_value_of_another_type_or_out_of_range_is_named(edit, section, key, value, message):
    folder = edit(lambda metadata: (metadata[section] if section else metadata).update({key: value}))
    assert message in refused(folder)


@pytest.mark.parametrize("content", ["[" * 10_000, '{"a":' * 10_000, "[" * 10_000 + "]" * 10_000])
def test_brackets_by_the_thousand_are_refused_before_they_are_parsed(foreign, content):
    (foreign / "metadata.json").write_text(content)
    assert "nested more than 20 levels deep" in refused(foreign)


@pytest.mark.parametrize(
    "content", ['{"a": ' + "9" * 5000 + "}", '{"format": 1, "a": "\\ud800"}', "x" * (LARGEST_METADATA + 1)]
)
def test_numbers_texts_and_files_have_a_largest_size(foreign, content):
    (foreign / "metadata.json").write_text(content)
    assert "metadata.json" in refused(foreign)


def test_brackets_in_a_text_are_no_levels():
    assert parse_json(json.dumps({"a": "[{" * 100 + '"\\'}).encode()) == {"a": "[{" * 100 + '"\\'}


def test_a_model_larger_than_any_is_refused_before_it_is_made(edit):
    folder = edit(lambda metadata: metadata["model"].update(encoder_size=30_000, decoder_size=60_000))
    assert "parameters, more than" in refused(folder)


def test_keys_of_a_newer_program_are_no_harm(edit):
    def newer(metadata):
        metadata |= {"invented": [1, {"a": 2}]}
        metadata["decoding"]["invented"] = "x"

    assert ModelFolder.open(edit(newer)).exported


def test_every_decoding_option_has_a_range():
    assert DECODING.keys() == DecodingOptions.__dataclass_fields__.keys()


def test_what_a_config_may_ask_for_a_folder_may_hold():
    """Else a training would write folders that nobody can open."""
    from seq2seq.config.schema import DecodingConfig

    for name, field in DecodingConfig.model_fields.items():
        (largest,) = [rule.le for rule in field.metadata if hasattr(rule, "le")]
        assert not DECODING[name].problem(type(field.default)(largest)), name


def test_an_option_s_default_is_in_its_range():
    defaults = {key: value for key, value in vars(DecodingOptions()).items() if not isinstance(value, tuple)}
    assert [key for key, value in defaults.items() if DECODING[key].problem(value)] == []


def test_what_the_program_writes_passes(sound_folders):
    for folder in sound_folders.values():
        metadata = json.loads((folder / "metadata.json").read_text("utf-8"))
        assert TOP.keys() & metadata.keys()
        assert not isinstance(check_metadata(metadata), str)
