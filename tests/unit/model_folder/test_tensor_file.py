"""Contract 13: a file of tensors is compared with the model before anything is allocated for it."""

import json
import re
import shutil
import struct

import numpy as np
import pytest

from scripts.fuzz.folder_mutations import refresh_checksums
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import INT8, WEIGHTS, ModelFolder, write_arrays
from seq2seq.model_folder.tensor_file import LARGEST_WEIGHT, read_header


def rewrite(folder, change):
    """Changes the header of the weights; the checksums fit again."""
    content = (folder / WEIGHTS).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    text = change(header)
    text = json.dumps(header) if text is None else text
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text.encode() + content[8 + length :])
    refresh_checksums(folder)


def refused(folder):
    opened = ModelFolder.open(folder)
    with pytest.raises(UserError) as caught:
        opened.weights()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_header_says_what_the_library_loads(foreign):
    arrays = ModelFolder.open(foreign).weights()
    header = read_header(foreign, WEIGHTS, 2**30)
    assert {name: tensor.shape for name, tensor in header.items()} == {n: a.shape for n, a in arrays.items()}
    content = (foreign / WEIGHTS).read_bytes()
    for name, tensor in header.items():
        values = np.frombuffer(content[tensor.offset : tensor.offset + tensor.length], np.float32)
        np.testing.assert_array_equal(values.reshape(tensor.shape), arrays[name])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: header["embeddings"].update(shape=[2**40, 2**40]), "cannot be"),
        (lambda header: header["embeddings"].update(shape=[-1, -3600]), "cannot be"),
        (lambda header: header["embeddings"].update(shape="x"), "cannot be"),
        (lambda header: header["embeddings"].update(dtype="F64"), "cannot be"),
        (lambda header: header["embeddings"].update(dtype=[]), "cannot be"),
        (lambda header: header["embeddings"].update(data_offsets=[0]), "cannot be"),
        (lambda header: header["embeddings"].update(data_offsets=[0, 2**62]), "cannot be"),
        (lambda header: header.update(embeddings=5), "cannot be"),
        (lambda header: header.__delitem__("embeddings"), "gaps|as long as|not those"),
        (lambda header: header.update(twice=header["embeddings"]), "overlap"),
        (lambda header: header.update(other=header.pop("embeddings")), "not those of the model"),
        (lambda header: header["embeddings"]["shape"].reverse(), "has shape"),
        (lambda header: "[" * 5000, "nested"),
        (lambda header: "[]", "no mapping"),
        (lambda header: "{", "no JSON"),
        (lambda header: "", "no JSON"),
    ],
)
def test_a_header_that_does_not_fit(foreign, change, message):
    rewrite(foreign, change)
    assert re.search(message, refused(foreign))


@pytest.mark.parametrize("length", [0, 1, 2**31, 2**63, 2**64 - 1])
def test_a_header_of_another_length(foreign, length):
    content = (foreign / WEIGHTS).read_bytes()
    (foreign / WEIGHTS).write_bytes(struct.pack("<Q", length) + content[8:])
    refresh_checksums(foreign)
    assert "is damaged" in refused(foreign)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 100, -1])
def test_a_file_that_is_cut(foreign, size):
    content = (foreign / WEIGHTS).read_bytes()
    (foreign / WEIGHTS).write_bytes(content[:size])
    refresh_checksums(foreign)
    assert "is damaged" in refused(foreign)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 2 * LARGEST_WEIGHT, -3e38])
def test_weights_that_are_no_numbers(foreign, value):
    weights = ModelFolder.open(foreign).weights()
    weights["softmax_bias"][3] = value
    write_arrays(foreign / WEIGHTS, weights)
    refresh_checksums(foreign)
    assert "no numbers or are beyond" in refused(foreign)


def test_scales_of_int8_that_are_no_numbers(sound_folders, tmp_path):
    from safetensors.numpy import load_file

    folder = shutil.copytree(sound_folders["gru-int8"], tmp_path / "foreign")
    arrays = load_file(folder / INT8)
    next(array for name, array in arrays.items() if name.endswith(".scale"))[0] = np.nan
    write_arrays(folder / INT8, arrays)
    refresh_checksums(folder)
    with pytest.raises(UserError, match="no numbers"):
        ModelFolder.open(folder).check_graphs()
