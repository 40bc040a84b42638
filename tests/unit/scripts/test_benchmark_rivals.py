"""The rivals of `scripts/benchmark` compute what this project computes: the same losses, the same translations."""

import numpy as np
import pytest

from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair

SMOOTHING = 0.1


@pytest.fixture(scope="module")
def model(make_model):
    return make_model(decoder_layers=3)


@pytest.fixture(scope="module")
def batch(random_ids):
    return random_ids([7, 3, 1, 5]), random_ids([4, 6, 1, 2], seed=1)


@pytest.fixture(scope="module")
def loss(model, batch):
    return float(model.loss_sums(*batch, smoothing=SMOOTHING).smoothed)


@pytest.mark.parametrize("packed", [False, True])
def test_torch_has_the_same_loss(model, batch, loss, packed):
    torch = pytest.importorskip("torch", reason="the extra 'benchmark' is not installed")
    from scripts.benchmarks.torch_model import TorchModel, trained

    other = TorchModel(model.settings, packed)
    other.load_weights(get_weights(model))
    ids = [torch.from_numpy(side.astype(np.int64)) for side in batch]
    assert other.eval().loss_sum(*ids, SMOOTHING).item() == pytest.approx(loss, rel=1e-5)
    assert sum(weight.numel() for weight in trained(other)) == model.count_params()


def test_keras_has_the_same_loss(model, batch, loss):
    from scripts.benchmarks.keras_rival import KerasModel

    other = KerasModel(model.settings, SMOOTHING)
    inputs = dict(zip(("source", "target"), batch, strict=True))
    other(inputs)
    other.load_weights_of(get_weights(model))
    tokens = np.count_nonzero(batch[1])
    assert float(other.compute_loss(y=batch[1], y_pred=other(inputs))) * tokens == pytest.approx(loss, rel=1e-4)
    assert other.count_params() == model.count_params()


def test_torch_search_finds_the_same_translations(trained, tmp_path):
    pytest.importorskip("torch", reason="the extra 'benchmark' is not installed")
    from scripts.benchmarks.torch_search import TorchTranslator
    from seq2seq.config.schema import DecodingConfig
    from seq2seq.engines.keras_engine import KerasEngine
    from seq2seq.translation.options import DecodingOptions
    from seq2seq.translation.translator import Translator

    learnt, tokenizer, text = trained
    decoding = DecodingConfig(beam_size=4).model_dump()
    ModelFolder.write(
        tmp_path / "model", get_weights(learnt), TokenizerPair.of(tokenizer), learnt.settings, decoding=decoding
    )
    translator = Translator(KerasEngine(learnt), TokenizerPair.of(tokenizer), DecodingOptions.of_model(decoding))
    lines = list(text.sources[:24])
    for held_to in (None, 6):
        ours = translator.translate(lines, **({"min_length": held_to, "max_length": held_to} if held_to else {}))
        assert len(set(ours)) > 10
        assert TorchTranslator(tmp_path / "model", 4, held_to, batch_tokens=120).translate(lines) == ours


def test_ctranslate2_model_is_of_our_size(tmp_path):
    ctranslate2 = pytest.importorskip("ctranslate2", reason="the extra 'benchmark' is not installed")
    from scripts.benchmarks.ctranslate2_rival import write_model

    pieces = ["<pad>", "<unk>", "<s>", "</s>", *(f"piece{n}" for n in range(60))]
    parameters = write_model(tmp_path / "model", pieces)
    attention, feed_forward = 4 * 256 * 256 + 4 * 256, 2 * 256 * 1024 + 1024 + 256
    norms = 4 * 2 * 512 + 4 * 3 * 512 + 2 * 512
    assert parameters == 4 * (3 * attention + 2 * feed_forward) + norms + 3 * 64 * 256 + 64
    translator = ctranslate2.Translator(str(tmp_path / "model"), "cpu", compute_type="int8")
    found = translator.translate_batch(
        [["piece1", "piece2"], ["piece3"]], beam_size=3, min_decoding_length=7, max_decoding_length=7
    )
    assert [len(result.hypotheses[0]) for result in found] == [7, 7]
