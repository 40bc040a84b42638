import json
from pathlib import Path

import keras
import numpy as np
import pytest

from seq2seq.config.loading import build_config
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.training import setup, trainer

CORPUS = Path(__file__).parents[2] / "corpora" / "traveller"
TINY = {"embedding_size": 8, "encoder_size": 4, "decoder_size": 8, "decoder_layers": 1}


def prepare(threads, seed, shards):
    keras.utils.set_random_seed(seed)
    return 1


@pytest.fixture(autouse=True)
def _threads_as_they_are(monkeypatch):
    """TensorFlow's threads can be set only before its first operation in a process."""
    monkeypatch.setattr(setup, "prepare_process", prepare)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    for side, file in (("source", "train.en"), ("target", "train.de")):
        lines = (CORPUS / file).read_text("utf-8").split("\n")[:60]
        (folder / side).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder


def train(text, output, steps=2, rate=1e-2, tokenizer=None, model=None, **training):
    sides = {side: str(text / side) for side in ("source", "target")}
    values = {
        "data": {"train": sides, "dev": sides},
        "tokenizer": {"vocabulary_size": 340} | (tokenizer or {}),
        "model": TINY | (model or {}),
        "training": {
            "max_steps": steps,
            "batch_tokens": 200,
            "warmup_steps": 0,
            "learning_rate": rate,
            "final_learning_rate": 0.0,
            "validation_sentences": 1,
            "precision": "float32",
        }
        | training,
    }
    return trainer.train(build_config(values, "test"), output, quiet=True).model


def losses(run):
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [line["loss_sum"] / line["tokens"] for line in lines if "step" in line]


@pytest.fixture(scope="module")
def first(text, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup, "prepare_process", prepare)
        return train(text, tmp_path_factory.mktemp("first") / "run", steps=15, rate=0.05)


def test_begins_with_the_weights_and_the_tokenizer(text, first, tmp_path):
    begun = train(text, tmp_path / "run", rate=1e-12, initialize_from=str(first), tokenizer={"vocabulary_size": 360})
    before, after = ModelFolder.open(first), ModelFolder.open(begun)
    assert after.tokenizer().model == before.tokenizer().model
    for name, array in before.weights().items():
        np.testing.assert_allclose(after.weights()[name], array, atol=1e-6, err_msg=name)
    assert losses(tmp_path / "run")[0] < losses(first.parent)[0] - 0.1


def test_another_shape_is_one_clear_sentence(text, first, tmp_path):
    with pytest.raises(UserError, match=r"model.cell is gru, but the model in .* has lstm: weights fit only"):
        train(text, tmp_path / "run", initialize_from=str(first), model={"cell": "gru"})


def test_another_number_of_vocabularies_is_one_clear_sentence(text, first, tmp_path):
    with pytest.raises(UserError, match=r"has one vocabulary: set tokenizer.joint to true"):
        train(text, tmp_path / "run", initialize_from=str(first), tokenizer={"joint": False}, model={"tied": False})


def test_a_folder_that_is_not_there_is_named(text, tmp_path):
    with pytest.raises(UserError, match="nowhere does not exist"):
        train(text, tmp_path / "run", initialize_from=str(tmp_path / "nowhere"))
