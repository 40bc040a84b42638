"""sacrebleu's paired tests of whether a system differs from the first one by more than chance."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sacrebleu.significance import PairedTest, Result

from seq2seq.errors import UserError, nearest
from seq2seq.evaluation.metrics import MetricOptions
from seq2seq.evaluation.scores import References, Score, aligned_references

TESTS = {"bootstrap": "bs", "randomization": "ar"}
"""sacrebleu's names of the tests: paired bootstrap resampling (Koehn, 2004), paired approximate randomization (Riezler
and Maxwell, 2005)."""
LEVEL = 0.05
"""The p-value up to which a difference is called significant."""


@dataclass(frozen=True)
class Comparison:
    """Scores of several systems, and a test of each against the first.

    Attributes:
        test: Name of the test, a key of `TESTS`.
        samples: Number of resamples or trials.
        seed: Random seed as the signatures have it; "none" if the environment asks for no fixed seed.
        systems: Scores by the system's name, in the order given. Those of the first system, with which the others are
            compared, have no p-values.
    """

    test: str
    samples: int
    seed: str
    systems: dict[str, list[Score]]


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
        systems: Hypotheses by the system's name; two systems at least.
        references: As many references, or several lists of as many references.
        options: The metrics and their options; BLEU, chrF and TER by default.
        test: A key of `TESTS`.
        samples: Number of resamples or trials; by default sacrebleu's 1,000 resamples or 10,000 trials.

    Raises:
        UserError: The counts differ, there is nothing to compare, the seed is not a number, or a test, metric or
            tokenizer is unknown or cannot be loaded.

    Example:
        >>> systems = {"first": ["a cat sat", "a dog ran"], "other": ["a cat sat", "no dog"]}
        >>> compared = compare(systems, ["a cat sat", "a dog ran"], MetricOptions(("chrf",)), samples=10)
        >>> [chrf] = compared.systems["other"]
        >>> chrf.score < 100, chrf.p_value is not None
        (True, True)
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
        # These names of the metrics are for sacrebleu's log only; its results have the names of the scores.
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
    """Whether a score differs from the first system's by more than chance, at `LEVEL`.

    Example:
        >>> significant(Score("BLEU", 30.0, "", p_value=0.01)), significant(Score("BLEU", 30.0, ""))
        (True, False)
    """
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
    """Fails on a seed that is not a number, or 0, which sacrebleu takes for no seed although its signature shows 0."""
    seed = os.environ.get("SACREBLEU_SEED", "12345")
    if seed.lower() != "none" and not (seed.isascii() and seed.isdigit() and int(seed) > 0):
        raise UserError(f"the environment's SACREBLEU_SEED is '{seed}': make it a whole number from 1, or 'none'")
