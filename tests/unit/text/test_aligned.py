import re

import pytest

from seq2seq.errors import UserError
from seq2seq.text.aligned import read_aligned


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        place = tmp_path / name
        place.write_bytes(text.encode())
        return place

    return write


def test_files_whose_lines_correspond(write):
    one, two = write("one", "a\nb\u2028c\n"), write("two", "d\r\n\n")
    assert read_aligned([one, two]) == [["a", "b\u2028c"], ["d", ""]]


def test_unequal_counts_name_both_files_and_counts(write):
    first, second, third = write("first", "a\nb\n"), write("second", "a\nb\n"), write("third", "a\nb\nc\n")
    said = f"{first} has 2 lines but {third} has 3:"
    with pytest.raises(UserError, match=re.escape(said)):
        read_aligned([first, second, third])


def test_no_line_in_any_file_is_aligned(write):
    assert read_aligned([write("one", ""), write("two", "")]) == [[], []]
