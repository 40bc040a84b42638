"""The page of `seq2seq inspect` in a real browser."""

import pytest

from seq2seq.inspection.inspecting import inspect
from seq2seq.model.weights import get_weights
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.pair import TokenizerPair

pytestmark = pytest.mark.slow
SENTENCE = "Where is the old station, please?"


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    model, tokenizer, _ = trained
    path = tmp_path_factory.mktemp("inspect") / "model"
    ModelFolder.write(path, get_weights(model), TokenizerPair.of(tokenizer, languages=("en", "de")), model.settings)
    return path


@pytest.fixture(scope="module")
def page_file(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "inspect.html"
    path.write_text(inspect(folder, SENTENCE, reference="Wo ist der alte Bahnhof?", compare=[folder]).to_html())
    return path


def test_the_page_passes_all_checks(page_file, check_page):
    check_page(page_file)


def test_every_layer_can_be_chosen(page_file, open_page):
    page = open_page(page_file)
    chooser = page.locator("#gates select")
    names = chooser.locator("option").all_inner_texts()
    assert names == [
        "encoder, forwards, layer 1",
        "encoder, backwards, layer 1",
        "decoder layer 1",
        "decoder layer 2",
    ]
    for number, name in enumerate(names):
        chooser.select_option(name)
        seen = [figure for figure in page.locator("#gates figure.heatmap").all() if figure.is_visible()]
        assert [figure.get_attribute("data-key") for figure in seen] == [
            f"layer-{number}-{which}" for which in ("input", "forget", "output", "memory")
        ]
    assert page.troubles == []


def test_a_cell_names_unit_step_and_value(page_file, open_page):
    page = open_page(page_file)
    page.locator("#gates select").select_option("decoder layer 1")
    figure = page.locator('[data-key="layer-2-forget"]')
    figure.locator(".map").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    said = figure.locator(".readout").inner_text()
    assert said.startswith("unit ") and "forgets half in" in said
    assert "step 2, after “W”, about to output “o”: 0." in said


def test_the_tree_scrolls_in_its_frame(page_file, open_page):
    page = open_page(page_file, viewport={"width": 360, "height": 740})
    frame = page.locator(".tree")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    frame.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert frame.evaluate("frame => frame.scrollLeft") > 0
