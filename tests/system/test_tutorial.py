"""Every command of docs/tutorial.md runs as it stands there, one after the other, on little text, with a tiny model."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
# All that differs from what a reader types: a training takes seconds.
SMALLER = (
    "training.max_steps=30",
    "training.validate_steps=15",
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


def test_every_command_of_the_tutorial(tmp_path, traveller):
    corpus = tmp_path / "corpora" / "traveller"
    corpus.mkdir(parents=True)
    for name, count in (("train", 400), ("test", 12)):
        for side in ("en", "de"):
            lines = (traveller / f"{name}.{side}").read_text("utf-8").splitlines(keepends=True)
            (corpus / f"{name}.{side}").write_text("".join(lines[:count]), "utf-8")
    commands = tmp_path / "bin"
    commands.mkdir()
    shim = commands / "seq2seq"
    smaller = " ".join(f"--set '{setting}'" for setting in SMALLER)
    shim.write_text(SHIM.format(smaller=smaller, python=sys.executable))
    shim.chmod(0o755)
    environment = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    text = PAGE.read_text("utf-8")
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 7
    printed = ""
    for language, block in blocks:
        command = ["bash", "-e", "-o", "pipefail", "-c", block] if language == "sh" else [sys.executable, "-c", block]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        # head closes the pipe of paste, which is then not at fault.
        assert result.returncode in (0, 141), f"{block}\n{result.stderr}"
        printed += result.stdout
    assert (tmp_path / "runs" / "mine" / "training.html").is_file()
    assert len((tmp_path / "mine" / "test.out.de").read_text("utf-8").splitlines()) == 12
    assert ("BLEU" in printed and "signature" in printed.lower()) or "nrefs:1" in printed
    for made in ("mine/report.html", "inspect.html", "mine-en-de/step.onnx"):
        assert (tmp_path / made).is_file(), made
