import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation import MetricOptions, evaluate, sentence_scores

HYPOTHESES = ["the small house stands on a hill", "no", "", "we would like to pay"]
REFERENCES = ["the small house stands on a hill", "yes", "nothing", "we want to pay"]


def test_each_sentence_is_scored_by_itself():
    scored = list(sentence_scores(HYPOTHESES, REFERENCES))
    assert [[score.name for score in scores] for scores in scored] == [["BLEU", "chrF2", "TER"]] * 4
    assert [score.score for score in scored[0]] == pytest.approx([100, 100, 0])
    assert [score.score for score in scored[1]] == pytest.approx([0, 0, 100])
    for n in range(4):
        assert list(sentence_scores(HYPOTHESES[n : n + 1], REFERENCES[n : n + 1])) == [scored[n]]


def test_bleu_of_a_sentence_shorter_than_four_words_is_not_nothing():
    ((bleu,),) = sentence_scores(["two words"], ["two words"], MetricOptions(("bleu",)))
    assert bleu.score == pytest.approx(100)
    assert "eff:yes" in bleu.signature
    (corpus,) = evaluate(["two words"], ["two words"], ("bleu",))
    assert corpus.score == 0 and "eff:no" in corpus.signature


def test_several_references():
    ((one,),) = sentence_scores(["a b c d"], ["a b x d"], MetricOptions(("ter",)))
    ((two,),) = sentence_scores(["a b c d"], [["a b x d"], ["a b c d"]], MetricOptions(("ter",)))
    assert one.score == 25 and two.score == 0
    assert "nrefs:2" in two.signature


def test_metrics_and_options_are_passed_on():
    ((first, second),) = sentence_scores(
        ["A b"], ["a b"], MetricOptions(("chrf++", "bleu"), tokenize="char", lowercase=True)
    )
    assert (first.name, second.name) == ("chrF2++", "BLEU")
    assert "case:lc" in first.signature and "tok:char" in second.signature
    assert [first.score, second.score] == pytest.approx([100, 100])


def test_unequal_counts_are_an_error_before_the_first_sentence():
    with pytest.raises(UserError, match="4 hypotheses but 1 references"):
        sentence_scores(HYPOTHESES, REFERENCES[:1])
