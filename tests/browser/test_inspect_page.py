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
def inspection(folder, short_text):
    lines = short_text.sources[:20]
    return inspect(
        folder,
        SENTENCE,
        reference="Wo ist der alte Bahnhof?",
        compare=[folder],
        ablate=["decoder/lstm_0:forget=0"],
        text=lines,
        features={"kind": ["question" if "?" in line else "statement" for line in lines]},
    )


@pytest.fixture(scope="module")
def page_file(inspection, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "inspect.html"
    path.write_text(inspection.to_html())
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
            f"layer-{number}-{which}" for which in ("input", "candidate", "forget", "memory", "output", "hidden")
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


def shown(page, part):
    """The number that the drawing shows at a part."""
    return float(page.locator(f'#cell [data-value="{part}"]').text_content().replace("−", "-"))


@pytest.mark.parametrize("number", range(4))
def test_the_numbers_of_a_unit_run_through_the_drawing(inspection, page_file, open_page, number):
    """Also of a layer that reads from the end."""
    page = open_page(page_file)
    page.locator('[data-control="layer"]').select_option(index=number)
    layer = inspection.record.layers[number]
    unit = int(page.locator('[data-control="unit"] option:checked').inner_text().split(":")[0])
    memory, hidden = layer.in_time(layer.memory)[:, unit], layer.in_time(layer.hidden)[:, unit]
    for step in range(layer.time):
        if step:
            for _ in range(5):  # stages of the formula
                page.locator('[data-control="forward"]').click()
        for name, values in layer.gates.items():
            assert shown(page, name) == pytest.approx(layer.in_time(values)[step, unit], abs=6e-4)
        assert shown(page, "cell") == pytest.approx(memory[step], abs=6e-4)
        assert shown(page, "hidden") == pytest.approx(hidden[step], abs=6e-4)
        before = memory[step - 1] if step else layer.first_memory[unit]
        assert shown(page, "cell-before") == pytest.approx(before, abs=6e-4)
        assert shown(page, "kept") == pytest.approx(before * layer.in_time(layer.gates["forget"])[step, unit], abs=6e-4)
    assert f"Step {layer.time} of {layer.time}" in page.locator(".narration").inner_text()
    assert page.troubles == []


def lit(page):
    return {one.get_attribute("data-part") for one in page.locator("#cell .lit").all()}


def test_parts_and_terms_light_together(page_file, open_page):
    page = open_page(page_file)
    for part in ("forget", "cell", "hidden", "cell-before"):
        page.locator(f'#cell button[data-part="{part}"]').first.focus()
        assert lit(page) == {part}
        assert page.locator(f'svg.cell .lit[data-part="{part}"]').count() == 1
    page.locator('svg.cell [data-part="output"] rect').hover()
    assert lit(page) == {"output"} and page.locator('.equations .lit[data-part="output"]').count() == 2


def test_keys_step_and_play(page_file, open_page):
    page = open_page(page_file)
    page.locator(".cell-drawing").focus()
    first = page.locator(".narration").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator(".narration").inner_text()
    assert first.startswith("Step 1 of") and "are computed" in first
    assert second.startswith("Step 1 of") and "The forget gate lets" in second
    page.keyboard.press("ArrowLeft")
    assert page.locator(".narration").inner_text() == first
    page.keyboard.press("Space")
    assert page.locator('[data-control="play"]').inner_text() == "Pause"
    page.wait_for_function("text => document.querySelector('.narration').innerText !== text", arg=second)
    page.keyboard.press("Space")
    assert page.locator('[data-control="play"]').inner_text() == "Play"


def test_maps_of_a_layer_go_together_and_lead_to_the_drawing(page_file, open_page):
    page = open_page(page_file)
    page.locator("#gates select").select_option("encoder, backwards, layer 1")
    page.locator('[data-key="layer-1-forget"] .map').focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    texts = [page.locator(f'[data-key="layer-1-{name}"] .readout').inner_text() for name in ("forget", "memory")]
    assert texts[0].rsplit(":", 1)[0] == texts[1].rsplit(":", 1)[0]
    page.keyboard.press("Enter")
    unit = texts[0].removeprefix("unit ").split(",")[0]
    assert page.locator('[data-control="unit"] option:checked').inner_text().split(":")[0] == unit
    assert page.locator('[data-control="layer"] option:checked').inner_text() == "encoder, backwards, layer 1"
    assert shown(page, "cell") == pytest.approx(float(texts[1].rsplit(": ", 1)[1].replace("−", "-")), abs=0.006)
