"""Small trained models as folders, and an inspection of one."""

import pytest

SENTENCE = "Where is the old station, please?"


@pytest.fixture(scope="session")
def sentence():
    return SENTENCE


@pytest.fixture(scope="session")
def trained_folder(trained, tmp_path_factory):
    """The model folder of the small model that has learnt something."""
    model, tokenizer, _ = trained
    return save(tmp_path_factory.mktemp("inspect") / "model", model, tokenizer)


@pytest.fixture(scope="session")
def gru_folder(make_model, small_tokenizer, tmp_path_factory):
    """A model folder of untrained gated recurrent units with two heads and two vocabularies of one kind."""
    model = make_model(
        vocabulary_size=len(small_tokenizer), cell="gru", attention="multi_head", attention_heads=2, encoder_layers=1
    )
    return save(tmp_path_factory.mktemp("inspect") / "gru", model, small_tokenizer)


def save(path, model, tokenizer):
    from seq2seq.model.weights import get_weights
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.tokenization.pair import TokenizerPair

    decoding = {"beam_size": 3, "length_penalty": 1.0, "max_length_ratio": 1.0, "max_length_offset": 5}
    ModelFolder.write(
        path, get_weights(model), TokenizerPair.of(tokenizer, languages=("en", "de")), model.settings, decoding=decoding
    )
    return path


@pytest.fixture(scope="session")
def inspection(trained_folder, sentence):
    from seq2seq.inspection.inspecting import inspect

    return inspect(trained_folder, sentence)
