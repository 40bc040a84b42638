import io
import json
import re

import numpy as np
import pytest

import seq2seq
from seq2seq.errors import UserError
from seq2seq.inspection.inspecting import inspect
from seq2seq.inspection.inspector import Inspector
from seq2seq.tokenization.ids import EOS
from seq2seq.translation.translator import Translator


def test_it_shows_what_translate_says(inspection, trained_folder, sentence):
    translator = Translator.load(trained_folder)
    (translation,) = translator.translations([sentence])
    assert inspection.translation == translation.text
    assert inspection.record.log_probability == pytest.approx(translation.log_probability, abs=1e-4)
    assert inspection.search.nodes[inspection.search.winner].score == pytest.approx(translation.score, abs=1e-4)
    assert inspection.target.pieces == [token.piece for token in translation.tokens]
    assert seq2seq.inspect is inspect


@pytest.mark.slow
def test_a_reference_is_walked_through_instead(trained_folder, sentence):
    found = inspect(trained_folder, sentence, reference="Wo ist der alte Bahnhof?", beam_size=2)
    translator = Translator.load(trained_folder)
    (forced,) = translator.score([sentence], ["Wo ist der alte Bahnhof?"])
    assert found.target.text == "Wo ist der alte Bahnhof?"
    assert found.record.log_probability == pytest.approx(forced.log_probability, abs=1e-4)
    assert found.search.beam_size == 2
    assert "The reference has a score of" in found.to_html() and ">Reference<" in found.to_html()


@pytest.mark.slow
def test_more_sentences_and_other_models(trained_folder, gru_folder, sentence):
    text = ["We would like to pay.", "", "Where is my room?"]
    found = inspect(trained_folder, sentence, text=text, compare=[gru_folder, gru_folder])
    assert found.sentences == 3  # the empty one has nothing to measure
    assert list(found.curves) == ["lstm", "gru", "gru 2"]
    np.testing.assert_array_equal(found.curves["gru"].strengths, found.curves["gru 2"].strengths)
    lone = inspect(trained_folder, sentence)
    assert found.curves["lstm"].counts[0] > lone.curves["lstm"].counts[0] == len(lone.target.ids)
    html = found.to_html()
    assert "GRU 2" in html and "over 3 sentences" in html


def test_mistakes_are_told_in_a_sentence(trained_folder, sentence):
    inspector = Inspector.load(trained_folder)
    with pytest.raises(UserError, match="the sentence has nothing in it"):
        inspect(inspector, " ")
    with pytest.raises(UserError, match=r"the sentence has \d+ pieces, more than the 127"):
        inspect(inspector, "word " * 200)
    with pytest.raises(UserError, match="the reference has nothing in it"):
        inspect(inspector, sentence, reference="")
    with pytest.raises(UserError, match="beam_size must be at least 1"):
        inspect(inspector, sentence, beam_size=0)
    with pytest.raises(UserError, match="unknown decoding option 'beam'"):
        inspect(inspector, sentence, beam=2)


def test_a_folder_without_weights_cannot_be_looked_into(trained_folder, tmp_path, sentence):
    exported = tmp_path / "exported"
    exported.mkdir()
    metadata = json.loads((trained_folder / "metadata.json").read_text())
    del metadata["files"]["model.safetensors"]
    (exported / "metadata.json").write_text(json.dumps(metadata))
    (exported / "tokenizer.model").write_bytes((trained_folder / "tokenizer.model").read_bytes())
    with pytest.raises(UserError, match=r"holds no model.safetensors: give the model folder that it was exported from"):
        inspect(exported, sentence)


def test_json_and_npz_hold_the_same(inspection):
    told = json.loads(inspection.to_json())
    archive = np.load(io.BytesIO(inspection.to_npz()), allow_pickle=False)
    assert set(archive.files) == {*told["arrays"], "metadata"}
    for name, values in told["arrays"].items():
        np.testing.assert_allclose(values, archive[name], rtol=1e-5, atol=1e-30)
    del told["arrays"]
    assert json.loads(str(archive["metadata"])) == told
    forget = archive["decoder/lstm_0/forget"]
    np.testing.assert_array_equal(forget, inspection.record.layer("decoder/lstm_0").gates["forget"])
    assert told["search"]["nodes"][0]["piece"] == "<s>"
    assert archive["attention"].shape == (1, len(told["target_pieces"]), len(told["source_pieces"]))


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


def test_why_the_winner_won_adds_up(inspection):
    from seq2seq.inspection.explaining import ranking, steps, why

    ranked = ranking(inspection)
    assert ranked[0].winner and ranked[0].text == inspection.translation
    for each in ranked:
        assert each.score == pytest.approx(each.log_probability / each.divisor)
        assert each.divisor == pytest.approx((5 + each.pieces) / 6)
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    assert why(inspection)[0].startswith(f"“{inspection.translation}” won: log-probability")
    table = steps(inspection)
    path = inspection.search.path(inspection.search.winner)
    assert [sum(each.winner for each in step) for step in table][: len(path)] == [1] * len(path)
    assert path[-1].token == EOS
