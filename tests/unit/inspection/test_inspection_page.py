import html as html_entities
import re

import pytest

from seq2seq.inspection.inspecting import inspect
from seq2seq.model_settings import CELLS


def test_the_page_is_one_file_with_every_layer(inspection):
    html = inspection.to_html()
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)
    for layer in inspection.record.layers:
        assert html.count(f'data-key="layer-{inspection.record.layers.index(layer)}-') == 6
    for words in (
        "Input gate",
        "Forget gate",
        "Output gate",
        "Memory cell",
        "Candidate",
        "Hidden state",
        "Why the winner won",
        "Attention",
    ):
        assert words in html
    assert len(set(re.findall(r' id="([^"]+)"', html))) == len(re.findall(r' id="([^"]+)"', html))
    assert inspection.source.text in html and len(html) < 3_000_000


@pytest.mark.slow
def test_pages_of_other_cells(gru_folder, sentence, make_model, small_tokenizer, tmp_path, trained_folder):
    from seq2seq.model.weights import get_weights
    from seq2seq.model_folder.folder import ModelFolder
    from seq2seq.tokenization.pair import TokenizerPair

    page = inspect(gru_folder, sentence).to_html()
    assert "Inside the GRU" in page and "Update gate" in page and "Head" in page and "Forget gate" not in page
    model = make_model(vocabulary_size=len(small_tokenizer), cell="rnn", bidirectional=False, encoder_size=10)
    ModelFolder.write(
        tmp_path / "rnn", get_weights(model), TokenizerPair.of(small_tokenizer, languages=("en", "ja")), model.settings
    )
    page = inspect(tmp_path / "rnn", "<b>bold</b> & $x^2$", beam_size=1, max_length=4).to_html()
    assert "Inside the plain RNN" in page and "&lt;b&gt;bold" in page and "<b>bold" not in page
    assert "gate:" not in page
    assert 'data-part="opposite"' not in page and "One unit of a plain recurrent network" in page


@pytest.mark.slow
def test_long_sentences_show_a_part_of_the_units(inspection, monkeypatch):
    monkeypatch.setattr("seq2seq.inspection.maps.MOST_VALUES", 2000)
    assert "evenly over their ranking" in inspection.to_html()


@pytest.mark.parametrize("cell", CELLS)
def test_the_drawing_and_the_equations_have_the_same_parts(cell):
    """Every part of the drawing is a term of the equations and the other way round, and all have their numbers."""
    from seq2seq.pages.rendering import environment

    class Seen:
        pass

    seen = Seen()
    seen.cell = cell
    page = environment().get_template("inspect-cell.html").render(seen=seen, stepping="{}", stepping_part=False)
    drawing, equations = page.split("</svg>")
    parts = [set(re.findall(r'data-part="([\w-]+)"', part)) for part in (drawing, equations)]
    assert parts[0] == parts[1]
    assert f"    {cell}: {{" in environment().globals["asset"]("cell.js")
    assert set(re.findall(r'data-value="([\w-]+)"', drawing)) == parts[0] - {"x"}


def test_what_was_held_and_what_changed_is_shown(trained_folder, sentence):
    found = inspect(trained_folder, sentence, ablate=["decoder/lstm_0:forget=0", "decoder/lstm_1:unit=3=-0.5"])
    page = html_entities.unescape(found.to_html())
    assert 'id="ablation"' in page and 'href="#ablation"' in page
    assert "The forget gate of all units of decoder layer 1 is held at 0.00, that is shut." in page
    assert "Unit 3 of decoder layer 2: its hidden state is held at −0.50." in page
    assert found.ablated.output.text != found.translation and "What is marked differs" in page
    assert "Attention with parts missing" in page
    assert 'id="ablation"' not in inspect(trained_folder, sentence).to_html()


def test_features_of_ones_own_are_shown(trained_folder, sentence, short_text):
    lines = short_text.sources[:24]
    labels = ["question" if line.endswith("?") else "statement" for line in lines]
    lengths = [str(len(line)) for line in lines]
    found = inspect(trained_folder, sentence, text=lines, features={"<kind>": labels, "length": lengths})
    page = html_entities.unescape(found.to_html())
    assert "<h4>&lt;kind&gt;</h4>" in found.to_html() and "24 sentences" in page and "by chance below" in page
    best = max(found.features[1].units, key=lambda unit: abs(unit.correlation))
    assert best.follows, "some unit of a recurrent network tells how long a sentence is"
    command = re.search(r"--ablate ([\w/:.=-]+)</code>", page)[1]
    assert inspect(trained_folder, sentence, ablate=[command]).ablated is not None


def test_a_notebook_shows_the_page(inspection):
    frame = inspection._repr_html_()
    assert html_entities.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == inspection.to_html()
    assert repr(inspection).startswith("<Inspection of ") and len(repr(inspection)) < 400
