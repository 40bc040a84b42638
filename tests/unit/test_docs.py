"""The Python of docs/inside-an-lstm.md runs as it stands there, block after block."""

import re
from pathlib import Path

import pytest

from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import save_model

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "inside-an-lstm.md"


@pytest.fixture
def folder(trained, tmp_path, monkeypatch):
    """A small model where the page expects the quickstart's."""
    model, tokenizer, _ = trained
    left_out = ("vocabulary_size", "source_vocabulary_size", "seed")
    settings = {name: value for name, value in model.settings.items() if name not in left_out}
    path = tmp_path / "runs" / "quickstart" / "model"
    save_model(path, get_weights(model), tokenizer, model=settings, decoding={}, languages=("en", "de"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_blocks_of_inside_an_lstm_run(folder, capsys):
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 8
    names = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"{PAGE.name}, block {number + 1}", "exec"), names)
    assert (folder / "inspect.html").stat().st_size > 10_000 and (folder / "inspect.npz").is_file()
    assert "follows" in capsys.readouterr().out


def test_what_the_page_links_to_is_there():
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", PAGE.read_text("utf-8"))
    assert len(links) >= 8
    for link in links:
        assert (PAGE.parent / link).exists(), link
