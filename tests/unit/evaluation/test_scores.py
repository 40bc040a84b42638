import pytest
import sacrebleu

from seq2seq.errors import UserError
from seq2seq.evaluation import DEFAULT_METRICS, METRICS, evaluate

HYPOTHESES = ["Der Hund läuft im Park .", "Eine Katze schläft .", ""]
REFERENCES = ["Der Hund rennt im Park .", "Die Katze schläft auf dem Sofa .", "Leer ."]


def test_scores_are_sacrebleu_s():
    bleu, chrf, ter = evaluate(HYPOTHESES, REFERENCES)
    assert bleu.score == sacrebleu.corpus_bleu(HYPOTHESES, [REFERENCES]).score
    assert chrf.score == sacrebleu.corpus_chrf(HYPOTHESES, [REFERENCES]).score
    assert ter.score == sacrebleu.corpus_ter(HYPOTHESES, [REFERENCES]).score
    assert len({bleu.score, chrf.score, ter.score}) == 3


def test_scores_are_named_and_signed():
    scores = evaluate(HYPOTHESES, REFERENCES)
    assert [score.name for score in scores] == ["BLEU", "chrF2", "TER"]
    assert "tok:13a|smooth:exp" in scores[0].signature
    assert "nc:6|nw:0" in scores[1].signature
    assert "tok:tercom" in scores[2].signature
    for score in scores:
        assert f"|version:{sacrebleu.__version__}" in score.signature
        assert score.details.startswith(f"{score.name} = ")


def test_only_what_is_asked_for_is_counted_in_its_order():
    assert [score.name for score in evaluate(HYPOTHESES, REFERENCES, ["ter", "bleu"])] == ["TER", "BLEU"]
    assert [score.name for score in evaluate(HYPOTHESES, REFERENCES, ["chrf++"])] == ["chrF2++"]
    assert list(METRICS) == ["bleu", "chrf", "chrf++", "ter"]
    assert DEFAULT_METRICS == ("bleu", "chrf", "ter")


def test_any_sequence_will_do():
    assert evaluate(tuple(HYPOTHESES), tuple(REFERENCES)) == evaluate(HYPOTHESES, REFERENCES)


def test_unequal_counts_name_both():
    with pytest.raises(UserError, match="3 hypotheses but 2 references"):
        evaluate(HYPOTHESES, REFERENCES[:2])


def test_nothing_to_score_is_an_error():
    with pytest.raises(UserError, match="no lines"):
        evaluate([], [])
