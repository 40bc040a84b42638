"""What tests of several rooms share. Nothing heavy is imported before a fixture asks for it."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import numpy as np
import pytest

# A developer's own choice of backend, or logging, must not decide how these tests end.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parent.parent
TINY = {
    "vocabulary_size": 30,
    "embedding_size": 8,
    "encoder_layers": 2,
    "encoder_size": 5,
    "decoder_layers": 2,
    "decoder_size": 10,
}
DROPOUTS = (
    "embedding_dropout",
    "layer_dropout",
    "recurrent_dropout",
    "source_word_dropout",
    "target_word_dropout",
    "readout_dropout",
)


@pytest.fixture(scope="session")
def project_root():
    return ROOT


@pytest.fixture(scope="session")
def traveller():
    """The folder of the bundled corpus."""
    return ROOT / "corpora" / "traveller"


@pytest.fixture(scope="session")
def test_data():
    """The folder of real text, with `mirror` and `corpora`, which is not part of the project."""
    place = os.environ.get("SEQ2SEQ_TEST_DATA")
    if not place:
        pytest.skip("SEQ2SEQ_TEST_DATA does not name a folder with mirror/ and corpora/")
    if not (Path(place) / "mirror").is_dir():
        pytest.skip(f"SEQ2SEQ_TEST_DATA names {place}, which holds no mirror/")
    return Path(place)


@pytest.fixture(scope="session")
def short_text(traveller):
    """The first few hundred short pairs of the bundled corpus."""
    from seq2seq.text.parallel import read_parallel

    text = read_parallel(traveller / "train.en", traveller / "train.de")
    rows = [n for n in range(len(text)) if len(text.sources[n]) < 45 and len(text.targets[n]) < 50]
    return text.select(rows[:400])


@pytest.fixture(scope="session")
def small_tokenizer(short_text):
    from seq2seq.tokenization.tokenizer import Tokenizer

    return Tokenizer.train([*short_text.sources, *short_text.targets], vocabulary_size=450)


@pytest.fixture(scope="session")
def make_model():
    """Makes a tiny `TranslationModel`; keywords change its settings."""

    def make(kind=None, randomize=True, seed=1, **settings):
        from seq2seq.model.translation_model import TranslationModel
        from seq2seq.model_settings import ModelSettings

        model = (kind or TranslationModel)(ModelSettings(**TINY | settings), seed)
        if randomize:
            # Biases begin at zero, and small weights make all outputs alike: neither would show an error.
            random = np.random.default_rng(7)
            for weight in model.trainable_variables:
                weight.assign(random.normal(0, 0.4, weight.shape).astype(np.float32))
        return model

    return make


@pytest.fixture(scope="session")
def make_training_model(make_model):
    """Makes a compiled `TrainingModel`, as `fit` gets it."""

    def make(
        *,
        smoothing=0.1,
        clip_norm=1.0,
        ema_decay=0.9,
        product_precision="float32",
        shards=1,
        objective=None,
        learning_rate=0.01,
        **settings,
    ):
        from seq2seq.training.objectives.cross_entropy_objective import CrossEntropy
        from seq2seq.training.optimizer import Adam
        from seq2seq.training.training_model import TrainingModel

        kind = functools.partial(
            TrainingModel,
            objective=objective or CrossEntropy(smoothing),
            clip_norm=clip_norm,
            ema_decay=ema_decay,
            product_precision=product_precision,
            shards=shards,
        )
        model = make_model(kind, **settings)
        model.restart_averages()
        optimizer = Adam(learning_rate, 0.9, 0.98, 1e-8, name="adam")
        optimizer.build(model.trainable_variables)
        model.compile(optimizer=optimizer, jit_compile=False)
        return model

    return make


@pytest.fixture(scope="session")
def update_of():
    """Makes a function of one batch of source and target ids that updates a model, as one graph."""
    import tensorflow as tf

    from seq2seq.training.data.batch import Batch

    ids = tf.TensorSpec([None, None], tf.int32)

    def make(model):
        def update(source, target):
            return model.train_step((Batch(source, target),))

        return tf.function(update, input_signature=[ids, ids], autograph=False)

    return make


@pytest.fixture(scope="session")
def trained(short_text, small_tokenizer, make_training_model, update_of):
    """A small model that has learnt something: (model, tokenizer, text)."""
    from seq2seq.tokenization.pair import TokenizerPair
    from seq2seq.training.data.batches import BatchStream

    model = make_training_model(
        learning_rate=0.01,
        randomize=False,
        vocabulary_size=len(small_tokenizer),
        embedding_size=24,
        encoder_layers=1,
        encoder_size=16,
        decoder_size=32,
    )
    update = update_of(model)
    stream = BatchStream(short_text, TokenizerPair.of(small_tokenizer), batch_tokens=600, seed=1)
    for step in range(150):
        batch = stream.batch(step)
        update(batch.source, batch.target)
    return model, small_tokenizer, short_text


@pytest.fixture(scope="session")
def all_dropouts():
    """Settings that turn every dropout on."""
    return dict.fromkeys(DROPOUTS, 0.25)


@pytest.fixture(scope="session")
def random_ids():
    """Makes rows of random piece ids that end in EOS, padded on the right."""

    def make(lengths, seed=0, vocabulary_size=TINY["vocabulary_size"], extra=0):
        from seq2seq.tokenization.ids import EOS, PAD

        random = np.random.default_rng(seed)
        ids = np.full((len(lengths), max(lengths) + extra), PAD, np.int32)
        for row, length in zip(ids, lengths, strict=True):
            row[: length - 1] = random.integers(4, vocabulary_size, length - 1)
            row[length - 1] = EOS
        return ids

    return make


@pytest.fixture(scope="session")
def pad_more():
    """Adds columns of padding on the right."""

    def pad(ids, columns):
        return np.pad(ids, ((0, 0), (0, columns)))

    return pad


@pytest.fixture
def make_config(tmp_path):
    """Makes a `Config`; overrides are "section.key=value"."""

    def make(*overrides):
        from seq2seq.config.loading import build_config

        values = {"data": {"train": {"source": "train.en", "target": "train.de"}}, "training": {}}
        given = " ".join(overrides)
        if "training.epochs" not in given and "training.max_steps" not in given:
            overrides = (*overrides, "training.max_steps=100")
        return build_config(values, "test", overrides)

    return make
