import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import SourceMemory
from seq2seq.model.decoder import Decoder
from seq2seq.model_settings import ModelSettings

BATCH, TIME, SOURCE, INPUTS, UNITS = 2, 4, 3, 5, 6


def some_decoder(input_feeding=True, **options):
    tf.random.set_seed(1)
    sizes = {"decoder_size": UNITS, "encoder_size": UNITS // 2, "embedding_size": 7}
    decoder = Decoder(ModelSettings(vocabulary_size=30, input_feeding=input_feeding, **sizes, **options), seed=1)
    decoder.build((None, None, INPUTS))
    random = np.random.default_rng(4)
    decoder.set_weights([random.normal(size=w.shape) * 0.5 for w in decoder.get_weights()])
    return decoder


def some_input():
    random = np.random.default_rng(2)
    inputs = tf.constant(random.normal(size=(BATCH, TIME, INPUTS)), tf.float32)
    mask = np.array([[True, True, True], [True, False, False]])
    values = random.normal(size=(BATCH, SOURCE, UNITS)) * mask[:, :, None]
    return inputs, SourceMemory(tf.constant(values, tf.float32), tf.constant(mask))


def unrolled(decoder, inputs, memory):
    memory, state = decoder.begin(memory)
    readouts = []
    for t in range(TIME):
        readout, _, state = decoder.step(inputs[:, t], memory, state)
        readouts.append(readout)
    return tf.stack(readouts, 1)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize(("attention", "heads"), [("dot", None), ("multi_head", 3)])
def test_training_is_the_steps_in_outputs_and_gradients(cell, attention, heads):
    decoder = some_decoder(cell=cell, attention=attention, attention_heads=heads)
    inputs, memory = some_input()
    scale = np.random.default_rng(5).normal(size=(BATCH, TIME, 7))

    def run(function):
        with tf.GradientTape() as tape:
            tape.watch((inputs, memory.values))
            readouts = function(inputs, memory)
            loss = tf.reduce_sum(readouts * scale)
        gradients = tape.gradient(loss, [inputs, memory.values, *(w.value for w in decoder.trainable_variables)])
        return [readouts, *map(tf.convert_to_tensor, gradients)]

    whole = tf.function(lambda: run(lambda x, m: decoder(x, m, training=True)), autograph=False)()
    steps = run(lambda x, m: unrolled(decoder, x, m))
    for one, other in zip(whole, steps, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_the_context_before_is_read():
    decoder = some_decoder()
    inputs, memory = some_input()
    memory, state = decoder.begin(memory)
    assert [x.shape[-1] for x in state] == list(decoder.state_widths)
    assert not state[-1].numpy().any()
    readout, _, after = decoder.step(inputs[:, 0], memory, state)
    other_context = (*state[:-1], state[-1] + 1.0)
    other, _, _ = decoder.step(inputs[:, 0], memory, other_context)
    assert np.abs(readout - other).max() > 0.01
    assert after[-1].numpy().any()


def test_without_it_the_state_is_the_layers_alone():
    decoder = some_decoder(input_feeding=False)
    inputs, memory = some_input()
    assert decoder.state_widths == (UNITS,) * 4
    np.testing.assert_allclose(decoder(inputs, memory), unrolled(decoder, inputs, memory), atol=1e-6)


def test_recurrent_dropout_is_on_in_training_only():
    decoder = some_decoder(recurrent_dropout=0.5)
    inputs, memory = some_input()
    quiet = decoder(inputs, memory)
    np.testing.assert_array_equal(decoder(inputs, memory), quiet)
    assert np.abs(decoder(inputs, memory, training=True) - quiet).max() > 0.01
