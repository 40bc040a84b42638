"""It learns: tasks whose answers are known, to a threshold (Sockeye's system tests), and real text."""

from __future__ import annotations

import json
import random

import pytest


@pytest.fixture
def score(seq2seq):
    def bleu(run):
        reported = seq2seq(
            "evaluate",
            run.model,
            *("--source", "test.source", "--reference", "test.target", "--format", "json"),
            cwd=run.folder,
        )
        scores = {score["name"]: score["score"] for score in json.loads(reported.stdout)["scores"]}
        return scores["BLEU"]

    return bleu


def test_sort(sort_run, score):
    assert score(sort_run) > 75


@pytest.mark.slow
@pytest.mark.parametrize(("name", "answer"), [("copy", list), ("reverse", lambda line: line[::-1])])
def test_copy_and_reverse(train_digits, score, name, answer):
    """Copying wants attention that moves: without it, a state has to hold the whole line."""
    assert score(train_digits(name, answer, 1200)) > 75


@pytest.mark.slow
def test_real_text(seq2seq, write_config, test_data, tmp_path):
    """A few hundred updates on real text, with the options of configs/multi30k-en-de.yaml made smaller."""
    raw = test_data / "mirror/raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw"
    if not raw.is_dir():
        pytest.skip(f"{raw} does not exist")
    write_config(
        tmp_path / "real.yaml",
        data={
            "source_language": "en",
            "target_language": "de",
            "train": {"source": str(raw / "train.en.gz"), "target": str(raw / "train.de.gz")},
            "dev": {"source": str(raw / "val.en.gz"), "target": str(raw / "val.de.gz")},
        },
        tokenizer={"vocabulary_size": 4000},
        model={
            "embedding_size": 128,
            "encoder_size": 128,
            "decoder_size": 256,
            "embedding_dropout": 0.1,
            "layer_dropout": 0.1,
            "readout_dropout": 0.1,
        },
        training={
            "max_steps": 400,
            "batch_tokens": 2000,
            "learning_rate": 4e-3,
            "warmup_steps": 50,
            "validate_steps": 400,
            "ema_decay": 0.98,
            "validation_sentences": 100,
        },
    )
    seq2seq("train", "real.yaml", "--output", "run", cwd=tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    (validation,) = (line for line in lines if "validation" in line)
    # 6.1 is what knowing nothing but the frequencies of the pieces would give.
    assert validation["loss"] < 4.6


def test_the_losses_fall(sort_run):
    lines = [json.loads(line) for line in (sort_run.path / "log.jsonl").read_text().splitlines()]
    losses = [line["loss_sum"] / line["tokens"] for line in lines if "step" in line]
    assert sum(losses[-50:]) < 0.2 * sum(losses[:50])


def test_beam_search_finds_no_less_probable_outputs(sort_run):
    """From Python: scores of a beam of 4 are, line by line, hardly ever below those of greedy search."""
    from seq2seq import Translator

    translator = Translator.load(sort_run.model)
    chance = random.Random(5)
    lines = [" ".join(str(chance.randrange(10)) for _ in range(6)) for _ in range(20)]
    scores = {}
    for beam_size in (1, 4):
        scores[beam_size] = [found.score for found in translator.translations(lines, beam_size=beam_size)]
    assert sum(beam >= greedy - 1e-4 for beam, greedy in zip(scores[4], scores[1], strict=True)) >= 19
