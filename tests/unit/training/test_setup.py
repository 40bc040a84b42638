"""What a session works with; that it trains as it should is shown in tests/system."""

import dataclasses

import numpy as np
import pytest

from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import BatchStream
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
        return Setup(config, RunFolder(tmp_path), facts, short_text, short_text.select([0]), pair, stream, model, 70)

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
    batches = setup.stream.epoch_start(1)
    assert setup.epochs_at(batches) == setup.stream.epochs_at(2 * batches) >= 1.9


def test_it_is_one_value_that_describes_itself(make_setup, small_tokenizer):
    setup = make_setup()
    line = setup.describe()
    assert f"{len(setup.text)} pairs, 1 to validate on; {len(small_tokenizer)} pieces; " in line
    assert line.endswith("70 steps; float32 on 2 threads") and setup.shards == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        setup.last_step = 1
