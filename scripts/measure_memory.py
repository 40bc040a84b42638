"""How much memory and time `seq2seq train` takes for a text of many pairs, phase by phase.

    python -m scripts.measure_memory --pairs 5000000

It writes synthetic text (words of a Zipf vocabulary, sentences of natural lengths) to a temporary folder, trains a tiny
model on it for a few steps in a process of its own, and watches that process. "Own" memory is what the process alone
holds (RssAnon); "resident" adds mapped pages of files (RssFile), which the system takes back when it needs them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

WORDS = 60_000
SYLLABLES = [c + v for c in (*"bdfghklmnprstvwz", "sch", "st") for v in (*"aeiou", "ei", "au")]
Figures = tuple[str, float, int, int]


def write_text(folder: Path, pairs: int, seed: int = 1) -> int:
    """Writes train.src and train.tgt and returns their bytes. A target is its source, each word in another spelling."""
    random = np.random.default_rng(seed)
    vocabularies = [_vocabulary(random) for _ in range(2)]
    chances = 1 / np.arange(3, WORDS + 3)
    sums = np.cumsum(chances / chances.sum())
    with (folder / "train.src").open("wb") as source, (folder / "train.tgt").open("wb") as target:
        for begin in range(0, pairs, 50_000):
            count = min(50_000, pairs - begin)
            lengths = np.clip(random.lognormal(2.6, 0.55, count), 1, 60).astype(int)  # 16 words on average
            words = np.minimum(np.searchsorted(sums, random.random(lengths.sum())), WORDS - 1)
            for file, vocabulary in zip((source, target), vocabularies, strict=True):
                lines = np.split(vocabulary[words], np.cumsum(lengths)[:-1])
                file.write("".join(f"{' '.join(line)}\n" for line in lines).encode())
    return sum((folder / f"train.{side}").stat().st_size for side in ("src", "tgt"))


def _vocabulary(random: np.random.Generator) -> np.ndarray:
    """Words, frequent ones short. Shape [words]."""
    lengths = 1 + (np.log2(np.arange(1, WORDS + 1)) / 6 + random.random(WORDS)).astype(int)
    return np.array(["".join(random.choice(SYLLABLES, n)) for n in lengths], object)


def watch(process: subprocess.Popen[bytes], run: Path, started: float) -> list[Figures]:
    """(phase, seconds, peak of own memory, peak of resident memory in kB) until the process ends.

    A phase ends when what it makes is in the run folder.
    """
    ends = {
        "read the text": run / "run.json",
        "learn the tokenizer": run / "tokenizer.model",
        "count pieces, filter, plan": run / "log.jsonl",
        "train and validate": run / "nothing",
    }
    figures: list[Figures] = []
    for phase, end in ends.items():
        begun, own, resident = (started if not figures else time.monotonic()), 0, 0
        while process.poll() is None and not end.exists():
            status = process_memory(process.pid)
            own, resident = max(own, status.get("RssAnon", 0)), max(resident, status.get("VmRSS", 0))
            time.sleep(0.02)
        figures.append((phase, time.monotonic() - begun, own, resident))
    return figures


def process_memory(pid: int) -> dict[str, int]:
    """The kB lines of a process's /proc/PID/status by name; empty once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}


def main() -> None:
    """Writes, trains, watches and prints."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.measure_memory", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--pairs", type=int, default=5_000_000, help="pairs to train on (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=20, help="updates to train (default: %(default)s)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="handed on to seq2seq train")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, begun = Path(name), time.monotonic()
        size = write_text(folder, options.pairs)
        print(f"{options.pairs:,} pairs, {size / 1e6:,.0f} MB of text, written in {time.monotonic() - begun:.0f} s")
        settings = [
            f"training.max_steps={options.steps}",
            "model={embedding_size: 32, encoder_size: 32, decoder_size: 64}",
            "training.validation_sentences=50",
            "decoding.max_length_ratio=1",
            *options.set,
        ]
        command = [sys.executable, "-m", "seq2seq", "train", "--output", str(folder / "run")]
        for side, ending in (("source", "src"), ("target", "tgt")):
            command += [f"--{side}", str(folder / f"train.{ending}")]
        command += [part for setting in settings for part in ("--set", setting)]
        started = time.monotonic()
        # Its output goes to a file: a pipe that nobody reads would fill up.
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(command, stderr=output, env={**os.environ, "PYTHONPATH": os.getcwd()})
            figures = watch(process, folder / "run", started)
        print((folder / "output").read_text())
        if process.returncode:
            sys.exit(process.returncode)
        for phase, seconds, own, resident in figures:
            print(f"{phase:28} {seconds:6.0f} s   own {own / 1e3:6,.0f} MB   resident {resident / 1e3:6,.0f} MB")
        own, resident = max(figure[2] for figure in figures), max(figure[3] for figure in figures)
        print(f"{'in all':28} {time.monotonic() - started:6.0f} s   own {own / 1e3:6,.0f} MB   ", end="")
        print(f"resident {resident / 1e3:6,.0f} MB")


if __name__ == "__main__":
    main()
