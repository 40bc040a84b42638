"""Where output goes: what a name stands for is kept, and half a file has no name."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from seq2seq import output
from seq2seq.errors import UserError
from seq2seq.output import check_output, open_output, output_stream, write_output

PROJECT = Path(__file__).parents[2]


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def write(path, text=b"new", **options):
    with open_output(path, **options) as file:
        file.write(text)


def fail(path, **options):
    def write_half():
        with open_output(path, **options) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()


def test_a_file_is_not_there_before_the_end(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with open_output(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_it_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []
    folder = tmp_path.stat().st_ino
    replace = Path.replace
    monkeypatch.setattr(os, "fsync", lambda n: done.append("folder" if os.fstat(n).st_ino == folder else "content"))
    monkeypatch.setattr(Path, "replace", lambda self, target: (done.append("rename"), replace(self, target)))
    write(tmp_path / "file")
    assert done == ["content", "rename", "folder"]


def test_after_an_error_the_old_file_stands(tmp_path):
    fail(tmp_path / "new")
    assert names(tmp_path) == []
    (tmp_path / "old").write_bytes(b"old")
    fail(tmp_path / "old")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_partial_keeps_what_was_written(tmp_path):
    fail(tmp_path / "file", partial=True)
    assert (tmp_path / "file").read_bytes() == b"half"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kill_leaves_no_half_file_under_the_name(tmp_path, number):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom seq2seq.output import open_output\n"
        "with open_output(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half')\n    file.flush()\n    print('ready', flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "file"],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    with child.stdout:
        child.stdout.readline()
        child.send_signal(number)
        child.wait(20)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("there", [True, False], ids=["there", "dangling"])
def test_a_link_is_written_through_and_kept(tmp_path, there):
    inner = tmp_path / "inner"
    inner.mkdir()
    if there:
        (inner / "file").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("inner/file")
    write(link)
    assert os.readlink(link) == "inner/file"
    assert (inner / "file").read_bytes() == b"new"
    assert names(inner) == ["file"] and names(tmp_path) == ["inner", "link"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_permissions_stay(tmp_path, mode):
    path = tmp_path / "file"
    path.touch()
    path.chmod(mode)
    with open_output(path):
        beside = next(entry for entry in tmp_path.iterdir() if entry != path)
        assert stat.S_IMODE(beside.stat().st_mode) & ~mode == 0
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_of_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write(tmp_path / "file")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def test_a_pipe_is_written_into_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    came = []
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe)
    reader.join(10)
    assert came == [b"new"]
    assert pipe.is_fifo()


def test_a_device_is_written_to_and_stays(tmp_path):
    device = tmp_path / "null"
    try:
        os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        device.open("wb").close()
    except PermissionError:
        pytest.skip("only root makes devices, and not in every container")
    link = tmp_path / "stdout"
    link.symlink_to("null")
    write(link)
    assert device.is_char_device() and link.is_symlink()
    assert names(tmp_path) == ["null", "stdout"]


def test_a_name_for_standard_output_goes_where_that_goes(tmp_path):
    """As /dev/stdout, which is such a link: what others have written to the same file stays."""
    link = tmp_path / "stdout"
    link.symlink_to("/proc/self/fd/1" if os.path.exists("/proc/self/fd") else "/dev/fd/1")
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom seq2seq.output import write_output\n"
        "os.write(1, b'before\\n')\nwrite_output(Path(sys.argv[1]), 'new\\n')\nos.write(1, b'after\\n')\n"
    )
    with (tmp_path / "file").open("wb") as file:
        subprocess.run(
            [sys.executable, "-c", program, link],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=file,
            check=True,
        )
    assert (tmp_path / "file").read_bytes() == b"before\nnew\nafter\n"
    assert link.is_symlink() and names(tmp_path) == ["file", "stdout"]


def test_a_mounted_file_is_written_in_place(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    number = path.stat().st_ino
    monkeypatch.setattr(output, "_is_mounted", lambda real: True)
    with open_output(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old and longer"
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino == number
    fail(path)
    assert path.read_bytes() == b"new"


def test_the_mounts_of_the_system_are_known(tmp_path, monkeypatch):
    text = b"36 35 98:0 / / rw - ext4 /dev/root rw\n37 36 98:0 /a /a\\040file rw - ext4 /dev/root rw\n"
    monkeypatch.setattr(Path, "read_bytes", lambda self: text)
    assert output._is_mounted(Path("/a file"))
    assert not output._is_mounted(Path("/another"))


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM])
def test_what_no_rename_replaces_after_all_is_written_in_place(tmp_path, monkeypatch, number):
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")

    def refuse(self, target):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    write(path)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_a_file_in_a_folder_that_takes_none_is_written_in_place(tmp_path, monkeypatch):
    inner = tmp_path / "inner"
    inner.mkdir()
    path = inner / "file"
    path.write_bytes(b"old and longer")
    access, number = os.access, path.stat().st_ino
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != inner and access(place, mode))
    check_output(path)
    write(path)
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", number)


def test_another_user_s_file_keeps_its_owner(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    number = path.stat().st_ino
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    write(path)
    assert (path.read_bytes(), path.stat().st_ino) == (b"new", number)


def test_a_protected_file_is_refused_before_the_work(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != path)
    with pytest.raises(UserError, match=r"file cannot be written \(Permission denied\)"):
        check_output(path)
    with pytest.raises(PermissionError), open_output(path):
        pytest.fail("the work is done before the place is known to be good")


@pytest.mark.parametrize("use", [check_output, write_output], ids=["check", "write"])
def test_a_missing_folder_and_a_folder_are_refused(tmp_path, use):
    arguments = () if use is check_output else ("text",)
    with pytest.raises(UserError, match=rf"x cannot be written \(there is no folder {tmp_path}/no\): make it first"):
        use(tmp_path / "no" / "x", *arguments)
    with pytest.raises(UserError, match="cannot be written"):
        use(tmp_path, *arguments)
    assert names(tmp_path) == []


def test_a_check_leaves_everything_as_it_is(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    before = (tmp_path / "file").stat().st_mtime_ns
    check_output(tmp_path / "file")
    check_output(tmp_path / "new")
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").stat().st_mtime_ns == before


def test_a_source_is_no_output(tmp_path):
    source, link = tmp_path / "source", tmp_path / "link"
    source.write_bytes(b"text")
    link.symlink_to(source)
    os.link(source, tmp_path / "twin")
    for path in (source, link, tmp_path / "twin"):
        with pytest.raises(UserError, match="is read and cannot be written"), output_stream(path, sources=[source]):
            pytest.fail("the source is gone")
    assert source.read_bytes() == b"text"
    with output_stream(tmp_path / "new", sources=[None, Path("-"), source, tmp_path / "missing"]) as file:
        file.write(b"x")


def test_a_dash_and_nothing_are_standard_output(capsysbinary):
    for path in (None, Path("-")):
        with output_stream(path) as file:
            file.write(b"text\n")
    assert capsysbinary.readouterr().out == b"text\ntext\n"


def test_a_full_disk_is_a_user_s_error(tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"full cannot be written \(No space left on device\)"):
        write_output(link, "text")
    assert link.is_symlink()


def test_the_time_of_a_file_is_that_of_its_writing(tmp_path):
    path = tmp_path / "file"
    path.touch()
    os.utime(path, (1, 1))
    write(path)
    assert time.time() - path.stat().st_mtime < 60
