"""What the figures were measured on."""

import importlib.metadata
import os
import platform
import re
from pathlib import Path
from typing import Any

from seq2seq.machine import usable_cores

INSTRUCTIONS = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16", "amx_int8", "asimddp", "bf16")
"""Those that decide how fast matrix products are, as Linux names them."""
LIBRARIES = ("tensorflow", "keras", "onnxruntime", "torch", "ctranslate2", "pymarian", "numpy")


def describe(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, Any]:
    """Processor, cores, instructions, memory, system and the versions of the libraries that are installed."""
    try:
        text = cpuinfo.read_text()
    except OSError:
        text = ""
    names = re.findall(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = set(" ".join(re.findall(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)).split())
    return {
        "processor": names[0].strip() if names else platform.processor() or platform.machine(),
        "cores": usable_cores(),
        "instructions": [name for name in INSTRUCTIONS if name in flags],
        "memory_gigabytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name))},
    }


def one_line(machine: dict[str, Any]) -> str:
    """The machine as a line of text."""
    instructions = f" ({', '.join(machine['instructions'])})" if machine["instructions"] else ""
    return f"{machine['cores']} cores of {machine['processor']}{instructions}, {machine['system']}"


def versions(machine: dict[str, Any]) -> str:
    """The libraries as a line of text."""
    return ", ".join([f"Python {machine['python']}", *(f"{k} {v}" for k, v in machine["libraries"].items())])


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
