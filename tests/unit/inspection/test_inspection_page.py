import re

import pytest

from seq2seq.inspection.inspecting import inspect


def test_the_page_is_one_file_with_every_layer(inspection):
    html = inspection.to_html()
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)
    for layer in inspection.record.layers:
        assert html.count(f'data-key="layer-{inspection.record.layers.index(layer)}-') == 4
    for words in ("Input gate", "Forget gate", "Output gate", "Memory cell", "Why the winner won", "Attention"):
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


@pytest.mark.slow
def test_long_sentences_show_a_part_of_the_units(inspection, monkeypatch):
    monkeypatch.setattr("seq2seq.inspection.maps.MOST_VALUES", 2000)
    assert "evenly over their ranking" in inspection.to_html()
