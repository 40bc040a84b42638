"""Pages of the docs as notebooks: `python -m scripts.notebook` writes each of `PAGES` anew, as .ipynb beside the page.

Prose becomes Markdown cells, Python blocks become code cells, and nothing is run: a notebook's outputs depend on the
model that its reader trained. A test holds the committed notebooks equal to what this makes of the page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from seq2seq.files import write_file

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = (DOCS / "inside-an-lstm.md", DOCS / "exercises" / "exercises.md", DOCS / "exercises" / "solutions.md")
FIRST_CELL = """# The paths below are those of the project's folder, which is above the notebook's.
import os

for folder in (".", "..", "../.."):
    if os.path.exists(f"{folder}/runs"):
        os.chdir(folder)
        break
"""


def make_notebook(markdown: str) -> str:
    """The content of an .ipynb file (format 4.5) with the cells of a page.

    Example:
        >>> cells = json.loads(make_notebook("# One\\n\\n```python\\nprint(1)\\n```\\n"))["cells"]
        >>> [cell["cell_type"] for cell in cells]
        ['markdown', 'code', 'code']
    """
    pieces = re.split(r"^```python\n(.*?)^```\n", markdown, flags=re.DOTALL | re.MULTILINE)
    cells = [_cell(number, piece, "code" if number % 2 else "markdown") for number, piece in enumerate(pieces)]
    cells.insert(1, _cell(len(pieces), FIRST_CELL, "code"))
    notebook = {
        "cells": [cell for cell in cells if cell["source"]],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, text: str, kind: str) -> dict[str, Any]:
    cell = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": text.strip("\n").splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


if __name__ == "__main__":
    for page in PAGES:
        write_file(page.with_suffix(".ipynb"), make_notebook(page.read_text("utf-8")))
