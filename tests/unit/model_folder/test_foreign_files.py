"""Contract 13: only regular files inside the folder are opened, and none larger than the model needs."""

import json
import os
import socket
import sys

import pytest

from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_folder.foreign_files import is_plain_name, open_inside


def refused(folder):
    with pytest.raises(UserError) as caught:
        ModelFolder.open(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["..", ".", "/dev/zero", "a/b", "a\\b", "a\0b", "", ".hidden", "x" * 300, None, 3, "a\n"]
)
def test_what_is_no_plain_name(name):
    assert not is_plain_name(name)


@pytest.mark.parametrize("name", ["tokenizer.model", "step.onnx", "source-größe.model"])
def test_plain_names(name):
    assert is_plain_name(name)


def put_fifo(path):
    os.mkfifo(path)


def put_folder(path):
    path.mkdir()


def put_link_out(path):
    path.symlink_to("/dev/zero")


def put_link_to_a_sibling(path):
    path.symlink_to("metadata.json")


def put_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(path))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
@pytest.mark.parametrize("put", [put_fifo, put_folder, put_link_out, put_link_to_a_sibling, put_socket])
@pytest.mark.parametrize("name", ["tokenizer.model", "encoder.onnx"])
def test_what_is_no_regular_file_is_not_opened(foreign, monkeypatch, put, name):
    monkeypatch.chdir(foreign)
    (foreign / name).unlink()
    put(foreign / name)
    assert (
        refused(foreign)
        == f"{foreign / name} is no regular file: copy the model folder again, with files in place of links"
    )


@pytest.mark.parametrize("name", ["metadata.json", "tokenizer.model", "step.onnx"])
def test_a_file_is_no_larger_than_the_model_needs(foreign, name):
    os.truncate(foreign / name, 2**40)  # takes no room on the disk
    assert "bytes, but the model that the folder describes needs at most" in refused(foreign)


def test_a_name_that_leads_outside_is_refused_though_its_checksum_fits(foreign):
    metadata = json.loads((foreign / "metadata.json").read_text())
    metadata["files"]["../outside"] = "0" * 64
    (foreign / "metadata.json").write_text(json.dumps(metadata))
    assert "a name in files is no plain name" in refused(foreign)
    with pytest.raises(UserError, match="names a file outside itself"):
        open_inside(foreign, "../outside", 10)


def test_the_folder_itself_may_be_a_link(foreign):
    link = foreign.parent / "model"
    link.symlink_to(foreign.name)
    assert ModelFolder.open(link).exported
