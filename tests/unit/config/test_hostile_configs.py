"""A config may be a stranger's, too: whatever it holds, it ends in one printable sentence of bounded length."""

import pytest

from scripts.fuzz.text_mutations import BOMB, ODD_OVERRIDES, ODD_YAML
from seq2seq.config.loading import build_config, load_config
from seq2seq.errors import UserError

VALUES = {"data": {"corpus": "traveller", "source_language": "en"}, "training": {"epochs": 3}}


def sentence(error):
    message = str(error.value)
    assert message.isprintable() and len(message) < 2000
    return message


@pytest.mark.parametrize("override", ODD_OVERRIDES, ids=lambda override: ascii(override[:30]))
def test_an_override(override):
    with pytest.raises(UserError) as caught:
        build_config(VALUES, "test", (override,))
    assert sentence(caught)


@pytest.mark.parametrize("text", ODD_YAML, ids=lambda text: ascii(text[:30]))
def test_a_file(tmp_path, text):
    (tmp_path / "config.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UserError) as caught:
        load_config(tmp_path / "config.yaml")
    assert "config.yaml" in sentence(caught)


def test_a_bomb_of_aliases_takes_no_time(tmp_path):
    (tmp_path / "config.yaml").write_text(BOMB)
    with pytest.raises(UserError, match="stands too often"):
        load_config(tmp_path / "config.yaml")
