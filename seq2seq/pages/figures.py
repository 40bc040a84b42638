"""matplotlib figures as SVG inside a page: responsive, readable as text, in the page's own colours.

A figure is drawn in placeholder colours (`INK`, `SERIES` …) that become CSS variables in the SVG, so that one picture
serves the light and the dark scheme. The series are the colour-blind-safe set of Okabe and Ito (2008, "Color Universal
Design"), darkened on light and lightened on dark ground so that every line has a contrast of 3:1 at least (WCAG 2.2,
1.4.11); where several lines share a plot, `DASHES` tell them apart without colour.
"""

import io
import re
import warnings
from typing import Any

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

INK, FAINT, GRID, GROUND = "#010203", "#010204", "#010205", "#010206"
"""Colours of important text and lines; of less important text; of grid lines and frames; of the page's background."""
SERIES = tuple(f"#01030{i}" for i in range(1, 7))
"""Colours of lines and bars, easiest to tell apart in this order."""
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1)), (0, (8, 2)))
"""Line styles for the colours of `SERIES`."""
DPI = 72
"""One unit of the SVG is one CSS pixel at the figure's natural size."""

_VARIABLES = {INK: "--ink", FAINT: "--faint", GRID: "--grid", GROUND: "--ground"} | {
    colour: f"--series-{n}" for n, colour in enumerate(SERIES, start=1)
}
_STYLE = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and scaled
    "svg.image_inline": True,
    "svg.hashsalt": "seq2seq",  # the same figure gives the same bytes
    "font.family": "sans-serif",
    "font.size": 12,
    "axes.unicode_minus": True,
    "text.usetex": False,
}


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Makes a figure with one pair of axes in the style of the pages.

    Args:
        width: Natural width in CSS pixels. Up to 400, the figure is still readable when scaled down to a phone.
        height: Natural height in CSS pixels.
    """
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout=None)
    figure.patch.set_visible(False)
    axes = figure.add_subplot()
    style_axes(axes)
    return figure, axes


def style_axes(axes: Axes) -> None:
    """Gives axes light horizontal lines, no box, and text in the page's colours."""
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=GRID, linewidth=1)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(GRID)
    axes.tick_params(colors=FAINT, labelsize=12, length=0, pad=5)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(FAINT)
        label.set_fontsize(12)


def to_svg(figure: Figure, *, key: str, title: str, description: str) -> Markup:
    """Writes a figure as an inline SVG, as large as it was drawn where there is room, and never larger.

    Args:
        figure: A figure in the colours of this module.
        key: A text that no other figure of the page has; all ids of the figure begin with it.
        title: What the figure is, for people who do not see it.
        description: What can be seen in the figure.
    """
    width, height = (side * DPI for side in figure.get_size_inches())
    return Markup(
        f'<svg class="figure" role="img" aria-labelledby="{escape(key)}-title {escape(key)}-desc" '
        f'viewBox="0 0 {width:g} {height:g}" style="--natural:{width:g}px">'
        f'<title id="{escape(key)}-title">{escape(title)}</title>'
        f'<desc id="{escape(key)}-desc">{escape(description)}</desc>'
        f"{svg_body(figure, key)}</svg>"
    )


def svg_body(figure: Figure, key: str) -> Markup:
    """The content of a figure's `<svg>` element, in the page's colours and with ids that begin with `key`."""
    buffer = io.StringIO()
    with rc_context(_STYLE), warnings.catch_warnings():  # type: ignore[arg-type]
        # The reader's browser has fonts for scripts that matplotlib's own lacks.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<defs>") : text.rindex("</svg>")]
    # The style element would apply to the whole page; the rest is empty or redundant.
    text = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    # Inside tags only, so that labels stay as they are.
    text = re.sub(r"<[^>]+>", lambda tag: _tag(tag[0], used, key), text)
    text = re.sub(r">\s*\n\s*<", "><", text)
    return Markup(re.sub(r"<defs/>|<defs></defs>|<g/>", "", text).strip())


def _tag(tag: str, used: set[str], key: str) -> str:
    """A tag with ids, colours and fonts of the page, and no more decimals than a screen shows."""
    if tag.startswith("</"):
        return tag
    tag = re.sub(r' id="([^"]+)"', lambda found: f' id="{key}-{found[1]}"' if found[1] in used else "", tag)
    tag = re.sub(r'(url\(#|href="#)', lambda found: f"{found[1]}{key}-", tag).replace("xlink:href=", "href=")
    # `var()` works in `style` only, which is where matplotlib puts colours.
    for colour, variable in _VARIABLES.items():
        tag = tag.replace(colour, f"var({variable})")
    tag = re.sub(r"font: (?:(\d+) )?([\d.]+px) [^;\"]+", _font, tag)
    tag = re.sub(r"font-family: [^;\"]+;? ?", "", tag)
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    if "base64" not in tag:
        tag = re.sub(r"(\d+\.\d\d)\d+", r"\1", tag)
    return tag.replace("\n", "")


def _font(found: re.Match[str]) -> str:
    weight = f"font-weight: {found[1]}; " if found[1] else ""
    return f"{weight}font-size: {found[2]}"
