"""Two corpora with weights, one of them packed: trained, killed, gone on, and the same to the bit."""

import gzip
import json
import shutil
from pathlib import Path

import keras
import pytest
import tensorflow as tf

from seq2seq.config.loading import build_config
from seq2seq.errors import UserError
from seq2seq.training import setup, trainer
from seq2seq.training.callbacks import snapshot_saver

CORPUS = Path(__file__).parents[2] / "corpora" / "traveller"
STOP, STEPS = 5, 12


@pytest.fixture
def config(tmp_path):
    english, german = (CORPUS.joinpath(f"train.{side}").read_text("utf-8").split("\n") for side in ("en", "de"))
    for name, lines in (("a.en", english[:60]), ("a.de", german[:60])):
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    pairs = "".join(f"{one}\t{other}\n" for one, other in zip(english[60:80], german[60:80], strict=True))
    (tmp_path / "b.tsv.gz").write_bytes(gzip.compress(pairs.encode()))
    values = {
        "data": {
            "train": [
                {"source": str(tmp_path / "a.en"), "target": str(tmp_path / "a.de"), "weight": 0.5},
                {"pairs": str(tmp_path / "b.tsv.gz"), "weight": 2},
            ],
            "hold_out": 4,
        },
        "tokenizer": {"vocabulary_size": 330, "training_lines": 100},
        "model": {"embedding_size": 8, "encoder_size": 4, "decoder_size": 8, "decoder_layers": 1},
        "training": {
            "max_steps": STEPS,
            "batch_tokens": 400,
            "snapshot_steps": STOP,
            "validation_sentences": 1,
            "precision": "float32",
        },
    }
    return build_config(values, "test")


def test_a_run_on_several_corpora_goes_on_to_the_bit(config, tmp_path, monkeypatch):
    run, stopped = tmp_path / "run", tmp_path / "stopped"
    save = snapshot_saver.save_snapshot

    def save_and_copy(snapshots, model, state):
        save(snapshots, model, state)
        if state.step == STOP and not stopped.exists():
            shutil.copytree(snapshots.parent, stopped, symlinks=True)

    def prepare(threads, seed, shards):  # TensorFlow's threads can be set only before its first operation in a process
        tf.config.experimental.enable_op_determinism()
        keras.utils.set_random_seed(seed)
        return 2

    monkeypatch.setattr(snapshot_saver, "save_snapshot", save_and_copy)
    monkeypatch.setattr(setup, "prepare_process", prepare)
    for folder in (run, stopped):
        assert trainer.train(config, folder, quiet=True).state.finished
    updates = []
    for folder in (run, stopped):
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        updates.append([(line["step"], line["loss_sum"], line["tokens"]) for line in lines if "step" in line])
    assert updates[0] == updates[1] and len(updates[0]) == STEPS

    # Other weights are another run.
    texts = config.data.train
    heavier = [texts[0], texts[1].model_copy(update={"weight": 3.0})]
    other = config.model_copy(update={"data": config.data.model_copy(update={"train": heavier})})
    with pytest.raises(UserError, match="holds another run"):
        trainer.train(other, run, quiet=True)
