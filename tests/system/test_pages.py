"""Every command of the README, the tutorial and the how-to pages runs as it stands there, on little text.

Blocks marked `sh` and `python` run, one after the other, in a folder that holds what the page speaks of. Blocks marked
`console` do not: they install, download, or race for an hour.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# All that differs from what a reader types: a training takes seconds.
SMALLER = (
    "training.epochs=null",
    "training.max_steps=30",
    "training.validate_steps=10",
    "training.batch_tokens=600",
    "training.validation_sentences=20",
    "tokenizer.vocabulary_size=400",
    "model={embedding_size: 16, encoder_size: 16, decoder_size: 32}",
    "decoding.max_length_ratio=1",
)
SHIM = """#!/bin/sh
if [ "$1" = train ]; then set -- "$@" {smaller}; fi
exec "{python}" -m seq2seq "$@"
"""
# Which runs a page takes for granted; what else it needs, it makes.
RUNS = {
    "README.md": ["quickstart"],
    "docs/how-to/constraints.md": ["mine"],
    "docs/how-to/corpora.md": [],
    "docs/how-to/evaluate.md": ["mine"],
    "docs/how-to/little-text.md": [],
    "docs/how-to/look-inside.md": ["quickstart", "gru"],
    "docs/how-to/own-text.md": [],
    "docs/how-to/resume.md": ["mine"],
    "docs/how-to/shell.md": [],
    "docs/how-to/ship.md": ["mine"],
    "docs/how-to/translate.md": ["mine", "mine-2"],
}
FILES = {
    "en": ("train", "mine", "large", "test", "letters", "book", "lines"),
    "de": ("train", "mine", "large", "test", "a", "b"),
}


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """A folder for the path: `seq2seq` of this checkout, which makes trainings small."""
    folder = tmp_path_factory.mktemp("commands")
    smaller = " ".join(f"--set '{setting}'" for setting in SMALLER)
    (folder / "seq2seq").write_text(SHIM.format(smaller=smaller, python=sys.executable))
    (folder / "seq2seq").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def lines(traveller):
    """The first lines of each side of the bundled corpus."""
    return {side: (traveller / f"train.{side}").read_text("utf-8").splitlines()[:400] for side in ("en", "de")}


@pytest.fixture
def run_blocks(tmp_path, commands):
    """Runs all blocks of a page in `tmp_path` and returns what they print."""
    environment = os.environ | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SEQ2SEQ_CACHE": str(tmp_path / "cache"),
    }

    def run(page):
        text = (ROOT / page).read_text("utf-8")
        printed = []
        for language, block in re.findall(r"^```(sh|python)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            command = ["bash", "-e", "-c", block] if language == "sh" else [sys.executable, "-c", block]
            result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert result.returncode == 0, f"{block}\n{result.stderr}"
            printed.append(result.stdout)
        return "".join(printed)

    return run


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory, commands, lines):
    """A run folder as `seq2seq train mine.yaml` leaves it, beside its text and its config."""
    folder = tmp_path_factory.mktemp("finished")
    write_files(folder, lines)
    environment = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    program = "seq2seq config > mine.yaml && seq2seq train mine.yaml --output run"
    subprocess.run(["bash", "-e", "-c", program], cwd=folder, env=environment, check=True, capture_output=True)
    return folder


def write_files(folder, lines):
    """All files that the pages name."""
    for side, names in FILES.items():
        for name in names:
            count = {"train": 400, "mine": 400, "large": 400, "lines": 12}.get(name, 4)
            (folder / f"{name}.{side}").write_text("".join(f"{line}\n" for line in lines[side][:count]), "utf-8")
    pairs = zip(lines["en"], lines["de"], strict=True)
    (folder / "pairs.tsv").write_text("".join(f"{source}\t{target}\n" for source, target in pairs), "utf-8")
    (folder / "labels.txt").write_text("singular\nplural\n" * 6, "utf-8")
    (folder / "beginnings.de").write_text("Wir\n" * 4, "utf-8")


def test_the_tutorial(tmp_path, lines, run_blocks):
    corpus = tmp_path / "corpora" / "traveller"
    corpus.mkdir(parents=True)
    for name, count in (("train", 400), ("test", 12)):
        for side in ("en", "de"):
            (corpus / f"{name}.{side}").write_text("".join(f"{line}\n" for line in lines[side][:count]), "utf-8")
    printed = run_blocks("docs/tutorial.md")
    assert (tmp_path / "runs" / "mine" / "training.html").is_file()
    assert len((tmp_path / "mine" / "test.out.de").read_text("utf-8").splitlines()) == 12
    assert "BLEU" in printed and "nrefs:1" in printed
    for made in ("mine/report.html", "inspect.html", "mine-en-de/step.onnx"):
        assert (tmp_path / made).is_file(), made


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNS)
def test_a_page(page, tmp_path, lines, run_blocks, finished_run):
    write_files(tmp_path, lines)
    shutil.copy(finished_run / "mine.yaml", tmp_path)
    for name in RUNS[page]:
        shutil.copytree(finished_run / "run", tmp_path / "runs" / name, symlinks=True)
    for script in ("scripts/quickstart", "scripts/test", ".venv/bin/activate"):  # tested for themselves
        (tmp_path / script).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / script).write_text("#!/bin/sh\n")
        (tmp_path / script).chmod(0o755)
    run_blocks(page)


def test_no_page_is_left_out():
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "how-to").glob("*.md")}
    assert pages | {"README.md"} == RUNS.keys()
