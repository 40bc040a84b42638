import random

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation import MetricOptions, Score, compare, evaluate, significant

WORDS = [f"word{number}" for number in range(20)]


def _corpus(lines: int) -> list[str]:
    chance = random.Random(1)
    return [" ".join(chance.choices(WORDS, k=12)) for _ in range(lines)]


def _damaged(lines: list[str], share: float, seed: int) -> list[str]:
    """Each word is replaced with the probability `share`."""
    chance = random.Random(seed)
    return [" ".join("wrong" if chance.random() < share else word for word in line.split()) for line in lines]


REFERENCES = _corpus(60)
SYSTEMS = {
    "bad": _damaged(REFERENCES, 0.3, 2),
    "as bad": _damaged(REFERENCES, 0.3, 3),
    "good": _damaged(REFERENCES, 0.1, 4),
}


@pytest.mark.parametrize("test", ["bootstrap", "randomization"])
def test_it_tells_a_difference_from_chance(test):
    comparison = compare(SYSTEMS, REFERENCES, test=test, samples=200)
    assert list(comparison.systems) == list(SYSTEMS)
    assert not any(significant(score) or score.p_value is not None for score in comparison.systems["bad"])
    assert not any(significant(score) for score in comparison.systems["as bad"])
    assert all(significant(score) and score.p_value < 0.01 for score in comparison.systems["good"])


@pytest.mark.parametrize("test", ["bootstrap", "randomization"])
def test_scores_are_those_of_evaluate(test):
    options = {"tokenize": "intl", "lowercase": True}
    metrics = ("ter", "chrf++", "bleu")
    references = [REFERENCES, _damaged(REFERENCES, 0.1, 5)]
    comparison = compare(SYSTEMS, references, MetricOptions(tuple(metrics), **options), test=test, samples=10)
    for name, hypotheses in SYSTEMS.items():
        alone = evaluate(hypotheses, references, metrics, **options)
        assert [(s.name, s.score) for s in comparison.systems[name]] == [(s.name, s.score) for s in alone]
    assert "nrefs:2" in comparison.systems["bad"][2].signature
    assert "case:lc" in comparison.systems["bad"][2].signature and "tok:intl" in comparison.systems["bad"][2].signature


@pytest.mark.parametrize(("test", "default", "key"), [("bootstrap", 1000, "bs"), ("randomization", 10000, "ar")])
def test_samples_and_seed_stand_in_the_signature(test, default, key):
    systems = {name: lines[:5] for name, lines in SYSTEMS.items()}
    for samples, expected in ((None, default), (17, 17)):
        comparison = compare(systems, REFERENCES[:5], MetricOptions(("chrf",)), test=test, samples=samples)
        assert (comparison.test, comparison.samples, comparison.seed) == (test, expected, "12345")
        for (score,) in comparison.systems.values():
            assert f"|{key}:{expected}|seed:12345|" in score.signature


def test_the_same_seed_gives_the_same_and_another_one_another(monkeypatch):
    once, again = (compare(SYSTEMS, REFERENCES, MetricOptions(("bleu",)), samples=50).systems for _ in range(2))
    assert once == again
    monkeypatch.setenv("SACREBLEU_SEED", "7")
    other = compare(SYSTEMS, REFERENCES, MetricOptions(("bleu",)), samples=50)
    assert other.seed == "7" and "seed:7" in other.systems["bad"][0].signature
    assert other.systems["bad"][0].mean != once["bad"][0].mean


@pytest.mark.parametrize("seed", ["0", "x", "-1", "", "1.5"])
def test_a_seed_that_sacrebleu_would_misread_is_an_error(monkeypatch, seed):
    monkeypatch.setenv("SACREBLEU_SEED", seed)
    with pytest.raises(UserError, match="SACREBLEU_SEED"):
        compare(SYSTEMS, REFERENCES, samples=10)


def test_no_seed_is_said():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SACREBLEU_SEED", "none")
        assert compare(SYSTEMS, REFERENCES, MetricOptions(("chrf",)), samples=10).seed == "none"


def test_only_a_bootstrap_has_an_interval():
    (bootstrap,) = compare(SYSTEMS, REFERENCES, MetricOptions(("bleu",)), samples=100).systems["good"]
    assert bootstrap.mean == pytest.approx(bootstrap.score, abs=3)
    assert 0.5 < bootstrap.interval < 10
    (randomized,) = compare(SYSTEMS, REFERENCES, MetricOptions(("bleu",)), test="randomization", samples=100).systems[
        "good"
    ]
    assert randomized.mean is None and randomized.interval is None


@pytest.mark.parametrize("test", ["bootstrap", "randomization"])
def test_a_system_does_not_differ_from_its_copy(test):
    """sacrebleu's own p would be 1 / 101: "significant"."""
    systems = {"one": SYSTEMS["bad"], "copy": list(SYSTEMS["bad"])}
    for score in compare(systems, REFERENCES, test=test, samples=100).systems["copy"]:
        assert score.p_value == 1 and not significant(score)


def test_the_level_itself_is_significant():
    assert significant(Score("BLEU", 1.0, "", p_value=0.05))
    assert not significant(Score("BLEU", 1.0, "", p_value=0.0501))


def test_errors_name_what_is_wrong():
    with pytest.raises(UserError, match="needs two systems"):
        compare({"one": REFERENCES}, REFERENCES)
    with pytest.raises(UserError, match=r"no test 'bootstraps': did you mean 'bootstrap'\?"):
        compare(SYSTEMS, REFERENCES, test="bootstraps")
    with pytest.raises(UserError, match="3 hypotheses but 60 references"):
        compare({"one": REFERENCES, "two": REFERENCES[:3]}, REFERENCES)


def test_too_many_samples_are_an_error_of_the_user(monkeypatch):
    def no_memory(*arguments):
        raise MemoryError

    monkeypatch.setattr("seq2seq.evaluation.significance.PairedTest", no_memory)
    with pytest.raises(UserError, match="123 samples of 60 lines do not fit into memory"):
        compare(SYSTEMS, REFERENCES, samples=123)
