from __future__ import annotations

import json
import math

import pytest

from seq2seq.translation.results import Output, Token, Translation


def output(text, score, words=1):
    return Output(text, score, 2 * score, (Token(text, score),), ((0, 0),), words + 1, words)


def test_one_segment_is_the_line():
    segments = [("", [output("a", -1.0), output("b", -2.0)])]
    found = Translation.of_segments("x", segments, 2)
    assert (found.text, found.score, found.source, found.n_best) == ("a", -1.0, "x", tuple(segments[0][1]))


def test_segments_are_joined_and_the_best_sums_kept():
    more = [output("c", -1.0), output("d", -1.1), output("e", -9.0)]
    segments = [("", [output("a", -1.0, 2), output("b", -1.5)]), (" ", more)]
    found = Translation.of_segments("x", segments, 3)
    assert [other.text for other in found.n_best] == ["a c", "a d", "b c"]
    assert [other.score for other in found.n_best] == pytest.approx([-2.0, -2.1, -2.5])
    assert found.log_probability == -4.0
    assert found.tokens == (Token("a", -1.0), Token("c", -1.0))
    assert found.alignment == ((0, 0), (3, 2))
    assert (found.source_words, found.target_words) == (5, 3)
    assert Translation.of_segments("x", [segments[0], ("", more)], 3).text == "ac"


def test_a_line_without_segments_is_blank():
    found = Translation.of_segments("  ", [], 3)
    assert (found.text, found.score, found.log_probability, found.n_best) == ("", 0.0, 0.0, ())


def test_json():
    other = Output("ü", -1.0, -2.0, (Token("▁ü", -0.5), Token("</s>", -1.5)), ((1, 0), (0, 1)))
    found = Translation.of_segments("s", [("", [other, output("b", -math.inf)])], 2)
    record = json.loads(found.to_json(n_best=True))
    assert record.pop("n_best") == [
        {key: value for key, value in record.items() if key != "source"},
        {
            "translation": "b",
            "score": None,
            "log_probability": None,
            "tokens": [{"token": "b", "log_probability": None}],
            "alignment": "0-0",
        },
    ]
    assert (
        record
        == json.loads(found.to_json())
        == {
            "source": "s",
            "translation": "ü",
            "score": -1.0,
            "log_probability": -2.0,
            "tokens": [{"token": "▁ü", "log_probability": -0.5}, {"token": "</s>", "log_probability": -1.5}],
            "alignment": "1-0 0-1",
        }
    )
    assert "ü" in found.to_json() and "\n" not in found.to_json()
