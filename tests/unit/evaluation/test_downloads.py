import logging
import socket
import sys
import urllib.error

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.downloads import TIMEOUT, fetching

LOGGER = logging.getLogger("sacrebleu")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (urllib.error.URLError("no such host"), r"cannot be downloaded \(no such host\)"),
        (TimeoutError("timed out"), r"cannot be downloaded \(timed out\)"),
        (EOFError("archive ends early"), r"cannot be read .*\(EOFError: archive ends early\)"),
        (FileNotFoundError(2, "No such file", "raw/x.sgm"), r"cannot be read .*raw/x.sgm"),
        (PermissionError(13, "Permission denied", "/x/raw"), "/x/raw cannot be written.*environment's SACREBLEU"),
    ],
)
def test_a_failure_is_one_sentence(error, said):
    with pytest.raises(UserError, match=f"^the test set t .*{said}") as raised, fetching("the test set t"):
        raise error
    assert raised.value.__cause__ is error


def test_sacrebleus_own_exit_gives_its_reason_and_no_other_line(capsys, caplog):
    @fetching("the set")
    def fails() -> None:
        LOGGER.error("Fatal: MD5 sum\nwas incorrect.")
        LOGGER.error("Please delete it.")
        sys.exit(1)

    with pytest.raises(UserError, match=r"cannot be read .*\(Fatal: MD5 sum was incorrect\)"):
        fails()
    assert capsys.readouterr().err == "" and caplog.records == []


def test_a_users_error_stays_as_it_is():
    with pytest.raises(UserError, match=r"^mine$"), fetching("the set"):
        raise UserError("mine")


def test_an_interrupt_is_none_of_its_business():
    with pytest.raises(KeyboardInterrupt), fetching("the set"):
        raise KeyboardInterrupt


def test_what_sacrebleu_says_is_passed_on():
    heard: list[str] = []
    with fetching("the set", heard.append):
        LOGGER.info("Downloading %s", "x")
        LOGGER.warning("careful")
    assert heard == ["Downloading x", "careful"]


def test_it_leaves_no_trace():
    def state() -> tuple[object, ...]:
        return LOGGER.level, LOGGER.propagate, list(LOGGER.handlers), socket.getdefaulttimeout()

    before = state()
    with fetching("the set"):
        assert state() != before and socket.getdefaulttimeout() == TIMEOUT
    assert state() == before
    with pytest.raises(UserError), fetching("the set"):
        raise EOFError
    assert state() == before
