"""Contract 13: a tokenizer has exactly the pieces of the model's tables."""

import pytest

from scripts.fuzz.folder_mutations import refresh_checksums
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.tokenizer import Tokenizer


@pytest.mark.parametrize("size", [300, 500])
def test_another_number_of_pieces_is_named(foreign, size):
    lines = [f"{a}{b} {b}{a}" for a in "abcdefghijklm" for b in "nopqrstuvwxyz"]
    (foreign / "tokenizer.model").write_bytes(Tokenizer.train(lines, vocabulary_size=size).model)
    refresh_checksums(foreign)
    with pytest.raises(UserError, match=r"tokenizer\.model has \d+ pieces, but the model's table has"):
        ModelFolder.open(foreign).tokenizers()


@pytest.mark.parametrize("content", [b"", b"no model", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"])
def test_what_is_no_tokenizer(foreign, content):
    (foreign / "tokenizer.model").write_bytes(content)
    refresh_checksums(foreign)
    with pytest.raises(UserError, match=r"tokenizer\.model"):
        ModelFolder.open(foreign).tokenizers()
