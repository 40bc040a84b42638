"""The pictures of docs/inside-an-lstm.md: `python -m scripts.lstm_pictures runs/quickstart/model`

Writes docs/lstm-attention.svg, -forget.svg, -memory.svg, -unit.svg and -tree.svg from what the model does with the
page's sentence.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
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
    from seq2seq.inspection.inspection_page import unit_pictures
    from seq2seq.inspection.maps import attention_maps, layer_maps
    from seq2seq.inspection.pictures import tree_figure

    seen = inspect(options.model, SENTENCE)
    maps = layer_maps(seen, [layer.name for layer in seen.record.layers].index(LAYER))
    pictures = {
        "attention": replace(attention_maps(seen)[0][1], title="Attention").to_svg(MARGIN),
        "forget": replace(maps["forget"], title="Forget gates").to_svg(MARGIN),
        "memory": replace(maps["memory"], title="Memory cells").to_svg(MARGIN),
        "unit": unit_pictures(seen)[0][1],
        "tree": tree_figure(seen.search, seen.spellings, key="tree"),
    }
    for name, svg in pictures.items():
        write_svg(options.output / f"lstm-{name}.svg", svg)
    print(seen.translation)


if __name__ == "__main__":
    main()
