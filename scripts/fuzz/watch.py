"""Watches which files a case opens, by an audit hook of Python's.

What the native libraries beneath open on their own is not seen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_FORBIDDEN = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "ctypes.dlopen",
)
_PROGRAM = tuple({os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, Path(__file__).parents[2])})
_SYSTEM = ("/proc/", "/sys/", "/usr/lib", "/lib", "/usr/share", "/etc/localtime")


class Watch:
    """An audit hook, which can be installed but never removed; between `begin` and `end` it records."""

    def __init__(self) -> None:
        """Installs the hook."""
        self._place: str | None = None
        self._odd: set[str] = set()
        sys.addaudithook(self._hook)

    def begin(self, place: Path) -> None:
        """Begins to record what is opened outside a folder and outside the program."""
        self._odd = set()
        self._place = os.path.realpath(place)

    def end(self) -> set[str]:
        """Ends the recording and returns what was opened, started or connected to."""
        self._place = None
        return self._odd

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        place = self._place
        if place is None:
            return
        if event.startswith(_FORBIDDEN):
            self._odd.add(event)
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            name = os.path.abspath(os.fsdecode(arguments[0]))
            if not name.startswith((place + os.sep, *_PROGRAM, *_SYSTEM)) and name != place:
                self._odd.add(name)
