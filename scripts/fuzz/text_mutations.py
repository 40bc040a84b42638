"""Hostile configs, corpus cards and lines, each seeded."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import yaml

from scripts.fuzz.folder_mutations import damaged
from scripts.fuzz.odd_values import ODD_VALUES, PLACEHOLDER, paths_of, replaced

ROOT = Path(__file__).resolve().parents[2]
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
ODD_YAML = (
    *(BOMB, "a: &a [*a]\n", "a: &a {b: *a}\n", "<<: [{}, {}]\n", "? [1, 2]\n: 3\n", "? {a: b}\n: 3\n"),
    *(
        "!!python/object/apply:os.system [id]\n",
        "a: !!binary x\n",
        "a: !!set {b}\n",
        "%YAML 9.9\n---\n",
        "--- a\n--- b\n",
    ),
    *("[" * 5000, "{a: " * 5000, "- " * 5000, "k" * 200_000 + ": 1\n", "training: {" + "k" * 200_000 + ": 1}\n"),
    *("data: " + "9" * 5000 + "\n", "training: {epochs: " + "9" * 5000 + "}\n", "\0", "\ufeffdata: 1\n", "a: \ud800\n"),
    *("training:\n\tepochs: 3\n", "data: |\n  x\n training: 3\n", ":\n", "-", "null", "1", "''", "data: 2001-01-01\n"),
)
ODD_OVERRIDES = (
    *("training.epochs=\ud800", "model.\ud800=1", "training.epochs=" + "9" * 5000, "k" * 200_000 + "=1", "model=3"),
    *("training.epochs=[" + "[" * 5000, "data.train=&a [*a]", "=", ".=1", "a..b=1", "training.epochs", "model.cell=\0"),
    *("training.epochs=.nan", "training.epochs=.inf", "training.seed=1e400", "data.train.source=" + "x" * 200_000),
    *(
        "model.encoder_layers=1000000000",
        "training.epochs=!!python/name:os.system",
        "training.epochs=!!int x",
        "a=" + BOMB,
    ),
)
_CHARACTERS = (
    "\0\x01\t\x0b\x0c\r\x1b\x1c\x85\xa0\u2028\u2029\ufeff\u200b\u200d\u202e\u2066\u0301\u0300\ufdfa\ue000\ufffd\uffff"
    "\U0010ffff\U000e0001\U0001f469\U0001f3fd\u0e33\u1100\u1161\u11a8\u3000\u4e2d\u0627\u05d0ßéAa1 .,!?\u2581<>&"
)


def make_config(folder: Path, random: Random) -> tuple[Path, tuple[str, ...]]:
    """Writes a hostile config.

    Args:
        folder: Where to write it.
        random: Decides how.

    Returns:
        The file, and options that stand over it.
    """
    base = random.choice(sorted((ROOT / "configs").glob("*.yaml")))
    path = folder / "config.yaml"
    path.write_bytes(_damaged_yaml(base.read_bytes(), random))
    return path, (random.choice(ODD_OVERRIDES),) if random.random() < 0.3 else ()


def make_card(folder: Path, random: Random) -> Path:
    """Writes a hostile corpus card and returns its path."""
    base = random.choice(sorted((ROOT / "corpora").glob("*.yaml")))
    path = folder / "card.yaml"
    path.write_bytes(_damaged_yaml(base.read_bytes(), random))
    return path


def _damaged_yaml(content: bytes, random: Random) -> bytes:
    """Changes bytes of a document, or puts an odd value at a random key, or is odd as a whole."""
    way = random.random()
    if way < 0.25:
        return damaged(content, random)
    if way < 0.4:
        return random.choice(ODD_YAML).encode("utf-8", "surrogatepass")
    values = _plain(yaml.safe_load(content))
    path = random.choice([*paths_of(values)])
    # JSON is YAML, but for some texts that are no JSON either.
    text = json.dumps(replaced(values, path, PLACEHOLDER), indent=1)
    return text.replace(f'"{PLACEHOLDER}"', random.choice(ODD_VALUES)).encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    """Copies a document as JSON has it: dates as text."""
    return json.loads(json.dumps(value, default=str))


def make_line(random: Random) -> str:
    """Makes a hostile line: controls, separators, marks, private use, broken pairs, or many of one character."""
    way = random.randrange(6)
    if way == 0:
        return random.choice(_CHARACTERS) * random.choice([1, 2, 50, 1000])
    if way == 1:
        return "".join(
            chr(random.choice([random.randrange(0xD800), random.randrange(0xE000, 0x110000)])) for _ in "x" * 30
        )
    if way == 2:
        return "".join(random.choices(_CHARACTERS, k=random.choice([0, 1, 5, 80])))
    if way == 3:
        return " ".join("".join(random.choices(_CHARACTERS[-14:], k=6)) for _ in range(random.choice([1, 5, 60])))
    if way == 4:
        return "e" + "\u0301" * random.choice([1, 30, 300])
    return random.choice(["Where is the station?", "", " ", "a" * 500, "1" * 300, "\t" * 9, "<s></s><pad>", "▁▁▁"])


def make_lines(number: int, random: Random) -> bytes:
    """Makes a file of lines, a few of which are not even UTF-8."""
    lines = []
    for _ in range(number):
        line = make_line(random).replace("\n", " ").encode("utf-8", "surrogatepass")
        if random.random() < 0.1:
            line = line + random.choice([b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xf8\x88\x80\x80\x80"])
        lines.append(line.removesuffix(b"\r"))
    return b"".join(line + b"\n" for line in lines)
