"""Tiny model folders, with weights of chance: what they say is nonsense, and always the same nonsense."""

import numpy as np
import pytest
from click.testing import CliRunner

SIZES = {"embedding_size": 8, "encoder_size": 6, "decoder_size": 12, "decoder_layers": 1}
LINES = ["der hund", "", "die katze sah den hund und den hasen", "eine katze", "ab"]
TEXT = ["der hund sah die katze", "die katze sah den hund", "ein hund, eine katze und ein hase", "ab cd ef gh ij"] * 9


def save(path, tokenizer, seed, scale=1.0):
    from seq2seq.config.schema import DecodingConfig, ModelConfig
    from seq2seq.model.translation_model import TranslationModel
    from seq2seq.model.weights import weight_name
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.tokenization.pair import TokenizerPair

    settings = ModelConfig(**SIZES).settings(vocabulary_size=len(tokenizer))
    model = TranslationModel(settings)
    rng = np.random.default_rng(seed)
    shapes = {weight_name(weight): tuple(weight.shape) for weight in model.trainable_variables}
    weights = {name: (scale * rng.normal(size=shape)).astype(np.float32) for name, shape in sorted(shapes.items())}
    decoding = DecodingConfig(max_length_ratio=1.0, max_length_offset=4, beam_size=3).model_dump()
    ModelFolder.write(
        path,
        weights,
        TokenizerPair.of(tokenizer, languages=("en", "de")),
        settings,
        decoding=decoding,
    )
    return path


@pytest.fixture(scope="session")
def tiny_tokenizer():
    from seq2seq.tokenization.tokenizer import Tokenizer

    return Tokenizer.train(TEXT, vocabulary_size=310)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory, tiny_tokenizer):
    """Two models of one tokenizer, and one of another."""
    from seq2seq.tokenization.tokenizer import Tokenizer

    folder = tmp_path_factory.mktemp("models")
    other = Tokenizer.train(TEXT, vocabulary_size=305)
    return [
        save(folder / "one", tiny_tokenizer, 1),
        save(folder / "two", tiny_tokenizer, 2),
        save(folder / "other", other, 3),
    ]


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "source.de"
    path.write_text("".join(f"{line}\n" for line in LINES))
    return path


@pytest.fixture
def call():
    """Runs a command and returns its output as a user would see it; errors are raised."""

    def run(command, *arguments, input=None):
        result = CliRunner().invoke(command, [str(argument) for argument in arguments], input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
