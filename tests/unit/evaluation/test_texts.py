import re

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.texts import read_texts


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        place = tmp_path / name
        place.write_bytes(text.encode())
        return place

    return write


def test_empty_files_are_nothing_to_score(write):
    one, two = write("one", ""), write("two", "")
    with pytest.raises(UserError, match=re.escape(f"{one} and {two} are empty: ")):
        read_texts([one, two])
    with pytest.raises(UserError, match=re.escape(f"{one} is empty: ")):
        read_texts([one])
