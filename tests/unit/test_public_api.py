"""The public Python API: what `seq2seq.__all__` names, all of it and nothing else."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import seq2seq

ROOT = Path(__file__).parents[2]


def test_the_public_surface():
    assert sorted(seq2seq.__all__) == [
        "Config",
        "DecodingOptions",
        "Translator",
        "UserError",
        "__version__",
        "build_config",
        "evaluate",
        "export",
        "inspect",
        "load_config",
        "train",
    ]
    assert dir(seq2seq) == sorted(seq2seq.__all__)
    assert len(set(seq2seq.__all__)) == len(seq2seq.__all__)


def test_every_name_is_there_and_documented():
    for name in seq2seq.__all__:
        value = getattr(seq2seq, name)
        if name != "__version__":
            assert value.__name__ == name and value.__doc__, name
            assert value.__module__.startswith("seq2seq."), name
    namespace: dict = {}
    exec("from seq2seq import *", namespace)
    assert set(seq2seq.__all__) <= namespace.keys()


def test_type_checkers_see_the_same_names():
    """The imports under TYPE_CHECKING are those that `__getattr__` makes."""
    tree = ast.parse(Path(seq2seq.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.name: node.module for node in block.body for alias in node.names}
    assert typed.keys() | {"__version__"} == set(seq2seq.__all__)
    for name, module in typed.items():
        assert getattr(importlib.import_module(module), name) is getattr(seq2seq, name)


def test_the_package_says_that_it_is_typed(tmp_path):
    assert (ROOT / "seq2seq" / "py.typed").is_file()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "py.typed" in settings["tool"]["setuptools"]["package-data"]["seq2seq"]
    user = tmp_path / "user.py"
    user.write_text("import seq2seq\n\nreveal_type(seq2seq.evaluate(['a'], ['a'])[0].score)\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "", "--follow-imports", "silent", str(user)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert 'Revealed type is "builtins.float"' in done.stdout or 'Revealed type is "float"' in done.stdout, done.stdout


def test_no_module_hides_a_public_name():
    """An import of the room `seq2seq.NAME` would put the module in place of what NAME stands for."""
    modules = {path.stem for path in (ROOT / "seq2seq").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not modules & set(seq2seq.__all__)
