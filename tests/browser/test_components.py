"""The parts that all pages are made of, on one page."""

import numpy as np
import pytest
from markupsafe import Markup

from seq2seq.pages.attention_map import attention_map
from seq2seq.pages.axis import Axis
from seq2seq.pages.curves import PlotLine, curves
from seq2seq.pages.heatmap import Heatmap
from seq2seq.pages.rendering import PageSection, environment
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.slow

TEMPLATE = """
{% extends "base.html" %}
{% from "components.html" import choices, figure, scroller %}
{% block main %}
<section id="curves"><h2>Curves</h2>{{ figure(loss, "Loss falls.") }}
{{ figure(loss_wide, "Wide.", wide="Loss") }}</section>
<section id="maps"><h2>Maps</h2>{{ choices("Head", heads) }}{{ gates }}</section>
<p>{{ "2026-11-28T10:25:51+0000" | moment }}</p>
{% call scroller("Words") %}<p class="numbers">{{ "word " * 200 }}</p>{% endcall %}
{% endblock %}
"""
SOURCE = ["▁A", "▁bi", "cy", "cle", "</s>"]
TARGET = ["▁Ein", "▁Fahr", "rad", '<b id="x">', "自転車", "</s>"]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    random = np.random.default_rng(1)
    steps = np.arange(2000)
    lines = [PlotLine("training", steps, np.exp(-steps / 300)), PlotLine("dev", [500, 1000], [0.3, 0.1], dots=True)]
    weights = random.dirichlet(np.ones(len(SOURCE)), size=(2, len(TARGET)))
    units = Axis("unit", [str(n) for n in range(300)])
    values = {
        "loss": curves(lines, key="loss", title="Loss", x_label="update", marks=[700]),
        "loss_wide": curves(lines, key="wide", title="Loss", x_label="update", size=(900, 200)),
        "heads": [(n, attention_map(weights[n], SOURCE, TARGET, key=f"head-{n}").to_html()) for n in (0, 1)],
        "gates": Heatmap(
            random.normal(size=(300, 70)),
            units,
            Axis("step", [str(n) for n in range(70)]),
            key="gates",
            title="Gates",
            signed=True,
        ).to_html(),
    }
    html = (
        environment()
        .from_string(TEMPLATE)
        .render(
            title="All parts",
            description="Of pages.",
            version="0",
            sections=[PageSection("curves", "Curves"), PageSection("maps", "Maps")],
            **values,
        )
    )
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(html)
    return path


def test_all_parts_pass_all_checks(page_file, check_page):
    check_page(page_file)


def test_figures_are_never_larger_than_they_were_drawn(page_file, open_page):
    page = open_page(page_file, viewport={"width": 1900, "height": 900})
    for number, width in enumerate((380, 900)):
        assert page.locator("#curves svg.figure").nth(number).bounding_box()["width"] == pytest.approx(width, abs=1)


@pytest.mark.parametrize(("viewport", "scrolls"), [(PHONE, True), ({"width": 4000, "height": 900}, False)])
def test_what_scrolls_says_so_and_is_a_stop_of_the_tab_key(page_file, open_page, viewport, scrolls):
    page = open_page(page_file, viewport=viewport)
    wide = page.get_by_role("region", name="Loss")
    assert wide.evaluate("one => getComputedStyle(one, '::after').content").startswith('"↔') == scrolls
    assert wide.get_attribute("tabindex") == ("0" if scrolls else None)
    if scrolls:
        wide.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert wide.evaluate("one => one.scrollLeft") > 0


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Tokyo", "19:25"), ("America/New_York", "5:25")])
def test_times_are_the_readers_own(page_file, open_page, zone, hour):
    page = open_page(page_file, timezone_id=zone, locale="en-GB")
    assert hour in page.locator("time").inner_text()
    assert page.locator("time").get_attribute("title") == "2026-11-28 10:25:51 +00:00"


def test_without_scripts_a_time_has_its_zone(page_file, open_page):
    assert open_page(page_file, java_script_enabled=False).locator("time").inner_text() == "2026-11-28 10:25:51 +00:00"


def test_the_button_changes_the_colours(page_file, open_page):
    page = open_page(page_file, "dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(ground) != dark
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(ground) == dark and page.troubles == []


def test_a_selection_shows_one_panel(page_file, open_page):
    page = open_page(page_file)
    panels = page.locator(".panel")
    assert [panels.nth(n).is_visible() for n in (0, 1)] == [True, False]
    page.get_by_label("Head").select_option("1")
    assert [panels.nth(n).is_visible() for n in (0, 1)] == [False, True]


def test_without_scripts_all_panels_are_there(page_file, open_page):
    page = open_page(page_file, java_script_enabled=False)
    panels = page.locator(".panel")
    assert all(panels.nth(n).is_visible() for n in (0, 1))
    assert not page.locator("#scheme").is_visible() and not page.locator("select").is_visible()


def test_pointing_at_a_cell_reads_it_out(page_file, open_page):
    page = open_page(page_file)
    figure = page.locator("figure.heatmap").first
    figure.locator(".map").scroll_into_view_if_needed()
    table = figure.locator("tbody tr").nth(1).locator("td").nth(2).text_content()
    box, inner = (
        figure.locator(".map").bounding_box(),
        page.evaluate("() => JSON.parse(document.querySelector('figure.heatmap script').textContent).box"),
    )
    x = box["x"] + box["width"] * (inner[0] + inner[2] * 2.5 / len(SOURCE))
    y = box["y"] + box["height"] * (inner[1] + inner[3] * 1.5 / len(TARGET))
    page.mouse.move(x, y)
    said = figure.locator(".readout").inner_text()
    assert said == f'target piece “▁Fahr” of “Fahrrad<b id="x">自転車”, source piece “cy” of “bicycle”: {table}'


def test_nothing_of_a_page_can_be_fetched(page_file, open_page, tmp_path):
    """Its own policy keeps even a page that was tampered with from the network."""
    tampered = tmp_path / "page.html"
    tampered.write_text(
        page_file.read_text().replace("</main>", Markup('<img src="http://127.0.0.1:9/x" alt=""></main>'))
    )
    page = open_page(tampered)
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in trouble for trouble in page.troubles)
