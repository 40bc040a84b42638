"""What the end of a training says of its curve."""

import pytest

from seq2seq.training.judging import Judge
from seq2seq.training.monitoring.verdict import Course, verdict

JUDGE = Judge("bleu", 900)


def course(losses, scores, **options):
    judge = options.pop("judge", JUDGE)
    lines = [
        {"validation": 100 * n, "loss": loss, "BLEU": score, "chrF2": 2 * score}
        for n, (loss, score) in enumerate(zip(losses, scores, strict=True), start=1)
    ]
    return Course(lines, judge, **options)


def test_still_rising():
    said = verdict(course([4, 3, 2.5, 2.4], [10, 15, 18, 20]))
    assert "still getting better" in said and "BLEU 18.0 at update 300" in said and "BLEU 20.0 at update 400" in said
    assert "training.epochs" in said
    assert "training.max_steps" in verdict(course([4, 3, 2.5, 2.4], [10, 15, 18, 20], has_epochs=False))


def test_rising_within_the_noise_is_not_rising():
    assert "had stopped getting better" in verdict(course([4, 3, 2.4, 2.4], [10, 15, 20, 20.5]))


def test_overfitting():
    said = verdict(course([4, 2.4, 2.5, 2.6], [10, 19, 20, 20.1]))
    assert "by heart" in said and "2.40 at update 200" in said and "2.60 at update 400" in said


def test_a_score_that_rises_while_the_loss_does_is_still_rising():
    assert "still getting better" in verdict(course([4, 2.4, 2.5, 2.6], [10, 15, 18, 20]))


def test_what_stopped_early_was_not_rising():
    assert "still" not in verdict(course([4, 3, 2.5, 2.5], [10, 15, 18, 20], stopped_early=True))


def test_by_the_loss():
    judge = Judge("loss", 900)
    assert "loss on the dev set 2.00 at update 400" in verdict(course([4, 3, 2.5, 2.0], [0] * 4, judge=judge))
    assert "had stopped" in verdict(course([4, 3, 2.0, 1.999], [0] * 4, judge=judge))


@pytest.mark.parametrize("count", range(4))
def test_a_few_validations_tell_nothing(count):
    assert "training.validate_steps" in verdict(course([3] * count, [10] * count))
