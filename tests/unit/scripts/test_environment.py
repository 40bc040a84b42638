"""The environment of scripts/test and scripts/quickstart: which Python it takes, and what it does again.

Every Python here is a stub: a shell script that answers the few questions that scripts/_environment.sh asks.
"""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
BASH = shutil.which("bash") or "bash"
SOURCE = 'root=$1; set -euo pipefail; source "$root/scripts/_environment.sh"; cd "$root"; '
Run = subprocess.CompletedProcess[str]

STUB = """#!/bin/sh
case "$1 $2" in
  "-c import pip") exit 0 ;;
  "-c "*ensurepip*) echo "@VERSION@ @KIND@" ;;
  "-c "*base_prefix*) echo "@VERSION@" ;;
  "-m venv")
    mkdir "$3/bin"
    cp "$0" "$3/bin/python"
    echo made >> "$LOG"
    exit "${VENV_STATUS:-0}" ;;
  "-m pip") shift 2; echo "pip $*" >> "$LOG"; exit "${PIP_STATUS:-0}" ;;
  *) exit 9 ;;
esac
"""


class Machine:
    """A machine with only the given stubs for Pythons, and a checkout with nothing but the scripts."""

    def __init__(self, folder: Path) -> None:
        self.commands = folder / "commands"
        self.root = folder / "the project"
        self.log = folder / "log"
        self.commands.mkdir()
        (self.root / "scripts").mkdir(parents=True)
        for name in ("_environment.sh", "test", "quickstart"):
            shutil.copy(PROJECT / "scripts" / name, self.root / "scripts")
        self.project_file = self.root / "pyproject.toml"
        self.project_file.write_text("[project]\n")

    def add(self, name: str, version: str, kind: str = "venv") -> Path:
        stub = self.commands / name
        stub.write_text(STUB.replace("@VERSION@", version).replace("@KIND@", kind))
        stub.chmod(0o755)
        return stub

    def bash(
        self, arguments: list[str], variables: dict[str, str], tools: bool = False, folder: Path | None = None
    ) -> Run:
        path = f"{self.commands}:/usr/bin:/bin" if tools else str(self.commands)
        environment = {"PATH": path, "LOG": str(self.log), "HOME": "/nonexistent", **variables}
        command = [BASH, *arguments]
        return subprocess.run(
            command, env=environment, cwd=folder or self.commands, capture_output=True, text=True, timeout=30
        )

    def find(self, **variables: str) -> Run:
        script = SOURCE + 'find_python; echo "$python"'
        return self.bash(["-c", script, "-", str(self.root)], variables)

    def enter(self, kind: str, **variables: str) -> Run:
        script = SOURCE + 'enter_environment "$2"'
        return self.bash(["-c", script, "-", str(self.root), kind], variables, tools=True)

    def done(self) -> list[str]:
        """What the stubs were told to do since the last call."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def said(result: Run) -> str:
    """The one line on stderr of a run that failed, and printed nothing else there."""
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    return result.stderr.removesuffix("\n")


INSTALL_PLAIN = "pip install -qq -e ."
INSTALL_TEST = "pip install -qq -e .[test]"


class TestFindPython:
    def test_takes_the_newest_that_is_supported(self, machine: Machine) -> None:
        machine.add("python3", "3.14.0")
        machine.add("python3.11", "3.11.9")
        machine.add("python3.12", "3.12.1")
        assert machine.find().stdout == "python3.12\n"

    @pytest.mark.parametrize("version", ["3.11.0", "3.12.7", "3.13.12"])
    def test_takes_both_ends_of_the_range(self, machine: Machine, version: str) -> None:
        machine.add("python", version)
        assert machine.find().stdout == "python\n"

    def test_passes_over_a_shim_that_does_not_run(self, machine: Machine) -> None:
        broken = machine.add("python3.13", "3.13.0")
        broken.write_text("#!/bin/sh\necho 'python3.13: command not found' >&2\nexit 127\n")
        machine.add("python3", "3.11.7")
        result = machine.find()
        assert result.stdout == "python3\n"
        assert result.stderr == ""

    def test_missing(self, machine: Machine) -> None:
        assert said(machine.find()) == (
            "seq2seq needs Python 3.11 to 3.13; none was found: install one, or name it with PYTHON=/path/to/python"
        )

    @pytest.mark.parametrize(
        ("version", "verdict"),
        [("2.7.18", "too old"), ("3.10.13", "too old"), ("3.14.0", "too new"), ("4.0.0", "too new")],
    )
    def test_out_of_range(self, machine: Machine, version: str, verdict: str) -> None:
        machine.add("python3", version)
        machine.add("python", version)
        assert said(machine.find()) == (
            f"seq2seq needs Python 3.11 to 3.13; python3 is {version} ({verdict}): install another, or name "
            "it with PYTHON=/path/to/python"
        )

    def test_too_old_and_too_new(self, machine: Machine) -> None:
        machine.add("python3", "3.14.0")
        machine.add("python", "2.7.18")
        assert "; python3 is 3.14.0 (too new), python is 2.7.18 (too old): " in said(machine.find())

    def test_the_named_one_is_taken(self, machine: Machine) -> None:
        machine.add("python3.13", "3.13.1")
        named = machine.add("my python", "3.11.2")
        assert machine.find(PYTHON=str(named)).stdout == f"{named}\n"
        assert machine.find(PYTHON="my python").stdout == "my python\n"

    def test_no_other_is_taken_for_the_named_one(self, machine: Machine) -> None:
        machine.add("python3.13", "3.13.1")
        old = machine.add("old", "3.8.0")
        assert f"; {old} is 3.8.0 (too old): " in said(machine.find(PYTHON=str(old)))
        assert "; PYTHON=/no/python does not run as a Python: " in said(machine.find(PYTHON="/no/python"))

    def test_without_venv(self, machine: Machine) -> None:
        machine.add("python3", "3.11.2", kind="bare")
        assert said(machine.find()) == (
            "python3 cannot make an environment, its venv or ensurepip is missing: install it (on Debian and "
            "Ubuntu, apt-get install python3.11-venv), or name another Python with PYTHON=/path/to/python"
        )

    def test_prefers_one_with_venv(self, machine: Machine) -> None:
        machine.add("python3.13", "3.13.5", kind="bare")
        machine.add("python3.11", "3.11.9")
        assert machine.find().stdout == "python3.11\n"

    def test_the_project_file_names_the_same_range(self, machine: Machine) -> None:
        project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
        name = "Programming Language :: Python :: "
        named = [c.removeprefix(name) for c in project["classifiers"] if c.startswith(f"{name}3.")]
        for minor in range(8, 20):
            machine.add("python3", f"3.{minor}.0")
            assert (machine.find().returncode == 0) == (f"3.{minor}" in named)
        assert project["requires-python"] == f">={named[0]}"


class TestEnterEnvironment:
    @pytest.fixture(autouse=True)
    def python(self, machine: Machine) -> Path:
        return machine.add("python3.13", "3.13.1")

    def test_second_run_does_nothing(self, machine: Machine) -> None:
        first = machine.enter("test")
        assert first.returncode == 0, first.stderr
        assert first.stderr == ""
        assert machine.done() == ["made", INSTALL_TEST]
        assert machine.enter("test").returncode == 0
        assert machine.done() == []

    def test_shows_the_commands_to_type(self, machine: Machine) -> None:
        shown = [line for line in machine.enter("test").stdout.splitlines() if line.startswith("$ ")]
        assert shown == [
            "$ python3.13 -m venv .venv",
            "$ source .venv/bin/activate",
            "$ python -m pip install -qq -e '.[test]'",
        ]

    def test_the_extras_bring_the_plain_install(self, machine: Machine) -> None:
        machine.enter("test")
        machine.done()
        machine.enter("plain")
        assert machine.done() == []

    def test_the_plain_install_does_not_bring_the_extras(self, machine: Machine) -> None:
        machine.enter("plain")
        assert machine.done() == ["made", INSTALL_PLAIN]
        machine.enter("test")
        assert machine.done() == [INSTALL_TEST]

    def test_installs_again_when_the_project_file_changed(self, machine: Machine) -> None:
        machine.enter("test")
        machine.done()
        machine.project_file.write_text("[project]\nname = 'x'\n")
        machine.enter("plain")
        assert machine.done() == [INSTALL_PLAIN]
        machine.enter("test")
        assert machine.done() == [INSTALL_TEST]

    def test_a_failed_install_is_told_and_tried_again(self, machine: Machine) -> None:
        failed = machine.enter("plain", PIP_STATUS="1")
        assert said(failed).startswith("the install failed: see pip's error above")
        machine.done()
        assert machine.enter("plain").returncode == 0
        assert machine.done() == [INSTALL_PLAIN]

    def test_an_install_cut_off_is_made_anew(self, machine: Machine) -> None:
        machine.enter("plain")
        machine.done()
        # What a kill leaves: the mark that an install is going on.
        (machine.root / ".venv" / "installing").touch()
        machine.enter("plain")
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_an_environment_cut_off_is_made_anew(self, machine: Machine) -> None:
        assert machine.enter("plain", VENV_STATUS="1").stderr.startswith("the environment could not be made")
        machine.done()
        machine.enter("plain")
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_an_active_environment_is_not_made_from_itself(self, machine: Machine, python: Path) -> None:
        machine.enter("plain")
        machine.done()
        (machine.root / ".venv" / "installing").touch()
        python.rename(machine.root / ".venv" / "bin" / "python3.13")
        machine.add("python3.12", "3.12.4")
        result = machine.enter("plain", PATH=f"{machine.root}/.venv/bin:{machine.commands}:/usr/bin:/bin")
        assert result.returncode == 0, result.stderr
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_a_vanished_python_is_replaced(self, machine: Machine) -> None:
        machine.enter("plain")
        machine.done()
        python = machine.root / ".venv" / "bin" / "python"
        python.unlink()
        python.symlink_to("/no/python")
        assert "its Python is gone" in machine.enter("plain").stderr
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_a_moved_environment_is_made_anew(self, machine: Machine) -> None:
        machine.enter("plain")
        machine.done()
        machine.root = machine.root.rename(machine.root.with_name("elsewhere"))
        machine.enter("plain")
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_an_environment_of_another_python_is_made_anew(self, machine: Machine) -> None:
        machine.enter("plain")
        machine.add("python3.12", "3.12.4")
        machine.done()
        machine.enter("plain", PYTHON="python3.13")
        assert machine.done() == []
        machine.enter("plain", PYTHON="python3.12")
        assert machine.done() == ["made", INSTALL_PLAIN]

    def test_goes_on_without_the_python_that_made_it(self, machine: Machine, python: Path) -> None:
        machine.enter("plain")
        machine.done()
        python.unlink()
        assert machine.enter("plain").returncode == 0
        assert machine.done() == []


@pytest.mark.parametrize("script", ["test", "quickstart"])
@pytest.mark.parametrize("inside", [True, False])
def test_the_scripts_stop_in_one_line(machine: Machine, script: str, inside: bool) -> None:
    machine.add("python3", "3.10.13")
    for tool in ("dirname", "head", "cat"):
        (machine.commands / tool).symlink_to(shutil.which(tool) or tool)
    # A folder that `cd scripts` would go to instead.
    (machine.commands / "scripts").mkdir()
    path = f"scripts/{script}" if inside else str(machine.root / "scripts" / script)
    folder = machine.root if inside else machine.commands.parent
    result = machine.bash([path], {"CDPATH": str(machine.commands)}, folder=folder)
    assert "python3 is 3.10.13 (too old)" in said(result)
    assert not (machine.root / ".venv").exists()
