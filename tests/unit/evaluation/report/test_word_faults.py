import pytest

from seq2seq.evaluation.report.word_faults import copied, repeated, spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A well-known dog's life, 3.5 km!", ["a", "well-known", "dog's", "life", "3", "5", "km"]),
        ("Ein T-Shirt — schön.", ["ein", "t-shirt", "schön"]),
        ("自転車に乗る。", list("自転車に乗る")),
        ("iPhoneを買う", ["iphone", "を", "買", "う"]),
        ("", []),
        ("... !", []),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_words(text, expected):
    assert words(text) == expected
    assert [text[slice(*place)].lower() for place in spans(text)] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("a", [0]),
        ("a b a b", [0, 0, 0, 1]),
        ("a a a", [0, 1, 1]),
        ("a b c a d", [0, 0, 0, 0, 0]),
        ("in the house in the house", [0, 0, 0, 0, 1, 1]),
    ],
)
def test_repeated(line, expected):
    assert repeated(line.split()) == [bool(one) for one in expected]


def test_copied():
    source = ["the", "festival", "in", "hamburg", "2024", "tag"]
    hypothesis = ["das", "festival", "in", "hamburg", "2024", "neuer", "tag"]
    assert copied(hypothesis, source, [["das", "fest"], ["hamburg"]]) == [
        False,
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    assert copied([], source, [[]]) == []
