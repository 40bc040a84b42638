import os
import pwd
import signal

import pytest

from seq2seq.cli import surroundings


def test_without_a_home_folder_there_is_a_private_one(tmp_path, monkeypatch):
    def unknown(number):
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(surroundings.tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    surroundings._find_home()
    home = os.path.expanduser("~")
    assert os.path.dirname(home) == str(tmp_path)
    assert os.stat(home).st_mode & 0o777 == 0o700
    # The next process has the same one, unless a stranger has made it.
    del os.environ["HOME"]
    surroundings._find_home()
    assert os.path.expanduser("~") == home
    os.rmdir(home)
    os.symlink("/", home)
    del os.environ["HOME"]
    surroundings._find_home()
    assert os.path.expanduser("~") not in (home, "~")


def test_a_home_folder_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    surroundings._find_home()
    assert os.environ["HOME"] == str(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_ends_the_block_and_clears_up(number):
    done = []

    def work():
        with surroundings.stops_clear_up():
            try:
                os.kill(os.getpid(), number)
            finally:
                done.append("cleared up")

    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as ended:
            work()
        assert (ended.value.code, done) == (128 + number, ["cleared up"])
        assert signal.getsignal(number) == signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN)  # as nohup does
        with surroundings.stops_clear_up():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)
