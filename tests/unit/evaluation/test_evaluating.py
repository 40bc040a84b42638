import pytest

from seq2seq.evaluation import MetricOptions, compare, evaluate
from seq2seq.evaluation.evaluating import run_evaluation
from seq2seq.evaluation.evaluation_request import EvaluationRequest, RequestError


@pytest.fixture
def paths(tmp_path):
    texts = {
        "reference.ja": ["a dog runs", "two cats sleep", "no"],
        "one": ["a dog ran", "two cats", "no"],
        "two": ["the dog", "two cats sleep", "no no"],
    }
    for name, lines in texts.items():
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    return {name: tmp_path / name for name in texts}


def test_scores_of_files(paths):
    request = EvaluationRequest(hypotheses=(paths["one"],), references=(paths["reference.ja"],))
    notes = []
    evaluation = run_evaluation(request, note=notes.append)
    name, lines = str(paths["one"]), ["a dog ran", "two cats", "no"]
    assert evaluation.systems == {name: lines} and evaluation.lines == 3 and evaluation.subject == name
    assert evaluation.text == str(paths["reference.ja"]) and evaluation.sources is None
    assert evaluation.scores == {name: evaluate(lines, evaluation.references[0])}
    (note,) = notes
    assert "for ja, --tokenize ja-mecab fits" in note
    assert evaluation.report().systems[0].hypotheses == lines


def test_a_test_of_significance(paths):
    request = EvaluationRequest(
        hypotheses=(paths["one"], paths["two"]),
        references=(paths["reference.ja"],),
        options=MetricOptions(("chrf",)),
        significance="randomization",
        samples=9,
    )
    evaluation = run_evaluation(request)
    assert evaluation.subject is None and evaluation.comparison == compare(
        evaluation.systems, evaluation.references, MetricOptions(("chrf",)), test="randomization", samples=9
    )
    assert evaluation.scores == evaluation.comparison.systems


def test_sentences_need_no_corpus_scores(paths):
    request = EvaluationRequest(hypotheses=(paths["one"],), references=(paths["reference.ja"],), by_sentence=True)
    assert run_evaluation(request).scores == {}


def test_the_request_is_checked():
    with pytest.raises(RequestError, match="Give a MODEL"):
        run_evaluation(EvaluationRequest())
