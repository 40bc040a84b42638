"""The options of the search, for every command that translates."""

from typing import Any

import click

from seq2seq.cli.option_groups import option, option_group

SEARCH = option_group(
    "Search",
    option(
        "--beam-size",
        type=click.IntRange(1),
        metavar="N",
        help="Number of hypotheses per sentence; 1 is greedy search.  [default: the model's]",
    ),
    option(
        "--length-penalty",
        type=click.FloatRange(0),
        metavar="X",
        help="Exponent of the length in the score; a higher one prefers longer translations.  [default: the model's]",
    ),
    option(
        "--coverage-penalty",
        type=click.FloatRange(0),
        metavar="X",
        help="Weight of source words without attention in the score; a higher one prefers translations of all of the "
        "source.  [default: 0]",
    ),
    option(
        "--n-best",
        type=click.IntRange(1),
        metavar="N",
        help="Number of translations to list per line, with --format jsonl.  [default: only the best]",
    ),
    option(
        "--batch-tokens",
        type=click.IntRange(1),
        metavar="N",
        help="Number of source tokens that are translated at once.  [default: the model's]",
    ),
)
# The options of every command that runs a model. The names of engines are those of `seq2seq.engines.engine_loading`,
# written out: no help should wait for numpy.
ENGINE: dict[str, Any] = {
    "type": click.Choice(["auto", "onnx", "keras"]),
    "default": "auto",
    "show_default": True,
    "help": "Library that runs a MODEL: ONNX Runtime, for exported models, or Keras; auto prefers ONNX Runtime.",
}
WEIGHTS: dict[str, Any] = {
    "metavar": "W,W…",
    "help": "Weights of several MODELs, in their order.  [default: equal weights]",
}
THREADS: dict[str, Any] = {
    "type": click.IntRange(1),
    "metavar": "N",
    "help": "Number of threads of the engine.  [default: the number of cores]",
}
LIMITS = option_group(
    "What a translation must be like",
    option(
        "--max-length",
        type=click.IntRange(1),
        metavar="N",
        help="Maximum number of tokens of a translation.  [default: by the source's length]",
    ),
    option(
        "--min-length",
        type=click.IntRange(0),
        metavar="N",
        help="Minimum number of tokens of a translation.  [default: 0]",
    ),
    option(
        "--no-repeat-ngram",
        type=click.IntRange(0),
        metavar="N",
        help="Let no N tokens in a row occur twice; 0 allows it.  [default: 0]",
    ),
    option(
        "--avoid",
        multiple=True,
        metavar="WORD",
        help="Word or phrase that no translation may contain; may be repeated.",
    ),
    option(
        "--require",
        multiple=True,
        metavar="WORD",
        help="Word or phrase that every translation must contain; may be repeated.",
    ),
)
FORM = option_group(
    "Lines and sentences",
    option(
        "--one-sentence",
        is_flag=True,
        default=None,
        help="Take every line for one sentence. Otherwise lines are cut at the ends of sentences, and joined again.",
    ),
    option(
        "--literal",
        is_flag=True,
        default=None,
        help="Give the model every line as it is written. Otherwise capitals, a missing capital or full stop and "
        "unusual quotation marks are evened out, and addresses, placeholders, emoji, numbers and unknown names are "
        "kept as they are.",
    ),
)
SAMPLING = option_group(
    "Sampling",
    option("--sample", is_flag=True, default=None, help="Draw a translation at random instead of the best."),
    option(
        "--temperature",
        type=click.FloatRange(0, min_open=True),
        metavar="X",
        help="Divisor of log-probabilities; above 1, rare tokens are drawn more often.  [default: 1]",
    ),
    option(
        "--top-k",
        type=click.IntRange(0),
        metavar="N",
        help="Draw from the N most probable tokens; 0 for all.  [default: 0]",
    ),
    option(
        "--top-p",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="X",
        help="Draw from the fewest most probable tokens that together have probability X.  [default: 1]",
    ),
    option(
        "--seed",
        type=click.IntRange(0),
        metavar="N",
        help="Random seed; a line's samples depend only on it and on the line number.  [default: 1]",
    ),
)


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """The options above that were given, by the names of `seq2seq.translation.options.DecodingOptions`.

    Raises:
        click.UsageError: Options were given that have no effect together.
    """
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if not given.get("sample"):
        for name in ("temperature", "top_k", "top_p", "seed"):
            if name in given:
                raise click.UsageError(f"--{name.replace('_', '-')} has an effect on sampling only: add --sample.")
    elif "beam_size" in given:
        raise click.UsageError("--sample draws translations and has no beam: leave --beam-size out.")
    return given


def model_weights(text: str | None, models: int) -> list[float] | None:
    """Reads the weights of an ensemble, such as "2,1".

    Raises:
        click.UsageError: The weights are not positive numbers, one for each model.
    """
    if text is None:
        return None
    try:
        numbers = [float(number) for number in text.split(",")]
    except ValueError:
        raise click.UsageError(f"--weights {text}: write numbers with commas between them, such as 2,1.") from None
    if len(numbers) != models:
        raise click.UsageError(f"--weights {text}: {len(numbers)} weights for {models} models.")
    if not all(0 < number < float("inf") for number in numbers):
        raise click.UsageError(f"--weights {text}: every weight must be above 0.")
    return numbers
