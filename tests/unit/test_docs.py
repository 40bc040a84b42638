"""The docs: the notebook runs, commands parse, links lead somewhere, and the site builds."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from scripts.notebook import PAGES, make_notebook
from seq2seq.cli.main import cli
from seq2seq.config.loading import build_config
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair

ROOT = Path(__file__).resolve().parents[2]
MADE_BY_THE_SITE = [ROOT / "docs" / "reference" / name for name in ("commands.md", "config.md")]
TEXTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture
def folder(trained, tmp_path, monkeypatch):
    """A small model where the page expects the quickstart's."""
    model, tokenizer, _ = trained
    path = tmp_path / "runs" / "quickstart" / "model"
    ModelFolder.write(path, get_weights(model), TokenizerPair.of(tokenizer, languages=("en", "de")), model.settings)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_notebook_is_the_page(page):
    notebook = page.with_suffix(".ipynb").read_text("utf-8")
    assert notebook == make_notebook(page.read_text("utf-8")), "python -m scripts.notebook writes it"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_notebook_run(page, folder, capsys):
    """One after the other, as in a notebook, but in this process: without what running a notebook takes."""
    names = {"__name__": "__main__"}
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        exec(compile(block, page.name, "exec"), names)
    assert capsys.readouterr().out


@pytest.mark.parametrize(("page", "words"), [(PAGES[0], "follows"), (PAGES[1], "expected"), (PAGES[2], "clamped")])
def test_the_notebook_runs(folder, monkeypatch, page, words):
    nbclient = pytest.importorskip("nbclient", reason="the extra 'test' is not installed")
    pytest.importorskip("ipykernel", reason="the extra 'test' is not installed")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute()
    printed = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", []))
    assert words in printed
    assert (folder / "inspect.npz").is_file() == (page == PAGES[0])


def test_the_site_builds_without_a_warning(tmp_path):
    """Links between pages and to their headings, the names that the reference documents, and the formulas."""
    for module in ("mkdocs", "material", "mkdocstrings", "latex2mathml"):
        pytest.importorskip(module, reason="the extra 'docs' is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # that the theme has a successor breaks nothing here
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    pages = {
        page.relative_to(tmp_path / "site").as_posix(): page.read_text("utf-8") for page in tmp_path.rglob("*.html")
    }
    assert "<math" in pages["inside-an-lstm.html"] and "arithmatex" not in pages["inside-an-lstm.html"]
    assert (
        "seq2seq corpora fetch" in pages["reference/commands.html"]
        and "--no-repeat-ngram" in pages["reference/commands.html"]
    )
    assert "Contract 16" not in pages["architecture.html"] and "A line's cost" in pages["architecture.html"]
    assert "log_probability" in pages["reference/python.html"] and "batch_tokens" in pages["reference/config.html"]
    # A page is complete without the network.
    loads = r'<(?:script|img|link rel="(?:stylesheet|icon|preload)")[^>]*(?:src|href)="https?://'
    assert not [name for name, page in pages.items() if re.search(loads, page)]


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    """Also in the files as they stand in the project, beside which two pages of the site are missing."""
    for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        path = (page.parent / link).resolve()
        assert path.exists() or path in MADE_BY_THE_SITE, link


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_have_the_options_they_are_given(page):
    """Click can parse every `seq2seq …` in a block of commands, and every key that one sets is a key of a config."""
    for line in commands_in(page.read_text("utf-8")):
        words = shlex.split(line, comments=True)
        words = words[words.index("seq2seq") + 1 :]
        for sign in (">", "|"):
            words = words[: words.index(sign)] if sign in words else words
        command, context = cli, click.Context(cli, info_name="seq2seq")
        while isinstance(command, click.Group):
            name, words = words[0], words[1:]
            below = command.get_command(context, name)
            assert below is not None, line
            command, context = below, click.Context(below, info_name=name, parent=context)
        made = command.make_context(str(context.info_name), list(words))  # raises what a user would see
        if command.name == "train":
            overrides = [*made.params["overrides"], "training.epochs=1"]
            build_config({"data": {"train": {"source": "a", "target": "b"}}}, line, overrides)


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_configs_have_keys_that_exist(page):
    for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        values = yaml.safe_load(block)
        if isinstance(values, dict) and values.keys() <= {"data", "tokenizer", "model", "training", "decoding"}:
            build_config({"data": {"train": {"source": "a", "target": "b"}}} | values, page.name, ["training.epochs=1"])


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_pages_name_are_there(page):
    """But for the changelog, which also speaks of what was; NAME stands for a file that a reader makes."""
    text = page.read_text("utf-8") if page.name != "CHANGELOG.md" else ""
    named = re.findall(r"`((?:seq2seq|tests|scripts|docs|corpora|configs)/[\w./-]+)`", text)
    assert not [name for name in named if "NAME" not in name and not (ROOT / name).exists()]


def commands_in(text):
    """The `seq2seq` commands of a page's blocks for the shell."""
    for block in re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if re.search(r"(^|\| |\$ )seq2seq ", line):
                yield line.removeprefix("$ ")
