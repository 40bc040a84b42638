from pathlib import Path

import pytest

from seq2seq.text.file_names import holds_both_sides, language_of


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("train.de", "de"),
        ("train.de.gz", "de"),
        ("a.b/train.yue", "yue"),
        ("train.zh-CN", "zh-CN"),
        ("train.sr_Latn.gz", "sr_Latn"),
        ("train.txt", None),
        ("train.tsv.gz", None),
        ("train.gz", None),
        ("train", None),
        (".de", None),
        ("train.german", None),
        ("train.2", None),
        ("train.d", None),
    ],
)
def test_language_of_an_ending(name, language):
    assert language_of(name) == language_of(Path(name)) == language


@pytest.mark.parametrize(
    ("name", "both"), [("a.tsv", True), ("a.tsv.gz", True), ("a.en", False), ("a.tsv.txt", False), ("tsv", False)]
)
def test_a_file_with_both_sides(name, both):
    assert holds_both_sides(name) == holds_both_sides(Path(name)) == both
