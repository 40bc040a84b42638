"""The house stays as docs/architecture.md draws it: floors, rooms, no circles, small modules, names said once."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACKAGE = sorted((ROOT / "seq2seq").rglob("*.py"))
CODE = [*PACKAGE, *sorted((ROOT / "scripts").rglob("*.py"))]
LINES_OF_A_MODULE = 350
LINES_OF_A_FUNCTION = 60  # its docstring not counted

# Exceptions by name, each with its reason. One that is none any longer is an error, so that the lists only shrink.
CIRCLES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
SAME_FILE_NAMES: dict[str, str] = {}
SAME_CLASS_NAMES: dict[str, str] = {}


class Import(NamedTuple):
    module: str
    imported: str
    for_types: bool
    where: str


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, modules: set[str]) -> Iterator[Import]:
    """Every import of a module of the package, also inside functions."""
    tree = ast.parse(path.read_text("utf-8"))
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    for_types = {inner for block in blocks for statement in block.body for inner in ast.walk(statement)}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else str(node.module) for name in inner]
        for name in names:
            if name in modules:
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                yield Import(module_name(path), name, node in for_types, where)


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    modules = {module_name(path) for path in PACKAGE}
    return [found for path in PACKAGE for found in imports_of(path, modules)]


def room_of(module: str) -> str:
    """The room on the top level of the package, or the module of that name on the ground floor."""
    return [*module.split("."), "__init__"][1]


def floors() -> dict[str, int]:
    """The floor of each room, the ground floor 0, as the page has them."""
    block = re.search(r"^```floors\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert block is not None
    return {room: floor for floor, line in enumerate(reversed(block[1].splitlines())) for room in line.split()}


def assert_only(found: Iterable[str], excepted: dict[str, str], rule: str) -> None:
    """Fails on what breaks a rule without being excepted, and on exceptions that are none."""
    found = set(found)
    assert not found - excepted.keys(), f"{rule}: {sorted(found - excepted.keys())}"
    assert not excepted.keys() - found, f"no longer exceptions, take them off the list: {excepted.keys() - found}"


def test_every_room_has_a_floor_and_every_floor_its_rooms():
    assert floors().keys() == {room_of(module_name(path)) for path in PACKAGE} | {"__main__", "__init__"}


def test_imports_go_down(imports):
    floor = floors()
    wrong = []
    for found in imports:
        importer, imported = room_of(found.module), room_of(found.imported)
        at_home = importer == imported or floor[importer] == floor[imported] == 0
        # `__init__` offers the API by name, to type checkers only; nothing in it runs.
        if not at_home and floor[imported] >= floor[importer]:
            wrong.append(f"{found.where} imports {found.imported}")
    assert not wrong, "imports that do not go down:\n" + "\n".join(wrong)


def test_no_circle_of_modules(imports):
    needs = defaultdict(set)
    for found in imports:
        if not found.for_types and found.module != found.imported:
            needs[found.module].add(found.imported)
    reached: dict[str, set[str]] = {module: set() for module in needs}
    for module, seen in reached.items():
        ahead = [module]
        while ahead:
            new = needs.get(ahead.pop(), set()) - seen
            seen |= new
            ahead += new
    # Modules that reach each other are one circle.
    circles = {" ".join(sorted(m for m in seen if module in reached.get(m, ()))) for module, seen in reached.items()}
    assert_only(circles - {""}, CIRCLES, "circles of imports")


def test_the_page_names_every_folder_and_no_other():
    holds = {path.parent for path in (ROOT / "seq2seq").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    folders = {f"{folder.relative_to(ROOT).as_posix()}/" for folder in holds if "bundled" not in folder.parts}
    assert set(re.findall(r"^\| `(seq2seq/[\w/]*)` \|", PAGE, re.MULTILINE)) == folders | {"seq2seq/bundled/"}


def test_files_of_the_package_have_names_of_their_own():
    counts = Counter(path.name for path in PACKAGE if path.stem not in ("__init__", "__main__"))
    assert_only([name for name, count in counts.items() if count > 1], SAME_FILE_NAMES, "one name, several files")


def test_public_classes_have_names_of_their_own():
    trees = [ast.parse(path.read_text("utf-8")) for path in PACKAGE]
    names = [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    counts = Counter(name for name in names if not name.startswith("_"))
    assert_only([name for name, count in counts.items() if count > 1], SAME_CLASS_NAMES, "one name, several classes")


def test_modules_are_small():
    sizes = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in CODE}
    assert not {name: size for name, size in sizes.items() if size > LINES_OF_A_MODULE}


def test_functions_are_short():
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
                if node.end_lineno - node.lineno + 1 - docstring > LINES_OF_A_FUNCTION:
                    found.append(f"{path.relative_to(ROOT).as_posix()} {node.name}")
    assert_only(found, LONG_FUNCTIONS, f"functions of more than {LINES_OF_A_FUNCTION} lines")
