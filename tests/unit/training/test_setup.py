"""What a session works with; that it trains as it should is shown in tests/system."""

import dataclasses

import numpy as np
import pytest

from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream
from seq2seq.training.plan import doubts, large_vocabulary, plan, same_text
from seq2seq.training.preparation import Preparation
from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.setup import Setup, build_model

SMALL = ("embedding_size=8", "encoder_size=4", "decoder_size=8", "decoder_layers=1")


@pytest.fixture
def make_setup(tmp_path, make_config, short_text, small_tokenizer):
    def make(*overrides):
        config = make_config(*(f"model.{option}" for option in SMALL), *overrides)
        pair = TokenizerPair.of(small_tokenizer)
        stream = BatchStream(short_text, pair, batch_tokens=600, seed=1)
        facts = {"precision": "float32", "threads": 2, "parts": 2}
        model = build_model(config, pair, "float32", 2)
        run, dev = RunFolder(tmp_path), short_text.select([0])
        prepared = Preparation(config, run, facts, short_text, dev, None, len(short_text) + 7, pair, stream, 70)
        return Setup(prepared, facts, model)

    return make


def test_a_model_is_whole_once_it_is_made(make_setup, small_tokenizer):
    model = make_setup("training.ema_decay=0.5", "training.clip_norm=0.25", "training.label_smoothing=0.2").model
    assert (model.shards, model.ema_decay, model.clip_norm, model.objective.smoothing) == (2, 0.5, 0.25, 0.2)
    assert model.softmax_bias.shape == (len(small_tokenizer),)
    for average, w in zip(model.averages, model.trainable_variables, strict=True):
        np.testing.assert_array_equal(average.numpy(), w.numpy())
    assert not make_setup("training.ema_decay=0.0").model.averages


def test_weights_are_a_function_of_the_seed(make_setup):
    one, again, other = (make_setup(f"training.seed={seed}").model.embeddings.numpy() for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_epochs_are_counted_in_updates(make_setup):
    setup = make_setup("training.accumulate=2")
    stream = setup.prepared.stream
    batches = stream.epoch_start(1)
    assert setup.prepared.epochs_at(batches) == stream.epochs_at(2 * batches) >= 1.9


def test_it_is_one_value(make_setup):
    setup = make_setup()
    assert setup.shards == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        setup.prepared = None


class TestPlan:
    def test_lines(self, make_setup, small_tokenizer):
        setup = make_setup("training.validate_steps=30", "training.warmup_steps=9")
        lines = plan(setup, "runs/mine")
        text = setup.prepared.text
        assert lines["text"] == f"{len(text)} pairs, 1 to validate on; 7 of {len(text) + 7} were dropped, as said above"
        assert lines["vocabulary"] == f"{len(small_tokenizer)} pieces for both sides"
        assert lines["model"] == f"{setup.model.count_params():,} weights; float32 on 2 threads"
        assert lines["training"].startswith("70 updates, ") and lines["training"].endswith("rises for 9 of them")
        assert lines["validation"] == "3 in all, the first at update 30"
        assert lines["output"] == "runs/mine" and "measured" in lines["time, memory"]
        assert plan(setup, "runs/mine", 12)["training"].endswith("; 12 are done")

    def test_doubts(self, make_setup, short_text, tmp_path):
        """The config names files that are not those of the text, so that they are made."""
        setup = make_setup(f"data.train={{source: {tmp_path}/a, target: {tmp_path}/b}}")
        (tmp_path / "a").touch()
        (tmp_path / "b").touch()
        assert list(doubts(setup.prepared)) == []
        (tmp_path / "b").unlink()
        (tmp_path / "b").symlink_to(tmp_path / "a")
        assert "the same file" in "".join(doubts(setup.prepared))

    def test_equal_text_in_two_files(self, make_setup, short_text, tmp_path):
        (tmp_path / "a").touch()
        (tmp_path / "b").touch()
        config = make_setup(f"data.train={{source: {tmp_path}/a, target: {tmp_path}/b}}").prepared.config
        assert list(same_text(config, short_text)) == []
        [doubt] = same_text(config, ParallelText(short_text.sources, short_text.sources))
        assert f"in {len(short_text)} of {len(short_text)} pairs" in doubt

    @pytest.mark.parametrize(
        ("size", "tokens", "better"),
        [(8000, 128_000, "2600"), (8000, 160_000, None), (300, 500, None), (400, 900, "300")],
    )
    def test_large_vocabulary(self, size, tokens, better):
        found = list(large_vocabulary(size, tokens))
        assert [f"vocabulary_size {better}" in doubt for doubt in found] == [True] * (better is not None)
