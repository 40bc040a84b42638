"""Contracts 2 and 3 on a real model: scores depend on neither neighbours nor batch size, and are forced scores."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.errors import UserError
from seq2seq.model.translation_model import TranslationModel
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import METADATA, ModelFolder
from seq2seq.search import beam_search, forced_scores
from seq2seq.tokenization.ids import BOS, EOS, pad
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.translator import Translator

DECODING = {
    "beam_size": 3,
    "length_penalty": 1.0,
    "max_length_ratio": 2.0,
    "max_length_offset": 10,
    "max_source_tokens": 128,
    "batch_tokens": 400,
}


def close(a, b):
    """Contract 2: within 1e-4·max(1, |x|)."""
    return np.abs(a - b) <= 1e-4 * np.maximum(1, np.abs(b))


@pytest.fixture(scope="module")
def engine(trained):
    return KerasEngine(trained[0])


@pytest.fixture(scope="module")
def sources(trained):
    _, tokenizer, text = trained
    return [[*ids, EOS] for ids in tokenizer.encode(text.sources[:24])]


def search(engine, rows, beam_size=3, **options):
    lengths = np.array([len(ids) for ids in rows], np.int32)
    found = beam_search(
        engine,
        pad(rows),
        lengths,
        **{"beam_size": beam_size, "length_penalty": 1.0, "max_lengths": 2 * lengths + 10} | options,
    )
    return [best for best, *_ in found]


@pytest.fixture(scope="module")
def found(engine, sources):
    return search(engine, sources)


def test_it_has_learnt_something(trained, found):
    """Else the tests here would be about noise: different sources must get different outputs, of some length."""
    outputs = {tuple(best.tokens.tolist()) for best in found}
    assert len(outputs) > len(found) / 2
    assert np.mean([len(best.tokens) for best in found]) > 4


@pytest.mark.parametrize("size", [1, 2, 7])
def test_scores_do_not_depend_on_the_batch(engine, sources, found, size):
    for start in range(0, len(sources), size):
        for best, there in zip(found[start:], search(engine, sources[start : start + size]), strict=False):
            if best.tokens.tolist() == there.tokens.tolist():
                assert close(there.score, best.score)
                assert close(there.log_probability, best.log_probability)
                assert close(there.token_log_probabilities, best.token_log_probabilities).all()
            else:  # Two outputs that were as good as each other.
                assert abs(there.score - best.score) <= 1e-4


def test_scores_do_not_depend_on_the_neighbours(engine, sources, found):
    """Forced scores of the same outputs, among long neighbours, in another order and width."""
    random = np.random.default_rng(0)
    long = [[*random.integers(4, engine.vocabulary_size, 60).tolist(), EOS] for _ in range(5)]
    order = random.permutation(len(sources))
    rows = [*long, *(sources[n] for n in order)]
    outputs = [[]] * len(long) + [found[n].tokens.tolist() for n in order]
    lengths = [np.array([len(ids) for ids in each], np.int32) for each in (rows, outputs)]
    scores = forced_scores(engine, pad(rows), lengths[0], pad(outputs), lengths[1])[len(long) :]
    for n, score in zip(order, scores, strict=True):
        assert close(score, found[n].token_log_probabilities).all()
        assert close(score.sum(), found[n].log_probability)


def test_a_translations_log_probability_is_its_loss(trained, sources, found):
    """Contract 3: beam search and teacher forcing agree on what an output is worth."""
    model, *_ = trained
    for source, best in zip(sources[:10], found[:10], strict=True):
        target = np.array([[*best.tokens, EOS]], np.int32)
        loss = model.loss_sums(np.array([source], np.int32), target)
        assert close(-float(loss.plain), best.log_probability)


def test_forced_scores_equal_the_loss_of_references(trained, engine):
    model, tokenizer, text = trained
    sources, targets = tokenizer.encode(text.sources[:20]), tokenizer.encode(text.targets[:20])
    rows = [[*ids, EOS] for ids in sources]
    lengths = [np.array([len(ids) for ids in each], np.int32) for each in (rows, targets)]
    scores = forced_scores(engine, pad(rows), lengths[0], pad(targets), lengths[1])
    loss = model.loss_sums(pad(rows), pad([[*ids, EOS] for ids in targets]))
    assert close(-sum(score.sum() for score in scores), float(loss.plain))
    readout = model((pad(rows), pad([[*ids, EOS] for ids in targets])))
    log_p = tf.nn.log_softmax(model.logits(readout)).numpy()
    for n, (ids, score) in enumerate(zip(targets, scores, strict=True)):
        assert close(score, log_p[n, np.arange(len(ids) + 1), [*ids, EOS]]).all()


def test_beam_one_equals_greedy(trained, engine, sources):
    model, *_ = trained
    step = tf.function(model.step, autograph=False, reduce_retracing=True)
    for source, best in zip(sources[:12], search(engine, sources[:12], beam_size=1), strict=True):
        memory, state = model.begin(np.array([source], np.int32))
        token, output = BOS, []
        while len(output) < 2 * len(source) + 10:
            logits, _, state = step(tf.constant([token]), memory, state)
            logits = logits.numpy()[0]
            logits[[0, BOS]] = -np.inf
            token = int(logits.argmax())
            if token == EOS:
                break
            output.append(token)
        assert best.tokens.tolist() == output


def test_attention(engine, sources):
    for source, best in zip(sources, search(engine, sources, attention=True), strict=True):
        assert best.attention.shape == (len(best.tokens) + 1, len(source))
        np.testing.assert_allclose(best.attention.sum(-1), 1, atol=1e-5)


class TestStep:
    """`seq2seq.search.interface.Engine`, as its docstrings promise."""

    @pytest.fixture
    def begun(self, engine, sources):
        """Three sentences, three beams: the memory and a state that differs from row to row."""
        rows = sources[:3]
        memory, state = engine.encode(pad(rows), np.array([len(ids) for ids in rows], np.int32))
        parents = np.repeat(np.arange(3, dtype=np.int32), 3)
        first = engine.step(np.full(9, BOS, np.int32), parents, state, memory, 1)
        tokens = np.arange(10, 19, dtype=np.int32)
        return memory, engine.step(tokens, np.arange(9, dtype=np.int32), first.state, memory, 1).state

    def step(self, engine, memory, state, k, rows=9, parents=None, score_ids=None):
        parents = np.arange(rows, dtype=np.int32) if parents is None else parents
        return engine.step(np.arange(20, 20 + rows, dtype=np.int32), parents, state, memory, k, score_ids)

    def test_log_probs_of_all(self, engine, begun):
        result = self.step(engine, *begun, k=engine.vocabulary_size)
        assert result.log_probs.shape == result.ids.shape == (9, engine.vocabulary_size)
        np.testing.assert_allclose(np.exp(result.log_probs).sum(-1), 1, atol=1e-4)
        assert (result.log_probs <= 0).all()
        assert (np.sort(result.ids) == np.arange(engine.vocabulary_size)).all()
        assert result.scored is None

    @pytest.mark.parametrize("k", [1, 5])
    def test_k_takes_the_best(self, engine, begun, k):
        everything, result = self.step(engine, *begun, k=engine.vocabulary_size), self.step(engine, *begun, k=k)
        # A whole vocabulary comes in any order.
        best = np.argsort(-everything.log_probs, axis=1, kind="stable")[:, :k]
        np.testing.assert_array_equal(result.ids, np.take_along_axis(everything.ids, best, 1))
        np.testing.assert_allclose(result.log_probs, np.take_along_axis(everything.log_probs, best, 1), atol=1e-6)

    def test_score_ids(self, engine, begun):
        wanted = np.arange(9, dtype=np.int32) * 7
        result = self.step(engine, *begun, k=engine.vocabulary_size, score_ids=wanted)
        at = np.argsort(result.ids)[np.arange(9), wanted]
        np.testing.assert_allclose(result.scored, result.log_probs[np.arange(9), at], atol=1e-6)

    def test_parents_choose_rows_of_the_state(self, engine, begun):
        memory, state = begun
        parents = np.array([1, 1, 0, 5, 4, 3, 8, 8, 8], np.int32)
        result = self.step(engine, memory, state, k=4, parents=parents)
        for row, parent in enumerate(parents):
            alone = tuple(np.array(part)[parent : parent + 1] for part in state)
            sentence = memory.select(np.array([row // 3]))
            there = engine.step(np.array([20 + row], np.int32), np.zeros(1, np.int32), alone, sentence, 4)
            np.testing.assert_array_equal(there.ids[0], result.ids[row])
            assert close(there.log_probs[0], result.log_probs[row]).all()
            assert close(there.attention[0], result.attention[row]).all()

    def test_select(self, engine, begun):
        memory, state = begun
        everything = self.step(engine, memory, state, k=4)
        kept = np.array([0, 2])
        rows = np.array([0, 1, 2, 6, 7, 8], np.int32)
        result = engine.step(20 + rows, rows, state, memory.select(kept), 4)
        np.testing.assert_array_equal(result.ids, everything.ids[rows])
        assert close(result.log_probs, everything.log_probs[rows]).all()

    def test_ids_after_the_length_do_not_matter(self, engine, sources):
        lengths = np.array([len(ids) for ids in sources[:3]], np.int32)
        clean = pad(sources[:3])
        dirty = np.where(clean == 0, 9, clean)
        (_, state), (_, there) = engine.encode(clean, lengths), engine.encode(dirty, lengths)
        for a, b in zip(state, there, strict=True):
            np.testing.assert_array_equal(a, b)


def test_it_reads_the_weights_of_the_moment(make_model, random_ids):
    model = make_model()
    engine, ids = KerasEngine(model), random_ids([4])
    before = search(engine, ids.tolist())[0].log_probability
    model.softmax_bias.assign_add(np.linspace(0, 5, 30, dtype=np.float32))
    assert abs(search(engine, ids.tolist())[0].log_probability - before) > 0.01


class TestLoad:
    @pytest.fixture
    def folder(self, trained, tmp_path):
        model, tokenizer, _ = trained
        ModelFolder.write(
            tmp_path / "model",
            get_weights(model),
            TokenizerPair.of(tokenizer, languages=("en", "de")),
            replace(model.settings, embedding_dropout=0.3, recurrent_dropout=0.2),
            decoding=DECODING,
        )
        return tmp_path / "model"

    def edit(self, folder, change):
        metadata = json.loads((folder / METADATA).read_text())
        change(metadata)
        (folder / METADATA).write_text(json.dumps(metadata))

    def test_equals_the_model(self, folder, sources, found, trained):
        loaded = KerasEngine.load(ModelFolder.open(folder))
        assert loaded.vocabulary_size == len(trained[1])
        for best, there in zip(found, search(loaded, sources), strict=True):
            assert there.tokens.tolist() == best.tokens.tolist()
            assert there.score == best.score

    def test_translator_of_the_folder(self, folder, trained):
        model, tokenizer, text = trained
        lines = [*text.sources[:5], "", "  ", text.sources[5]]
        tokenizers = TokenizerPair.of(tokenizer, languages=("en", "de"))
        expected = Translator(KerasEngine(model), tokenizers, DecodingOptions.of_model(DECODING)).translations(lines)
        assert Translator.load(folder).translations(lines) == expected
        assert [bool(t.text) for t in expected] == [True] * 5 + [False] * 2 + [True]

    @pytest.mark.parametrize("key", ["attention_span", "wordy_dropout"])
    def test_unknown_option(self, folder, key):
        self.edit(folder, lambda metadata: metadata["model"].update({key: 3}))
        with pytest.raises(UserError, match=key) as caught:
            KerasEngine.load(ModelFolder.open(folder))
        assert str(folder) in str(caught.value) and "\n" not in str(caught.value)

    def test_missing_option(self, folder):
        self.edit(folder, lambda metadata: metadata["model"].pop("encoder_size"))
        with pytest.raises(UserError, match="encoder_size"):
            KerasEngine.load(ModelFolder.open(folder))

    def test_weights_of_another_shape(self, folder):
        self.edit(folder, lambda metadata: metadata["model"].update(embedding_size=12))
        with pytest.raises(UserError, match="shape") as caught:
            KerasEngine.load(ModelFolder.open(folder))
        assert str(folder) in str(caught.value)

    def test_weights_of_another_model(self, folder):
        self.edit(folder, lambda metadata: metadata["model"].update(encoder_layers=2))
        with pytest.raises(UserError, match=r"encoder/.*_1"):
            KerasEngine.load(ModelFolder.open(folder))

    def test_loads_without_dropout_state(self, folder):
        """What is loaded translates: it draws nothing."""
        model = KerasEngine.load(ModelFolder.open(folder)).model
        assert isinstance(model, TranslationModel)
        ids = np.array([[5, 6, EOS]], np.int32)
        np.testing.assert_array_equal(model((ids, ids)), model((ids, ids)))
