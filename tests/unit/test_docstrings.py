"""Every example in a docstring of the package runs and shows what it says."""

import doctest
import importlib
import pkgutil

import pytest

import seq2seq

# `__main__` would run the program.
MODULES = [
    "seq2seq",
    *(m.name for m in pkgutil.walk_packages(seq2seq.__path__, "seq2seq.") if "__main__" not in m.name),
]
FINDER = doctest.DocTestFinder(exclude_empty=True)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where no example finds a file of the project
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    report: list[str] = []
    for test in FINDER.find(importlib.import_module(name)):
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)


def test_every_public_name_has_an_example():
    for name in seq2seq.__all__:
        if name != "__version__":
            tests = FINDER.find(getattr(seq2seq, name), name)
            assert any(test.examples for test in tests), f"seq2seq.{name} has no example"
