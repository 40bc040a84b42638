from __future__ import annotations

import re

import pytest

from seq2seq.training.monitoring.reporter import Reporter


@pytest.fixture(autouse=True)
def no_colour_forced(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def report(reporter, steps=range(1, 8), last_step=7):
    with reporter.training(0, last_step):
        for step in steps:
            reporter.update(step, loss_sum=20.0 * step, tokens=10, rate=0.001)
            if step == 4:
                reporter.validation(4, {"loss": 1.234, "BLEU": 12.345}, True, 3.2)
                reporter.pause()
        reporter.validation(last_step, {"loss": 1.5, "BLEU": 11.0}, False, 0.2)


def test_plain_lines_in_a_pipe(capsys):
    report(Reporter(report_steps=3))
    out, err = capsys.readouterr()
    assert out == ""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", err), "there are control characters"
    lines = err.splitlines()
    assert [re.search(r"(\d+)/7|at step (\d+)", line).group(0) for line in lines] == [
        "3/7",
        "at step 4",
        "6/7",
        "7/7",
        "at step 7",
    ]
    assert "BLEU 12.3" in lines[1] and "best" in lines[1]
    assert "best" not in lines[4]


def test_figures_are_of_the_updates_since_the_last_line(capsys):
    report(Reporter(report_steps=3), steps=range(1, 4))
    line = capsys.readouterr().err.splitlines()[0]
    # (20 + 40 + 60) nats over 30 tokens
    assert "loss 4.0" in line
    assert "perplexity 54.6" in line
    assert re.search(r"[\d,]+ tokens/s", line)
    assert "left" in line


def test_a_loss_that_has_no_perplexity(capsys):
    reporter = Reporter(report_steps=1)
    with reporter.training(0, 1):
        reporter.update(1, loss_sum=1e9, tokens=1, rate=0.001)
    assert "loss" in capsys.readouterr().err


def test_quiet(capsys):
    reporter = Reporter(report_steps=1, quiet=True)
    reporter.say("something")
    report(reporter)
    assert capsys.readouterr() == ("", "")


def test_text_is_not_markup(capsys):
    long = "runs/[bold]mine[/bold]/[1] :smile: " + "x" * 300
    Reporter(report_steps=1).say(long)
    assert capsys.readouterr().err == long + "\n"


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    report(Reporter(report_steps=3))
    err = capsys.readouterr().err
    assert "\x1b[" in err
    assert "7/7" in err and "BLEU 12.3" in err
