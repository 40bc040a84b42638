"""Is the difference between two systems more than chance? sacrebleu's paired tests, against the first system."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sacrebleu.significance import PairedTest, Result

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.scores import References, Score, aligned_references

TESTS = {"bootstrap": "bs", "randomization": "ar"}
"""Paired bootstrap resampling (Koehn, 2004) and paired approximate randomization (Riezler and Maxwell, 2005), with
sacrebleu's names for them."""
LEVEL = 0.05
"""The p-value up to which a difference is called significant."""


@dataclass(frozen=True)
class Comparison:
    """Systems, their scores, and how probably each is no different from the first."""

    test: str
    samples: int
    seed: str
    """As it stands in the signatures; "none" where the environment asks for chance."""
    systems: dict[str, list[Score]]
    """By name, in the order given; the first, which the others are tested against, has no p-values."""


def compare(
    systems: Mapping[str, Sequence[str]],
    references: References,
    options: MetricOptions | None = None,
    *,
    test: str = "bootstrap",
    samples: int | None = None,
) -> Comparison:
    """Scores systems and tests each of them against the first.

    The random numbers are sacrebleu's: seeded with 12345, or with `SACREBLEU_SEED` of the environment.

    Args:
        systems: hypotheses by name, two systems at least.
        references: as for `evaluate`.
        options: the metrics and their options; BLEU, chrF and TER by default.
        test: a key of `TESTS`.
        samples: how many resamples or trials, by default sacrebleu's 1,000 resamples or 10,000 trials.

    Raises:
        UserError: the counts differ, there is nothing to compare, the seed is none, or a test, metric or tokenizer
            cannot be had.
    """
    if test not in TESTS:
        raise UserError(f"there is no test '{test}': {nearest(test, TESTS)}")
    if len(systems) < 2:
        raise UserError("a test of significance needs two systems: give another one to compare the first with")
    _check_seed()
    for hypotheses in systems.values():
        lists = aligned_references(hypotheses, references)
    built = (options or MetricOptions()).build()
    named: list[tuple[str, Sequence[str]]] = [(name, list(hypotheses)) for name, hypotheses in systems.items()]
    try:
        # The names of the metrics are for sacrebleu's log only: it goes by those of their scores.
        by_name = {str(number): metric for number, metric in enumerate(built)}
        paired = PairedTest(named, by_name, lists, TESTS[test], samples or 0)
        signatures, results = paired()
    except MemoryError as error:
        raise UserError(
            f"{samples or 'the'} samples of {len(lists[0]):,} lines do not fit into memory: take fewer of either"
        ) from error
    scores: dict[str, list[Score]] = {name: [] for name in systems}
    for metric_name, signature in signatures.items():
        by_system = cast(list[Result], results[metric_name])
        for name, result in zip(systems, by_system, strict=True):
            scores[name].append(_score(metric_name, str(signature), result, by_system[0]))
    seed = next(iter(signatures.values())).info["seed"]
    return Comparison(test, paired.n_samples, str(seed), scores)


def significant(score: Score) -> bool:
    """Whether a score differs from the first system's by more than chance, at `LEVEL`."""
    return score.p_value is not None and score.p_value <= LEVEL


def _score(name: str, signature: str, result: Result, first: Result) -> Score:
    p_value = result.p_value
    # sacrebleu counts the samples that *exceed* the difference seen: for two equal texts none does, and its p comes
    # out as 1 / (samples + 1), "significant". Any difference is at least as large as none, so p is 1.
    if p_value is not None and result.score == first.score:
        p_value = 1.0
    numbers = (None if value is None else float(value) for value in (result.mean, result.ci, p_value))
    return Score(name, float(result.score), signature, "", *numbers)


def _check_seed() -> None:
    """sacrebleu fails on a seed that is no number, and takes 0 for chance while its signature says 0."""
    seed = os.environ.get("SACREBLEU_SEED", "12345")
    if seed.lower() != "none" and not (seed.isascii() and seed.isdigit() and int(seed) > 0):
        raise UserError(f"the environment's SACREBLEU_SEED is '{seed}': make it a whole number from 1, or 'none'")
