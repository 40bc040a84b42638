"""The program at a terminal, and with streams that are closed, full or left by their reader."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def model(tiny_models, tmp_path_factory):
    """An exported model, which loads fast."""
    from seq2seq.exporting.exporting import export

    return export(tiny_models[0], tmp_path_factory.mktemp("exported") / "model", "none")


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(PROJECT), **more}


class Terminal:
    """A child process at a terminal of its own."""

    def __init__(self, *arguments, **more):
        self.text = b""
        self.child, self.end = pty.fork()
        if not self.child:
            os.execve(sys.executable, [sys.executable, "-m", "seq2seq", *map(str, arguments)], environment(**more))

    def read(self):
        try:
            block = os.read(self.end, 4096)
        except OSError:  # Linux's way to say that the other side is closed
            block = b""
        self.text += block
        return block

    def wait_for(self, text, seconds=60):
        until = time.monotonic() + seconds
        while text not in self.text:
            assert select.select([self.end], [], [], max(0, until - time.monotonic()))[0], self.text
            assert self.read(), self.text

    def type_in(self, text):
        os.write(self.end, text)

    def status(self):
        while self.read():
            pass
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


def test_translate_says_that_it_waits_and_how_to_end(model):
    terminal = Terminal("translate", model)
    terminal.wait_for(b"end with Ctrl-D on a line of its own.\r\n")
    terminal.type_in(b"der hund\n")
    terminal.wait_for(b"der hund\r\n")
    terminal.type_in(b"\x04")
    assert terminal.status() == 0
    assert terminal.text.count(b"\n") == 3  # what was said, typed, and translated


@pytest.mark.parametrize("lines", [b"", b"der hund\n"], ids=["at once", "after a line"])
def test_ctrl_c_while_it_waits_is_quiet(model, lines):
    terminal = Terminal("translate", model)
    terminal.wait_for(b"Ctrl-D")
    terminal.type_in(lines + b"\x03")
    assert terminal.status() == 130
    assert b"Fatal" not in terminal.text and b"Traceback" not in terminal.text


def test_a_stopped_translation_leaves_no_half_file_but_with_partial(model, tmp_path):
    for number, more in (
        (signal.SIGINT, []),
        (signal.SIGTERM, []),
        (signal.SIGHUP, []),
        (signal.SIGTERM, ["--partial"]),
    ):
        child = subprocess.Popen(
            [sys.executable, "-m", "seq2seq", "translate", model, "-o", tmp_path / "out", *more],
            env=environment(),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert child.stdin is not None and child.stderr is not None
        with child.stdin, child.stderr:
            child.stdin.write(b"der hund\n")
            child.stdin.flush()
            until = time.monotonic() + 60
            while not any(entry.stat().st_size for entry in tmp_path.iterdir()):
                assert time.monotonic() < until
                time.sleep(0.05)
            child.send_signal(number)
            assert child.wait(30) == 128 + number
            assert child.stderr.read().strip() == b""
        assert [entry.name for entry in tmp_path.iterdir()] == (["out"] if more else [])


def test_progress_of_a_file_is_shown_at_a_terminal_only(model, tmp_path):
    (tmp_path / "in").write_text("der hund sah die katze\n" * 3000)
    terminal = Terminal("translate", model, tmp_path / "in", "-o", tmp_path / "out", "--beam-size", 1)
    assert terminal.status() == 0
    if b"\r" in terminal.text:  # it may be through in half a second
        assert b"of 3,000 lines" in terminal.text and b" lines/s" in terminal.text
    assert (tmp_path / "out").read_bytes().count(b"\n") == 3000
    done = subprocess.run(
        [sys.executable, "-m", "seq2seq", "translate", model, tmp_path / "in", "--beam-size", "1"],
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


@pytest.mark.parametrize("no_color", [False, True])
def test_no_color_is_respected(no_color, tmp_path):
    terminal = Terminal("corpora", "show", "nothing", **({"NO_COLOR": "1"} if no_color else {"NO_COLOR": ""}))
    assert terminal.status() == 1
    assert (b"\x1b[" in terminal.text) != no_color


def shell(line, *arguments, **options):
    """Runs the program as a shell does that knows how to close streams."""
    command = [sys.executable, "-m", "seq2seq", *map(str, arguments)]
    return subprocess.run(
        ["sh", "-c", f'"$@" {line}', "sh", *command], env=environment(), capture_output=True, text=True, **options
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (">&-", "standard output cannot be written (it is closed)"),
        (">/dev/full", "standard output cannot be written (No space left on device)"),
    ],
)
def test_an_output_that_takes_nothing_is_one_sentence(model, tmp_path, line, said):
    (tmp_path / "in").write_text("der hund\n")
    for arguments in (["translate", model, tmp_path / "in"], ["corpora", "list"]):
        done = shell(line, *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(f"error: {said}") and done.stderr.count("\n") == 1


def test_a_closed_input_is_one_sentence(model):
    done = shell("<&-", "translate", model)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: standard input is closed") and done.stderr.count("\n") == 1


def test_a_closed_standard_error_costs_only_what_is_said_there(model, tmp_path):
    (tmp_path / "in").write_text("der hund\n")
    done = shell("2>&-", "translate", model, tmp_path / "in", "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "out").read_text().count("\n") == 1
    assert shell("2>&-", "translate", model, tmp_path / "missing").returncode == 1


def test_a_reader_that_has_gone_ends_a_translation_quietly(model, tmp_path):
    (tmp_path / "in").write_text("der hund\n" * 5)
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "seq2seq", "translate", model, tmp_path / "in"],
            env=environment(),
            stdout=gone,
            stderr=subprocess.PIPE,
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_json_is_utf_8_in_another_locale(tmp_path):
    (tmp_path / "text").write_text("Grüße 🚂\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "seq2seq",
            "evaluate",
            "--hypothesis",
            "text",
            "--reference",
            "text",
            "--format",
            "jsonl",
        ],
        cwd=tmp_path,
        env=environment(PYTHONIOENCODING="latin-1"),
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Grüße 🚂" in done.stdout.decode()


def test_another_keras_backend_and_a_foreign_keras_json_change_nothing(tiny_models, tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "jax", "floatx": "float16"}')
    (tmp_path / "in").write_text("der hund\n")
    program = (
        "import sys\nfrom seq2seq import Translator\n"
        "print(Translator.load(sys.argv[1], engine='keras').translate(['der hund']))\n"
        "import keras\nprint(keras.backend.backend(), keras.config.floatx())\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program, tiny_models[0]], env=environment(**more), capture_output=True, text=True
        ).stdout
        for more in ({}, {"KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path)})
    ]
    assert outputs[0] == outputs[1]
    assert outputs[1].endswith("tensorflow float32\n")
