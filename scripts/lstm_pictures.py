"""The pictures of docs/inside-an-lstm.md: `python -m scripts.lstm_pictures runs/quickstart/model`

Writes docs/lstm-attention.svg, -forget.svg, -memory.svg, -unit.svg and -tree.svg from what the model does with the
page's sentence.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SENTENCE = "We cannot leave yet because my sister forgot her camera in the hotel."
MARGIN = 16  # CSS pixels
LAYER = "decoder/lstm_1"  # whose gates are shown


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.lstm_pictures", description="Draw the pictures of docs/inside-an-lstm.md."
    )
    parser.add_argument("model", type=Path, help="the quickstart's model folder")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder to write to (default: docs)")
    options = parser.parse_args(arguments)

    from scripts.cells.standalone import write_svg
    from seq2seq.inspection.inspecting import inspect
    from seq2seq.inspection.inspection_page import attention_heads, layer_panel, unit_pictures
    from seq2seq.inspection.pictures import tree_figure

    seen = inspect(options.model, SENTENCE)
    number = [layer.name for layer in seen.record.layers].index(LAYER)
    panel = str(layer_panel(seen, number))
    pictures = {
        "attention": picture_of(str(attention_heads(seen)[0][1]), "Attention"),
        "forget": picture_of(panel[panel.index(f'data-key="layer-{number}-forget"') :], "Forget gates"),
        "memory": picture_of(panel[panel.index(f'data-key="layer-{number}-memory"') :], "Memory cells"),
        "unit": str(unit_pictures(seen)[0][1]),
        "tree": str(tree_figure(seen.search, seen.spellings, key="tree")),
    }
    for name, svg in pictures.items():
        write_svg(options.output / f"lstm-{name}.svg", svg)
    print(seen.translation)


def picture_of(heatmap: str, title: str) -> str:
    """The drawing inside an interactive heat map, with a name of its own."""
    found = re.search(r'<svg class="figure" aria-hidden="true"(.*?)</svg>', heatmap, re.DOTALL)
    assert found is not None
    # In a page, slanted labels may reach beyond the drawing; a file would cut them off.
    body = re.sub(
        r'viewBox="0 0 ([\d.]+) ([\d.]+)"',
        lambda box: f'viewBox="0 0 {float(box[1]) + MARGIN:g} {float(box[2]) + MARGIN:g}"',
        found[1],
        count=1,
    )
    head, _, drawing = body.partition(">")
    return f'<svg role="img" aria-label="{title}"{head}><g transform="translate(0 {MARGIN})">{drawing}</g></svg>'


if __name__ == "__main__":
    main()
