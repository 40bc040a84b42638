"""Whole or not there: after an error, and after a kill at any moment."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.files import (
    new_folder,
    remove_folder,
    remove_leftovers,
    replace_link,
    sha256,
    write_errors,
    write_file,
)

PROJECT = Path(__file__).parents[2]

# Each child dies before its n-th call of anything in C, as by SIGKILL: nothing is caught and nothing cleared up.
KILL_EVERYWHERE = """
import os, sys
from pathlib import Path
from seq2seq.files import *

def prepare(folder):
    folder.mkdir()
    if KIND == "write_file":
        (folder / "it").write_text("old")
    elif KIND == "replace_link":
        (folder / "it").symlink_to("old")
    else:
        (folder / "it").mkdir()
        for name in "ab":
            (folder / "it" / name).write_text("old")

def act(folder):
    if KIND == "write_file":
        write_file(folder / "it", "new")
    elif KIND == "replace_link":
        replace_link(folder / "it", "new")
    elif KIND == "new_folder":
        with new_folder(folder / "it") as part:
            for name in "ab":
                (part / name).write_text("new")
    else:
        remove_folder(folder / "it")

KIND, root = sys.argv[1], Path(sys.argv[2])
for moment in range(2000):
    folder = root / str(moment)
    prepare(folder)
    child = os.fork()
    if child == 0:
        left = moment

        def hook(frame, event, called):
            global left
            if event == "c_call":
                if left == 0:
                    os._exit(9)
                left -= 1

        sys.setprofile(hook)
        act(folder)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(moment)
"""


def state(path):
    """What stands at `path`: a link's target, a file's text, a folder's entries, or None."""
    if path.is_symlink():
        return os.readlink(path)
    if path.is_dir():
        return {inner.name: state(inner) for inner in path.iterdir()}
    return path.read_text() if path.exists() else None


FOLDERS = {"a": "old", "b": "old"}, {"a": "new", "b": "new"}


@pytest.mark.parametrize(
    ("kind", "old", "new", "at_once"),
    [
        ("write_file", "old", "new", True),
        ("replace_link", "old", "new", True),
        ("new_folder", *FOLDERS, False),
        ("remove_folder", FOLDERS[0], None, True),
    ],
)
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path, kind, old, new, at_once):
    done = subprocess.run(
        [sys.executable, "-c", KILL_EVERYWHERE, kind, tmp_path],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    moments = int(done.stdout)
    assert moments > 10
    seen = []
    for moment in range(moments + 1):
        folder = tmp_path / str(moment)
        found = state(folder / "it")
        if at_once:
            assert found in (old, new), f"killed before call {moment}"
        remove_leftovers(folder)
        seen.append(state(folder / "it"))
        assert seen[-1] in (old, new), f"killed before call {moment}"
        assert {entry.name for entry in folder.iterdir()} <= {"it"}, f"killed before call {moment}"
    # Once the new state is there, it stays.
    assert seen[0] == old and seen[-1] == new
    assert seen == sorted(seen, key=lambda found: found == new)


def test_what_is_renamed_is_on_the_disk_before_and_its_name_after(tmp_path, monkeypatch):
    done = []
    names = {os.stat(tmp_path).st_ino: "folder"}

    def fsync(descriptor):
        done.append(names.get(os.fstat(descriptor).st_ino, "content"))

    def spy(name):
        rename = getattr(Path, name)
        monkeypatch.setattr(Path, name, lambda self, target: (done.append("rename"), rename(self, target)))

    monkeypatch.setattr(os, "fsync", fsync)
    spy("rename")
    spy("replace")

    def write(act):
        done.clear()
        act()
        return list(done)

    def write_folder():
        with new_folder(tmp_path / "it") as part:
            (part / "a").touch()
            (part / "b").touch()

    assert write(lambda: write_file(tmp_path / "file", "text")) == ["content", "rename", "folder"]
    assert write(lambda: replace_link(tmp_path / "link", "file")) == ["rename", "folder"]
    # Two files, and the folder that lists them.
    assert write(write_folder) == ["content", "content", "content", "rename", "folder"]


def test_write_file_replaces_text_and_bytes(tmp_path):
    file = tmp_path / "file"
    write_file(file, "größer\n")
    assert file.read_bytes() == "größer\n".encode()
    write_file(file, b"\xff")
    assert file.read_bytes() == b"\xff"
    assert os.listdir(tmp_path) == ["file"]


def test_an_error_in_the_block_leaves_the_old_folder(tmp_path):
    with new_folder(tmp_path / "it") as part:
        (part / "a").write_text("old")

    def fail():
        with new_folder(tmp_path / "it") as part:
            (part / "a").write_text("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state(tmp_path) == {"it": {"a": "old"}}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_error_between_the_renames_brings_the_old_folder_back(tmp_path, monkeypatch, error):
    with new_folder(tmp_path / "it") as part:
        (part / "a").write_text("old")
    rename = Path.rename

    def fail(self, target):
        if self.suffix == ".part":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises((UserError, KeyboardInterrupt)), new_folder(tmp_path / "it") as part:
        (part / "a").write_text("new")
    assert state(tmp_path) == {"it": {"a": "old"}}


def test_new_folder_makes_what_is_above_it(tmp_path):
    with new_folder(tmp_path / "above" / "it") as part:
        assert list(part.iterdir()) == []
    assert state(tmp_path) == {"above": {"it": {}}}


def test_new_folder_takes_no_file_s_place(tmp_path):
    (tmp_path / "it").write_text("somebody's")
    with pytest.raises(UserError, match="it cannot be written"), new_folder(tmp_path / "it"):
        pytest.fail("the work is done before the place is known to be free")
    assert state(tmp_path) == {"it": "somebody's"}


def test_new_folder_replaces_a_link_and_not_what_it_points_to(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a").write_text("old")
    (tmp_path / "it").symlink_to("there")
    with new_folder(tmp_path / "it") as part:
        (part / "a").write_text("new")
    assert state(tmp_path) == {"there": {"a": "old"}, "it": {"a": "new"}}


def test_replace_link_makes_and_moves_a_link(tmp_path):
    for target in ("one", "two"):
        replace_link(tmp_path / "link", target)
        assert state(tmp_path) == {"link": target}


def test_leftovers_are_ours_alone(tmp_path):
    theirs = {".profile.old": "x", ".cache.part": "y", "file": "z", ".hidden": "w"}
    for name, text in theirs.items():
        (tmp_path / name).write_text(text)
    (tmp_path / ".file.12.part").write_text("half")
    (tmp_path / ".folder.12.part").mkdir()
    remove_leftovers(tmp_path)
    assert state(tmp_path) == theirs


@pytest.mark.parametrize("write", [write_file, replace_link])
def test_a_file_in_place_of_a_folder_is_a_user_s_error(tmp_path, write):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file/x cannot be written \(Not a directory\)"):
        write(tmp_path / "file" / "x", "text")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_user_s_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match=r"cannot be written \(Permission denied\)"):
        write_file(tmp_path / "x", "text")


def test_write_errors_says_what_and_why():
    with (
        pytest.raises(UserError, match=r"^out cannot be written \(No space left on device\): "),
        write_errors(Path("out")),
    ):
        raise OSError(28, "No space left on device")
    with pytest.raises(ValueError, match="other"), write_errors(Path("out")):
        raise ValueError("other")


def test_remove_folder_leaves_nothing(tmp_path):
    (tmp_path / "it" / "deep").mkdir(parents=True)
    remove_folder(tmp_path / "it")
    assert state(tmp_path) == {}


def test_sha256_is_sha256(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    assert sha256(tmp_path / "file") == hashlib.sha256(b"abc").hexdigest()
