import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seq2seq.errors import UserError
from seq2seq.files import sha256
from seq2seq.model_folder.folder import FORMAT, ModelFolder
from seq2seq.model_folder.weight_shapes import weight_shapes
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair

PROJECT = Path(__file__).parents[3]
SIZES = {"embedding_size": 6, "encoder_size": 4, "decoder_size": 8, "decoder_layers": 1}
SETTINGS = ModelSettings(vocabulary_size=800, source_vocabulary_size=800, cell="gru", layer_dropout=0.25, **SIZES)
# Not contiguous: turned arrays.
WEIGHTS = {
    name: np.asfortranarray(np.random.default_rng(1).normal(size=shape).astype(np.float32))
    for name, shape in weight_shapes(SETTINGS).items()
}
DECODING = {"beam_size": 5, "length_penalty": 1.0}


@pytest.fixture
def folder(tmp_path, joint_tokenizer):
    path = tmp_path / "model"
    ModelFolder.write(
        path,
        WEIGHTS,
        TokenizerPair.of(joint_tokenizer, languages=("en", "größe")),
        SETTINGS,
        decoding=DECODING,
        scores={"BLEU": {"score": 35.0}},
    )
    return path


def change(folder, **values):
    file = folder / "metadata.json"
    metadata = json.loads(file.read_text("utf-8")) | values
    file.write_text(json.dumps({key: value for key, value in metadata.items() if value != "left out"}), "utf-8")


def mistake(path):
    with pytest.raises(UserError) as error:
        ModelFolder.open(path).tokenizer()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_saved_is_loaded(folder, joint_tokenizer):
    opened = ModelFolder.open(folder)
    assert opened.metadata["format"] == FORMAT
    assert opened.metadata["vocabulary_size"] == len(joint_tokenizer)
    assert (opened.metadata["source_language"], opened.metadata["target_language"]) == ("en", "größe")
    assert (opened.metadata["model"], opened.metadata["decoding"]) == (SETTINGS.to_mapping(), DECODING)
    assert opened.settings == SETTINGS
    assert opened.metadata["scores"] == {"BLEU": {"score": 35.0}}
    assert opened.tokenizer().model == joint_tokenizer.model
    weights = opened.weights()
    assert weights.keys() == WEIGHTS.keys()
    for name, array in WEIGHTS.items():
        assert weights[name].dtype == np.float32
        assert np.array_equal(weights[name], array)
    assert sorted(os.listdir(folder)) == ["metadata.json", "model.safetensors", "tokenizer.model"]


def test_a_folder_may_be_moved_and_reached_by_a_link(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "link").symlink_to("copy")
    assert ModelFolder.open(tmp_path / "link").metadata == ModelFolder.open(folder).metadata


def test_saving_again_replaces_all(folder, joint_tokenizer):
    ModelFolder.write(
        folder,
        {"one": np.ones(1, np.float32)},
        TokenizerPair.of(joint_tokenizer),
        ModelSettings(vocabulary_size=len(joint_tokenizer)),
    )
    opened = ModelFolder.open(folder)
    assert opened.metadata["files"]["model.safetensors"] == sha256(folder / "model.safetensors")
    assert opened.metadata["scores"] == {}
    assert os.listdir(folder.parent) == [folder.name]


def test_a_save_that_fails_leaves_the_old_model(folder, joint_tokenizer):
    with pytest.raises(TypeError):
        ModelFolder.write(folder, WEIGHTS, TokenizerPair.of(joint_tokenizer), SETTINGS, scores={"no JSON": object()})
    assert ModelFolder.open(folder).settings == SETTINGS
    assert os.listdir(folder.parent) == [folder.name]


def test_a_full_disk_is_a_user_s_error_and_leaves_the_old_model(folder):
    # A limit on the size of files stands in for the full disk.
    program = """
import resource, sys
from pathlib import Path
import numpy as np
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
path = Path(sys.argv[1])
opened = ModelFolder.open(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    ModelFolder.write(path, {"a": np.zeros(10_000, np.float32)}, opened.tokenizers(), opened.settings)
except UserError as error:
    print(error)
"""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{folder} cannot be written (File too large)")
    assert ModelFolder.open(folder).settings == SETTINGS
    assert os.listdir(folder.parent) == [folder.name]


def test_what_is_no_model_folder(folder, tmp_path):
    assert "nowhere does not exist" in mistake(tmp_path / "nowhere")
    assert "holds no metadata.json: give a model folder" in mistake(tmp_path)
    assert "holds no metadata.json: give a model folder" in mistake(folder / "tokenizer.model")
    assert "cannot be read (File name too long)" in mistake(tmp_path / ("x" * 300))


@pytest.mark.parametrize("name", ["tokenizer.model", "model.safetensors"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    assert mistake(folder).startswith(f"{folder} lacks its file {name}")


@pytest.mark.parametrize("name", ["tokenizer.model", "model.safetensors"])
def test_a_truncated_or_changed_file_is_named(folder, name):
    content = (folder / name).read_bytes()
    for damaged in (content[:-1], b"", content[:-1] + bytes([content[-1] ^ 1]), content + b"x"):
        (folder / name).write_bytes(damaged)
        assert mistake(folder).startswith(f"{folder / name} is not the file that metadata.json describes")


def test_swapped_files_are_named(folder):
    (folder / "tokenizer.model").rename(folder / "x")
    (folder / "model.safetensors").rename(folder / "tokenizer.model")
    (folder / "x").rename(folder / "model.safetensors")
    assert "is not the file that metadata.json describes" in mistake(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"5", b'{"format": 1}', b'{"files": {}}', b"\xff\xfe", b'{"format": "1", "files": {}}',
     b'{"format": 1, "files": 5}', b'{"format": 1, "files": {}}'],
)  # fmt: skip
def test_damaged_metadata_are_named(folder, content):
    (folder / "metadata.json").write_bytes(content)
    assert mistake(folder).startswith(f"{folder / 'metadata.json'} is damaged")


@pytest.mark.parametrize("key", ["model", "decoding", "vocabulary_size", "target_language", "files"])
def test_metadata_without_a_key_are_damaged(folder, key):
    change(folder, **{key: "left out"})
    assert mistake(folder).startswith(f"{folder / 'metadata.json'} is damaged")


@pytest.mark.parametrize("files", [{}, "left out", [1]])
def test_a_newer_format_says_so_whatever_else_it_holds(folder, files):
    change(folder, format=FORMAT + 1, files=files)
    assert mistake(folder) == (
        f"{folder} has format {FORMAT + 1}, which is newer than this program's {FORMAT}: update seq2seq"
    )


def test_keys_of_a_later_program_are_no_harm(folder):
    change(folder, invented_later=True)
    assert ModelFolder.open(folder).weights().keys() == WEIGHTS.keys()


def test_a_folder_without_weights_translates_but_has_none_to_give(folder):
    metadata = json.loads((folder / "metadata.json").read_text("utf-8"))
    del metadata["files"]["model.safetensors"]
    (folder / "model.safetensors").unlink()
    change(folder, files=metadata["files"])
    opened = ModelFolder.open(folder)
    opened.tokenizer()
    with pytest.raises(UserError, match=r"holds no model\.safetensors"):
        opened.weights()
