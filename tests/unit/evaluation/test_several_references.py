import pytest

from seq2seq import evaluate
from seq2seq.errors import UserError

HYPOTHESES = ["the small house stands on a hill", "we would like to pay now please"]
FIRST = ["the little house stands on a hill", "we want to pay now please"]
SECOND = ["a small house stands on the hill", "we would like to pay right now"]


def test_one_list_of_references_is_the_same_as_a_list_of_one_list():
    assert evaluate(HYPOTHESES, FIRST) == evaluate(HYPOTHESES, [FIRST])


def test_a_second_reference_allows_what_it_says():
    bleu, chrf, ter = evaluate(HYPOTHESES, FIRST)
    bleu2, chrf2, ter2 = evaluate(HYPOTHESES, [FIRST, SECOND])
    assert bleu2.score > bleu.score and chrf2.score > chrf.score and ter2.score < ter.score
    assert "nrefs:1|" in bleu.signature
    assert all("nrefs:2|" in score.signature for score in (bleu2, chrf2, ter2))


def test_tuples_are_lists():
    assert evaluate(tuple(HYPOTHESES), (tuple(FIRST), tuple(SECOND))) == evaluate(HYPOTHESES, [FIRST, SECOND])


def test_unequal_counts_name_both_and_the_list():
    with pytest.raises(UserError, match="2 hypotheses but 1 references in list 2"):
        evaluate(HYPOTHESES, [FIRST, SECOND[:1]])
    with pytest.raises(UserError, match="2 hypotheses but 0 references: line i"):
        evaluate(HYPOTHESES, [])


def test_nothing_to_score():
    with pytest.raises(UserError, match="no lines to score"):
        evaluate([], [[], []])


def test_metrics_are_scored_once_each_in_their_order():
    names = [score.name for score in evaluate(HYPOTHESES, FIRST, ("ter", "chrf++", "bleu", "chrf", "ter"))]
    assert names == ["TER", "chrF2++", "BLEU", "chrF2"]


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(UserError, match=r"no metric 'chrff': did you mean 'chrf'\?"):
        evaluate(HYPOTHESES, FIRST, ("chrff",))


@pytest.mark.parametrize("metric", ["bleu", "chrf", "chrf++"])
def test_lowercase_ignores_case(metric):
    shouted = [line.upper() for line in HYPOTHESES]
    (mixed,) = evaluate(shouted, HYPOTHESES, (metric,))
    (lower,) = evaluate(shouted, HYPOTHESES, (metric,), lowercase=True)
    assert mixed.score < 20 and lower.score == pytest.approx(100)
    assert "case:mixed" in mixed.signature and "case:lc" in lower.signature


def test_ter_ignores_case_either_way_and_says_so():
    shouted = [line.upper() for line in HYPOTHESES]
    (plain,) = evaluate(shouted, HYPOTHESES, ("ter",))
    (lower,) = evaluate(shouted, HYPOTHESES, ("ter",), lowercase=True)
    assert plain == lower and plain.score == 0 and "case:lc" in plain.signature


def test_tokenize_is_of_bleu_alone():
    plain = evaluate(HYPOTHESES, FIRST)
    by_character = evaluate(HYPOTHESES, FIRST, tokenize="char")
    assert by_character[0].score > plain[0].score and "tok:char" in by_character[0].signature
    assert by_character[1:] == plain[1:]
