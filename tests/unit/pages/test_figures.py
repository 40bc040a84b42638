import re
import warnings
from xml.etree import ElementTree

import numpy as np
import pytest

from seq2seq.pages.curves import POINTS, PlotLine, curves, thin
from seq2seq.pages.figures import FAINT, INK, SERIES, new_figure, to_svg

LABEL = 'id="x" #010203 url(#y) font-family: z; <b>'


def draw(key="one"):
    figure, axes = new_figure(300, 150)
    axes.plot([1, 2, 3], [3, 1, 2], color=SERIES[0], marker="o")
    axes.text(1, 2, LABEL, color=INK, parse_math=False)
    axes.text(1, 1, "$not maths$ 東京", color=FAINT, parse_math=False)
    return str(to_svg(figure, key=key, title="A < B", description="B > A"))


def test_a_figure_is_well_formed_and_says_what_it_shows():
    root = ElementTree.fromstring(draw())
    assert root.get("role") == "img" and root.get("viewBox") == "0 0 300 150"
    assert [root.find(name).text for name in ("title", "desc")] == ["A < B", "B > A"]
    assert root.get("aria-labelledby").split() == [root.find("title").get("id"), root.find("desc").get("id")]
    said = [text.text for text in root.iter("text")]
    assert LABEL in said and "$not maths$ 東京" in said


def test_ids_begin_with_the_key_and_references_lead_to_them():
    root = ElementTree.fromstring(draw("two"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert all(one.startswith("two-") for one in ids) and len(ids) == len(set(ids))
    values = [value for element in root.iter() for value in element.attrib.values()]
    references = [found for value in values for found in re.findall(r"url\(#(.+?)\)", value)]
    references += [element.get("href")[1:] for element in root.iter() if element.get("href", "").startswith("#")]
    assert references and set(references) <= set(ids)


def test_colours_are_the_pages():
    svg = draw().replace(LABEL.replace("<", "&lt;").replace(">", "&gt;"), "")
    assert "var(--series-1)" in svg and "var(--ink)" in svg and "var(--faint)" in svg
    assert not re.search(r"#0[0-9a-f]{5}|font-family|<style", svg)


def test_the_same_figure_gives_the_same_bytes_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw() == draw()


def test_a_long_series_keeps_its_mean_and_its_extremes():
    values = np.random.default_rng(0).normal(size=12_345)
    thinned = thin(np.arange(len(values)), values)
    assert len(thinned.x) == POINTS
    assert thinned.low.min() == values.min() and thinned.high.max() == values.max()
    assert thinned.mean.mean() == pytest.approx(values.mean(), abs=1e-3)
    assert (thinned.low <= thinned.mean).all() and (thinned.mean <= thinned.high).all()


def test_a_short_series_stays_and_loses_what_is_no_number():
    thinned = thin([1, 2, 3], [5, np.nan, 7])
    assert thinned.x.tolist() == [1, 3] and thinned.mean.tolist() == [5, 7]


def test_curves_of_a_million_updates_are_small():
    steps = np.arange(10**6)
    svg = curves([PlotLine("loss", steps, np.sin(steps))], key="k", title="Loss", x_label="update", marks=[500_000])
    assert len(svg) < 60_000
    assert "loss: from" in svg and "lowest −1.00, highest 1.00" in svg


@pytest.mark.parametrize(
    "lines", [[], [PlotLine("a", [], [])], [PlotLine("a", [1], [np.nan])], [PlotLine("a", [7], [3.0])]]
)
def test_curves_of_next_to_nothing(lines):
    for logarithmic in (False, True):
        svg = curves(lines, key="k", title="$T$", x_label="x", logarithmic=logarithmic)
        assert "$T$" in [text.text for text in ElementTree.fromstring(str(svg)).iter("text")]
