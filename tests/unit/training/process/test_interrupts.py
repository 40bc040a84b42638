from __future__ import annotations

import os
import signal
import threading

import pytest

from seq2seq.training.process.interrupts import Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_remembered(number):
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    interrupts = Interrupts()
    with interrupts.watched():
        assert interrupts.signal is None
        os.kill(os.getpid(), number)
        assert interrupts.signal == number
    assert {n: signal.getsignal(n) for n in before} == before


def test_the_second_acts_as_ever():
    # A shell's background jobs begin with SIGINT ignored; what is asked here is the usual case.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts = Interrupts()

    def interrupt_twice():
        with interrupts.watched():
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupt_twice()
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupts.signal == signal.SIGTERM


def test_handlers_come_back_after_an_error():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), Interrupts().watched():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_nothing_is_caught():
    """Only the main thread may set handlers: training there must work all the same."""
    seen = []

    def work():
        before = signal.getsignal(signal.SIGINT)
        with Interrupts().watched():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
