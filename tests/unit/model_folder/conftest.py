"""Sound model folders, exported, that tests damage."""

import json
import shutil

import pytest

from scripts.fuzz.base_folders import make_base_folders
from scripts.fuzz.folder_mutations import refresh_checksums


@pytest.fixture(scope="session")
def sound_folders(tmp_path_factory):
    return {path.name: path for path in make_base_folders(tmp_path_factory.mktemp("sound"))}


@pytest.fixture(params=["lstm-none", "lstm-int8"])
def foreign(request, sound_folders, tmp_path):
    """A copy of a sound folder, in float32 and in int8, to be damaged."""
    return shutil.copytree(sound_folders[request.param], tmp_path / "foreign")


@pytest.fixture
def edit(foreign):
    """A function that changes the copy's metadata in place and makes the checksums fit."""

    def change(function):
        metadata = json.loads((foreign / "metadata.json").read_text("utf-8"))
        function(metadata)
        (foreign / "metadata.json").write_text(json.dumps(metadata), "utf-8")
        refresh_checksums(foreign)
        return foreign

    return change
