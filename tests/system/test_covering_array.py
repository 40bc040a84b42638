"""Every option of the model at two values or more, through training, resuming, saving, loading and translating.

Nine tiny configs: (cell, bridge) and (attention, input_feeding) are covered in full, every other option at each of its
values (of numbers: two), which `test_every_option_has_two_values` checks.
"""

import itertools
import json
import shutil
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import pytest
import tensorflow as tf

from seq2seq.config.loading import build_config
from seq2seq.config.schema import Config, ModelConfig
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search import beam_search, forced_scores
from seq2seq.tokenization.ids import EOS, pad
from seq2seq.training import setup, trainer
from seq2seq.training.callbacks import snapshot_saver
from seq2seq.translation.translator import Translator

CORPUS = Path(__file__).parents[2] / "corpora" / "traveller"
STEPS, STOP = 6, 3
YES, NO = True, False

# fmt: off
COLUMNS = [
    "cell", "bridge", "attention", "input_feeding", "bidirectional", "encoder_size", "decoder_size", "encoder_layers",
    "decoder_layers", "residual", "tied", "joint", "attention_heads", "precision",
]
ROWS: list[tuple[Any, ...]] = [
    ("lstm", "zero", "dot",        NO,  YES, 6,  12, 1, 1, YES, YES, YES, None, "float32"),
    ("lstm", "last", "dot",        YES, YES, 6,  12, 2, 2, NO,  NO,  NO,  None, "bfloat16"),
    ("lstm", "mean", "general",    NO,  NO,  10, 12, 1, 2, YES, NO,  YES, None, "float32"),
    ("gru",  "zero", "general",    YES, YES, 6,  12, 2, 1, YES, YES, YES, None, "float32"),
    ("gru",  "last", "additive",   NO,  NO,  10, 8,  2, 2, YES, NO,  NO,  None, "bfloat16"),
    ("gru",  "mean", "additive",   YES, YES, 6,  8,  1, 2, YES, YES, YES, None, "float32"),
    ("rnn",  "zero", "multi_head", NO,  YES, 6,  8,  1, 2, NO,  YES, YES, 2,    "float32"),
    ("rnn",  "last", "multi_head", YES, NO,  10, 12, 2, 1, YES, NO,  NO,  3,    "float32"),
    ("rnn",  "mean", "multi_head", YES, YES, 6,  16, 2, 2, YES, YES, YES, None, "float32"),
]
# fmt: on

# Which dropouts are on, row by row.
DROPOUTS = {
    "embedding_dropout": "101100110",
    "layer_dropout": "010101011",
    "recurrent_dropout": "011011101",
    "source_word_dropout": "001110010",
    "target_word_dropout": "110010100",
    "readout_dropout": "100101001",
}


def config_of(row: int, folder: Path | None = None) -> Config:
    """A config of the array; `folder` holds the text."""
    options = dict(zip(COLUMNS, ROWS[row], strict=True))
    precision, joint = options.pop("precision"), options.pop("joint")
    options |= {name: 0.2 * int(on[row]) for name, on in DROPOUTS.items()}
    text = {side: str((folder or Path()) / f"train.{side}") for side in ("source", "target")}
    values = {
        "data": {"train": text, "dev": {side: path.replace("train", "dev") for side, path in text.items()}},
        "tokenizer": {"vocabulary_size": 340 + 20 * (row % 2), "joint": joint},
        "model": options | {"embedding_size": 8 + 2 * (row % 2)},
        "training": {
            "max_steps": STEPS,
            "batch_tokens": 120,
            "warmup_steps": 2,
            "learning_rate": 0.02,
            "snapshot_steps": STOP,
            "accumulate": 1 + row % 2,
            "validate_steps": 1000,
            "ema_decay": 0.9,
            "precision": precision,
            "best": "loss",
            "validation_sentences": 2,
        },
        "decoding": {"max_length_ratio": 1.0, "max_length_offset": 3},
    }
    return build_config(values, "the covering array")


def test_every_option_has_two_values():
    models = [config_of(row).model for row in range(len(ROWS))]
    assert len(models) <= 10
    for name, field in ModelConfig.model_fields.items():
        seen = {getattr(model, name) for model in models}
        assert len(seen) >= 2, f"model.{name} is {seen} in every config"
        if isinstance(next(iter(get_args(field.annotation)), None), str):
            assert seen == set(get_args(field.annotation)), f"model.{name}"
    for one, other in (("cell", "bridge"), ("attention", "input_feeding")):
        pairs = {(getattr(model, one), getattr(model, other)) for model in models}
        values = [{getattr(model, name) for model in models} for name in (one, other)]
        assert pairs == set(itertools.product(*values))
    assert {config_of(row).tokenizer.joint for row in range(len(ROWS))} == {True, False}


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    for name, source, target, count in (("train", "train.en", "train.de", 80), ("dev", "dev.en", "dev.de", 12)):
        for side, file in (("source", source), ("target", target)):
            lines = (CORPUS / file).read_text("utf-8").split("\n")[:count]
            (folder / f"{name}.{side}").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder


@pytest.fixture
def stopped(monkeypatch, tmp_path):
    """A copy of the run's folder as a kill after step `STOP` leaves it."""
    folder = tmp_path / "stopped"
    save = snapshot_saver.save_snapshot

    def save_and_copy(snapshots, model, state):
        save(snapshots, model, state)
        if state.step == STOP and not folder.exists():
            shutil.copytree(snapshots.parent, folder, symlinks=True)

    def prepare(threads, seed, shards):  # TensorFlow's threads can be set only before its first operation in a process
        tf.config.experimental.enable_op_determinism()
        keras.utils.set_random_seed(seed)
        return 2

    monkeypatch.setattr(snapshot_saver, "save_snapshot", save_and_copy)
    monkeypatch.setattr(setup, "prepare_process", prepare)
    return folder


def updates(run: Path) -> list[tuple[int, float, int]]:
    """(step, summed loss, tokens) of each update."""
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss_sum"], line["tokens"]) for line in lines if "step" in line]


@pytest.mark.parametrize("row", range(len(ROWS)), ids=["-".join(map(str, row[:4])) for row in ROWS])
def test_trains_resumes_loads_and_translates(row, text, stopped, tmp_path):
    config, run = config_of(row, text), tmp_path / "run"
    assert trainer.train(config, run, quiet=True).state.finished

    # Stopped and gone on, it is the same run to the bit.
    assert trainer.train(config, stopped, quiet=True).state.finished
    assert len(updates(run)) == STEPS
    assert updates(stopped) == updates(run)
    folder = ModelFolder.open(run / "model")
    weights = folder.weights()
    for name, array in ModelFolder.open(stopped / "model").weights().items():
        np.testing.assert_array_equal(array, weights[name], err_msg=name)

    # What is loaded is what was saved.
    translator = Translator.load(run / "model", engine="keras")
    model = translator.engine.model
    for name, array in get_weights(model).items():
        np.testing.assert_array_equal(array, weights[name], err_msg=name)
    sources, targets = (
        [[*ids, EOS] for ids in tokenizer.encode((text / f"dev.{side}").read_text("utf-8").splitlines())]
        for tokenizer, side in (
            (translator.tokenizers.source.tokenizer, "source"),
            (translator.tokenizers.target.tokenizer, "target"),
        )
    )
    mean = float(model.loss_sums(pad(sources), pad(targets)).plain) / sum(map(len, targets))
    assert mean == pytest.approx(folder.metadata["scores"]["loss"], rel=1e-5)

    # A step at a time, the engine says what the training graph says of all steps at once.
    some = slice(0, 2)
    ids, lengths = pad(sources[some]), np.array([len(x) for x in sources[some]], np.int32)
    given = pad([x[:-1] for x in targets[some]]), np.array([len(x) - 1 for x in targets[some]])
    engines = [translator.engine, Translator.load(run / "model", engine="onnx").engine]
    forced, exported = ([scores.sum() for scores in forced_scores(e, ids, lengths, *given)] for e in engines)
    taught = [
        float(model.loss_sums(pad([one]), pad([other])).plain)
        for one, other in zip(sources[some], targets[some], strict=True)
    ]
    np.testing.assert_allclose(forced, np.negative(taught), rtol=1e-4)
    np.testing.assert_allclose(exported, np.negative(taught), rtol=1e-4)
    found = beam_search(
        translator.engine, ids, lengths, beam_size=2, length_penalty=1.0, max_lengths=lengths.astype(np.int32)
    )
    for source, (best, *_) in zip(sources[some], found, strict=True):
        loss = model.loss_sums(pad([source]), pad([[*best.tokens.tolist(), EOS]])).plain
        assert best.log_probability == pytest.approx(-float(loss), rel=1e-4)
