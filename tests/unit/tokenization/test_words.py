"""Words and their numbers."""

import pytest

from seq2seq.tokenization.words import spaced, word_numbers


@pytest.mark.parametrize(
    ("pieces", "spaces", "words"),
    [
        ([], True, []),
        (["▁a", "b", "▁c"], True, [0, 0, 1]),
        (["a", "b", "▁c"], True, [0, 0, 1]),
        (["▁", "a", "▁", "b"], True, [0, 0, 1, 1]),
        (["▁a", "b", "▁c"], False, [0, 1, 2]),
    ],
)
def test_words_begin_with_spaces(pieces, spaces, words):
    assert word_numbers(pieces, spaces).tolist() == words


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", True), ("ja", False), ("JA", False), ("zh-CN", False), ("zh_TW", False), ("th", False), (None, True)],
)
def test_which_languages_write_spaces(language, expected):
    assert spaced(language) == expected
