"""What someone who ships a model folder asks: how large, how soon, how fast for one line, how much memory."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.benchmarks.sides import ROOT, SideProcess
from seq2seq.errors import UserError


class Latency:
    """One sentence at a time through a loaded `Translator`; a side of its own process (see `sides.SideProcess`)."""

    def __init__(self, model: str, lines: list[str], beam_size: int, engine: str, threads: int | None) -> None:
        """Says what to translate and how; `threads` of the engine, None for its own choice."""
        self.lines, self.beam_size = lines, beam_size
        self.load: dict[str, Any] = {"path": model, "threads": threads}
        self.load |= {} if engine == "auto" else {"engine": engine}

    def prepare(self) -> dict[str, Any]:
        """Loads."""
        from seq2seq.translation.translator import Translator

        self.translator = Translator.load(**self.load)
        self.options = self.translator.options.with_(beam_size=self.beam_size)
        self.translator.translate(self.lines[:3], self.options)
        return {"engine": type(self.translator.engine).__name__}

    def round(self) -> dict[str, float]:
        """Every line by itself."""
        seconds = []
        for line in self.lines:
            begun = time.perf_counter()
            self.translator.translate([line], self.options)
            seconds.append(time.perf_counter() - begun)
        return {"median": statistics.median(seconds), "highest": max(seconds)}


def folder_bytes(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def latency(
    model: Path, lines: list[str], beam_size: int, engine: str, rounds: int, threads: int
) -> dict[str, dict[str, Any]]:
    """Seconds per sentence, by number of threads.

    Args:
        model: The model folder.
        lines: Sentences to translate.
        beam_size: Hypotheses per sentence.
        engine: "auto" or the name of an engine.
        rounds: Number of rounds over all lines; the median of the best round counts.
        threads: Number of threads; one thread is tried, too.
    """
    found = {}
    for number in sorted({1, threads}):
        specification = {
            "model": str(model.absolute()),
            "lines": lines,
            "beam_size": beam_size,
            "engine": engine,
            "threads": number,
        }
        with SideProcess("seq2seq", "scripts.benchmarks.deployment:Latency", specification) as side:
            medians = [side.call()["median"] for _ in range(rounds)]
            found[f"{number} threads"] = {"best": min(medians), "medians": medians, **side.facts}
    return found


def start_to_exit(model: Path, line: str, options: list[str], repeats: int) -> list[float]:
    """Seconds that `seq2seq translate` takes for one line, process start to exit."""
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        done = subprocess.run(
            _command(model, options), input=f"{line}\n".encode(), capture_output=True, check=False, env=_environment()
        )
        seconds.append(time.perf_counter() - begun)
        if done.returncode:
            raise UserError(f"seq2seq translate failed: {done.stderr.decode(errors='replace').strip()}")
    return seconds


def stream_memory(
    model: Path, lines: list[str], count: int, options: list[str], tell: Callable[[str], None]
) -> dict[str, float]:
    """Seconds and the largest resident memory of `seq2seq translate` while `count` lines go through it.

    Args:
        model: The model folder.
        lines: Lines that are repeated until there are `count` of them.
        count: Number of lines in all.
        options: Options of `seq2seq translate`.
        tell: Called with each line of progress.

    Raises:
        UserError: it failed, or lines are missing.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        _command(model, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
    )
    assert process.stdin is not None and process.stdout is not None
    stdin, stdout = process.stdin, process.stdout
    block = "".join(f"{line}\n" for line in lines).encode()
    writer = os.fork()
    if not writer:  # a process of its own: a thread's writes would wait for this one's reads, and both for the pipe
        try:
            stdout.close()
            for start in range(0, count, len(lines)):
                left = count - start
                stdin.write(block if left >= len(lines) else b"".join(block.splitlines(keepends=True)[:left]))
            stdin.close()
        except BrokenPipeError:
            pass
        finally:
            os._exit(0)
    stdin.close()
    seen = 0
    for _ in stdout:
        seen += 1
        if seen % max(1, count // 20) == 0:
            tell(f"{seen:,} of {count:,} lines after {time.perf_counter() - begun:,.0f} s")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    os.waitpid(writer, 0)
    if process.returncode or seen != count:
        raise UserError(f"seq2seq translate ended with status {process.returncode} after {seen:,} of {count:,} lines")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return {"seconds": time.perf_counter() - begun, "lines": float(count), "bytes": kilobytes * 1024}


def _command(model: Path, options: list[str]) -> list[str]:
    return [sys.executable, "-m", "seq2seq", "translate", str(model), *options]


def _environment() -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}
