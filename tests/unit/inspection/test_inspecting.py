import json

import numpy as np
import pytest

import seq2seq
from seq2seq.errors import UserError
from seq2seq.inspection.inspecting import inspect
from seq2seq.inspection.inspector import Inspector
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


def test_without_ablations_there_is_one_translation(inspection):
    assert inspection.ablated is None and inspection.features == ()


def test_the_ablated_translation_is_its_own_networks(trained_folder, sentence):
    """A part that is held where it was changes nothing; attention that is cut changes all."""
    inspector = Inspector.load(trained_folder)
    none = inspect(inspector, sentence, ablate=["attention=uniform", "attention=cut"])
    assert none.ablated.output.text != none.translation
    assert (none.ablated.record.attention == 0).all()
    assert none.ablated.log_probability == pytest.approx(none.ablated.record.log_probability, abs=1e-4)
    assert none.ablated.target_log_probabilities.sum() < none.record.log_probability
    told = json.loads(none.to_json())
    assert told["ablated"]["translation"] == none.ablated.output.text
    assert told["ablated"]["ablations"] == ["attention=uniform", "attention=cut"]
    assert len(told["arrays"]["ablated/target_log_probabilities"]) == len(told["target_pieces"])


def test_labels_stay_with_their_sentences(trained_folder, sentence):
    """Sentences are sorted by their length, and empty ones are left out: the labels go with them."""
    text = ["", *(" ".join(["room"] * (1 + n * 7 % 12)) for n in range(12))]
    labels = ["", *(str(1 + n * 7 % 12) for n in range(12))]
    found = inspect(trained_folder, sentence, text=text, features={"words": labels})
    assert [float(label) for label in found.features[0].labels] == list(range(1, 13))
    assert json.loads(found.to_json())["features"][0]["name"] == "words"
    with pytest.raises(UserError, match="the feature words has 2 labels for 13 sentences"):
        inspect(trained_folder, sentence, text=text, features={"words": ["1", "2"]})


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
