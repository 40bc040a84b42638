"""What `export` leaves on the disk, with a model that has learnt something."""

from __future__ import annotations

import pytest

from seq2seq.engines.keras_engine import KerasEngine
from seq2seq.engines.onnx_engine import OnnxEngine
from seq2seq.errors import UserError
from seq2seq.exporting.exporting import export_model
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.translator import Translator

DECODING = {
    "beam_size": 3,
    "length_penalty": 1.0,
    "max_length_ratio": 2.0,
    "max_length_offset": 10,
    "max_source_tokens": 128,
    "batch_tokens": 400,
}


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    model, tokenizer, _ = trained
    place = tmp_path_factory.mktemp("trained") / "model"
    ModelFolder.write(
        place,
        get_weights(model),
        TokenizerPair.of(tokenizer, languages=("en", "de")),
        model.settings,
        decoding=DECODING,
    )
    return place


def export(folder, *arguments, **options):
    export_model(ModelFolder.open(folder), *arguments, **options)


def copy(folder, tmp_path):
    place = tmp_path / "model"
    place.mkdir()
    for file in folder.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    return place


def test_a_new_folder_is_complete(folder, tmp_path, trained):
    lines = trained[2].sources[:12]
    expected = Translator.load(folder, engine="keras").translations(lines)
    for quantize, weights in (("none", "model.safetensors"), ("int8", "int8.safetensors")):
        place = tmp_path / quantize
        export(folder, place, quantize=quantize)
        assert {file.name for file in place.iterdir()} == {
            *("encoder.onnx", "step.onnx", "metadata.json", "requirements.txt", "tokenizer.model"),
            weights,
        }
        assert ModelFolder.open(place).metadata["onnx"] == {"quantize": quantize}
        found = Translator.load(place).translations(lines)
        if quantize == "none":
            for one, other in zip(expected, found, strict=True):
                assert abs(one.score - other.score) <= 1e-4 * max(1, abs(one.score))
            assert [t.text for t in found] == [t.text for t in expected]
        else:  # a model of 60 units at the beginning of its training is unsure of most words
            assert sum(one.text == other.text for one, other in zip(expected, found, strict=True)) >= 4
    sizes = [file.stat().st_size for file in tmp_path.glob("*/*.safetensors")]
    assert min(sizes) < 0.35 * max(sizes)


def test_into_the_model_itself_again_and_again(folder, tmp_path):
    place = copy(folder, tmp_path)
    before = set(place.iterdir())
    assert not ModelFolder.open(place).exported
    for quantize in ("int8", "none", "none", "int8"):
        export(place, quantize=quantize)
        model = ModelFolder.open(place)
        assert model.exported and model.metadata["onnx"] == {"quantize": quantize}
        assert isinstance(Translator.load(place).engine, OnnxEngine)
        assert isinstance(Translator.load(place, engine="keras").engine, KerasEngine)
    assert {file.name for file in set(place.iterdir()) - before} == {
        "encoder.onnx",
        "step.onnx",
        "int8.safetensors",
    }


def test_through_a_link(folder, tmp_path):
    """A run's `model` is one; ONNX Runtime looks for weights beside the file that it was told of."""
    place = copy(folder, tmp_path)
    (tmp_path / "link").symlink_to("model")
    export(tmp_path / "link", quantize="none")
    assert Translator.load(tmp_path / "link").translate(["Where is the station?"])
    assert ModelFolder.open(place).exported


def test_the_same_bytes(folder, tmp_path):
    for name in ("one", "two"):
        export(folder, tmp_path / name)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_threads_find_the_same(folder, tmp_path, trained):
    export(folder, tmp_path / "int8")
    lines = trained[2].sources[:40]
    one, many = (Translator.load(tmp_path / "int8", threads=threads) for threads in (1, 3))
    assert many.parallel == 3
    assert [t.score for t in one.translations(lines)] == [t.score for t in many.translations(lines, batch_tokens=60)]


def test_mistakes(folder, tmp_path):
    with pytest.raises(UserError, match="holds no ONNX graphs: make them with seq2seq export"):
        Translator.load(folder, engine="onnx")
    with pytest.raises(UserError, match="engine 'tpu' is unknown"):
        Translator.load(folder, engine="tpu")
    export(folder, tmp_path / "exported")
    with pytest.raises(UserError, match=r"holds no model\.safetensors"):
        export(tmp_path / "exported", tmp_path / "again")
    with pytest.raises(UserError, match="is not empty"):
        export(folder, tmp_path / "exported")
    with pytest.raises(UserError, match=r"holds no model\.safetensors"):
        Translator.load(tmp_path / "exported", engine="keras")


def test_a_killed_export_leaves_a_model(folder, tmp_path, monkeypatch):
    place = copy(folder, tmp_path)
    export(place)
    monkeypatch.setattr(ModelFolder, "_exported_metadata", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        export(place, quantize="none")
    model = ModelFolder.open(place)
    assert not model.exported and model.weights()
