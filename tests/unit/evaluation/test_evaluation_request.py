"""What a request may ask for; the command line's side of it is in `tests/unit/cli/test_evaluate_options`."""

from dataclasses import replace
from pathlib import Path

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation import MetricOptions
from seq2seq.evaluation.evaluation_request import EvaluationRequest, RequestError

GOOD = EvaluationRequest(
    models=(Path("model"),), source=Path("source"), hypotheses=(Path("h"),), references=(Path("r"),)
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"models": (), "source": None},
        {"hypotheses": (), "output": Path("out"), "beam_size": 2, "length_penalty": 0.0},
        {"source": None, "references": (), "test_set": "wmt20", "languages": "en-de"},
        {"significance": "bootstrap", "samples": 5},
        {"by_sentence": True},
        {"options": MetricOptions(tokenize="char")},
        {"reports": (Path("r.html"), Path("R.JSON"), Path("r.htm"))},
    ],
)
def test_what_goes_together(changes):
    replace(GOOD, **changes).check()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": (), "hypotheses": ()}, "Give a MODEL or --hypothesis"),
        ({"test_set": "wmt20"}, "--test-set and --languages together"),
        ({"references": ()}, "Give --reference"),
        ({"source": None}, "Give --source"),
        ({"models": (), "beam_size": 1}, "go with a MODEL"),
        ({"models": (Path("a"), Path("b")), "output": Path("out")}, "one MODEL"),
        ({"hypotheses": (Path("model"),)}, "model is given twice"),
        ({"hypotheses": (), "significance": "bootstrap"}, "give two or more"),
        ({"significance": "bootstrap", "by_sentence": True}, "--format jsonl"),
        ({"samples": 5}, "--samples goes with --significance"),
        ({"options": MetricOptions(("ter",), tokenize="char")}, "--tokenize is BLEU's"),
        ({"reports": (Path("r.pdf"),)}, r"give \.html or \.json"),
        ({"reports": (Path("r.html"),), "hypotheses": tuple(map(Path, "abcdef"))}, "up to 6 systems"),
        ({"report_training": Path("t")}, "--report-training goes with --report"),
        ({"report_training_target": Path("t")}, "--report-training-target goes with --report"),
    ],
)
def test_what_does_not(changes, message):
    with pytest.raises(RequestError, match=message) as caught:
        replace(GOOD, **changes).check()
    assert caught.value.exit_status == 2


def test_paths_of_a_report_must_exist(tmp_path):
    with pytest.raises(UserError, match="there is no folder"):
        replace(GOOD, reports=(tmp_path / "nowhere" / "r.html",)).check()
    with pytest.raises(UserError, match="cannot be read"):
        replace(GOOD, reports=(tmp_path / "r.html",), report_training=tmp_path / "t").check()
