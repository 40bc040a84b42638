"""Scores of translations, and tests of whether one system is better than another, all by sacrebleu."""

from seq2seq.evaluation.metrics import DEFAULT_METRICS, METRICS, MetricOptions
from seq2seq.evaluation.scores import Score, corpus_scores, evaluate
from seq2seq.evaluation.sentence_scores import sentence_scores
from seq2seq.evaluation.significance import Comparison, compare, significant
from seq2seq.evaluation.test_sets import find_test_set
from seq2seq.evaluation.tokenizers import check_tokenizer, suited_tokenizer, tokenizers

__all__ = [
    "DEFAULT_METRICS",
    "METRICS",
    "Comparison",
    "MetricOptions",
    "Score",
    "check_tokenizer",
    "compare",
    "corpus_scores",
    "evaluate",
    "find_test_set",
    "sentence_scores",
    "significant",
    "suited_tokenizer",
    "tokenizers",
]
