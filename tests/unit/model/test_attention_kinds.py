import numpy as np
import pytest
import tensorflow as tf

from seq2seq.model.attention import DotAttention, MultiHeadAttention, SourceMemory, make_attention
from seq2seq.model_settings import ModelSettings

SENTENCES, QUERIES, SOURCE, WIDTH = 3, 4, 5, 6
LENGTHS = [5, 2, 1]
KINDS = ["dot", "general", "additive", "multi_head"]


def built(kind, memory_width=WIDTH):
    heads = 2 if kind == "multi_head" else None
    sizes = {"decoder_size": WIDTH, "encoder_size": memory_width, "bidirectional": False}
    layer = make_attention(ModelSettings(vocabulary_size=30, attention=kind, attention_heads=heads, **sizes))
    layer.build(WIDTH, memory_width)
    random = np.random.default_rng(3)
    layer.set_weights([random.normal(size=w.shape) for w in layer.trainable_variables])
    return layer


def some_queries():
    return tf.constant(np.random.default_rng(1).normal(size=(SENTENCES, QUERIES, WIDTH)), tf.float32)


def some_memory(width=WIDTH, padding=0):
    values = np.random.default_rng(2).normal(size=(SENTENCES, SOURCE, width))
    mask = np.arange(SOURCE) < np.array(LENGTHS)[:, None]
    values = np.pad(values * mask[:, :, None], ((0, 0), (0, padding), (0, 0)))
    return SourceMemory(tf.constant(values, tf.float32), tf.constant(np.pad(mask, ((0, 0), (0, padding)))))


def by_hand(kind, weights, q, m):
    """Context and weights of one query and one sentence's rows, as in the papers."""

    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    if kind == "multi_head":
        to_q, to_k, to_v, to_output = weights
        d = WIDTH // 2
        contexts, heads = [], []
        for head in (slice(0, d), slice(d, 2 * d)):
            a = softmax((m @ to_k)[:, head] @ (q @ to_q)[head] / np.sqrt(d))
            contexts.append(a @ (m @ to_v)[:, head])
            heads.append(a)
        return np.concatenate(contexts) @ to_output, np.mean(heads, 0)
    if kind == "dot":
        scores = m @ q
    elif kind == "general":
        scores = m @ weights[0] @ q
    else:
        to_units, of_memory, v = weights
        scores = (np.tanh(q @ to_units + m @ of_memory) @ v)[:, 0]
    a = softmax(scores)
    return a @ m, a


@pytest.mark.parametrize(
    ("kind", "memory_width"), [(kind, WIDTH) for kind in KINDS] + [(kind, WIDTH + 3) for kind in KINDS[1:]]
)
def test_equals_the_papers_formula(kind, memory_width):
    layer, queries, memory = built(kind, memory_width), some_queries(), some_memory(memory_width)
    context, weights = layer(queries, layer.project(memory))
    assert context.shape[-1] == layer.width
    for s in range(SENTENCES):
        rows = memory.values[s, : LENGTHS[s]].numpy().astype(float)
        for n in range(QUERIES):
            expected_context, expected_weights = by_hand(
                kind, [w.astype(float) for w in layer.get_weights()], queries[s, n].numpy().astype(float), rows
            )
            np.testing.assert_allclose(context[s, n], expected_context, atol=1e-5)
            np.testing.assert_allclose(weights[s, n, : LENGTHS[s]], expected_weights, atol=1e-5)
            np.testing.assert_array_equal(weights[s, n, LENGTHS[s] :], 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_more_padding_changes_nothing(kind):
    layer, queries = built(kind), some_queries()
    context, weights = layer(queries, layer.project(some_memory()))
    padded_context, padded_weights = layer(queries, layer.project(some_memory(padding=3)))
    np.testing.assert_allclose(padded_context, context, atol=1e-6)
    np.testing.assert_allclose(padded_weights[..., :SOURCE], weights, atol=1e-6)
    np.testing.assert_array_equal(padded_weights[..., SOURCE:], 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_head_has_weights_of_its_own(kind):
    layer, queries = built(kind), some_queries()
    memory = layer.project(some_memory())
    context, weights = layer(queries, memory)
    same_context, heads = layer.attend_by_head(queries, memory)
    assert heads.shape == (SENTENCES, layer.heads, QUERIES, SOURCE)
    np.testing.assert_allclose(tf.reduce_sum(heads, -1), 1.0, atol=1e-6)
    np.testing.assert_allclose(tf.reduce_mean(heads, 1), weights, atol=1e-6)
    np.testing.assert_array_equal(same_context, context)
    if kind == "multi_head":
        assert np.abs(heads[0, 0] - heads[0, 1]).max() > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_a_projected_memory_looks_like(kind):
    width = WIDTH if kind == "dot" else WIDTH + 3
    layer = built(kind, width)
    memory = layer.project(some_memory(width))
    assert layer.memory_widths == tuple(x.shape[-1] for x in (memory.values, *memory.keys))


def test_dot_attention_refuses_two_widths():
    with pytest.raises(ValueError, match="width 6 to a memory of width 4"):
        DotAttention().build(6, 4)


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match="do not divide into 4 heads"):
        MultiHeadAttention(4).build(6, 6)


@pytest.mark.parametrize("kind", KINDS)
def test_config_round_trip(kind):
    layer = built(kind)
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.heads == layer.heads
