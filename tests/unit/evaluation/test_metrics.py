import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation import DEFAULT_METRICS, METRICS, MetricOptions


def test_defaults():
    assert MetricOptions() == MetricOptions(DEFAULT_METRICS, None, False)


def test_a_name_given_twice_counts_once():
    assert len(MetricOptions(("ter", *METRICS, "bleu")).build()) == len(METRICS)


def test_options_reach_the_metrics_that_have_them():
    bleu, chrf, ter = MetricOptions(("bleu", "chrf", "ter"), tokenize="char", lowercase=True).build(sentences=True)
    assert bleu.lowercase and bleu.effective_order and bleu.tokenizer.signature() == "char"
    assert chrf.lowercase and not ter.case_sensitive


def test_unknown_names():
    with pytest.raises(UserError, match="no metric 'bleuu': did you mean 'bleu'"):
        MetricOptions(("bleuu",)).build()
    with pytest.raises(UserError, match="no tokenizer '14a'"):
        MetricOptions(tokenize="14a").build()
