"""What is built and shipped: the wheel and the source archive hold all that the program needs, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from seq2seq.version import __version__

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the wheel and the source archive, built from a copy of the files that git knows."""
    pytest.importorskip("build", reason="the extra 'test' is not installed")
    folder = tmp_path_factory.mktemp("built")
    checkout = folder / "checkout"
    checkout.mkdir()
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    archive = subprocess.run(
        ["tar", "-c", "-T", "-"], cwd=ROOT, input=listed.stdout.encode(), capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=checkout, input=archive.stdout, check=True)
    # Without an environment of its own, which would ask the network for setuptools.
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(checkout)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "dist"


def test_the_wheel_has_code_templates_corpora_and_types(built):
    (wheel,) = built.glob("*.whl")
    assert wheel.name == f"seq2seq_keras-{__version__}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "seq2seq").rglob("*.py")}
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "seq2seq" / "pages" / "templates").iterdir()}
    bundled = {f"seq2seq/bundled/{path.relative_to(ROOT / 'corpora')}" for path in (ROOT / "corpora").rglob("*.*")}
    expected = code | templates | bundled | {"seq2seq/py.typed"}
    assert not expected - names
    others = {name for name in names - expected if ".dist-info/" not in name}
    assert not others
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_source_archive_builds_the_same_wheel(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        names = {name.partition("/")[2] for name in file.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "seq2seq/py.typed"} <= names
    assert any(name.startswith(("corpora/traveller/train.en", "seq2seq/bundled/traveller/train.en")) for name in names)


def test_the_wheel_runs_without_its_dependencies(built, tmp_path):
    """`seq2seq --version` needs nothing but click."""
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from seq2seq.cli import main; main()"
    command = [sys.executable, "-c", program, str(tmp_path), "--version"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert __version__ in result.stdout
    listed = subprocess.run(
        [*command[:-1], "corpora", "list"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "traveller" in listed.stdout
