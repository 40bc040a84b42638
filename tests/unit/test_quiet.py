import os
import sys

import pytest

from seq2seq.errors import UserError
from seq2seq.quiet import quiet_libraries


def noise():
    os.write(2, b"a library's announcement\n")


def fail(error):
    with quiet_libraries():
        noise()
        raise error


def test_what_libraries_say_is_kept_from_the_user(capfd):
    with quiet_libraries():
        noise()
    print("ours", file=sys.stderr)
    assert capfd.readouterr() == ("", "ours\n")


def test_standard_output_is_not_touched(capfd):
    with quiet_libraries():
        os.write(1, b"result\n")
    assert capfd.readouterr() == ("result\n", "")


def test_a_defect_shows_what_was_said_before(capfd):
    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError())
    assert capfd.readouterr().err == "a library's announcement\n"


def test_a_defect_without_noise_shows_nothing(capfd):
    with pytest.raises(ZeroDivisionError), quiet_libraries():
        raise ZeroDivisionError
    assert capfd.readouterr().err == ""


def test_a_user_s_mistake_is_told_in_its_own_sentence_only(capfd):
    with pytest.raises(UserError):
        fail(UserError("give a model folder"))
    assert capfd.readouterr().err == ""


def test_more_noise_than_a_pipe_holds_blocks_nobody(capfd):
    with quiet_libraries():
        try:
            for _ in range(100):
                os.write(2, b"x" * 10_000)
        except BlockingIOError:
            pass
    assert capfd.readouterr().err == ""


def test_no_file_descriptor_is_left_open():
    def opened():
        return sorted(os.listdir("/dev/fd"))

    before = opened()
    with quiet_libraries():
        pass
    with pytest.raises(UserError), quiet_libraries():
        raise UserError("x")
    assert opened() == before
