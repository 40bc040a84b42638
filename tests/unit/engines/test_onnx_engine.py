"""The exported graphs: equal to the Keras engine in float32, independent of neighbours to the bit in int8."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.engines.onnx_engine import OnnxEngine
from seq2seq.errors import UserError
from seq2seq.exporting.exporting import export_model
from seq2seq.exporting.graphs.cell_graph import OPERATORS
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.search import beam_search
from seq2seq.tokenization.ids import BOS, EOS, pad
from seq2seq.tokenization.pair import TokenizerPair

DECODING = {
    "beam_size": 3,
    "length_penalty": 1.0,
    "max_length_ratio": 2.0,
    "max_length_offset": 10,
    "max_source_tokens": 128,
    "batch_tokens": 400,
}
# Every value of every option, and sizes at which products are cut into parts.
OPTIONS = [
    {},
    {"cell": "gru", "bridge": "last", "residual": False, "encoder_layers": 1},
    {"cell": "rnn", "bidirectional": False, "encoder_size": 10, "bridge": "zero"},
    {"tied": False, "source_vocabulary_size": 40, "attention": "general", "decoder_size": 6, "input_feeding": True},
    {"attention": "multi_head", "attention_heads": 2, "input_feeding": True, "decoder_size": 6, "cell": "gru"},
    {"attention": "additive", "bidirectional": False, "bridge": "last", "decoder_layers": 1},
    {"encoder_size": 130, "decoder_size": 260, "vocabulary_size": 1100},
    {"attention": "multi_head", "attention_heads": 1, "decoder_size": 258, "encoder_layers": 1, "cell": "rnn"},
]


@pytest.fixture(scope="module", params=OPTIONS, ids=lambda options: "-".join(map(str, options.values())) or "default")
def engines(request, tmp_path_factory, make_model, small_tokenizer):
    """The same model three times: Keras, ONNX in float32, ONNX in int8."""
    # Large random weights make a wide model chaotic: a last place of a float would become another output.
    model = make_model(randomize=request.param.get("decoder_size", 0) < 100, **request.param)
    return export_all(model, tmp_path_factory.mktemp("model"), small_tokenizer)


def export_all(model, place, tokenizer):
    place.mkdir(exist_ok=True)
    # The tokenizer is a stand-in: only ids are fed to these models.
    ModelFolder.write(
        place / "model", get_weights(model), TokenizerPair.of(tokenizer), model.settings, decoding=DECODING
    )
    folder = ModelFolder.open(place / "model")
    export_model(folder, place / "float32", "none")
    export_model(folder, place / "int8", "int8")
    return KerasEngine(model), *(OnnxEngine.load(ModelFolder.open(place / name)) for name in ("float32", "int8"))


def sentences(lengths, seed=0):
    random = np.random.default_rng(seed)
    return [[*random.integers(4, 30, length - 1).tolist(), EOS] for length in lengths]


def numbers(x):
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)


def walk(engine, rows, steps, k):
    """Results of some steps with two beams, which fork and swap; the tokens are always the same."""
    lengths = np.array([len(ids) for ids in rows], np.int32)
    memory, state = engine.encode(pad(rows), lengths)
    starts = 2 * np.arange(len(rows), dtype=np.int32)
    parents = np.arange(len(rows), dtype=np.int32)
    tokens = np.full(len(rows), BOS, np.int32)
    found = []
    for step in range(steps):
        score_ids = np.full(len(tokens), 5 + step, np.int32)
        found.append(engine.step(tokens, parents, state, memory, k, score_ids))
        state = found[-1].state
        parents = np.repeat(parents, 2) if step == 0 else np.stack([starts + 1, starts], 1).ravel().astype(np.int32)
        # What a beam says depends on its sentence and on nothing else.
        first = np.array([ids[step % len(ids)] for ids in rows], np.int32)
        tokens = np.stack([first, np.minimum(first + 1, 29)], 1).ravel()
    return found


LENGTHS = [9, 7, 7, 5, 2, 40]


def test_float32_equals_keras(engines):
    """Contract 2, step by step: all log-probabilities, attention and states."""
    keras, float32, _ = engines
    rows = sentences(LENGTHS)
    for k in (keras.vocabulary_size, 5, 20):
        for one, other in zip(walk(keras, rows, 3, k), walk(float32, rows, 3, k), strict=True):
            np.testing.assert_array_equal(other.ids, one.ids)
            np.testing.assert_allclose(other.log_probs, one.log_probs, rtol=1e-4, atol=1e-4)
            np.testing.assert_allclose(other.attention, one.attention, atol=1e-5)
            np.testing.assert_allclose(other.scored, one.scored, rtol=1e-4, atol=1e-4)
            for part, same in zip(other.state, one.state, strict=True):
                np.testing.assert_allclose(numbers(part), numbers(same), rtol=1e-4, atol=1e-4)


def test_int8_is_near(engines):
    keras, _, int8 = engines
    rows = sentences(LENGTHS)
    exact, near = (walk(engine, rows, 3, keras.vocabulary_size) for engine in (keras, int8))
    for one, other in zip(exact, near, strict=True):
        assert np.abs(other.log_probs - one.log_probs).mean() < 0.3 * one.log_probs.std()
        np.testing.assert_allclose(np.exp(other.log_probs).sum(-1), 1, atol=1e-4)


@pytest.mark.parametrize("lengths", [LENGTHS, [35, 66, 50, 33, 130]])
def test_int8_depends_on_no_neighbour(engines, lengths):
    """To the bit: floats that differ in their last place may round to different bytes, and so on from there."""
    *_, int8 = engines
    rows = sentences(lengths)
    together = walk(int8, rows, 4, 4)
    for n, row in enumerate(rows):
        for step, (one, alone) in enumerate(zip(together, walk(int8, [row], 4, 4), strict=True)):
            at = slice(n, n + 1) if step == 0 else slice(2 * n, 2 * n + 2)
            np.testing.assert_array_equal(one.log_probs[at], alone.log_probs)
            np.testing.assert_array_equal(one.ids[at], alone.ids)
            np.testing.assert_array_equal(one.attention[at, : len(row)], alone.attention)
            for part, same in zip(one.state, alone.state, strict=True):
                np.testing.assert_array_equal(numbers(part)[at], numbers(same))


RAGGED = np.array([3, 1, 2, 1, 2, 4], np.int32)


def ragged(engine, rows, beams, k, chosen):
    """Two steps in which sentences have unequally many beams, for the chosen sentences: results row by row."""
    memory, state = engine.encode(pad(rows), np.array([len(ids) for ids in rows], np.int32))
    begun = np.arange(len(rows), dtype=np.int32)
    state = engine.step(np.full(len(rows), BOS, np.int32), begun, state, memory, 1).state
    memory = memory.select(chosen)
    few, parents = beams[chosen], np.repeat(chosen, beams[chosen]).astype(np.int32)
    found = []
    for step in range(2):
        # What a row says depends on its sentence and its place there.
        places = np.concatenate([np.arange(n) for n in few]).astype(np.int32)
        tokens = np.repeat(chosen, few).astype(np.int32) * 3 + places + 5
        equal = len(set(few.tolist())) == 1
        found.append(engine.step(tokens, parents, state, memory, k, tokens + step, None if equal else few))
        state = found[-1].state
        starts = np.repeat(np.cumsum(few) - few, few)
        parents = (starts + np.repeat(few, few) - 1 - places).astype(np.int32)  # each sentence's turn round
    return found


@pytest.mark.parametrize("k", [4, 20])
def test_rows_need_not_be_equally_many(engines, k):
    """Each sentence as if it were alone: in int8 to the bit."""
    rows = sentences(LENGTHS)
    for engine, tolerance in zip(engines, (1e-4, 1e-4, 0), strict=True):
        together = ragged(engine, rows, RAGGED, k, np.arange(len(rows)))
        assert len(together[0].ids) == RAGGED.sum()
        for n, start in enumerate(np.cumsum(RAGGED) - RAGGED):
            at = slice(start, start + RAGGED[n])
            for one, alone in zip(together, ragged(engine, rows, RAGGED, k, np.array([n])), strict=True):
                np.testing.assert_array_equal(one.ids[at], alone.ids)
                for values, same in zip(
                    [one.log_probs, one.attention, one.scored, *map(numbers, one.state)],
                    [alone.log_probs, alone.attention, alone.scored, *map(numbers, alone.state)],
                    strict=True,
                ):
                    np.testing.assert_allclose(values[at], same, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("equal", [True, False])
def test_a_memory_may_hold_sentences_that_have_left(engines, monkeypatch, equal):
    *_, int8 = engines
    rows, chosen = sentences(LENGTHS), np.array([0, 1, 3, 4, 5])
    beams = np.full_like(RAGGED, 2) if equal else RAGGED
    memory, _ = int8.encode(pad(rows), np.array([len(ids) for ids in rows], np.int32))
    assert memory.select(chosen).held == 6
    assert memory.select(chosen).select(np.array([1, 2, 3, 4])).held == 4
    found = []
    for most in (0.75, 1.0):
        monkeypatch.setattr("seq2seq.engines.onnx_engine.COMPACT_BELOW", most)
        found.append(ragged(int8, rows, beams, 4, chosen))
    for one, other in zip(*found, strict=True):
        for a, b in zip([*one[:4], *map(numbers, one.state)], [*other[:4], *map(numbers, other.state)], strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("cell", "kinds"), [("lstm", ["u1", "f4"] * 2), ("gru", ["f4"] * 2), ("rnn", ["u1"] * 2)])
def test_in_int8_hidden_states_that_are_only_multiplied_go_on_as_bytes(
    tmp_path, make_model, small_tokenizer, cell, kinds
):
    *_, int8 = export_all(make_model(cell=cell), tmp_path, small_tokenizer)
    rows = sentences([3, 5])
    memory, state = int8.encode(pad(rows), np.array([3, 5], np.int32))
    step = int8.step(np.array([5, 6], np.int32), np.array([1, 1], np.int32), state, memory, 2)
    assert [part.numpy().dtype for part in state] == [part.numpy().dtype for part in step.state] == kinds


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_cell_for_which_onnx_has_no_operator(tmp_path, make_model, small_tokenizer, monkeypatch, cell):
    """The encoder's layers then are loops over the steps, in float32, too."""
    monkeypatch.setitem(OPERATORS, cell, replace(OPERATORS[cell], operator=None))
    keras, float32, _ = export_all(make_model(cell=cell), tmp_path, small_tokenizer)
    nodes = onnx.load(tmp_path / "float32" / "encoder.onnx", load_external_data=False).graph.node
    assert [node.op_type for node in nodes].count("Scan") == 4
    for one, other in zip(*(walk(engine, sentences(LENGTHS), 3, 4) for engine in (keras, float32)), strict=True):
        np.testing.assert_array_equal(other.ids, one.ids)
        np.testing.assert_allclose(other.log_probs, one.log_probs, rtol=1e-4, atol=1e-4)


def as_before(place, grid):
    """Makes an exported step graph like those that take parents; without a grid, rows must be equally many."""
    graph = onnx.load(place / "step.onnx", load_external_data=False)
    given = ("going_on", "origins") if grid else ("going_on", "origins", "grid", "places")
    kept = [value for value in graph.graph.input if value.name not in given]
    del graph.graph.input[:]
    graph.graph.input.extend([*kept, onnx.helper.make_tensor_value_info("parents", onnx.TensorProto.INT32, ["rows"])])
    nodes = [
        onnx.helper.make_node("Shape", ["tokens"], ["old_shape"]),
        onnx.helper.make_node("Squeeze", ["old_shape"], ["old_rows"]),
        onnx.helper.make_node("Range", ["old_zero", "old_rows", "old_one"], ["old_numbers"]),
        onnx.helper.make_node("Identity", ["parents"], ["going_on"]),
        *(onnx.helper.make_node("Identity", ["old_numbers"], [name]) for name in given[1:]),
    ]
    for n, node in enumerate(nodes):
        graph.graph.node.insert(n, node)
    for name, value in (("old_zero", 0), ("old_one", 1)):
        graph.graph.initializer.append(onnx.numpy_helper.from_array(np.array(value, np.int64), name))
    if not grid:
        give_all(graph)
    (place / "step.onnx").write_bytes(graph.SerializeToString())


def give_all(graph):
    """Has a step graph give all log-probabilities instead of logits."""
    graph.graph.node.append(onnx.helper.make_node("Sub", ["logits", "normalizer"], ["all"]))
    kept = [value for value in graph.graph.output if value.name not in ("logits", "normalizer")]
    del graph.graph.output[:]
    graph.graph.output.extend(
        [*kept, onnx.helper.make_tensor_value_info("all", onnx.TensorProto.FLOAT, ["rows", "any"])]
    )


@pytest.mark.parametrize("k", [4, 20])
@pytest.mark.parametrize("grid", [True, False])
@pytest.mark.parametrize("quantize", ["none", "int8"])
def test_an_older_export_is_given_what_it_takes(tmp_path, make_model, small_tokenizer, quantize, grid, k):
    export_all(make_model(), tmp_path, small_tokenizer)
    place = tmp_path / {"none": "float32", "int8": "int8"}[quantize]
    folder = ModelFolder.open(place)
    new = OnnxEngine(folder)
    as_before(place, grid)
    old = OnnxEngine(folder)
    rows, chosen = sentences(LENGTHS), np.array([0, 2, 5])
    for one, other in zip(ragged(new, rows, RAGGED, k, chosen), ragged(old, rows, RAGGED, k, chosen), strict=True):
        np.testing.assert_array_equal(other.ids, one.ids)
        np.testing.assert_allclose(other.log_probs, one.log_probs, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(other.attention, one.attention, atol=1e-5)
        np.testing.assert_allclose(other.scored, one.scored, rtol=1e-5, atol=1e-5)
        for part, same in zip(other.state, one.state, strict=True):
            np.testing.assert_allclose(numbers(part), numbers(same), atol=1e-5)


def looked_up(place):
    """How wide the tables are in which the tokens are looked up, once ONNX Runtime has loaded the step graph."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(place / "optimized.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(place / "step.onnx"), options, providers=["CPUExecutionProvider"])
    graph = onnx.load(place / "optimized.onnx").graph
    names = {node.input[0] for node in graph.node if "tokens" in node.input}
    return sum(tensor.dims[1] for tensor in graph.initializer if tensor.name in names)


@pytest.mark.parametrize("quantize", ["float32", "int8"])
def test_the_bottom_layers_inputs_are_tabulated_at_load(tmp_path, make_model, small_tokenizer, quantize, monkeypatch):
    model = make_model()
    export_all(model, tmp_path / "with", small_tokenizer)
    assert looked_up(tmp_path / "with" / quantize) == 4 * model.settings.decoder_size
    monkeypatch.setattr("seq2seq.exporting.graphs.step_graph.LARGEST_TABLE", 30 * 16 * model.settings.decoder_size - 1)
    export_all(model, tmp_path / "without", small_tokenizer)
    if quantize == "float32":
        assert looked_up(tmp_path / "without" / quantize) == model.settings.embedding_size
    # Nothing that was multiplied lies on the disk.
    sizes = [
        sum(f.stat().st_size for f in (tmp_path / n / quantize).glob("*.safetensors")) for n in ("with", "without")
    ]
    assert sizes[0] <= sizes[1] + 1000


@pytest.mark.parametrize(
    "options", [OPTIONS[0], *OPTIONS[3:5]], ids=lambda options: "-".join(map(str, options.values()))
)
def test_where_the_table_would_be_too_large(tmp_path, make_model, small_tokenizer, monkeypatch, options):
    """The product that it stands for is taken at every step."""
    monkeypatch.setattr("seq2seq.exporting.graphs.step_graph.LARGEST_TABLE", 0)
    keras, float32, int8 = export_all(make_model(**options), tmp_path, small_tokenizer)
    rows = sentences(LENGTHS)
    for one, other, near in zip(*(walk(engine, rows, 3, 4) for engine in (keras, float32, int8)), strict=True):
        np.testing.assert_array_equal(other.ids, one.ids)
        np.testing.assert_allclose(other.log_probs, one.log_probs, rtol=1e-4, atol=1e-4)
        assert np.abs(near.scored - one.scored).mean() < 0.3 * one.log_probs.std()


def test_logits_too_large_for_the_exponential_function(tmp_path, make_model, small_tokenizer):
    model = make_model()
    model.softmax_bias.assign(np.linspace(-200, 200, 30).astype(np.float32))
    keras, *exported = export_all(model, tmp_path, small_tokenizer)
    rows = sentences(LENGTHS)
    for engine in exported:
        for one, other in zip(walk(keras, rows, 2, 4), walk(engine, rows, 2, 4), strict=True):
            np.testing.assert_array_equal(other.ids, one.ids)
            np.testing.assert_allclose(other.log_probs, one.log_probs, rtol=0.1, atol=1e-3)
            np.testing.assert_allclose(other.scored, one.scored, rtol=0.01)
            assert (other.log_probs <= 0).all()


def test_equal_pieces_come_by_their_ids(tmp_path, make_model, small_tokenizer):
    """Also where only blocks of the vocabulary are sorted."""
    model = make_model(vocabulary_size=1100)
    table = model.embeddings.numpy()
    table[200:900] = table[200]
    model.embeddings.assign(table)
    bias = model.softmax_bias.numpy()
    bias[200:900] = 9.0
    model.softmax_bias.assign(bias)
    for engine in export_all(model, tmp_path, small_tokenizer)[1:]:
        for k in (7, 16, 30):
            for found in walk(engine, sentences([4, 6]), 2, k):
                assert (found.ids == np.arange(200, 200 + k)).all()


def test_search_stops_at_the_same_place(engines):
    """A whole search, with sentences that leave the batch and beams that come and go."""
    keras, float32, _ = engines
    rows = sentences(LENGTHS, seed=3)
    lengths = np.array([len(ids) for ids in rows], np.int32)
    options = {"beam_size": 3, "length_penalty": 1.0, "max_lengths": lengths + 3, "n_best": 2}
    for one, other in zip(
        beam_search(keras, pad(rows), lengths, **options),
        beam_search(float32, pad(rows), lengths, **options),
        strict=True,
    ):
        for a, b in zip(one, other, strict=True):
            assert abs(a.score - b.score) <= 1e-3
            assert a.tokens.tolist() == b.tokens.tolist()


def test_a_graph_that_gives_unknown_tokens_is_one_sentence(tmp_path, make_model, small_tokenizer):
    """Contract 13: of a stranger's graph not even the results are trusted."""
    _, engine, _ = export_all(make_model(), tmp_path, small_tokenizer)
    engine.vocabulary_size = 3
    with pytest.raises(UserError, match=r"gives no probabilities of tokens: export the model again$"):
        walk(engine, sentences(LENGTHS), 1, 5)


def test_a_graph_that_cannot_run_is_one_sentence(tmp_path, make_model, small_tokenizer):
    _, engine, _ = export_all(make_model(), tmp_path, small_tokenizer)
    with pytest.raises(UserError, match=r"cannot run: export the model again$"):
        engine.encode(np.full((1, 2), 10**6, np.int32), np.array([2], np.int32))
