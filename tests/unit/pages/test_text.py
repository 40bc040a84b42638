import math

import pytest

from seq2seq.pages.differences import marked
from seq2seq.pages.text import moment, number, printable, width_of


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (1234.567, 2, "1,234.57"),
        (-0.5, 1, "−0.5"),
        (-0.001, 2, "0.00"),
        (0.0, 2, "0.00"),
        (math.nan, 2, "–"),
        (math.inf, 2, "–"),
        (None, 2, "–"),
    ],
)
def test_number(value, digits, said):
    assert number(value, digits) == said


def test_what_cannot_be_shown_is_replaced():
    assert printable("a\x00b\x1bc\ud800d\te\nf\u2028g") == "a\ufffdb\ufffdc\ufffdd e f\u2028g"
    assert printable("Straße 東京 👩‍🚀") == "Straße 東京 👩‍🚀"


def test_width():
    assert (width_of("abc"), width_of("東京"), width_of("e\u0301")) == (3, 4, 1)


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("a b c", "a x c", "a <mark>b</mark> c"),
        ("a b", "a b", "a b"),
        ("a", "a b", "a"),
        ("", "a", ""),
        ("a b", "", "<mark>a b</mark>"),
        ("<b> & c", "d & c", "<mark>&lt;b&gt;</mark> &amp; c"),
        ("Heizung", "Ja, bitte.", "<mark>Heizung</mark>"),
        ("東京に行く", "京都に行く", "<mark>東</mark>京に行く"),
    ],
)
def test_differences_are_marked(text, other, expected):
    assert str(marked(text, other)) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-28T10:25:51+0000", '<time datetime="2026-11-28T10:25:51+00:00">2026-11-28 10:25:51 +00:00</time>'),
        ("2026-11-28T10:25:51.5-0330", '<time datetime="2026-11-28T10:25:51-03:30">2026-11-28 10:25:51 -03:30</time>'),
        ("2026-11-28T10:25:51", "2026-11-28T10:25:51"),
        ("day <1>", "day &lt;1&gt;"),
    ],
)
def test_a_moment_with_its_zone(text, shown):
    assert moment(text) == shown
