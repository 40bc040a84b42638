import pytest

from seq2seq.errors import UserError
from seq2seq.inspection.inspector import Inspector
from seq2seq.tokenization.ids import EOS


@pytest.fixture(scope="module")
def inspector(trained_folder):
    return Inspector.load(trained_folder)


def test_an_open_model_is_not_opened_again(inspector, trained_folder):
    assert Inspector.open(inspector) is inspector
    assert Inspector.open(str(trained_folder)).folder.path == inspector.folder.path


def test_sides_end_with_the_end_of_sentence(inspector, sentence):
    source = inspector.source(sentence)
    assert source.text == sentence and source.ids[-1] == EOS and source.pieces[-1] == "</s>" and source.spaces
    assert inspector.source_side("").ids == inspector.target("").ids == [EOS]
    output = inspector.output(source.ids[:-1])
    assert (output.text, output.ids) == (sentence, source.ids)


def test_what_cannot_be_inspected(inspector):
    with pytest.raises(UserError, match="the sentence has nothing in it"):
        inspector.source("")
    with pytest.raises(UserError, match=r"the sentence has \d+ pieces, more than the 2 that"):
        inspector.source("far too many words for this", max_tokens=3)
    with pytest.raises(UserError, match="the reference has nothing in it"):
        inspector.reference(" ")


def test_options_go_over_the_models_own(inspector):
    assert inspector.decoding({}).beam_size == 3
    assert inspector.decoding({"beam_size": 2}).beam_size == 2
