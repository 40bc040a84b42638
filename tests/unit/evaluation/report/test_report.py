import json
import re

import numpy as np
import pytest

from seq2seq.evaluation import MetricOptions, compare, evaluate
from seq2seq.evaluation.report import make_report
from seq2seq.evaluation.report.report_page import report_page
from seq2seq.evaluation.sentence_scores import sentence_scores


@pytest.fixture(scope="module")
def report(lines, flawed):
    sources, references = lines
    return make_report(flawed, [references], sources=sources, what="texts/test.en", samples=50)


def test_scores_have_intervals_and_p_values(report, lines, flawed):
    _, references = lines
    compared = compare(flawed, [references], samples=50)
    for system in report.systems:
        expected = evaluate(flawed[system.name], [references])
        assert [(s.name, s.score) for s in system.scores] == [(s.name, pytest.approx(s.score)) for s in expected]
        assert all(abs(s.mean - s.score) < 5 and 0 < s.interval < 30 for s in system.scores)
        assert [s.p_value for s in system.scores] == [s.p_value for s in compared.systems[system.name]]
    assert report.significance == {"test": "bootstrap", "samples": 50, "seed": "12345"}


def test_lines_by_their_quality(report, lines, flawed):
    _, references = lines
    first = report.systems[0]
    expected = [scores[0].score for scores in sentence_scores(flawed["first"], [references], MetricOptions(("chrf",)))]
    assert first.chrf == pytest.approx(expected)
    assert first.worst[0] == 5 and {3, 4, 5} <= set(first.worst)
    assert [first.chrf[n] for n in first.best] == pytest.approx([100] * 5)
    assert not set(first.best) & set(first.worst)
    assert sum(group.sentences for group in first.by_length) == 30 == sum(group.sentences for group in first.by_rarity)
    assert report.length_of == "source" and report.counted_in == "this text itself"


def test_faults_are_found(report):
    first, second = report.systems
    assert first.repetition.lines == [4] and first.copying.lines[0] == 3
    assert second.repetition.lines == [] and second.repetition.share.value == 0
    assert second.lengths.ratio.value < 0.95 and second.lengths.ratio.high < first.lengths.ratio.value
    assert second.by_position.recall[-1].value < second.by_position.recall[0].value == pytest.approx(1, abs=0.1)
    assert first.shortfalls is None and first.attention == {} and first.inspect is None
    assert (
        second.content.missing_words == [1] * 30 and second.content.missing.value > 0.08 > first.content.missing.value
    )


def test_side_by_side(report):
    (one,) = report.differences
    assert (one.first, one.other) == ("first", "second")
    assert one.better_lines[:2] == sorted([3, 5], key=lambda n: -one.of_lines[n])
    assert one.better + one.worse + one.equal == 30


def test_without_a_source(lines, flawed):
    report = make_report({"one": flawed["first"]}, [lines[1]], samples=20)
    (system,) = report.systems
    assert system.by_rarity is None and system.copying is None and report.length_of == "reference"
    page = report_page(report)
    assert "--report-training FILE" in page and "nothing is known of rare source words" in page


def test_words_counted_in_a_training_text(lines, flawed):
    sources, references = lines
    report = make_report(
        {"one": flawed["first"]}, [references], sources=sources, training=("corpus/train.en", iter(["the the the"]))
    )
    own = make_report({"one": flawed["first"]}, [references], sources=sources)
    assert report.counted_in == "corpus/train.en"
    assert report.systems[0].by_rarity != own.systems[0].by_rarity
    rare = report.systems[0].rare_words
    assert rare.counted_in == "corpus/train.en" and rare.kinds > 20 and "the" not in {one.word for one in rare.unseen}
    assert own.systems[0].rare_words is None and own.systems[0].rare_missed_words is None
    target = make_report({"one": flawed["second"]}, [references], training_target=["heute"] * 9, samples=5)
    assert {one.in_training for one in target.systems[0].rare_missed_words} == {0}
    assert "Rare and most often missed" in report_page(target)
    page = report_page(report)
    assert "was counted in train.en" in page and "Never seen in training" in page


def test_a_model_shows_where_it_looked(lines, copying_translator):
    sources, references = lines
    translator = copying_translator()
    hypotheses = [*sources[:-2], "", sources[-1][: len(sources[-1]) // 2]]
    report = make_report(
        {"copy": hypotheses}, [references], sources=sources, translators={"copy": translator}, samples=20
    )
    (system,) = report.systems
    # The copying engine attends to the piece that it outputs next: once to each, whatever is output.
    whole = [one for n, one in system.shortfalls.items() if n != 29]
    assert max(one.mean for one in whole) == 0
    assert 28 not in system.shortfalls, "where nothing is output, nothing is attended to"
    assert system.shortfalls[29].mean > 0.2
    shown = {*system.worst, *system.best, *system.content.missing_lines, *system.content.superfluous_lines}
    assert shown - {28} <= set(system.attention)
    shown = system.attention[29]
    np.testing.assert_array_equal(shown.weights.argmax(1), range(len(shown.target)))
    page = report_page(report, {"copy": translator.tokenizers})
    assert "less attention per piece" in page
    assert re.search(r"Attention in line \d+, mean over the heads", page) and "target word" in page


def test_json(report):
    record = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    first = record["systems"][0]
    assert first["worst"][0] == 6 and first["repetition"]["lines"] == [5]
    assert record["differences"][0]["better_lines"][0] in (4, 6)
    assert first["scores"][0]["name"] == "BLEU" and "attention" not in first
    assert first["content"]["missing_lines"][0] == 6 and first["missed_words"][0].keys() >= {"word", "count", "missed"}
    assert record["systems"][0]["by_length"][0]["chrf"].keys() == {"value", "low", "high"}


def test_the_page(report):
    page = report_page(report)
    assert (
        "<title>Evaluation of first and 1 more</title>" in page and "test.en are: 30 lines, against 1 reference" in page
    )
    assert "B beside A" in page and "p = " in page and "<mark>und</mark>" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_one_line(lines):
    report = make_report({"one": ["<b>Ja & nein</b>"]}, [["Ja."]], sources=["Yes <i>"])
    page = report_page(report)
    assert "<b>Ja" not in page and "<i>" not in page
    (system,) = report.systems
    assert all(score.p_value is None for score in system.scores) and report.significance is None
    assert [score.score for score in system.scores] == [s.score for s in evaluate(system.hypotheses, [["Ja."]])]


def test_a_page_has_no_room_for_seven_systems(lines):
    report = make_report({str(n): ["a b"] for n in range(7)}, [["a b"]], samples=2)
    with pytest.raises(ValueError, match="6 systems at most, got 7"):
        report_page(report)
