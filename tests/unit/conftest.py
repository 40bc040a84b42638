"""A tokenizer and an engine that copies: a whole translator without a model."""

import importlib
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import settings

from seq2seq.config.schema import DecodingConfig
from seq2seq.search import StepResult
from seq2seq.text.lines import read_lines
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator

# How long an example takes says more about what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@dataclass(frozen=True)
class CopyMemory:
    ids: np.ndarray  # [sentences, source]

    def select(self, sentences):
        return CopyMemory(self.ids[sentences])


class CopyEngine:
    """Says the source again with probability 0.9 a piece; the state is the number of pieces that were said."""

    def __init__(self, vocabulary_size):
        self.vocabulary_size = vocabulary_size
        self.batches = []  # the shape of each batch that was encoded

    def encode(self, ids, lengths):
        assert (ids[np.arange(len(ids)), lengths - 1] == EOS).all()
        self.batches.append(ids.shape)
        return CopyMemory(ids), (np.zeros(len(ids), np.int64),)

    def step(self, tokens, parents, state, memory, k, score_ids=None, beams=None):
        said = state[0][parents]  # [rows]
        rows = np.arange(len(tokens))
        owners = np.repeat(np.arange(len(memory.ids)), len(tokens) // len(memory.ids) if beams is None else beams)
        at = np.minimum(said, memory.ids.shape[1] - 1)
        copied = memory.ids[owners, at]  # [rows]
        others = np.broadcast_to(np.arange(k - 1), (len(rows), k - 1))
        ids = np.column_stack([copied, others + (others >= copied[:, None])])  # [rows, k]
        right, wrong = np.log(0.9), np.log(0.1 / (self.vocabulary_size - 1))
        log_probs = np.broadcast_to([right] + [wrong] * (k - 1), ids.shape)
        attention = np.eye(memory.ids.shape[1])[at]  # [rows, source]
        scored = None if score_ids is None else np.where(score_ids == copied, right, wrong)
        return StepResult(log_probs, ids, attention, scored, (said + 1,))


@pytest.fixture
def run_cli(monkeypatch):
    """Runs the console script in this process, where TensorFlow may be loaded already; gives its exit status."""
    main = importlib.import_module("seq2seq.cli.main")

    def run(*arguments):
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        monkeypatch.setattr(sys, "argv", ["seq2seq", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        return ended.value.code or 0

    return run


@pytest.fixture(scope="session")
def bilingual_lines(traveller):
    return read_lines(traveller / "dev.en") + read_lines(traveller / "dev.de")


@pytest.fixture(scope="session")
def joint_tokenizer(bilingual_lines):
    """Of both sides of the bundled corpus, 800 pieces."""
    return Tokenizer.train(bilingual_lines, vocabulary_size=800)


@pytest.fixture(scope="session")
def identity_tokenizer(bilingual_lines):
    """As `joint_tokenizer`, of another kind, and keeping every character."""
    return Tokenizer.train(bilingual_lines, vocabulary_size=600, type="unigram", normalization="identity")


@pytest.fixture(scope="session")
def copying_translator(joint_tokenizer):
    """Makes a translator that gives every line back; `decoding` keys go over the defaults."""

    def make(tokenizer=joint_tokenizer, target_language=None, **decoding):
        options = DecodingOptions.of_model(DecodingConfig(**decoding).model_dump())
        tokenizers = TokenizerPair.of(tokenizer, languages=(None, target_language))
        return Translator(CopyEngine(len(tokenizer)), tokenizers, options)

    return make
