import itertools

import numpy as np
import pytest

from seq2seq.model.translation_model import TranslationModel
from seq2seq.model.weights import get_weights
from seq2seq.model_settings import ModelSettings

SIZES = {
    "vocabulary_size": 30,
    "embedding_size": 8,
    "encoder_layers": 2,
    "encoder_size": 4,
    "decoder_layers": 2,
    "decoder_size": 8,
}
SOURCE = np.array([[4, 5, 6, 7, 3], [8, 9, 3, 0, 0]], np.int32)
TARGET = np.array([[10, 11, 3], [12, 3, 0]], np.int32)


def model_of(**options):
    return TranslationModel(ModelSettings(**SIZES | options), seed=1)


def by_steps(model, source, target):
    """The loss of the target, a step at a time."""
    memory, state = model.begin(source)
    before = np.concatenate([np.full((len(target), 1), 2, np.int32), target[:, :-1]], 1)
    loss = 0.0
    for t in range(target.shape[1]):
        logits, _, state = model.step(before[:, t], memory, state)
        logits = logits.numpy().astype(float)
        log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        loss -= sum(log_p[row, piece] for row, piece in enumerate(target[:, t]) if piece)
    return loss


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "gru", "residual": False, "bridge": "last"},
        {"cell": "rnn", "bidirectional": False, "encoder_size": 8, "bridge": "zero"},
        {"tied": False, "source_vocabulary_size": 40, "attention": "general", "decoder_size": 6},
        {"attention": "multi_head", "attention_heads": 2, "input_feeding": True, "decoder_size": 6},
        {"attention": "additive", "bidirectional": False, "bridge": "last"},
    ],
    ids=str,
)
def test_steps_have_the_loss_of_training(options):
    model = model_of(**options)
    np.testing.assert_allclose(by_steps(model, SOURCE, TARGET), float(model.loss_sums(SOURCE, TARGET).plain), rtol=1e-5)
    again = TranslationModel.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again((SOURCE, TARGET)), model((SOURCE, TARGET)))


def test_the_signature_is_what_begin_gives():
    for attention, cell, feeding in itertools.product(("dot", "general", "multi_head"), ("lstm", "gru"), (True, False)):
        model = model_of(attention=attention, cell=cell, input_feeding=feeding)
        memory, state = model.begin(SOURCE)
        spec_memory, spec_state = model.step_signature
        assert [x.shape[-1] for x in state] == [x.shape[-1] for x in spec_state]
        assert memory.values.shape[-1] == spec_memory.values.shape[-1]
        assert [x.shape[-1] for x in memory.keys] == [x.shape[-1] for x in spec_memory.keys]


def test_a_tied_model_has_one_table():
    tied, untied = get_weights(model_of()), get_weights(model_of(tied=False, source_vocabulary_size=40))
    assert {name for name in tied if "embeddings" in name} == {"embeddings"}
    tables = {name: w.shape for name, w in untied.items() if "embeddings" in name}
    assert tables == {"embeddings": (30, 8), "source_embeddings": (40, 8), "target_embeddings": (30, 8)}


def test_a_tied_model_wants_one_vocabulary():
    with pytest.raises(ValueError, match="vocabularies of 40 and 30 tokens"):
        model_of(source_vocabulary_size=40)


def test_one_direction_never_looks_ahead():
    ahead = SOURCE.copy()
    ahead[0, 3] = 20
    for bidirectional in (True, False):
        model = model_of(bidirectional=bidirectional, attention="general")
        one, other = model.encode(SOURCE).values, model.encode(ahead).values
        assert one.shape[-1] == (8 if bidirectional else 4)
        assert (np.abs(one[0, :3] - other[0, :3]).max() > 0) == bidirectional


def test_residual_layers_add_to_what_they_read():
    with_residual, without = model_of(residual=True), model_of(residual=False)
    for model in (with_residual, without):
        for layer in (model.encoder.forward[1], model.encoder.backward[1], model.decoder.cells[1]):
            layer.kernel.assign(np.zeros(layer.kernel.shape))
            layer.recurrent_kernel.assign(np.zeros(layer.recurrent_kernel.shape))
            layer.bias.assign(np.zeros(layer.bias.shape))
    assert with_residual.encode(SOURCE).values.numpy().any()
    assert not without.encode(SOURCE).values.numpy().any()  # a layer that says nothing hides what is below it


def test_word_dropout_of_a_side_is_on_that_side():
    model = model_of(source_word_dropout=0.5)
    np.testing.assert_array_equal(model.embed_target(TARGET, training=True), model.embed_target(TARGET))
    many = np.full((40, 40), 5, np.int32)
    dropped = (model.embed_source(many, training=True).numpy() == 0).all(-1)
    assert 0.4 < dropped.mean() < 0.6
    assert not (model_of(target_word_dropout=0.5).embed_source(many, training=True).numpy() == 0).any()


def test_directions_draw_masks_of_their_own():
    model = model_of(source_word_dropout=0.5, target_word_dropout=0.5)
    many = np.full((20, 20), 5, np.int32)
    masks = [(f(many, training=True).numpy() == 0).all(-1) for f in (model.embed_source, model.embed_target)]
    assert (masks[0] != masks[1]).any()
