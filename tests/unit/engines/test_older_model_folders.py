"""A model folder of before an option was made means what the program did then."""

import json

import numpy as np
import pytest

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.errors import UserError
from seq2seq.files import sha256
from seq2seq.model.translation_model import TranslationModel
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer

# The model section of metadata.json as version 0.1.0 first wrote it.
FIRST = {
    "embedding_size": 8,
    "encoder_layers": 1,
    "encoder_size": 4,
    "decoder_layers": 2,
    "decoder_size": 8,
    "embedding_dropout": 0.4,
    "layer_dropout": 0.4,
    "recurrent_dropout": 0.0,
    "word_dropout": 0.1,
    "readout_dropout": 0.4,
}


@pytest.fixture(scope="module")
def tokenizers():
    lines = [f"{word} {other}" for word in ("one", "two", "three") for other in ("four", "five", "six", "seven")]
    return [Tokenizer.train(lines, vocabulary_size=size, character_coverage=1.0) for size in (276, 280)]


@pytest.fixture
def folder(tmp_path, tokenizers):
    """A function that writes a model folder and lets metadata.json be changed before it is opened."""

    def write(change, target_tokenizer=None, **options):
        target_size, source_size = len(target_tokenizer or tokenizers[0]), len(tokenizers[0])
        settings = {key: value for key, value in FIRST.items() if key != "word_dropout"} | options
        shape = ModelSettings.of(settings, vocabulary_size=target_size, source_vocabulary_size=source_size)
        weights = get_weights(TranslationModel(shape, seed=1))
        path = tmp_path / "model"
        ModelFolder.write(path, weights, TokenizerPair.of(tokenizers[0], target_tokenizer), shape)
        metadata = json.loads((path / "metadata.json").read_text())
        change(metadata)
        (path / "metadata.json").write_text(json.dumps(metadata))
        return ModelFolder.open(path), weights

    return write


def test_the_first_folders_still_load(folder):
    def first(metadata):
        metadata["model"] = FIRST
        del metadata["tokenizers"], metadata["source_vocabulary_size"]

    opened, weights = folder(first)
    engine = KerasEngine.load(opened)
    assert engine.model.settings.source_word_dropout == engine.model.settings.target_word_dropout == 0.1
    assert engine.model.settings.bridge == "mean"
    for name, array in get_weights(engine.model).items():
        np.testing.assert_array_equal(array, weights[name])
    assert opened.tokenizer("source").model == opened.tokenizer("target").model


def test_an_option_of_a_newer_program_is_named(folder):
    with pytest.raises(UserError, match=r"telepathy.*update seq2seq"):
        folder(lambda metadata: metadata["model"].update(telepathy=True))


def test_each_side_may_have_a_tokenizer_of_its_own(folder, tokenizers):
    opened, _ = folder(lambda metadata: None, target_tokenizer=tokenizers[1], tied=False)
    assert opened.metadata["tokenizers"] == {"source": "source.model", "target": "target.model"}
    assert sorted(opened.metadata["files"]) == ["model.safetensors", "source.model", "target.model"]
    assert opened.metadata["files"]["target.model"] == sha256(opened.path / "target.model")
    assert len(opened.tokenizer("source")) == len(tokenizers[0])
    assert len(opened.tokenizer("target")) == len(tokenizers[1])
    assert KerasEngine.load(opened).vocabulary_size == len(tokenizers[1])
