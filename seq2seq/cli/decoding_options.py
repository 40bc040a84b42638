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
        help="Hypotheses per sentence; 1 is greedy.  [default: the model's]",
    ),
    option(
        "--length-penalty",
        type=click.FloatRange(0),
        metavar="X",
        help="Higher prefers longer ones.  [default: the model's]",
    ),
    option(
        "--coverage-penalty",
        type=click.FloatRange(0),
        metavar="X",
        help="Higher prefers translations of all of the source, by attention.  [default: 0]",
    ),
    option("--n-best", type=click.IntRange(1), metavar="N", help="List so many translations, with --format jsonl."),
    option(
        "--batch-tokens", type=click.IntRange(1), metavar="N", help="Source pieces at once.  [default: the model's]"
    ),
)
# What `--engine` is. The names are those of `seq2seq.engines.loading`, written out:
# no help should wait for numpy.
ENGINE: dict[str, Any] = {
    "type": click.Choice(["auto", "onnx", "keras"]),
    "default": "auto",
    "show_default": True,
    "help": "What runs a MODEL: ONNX Runtime, once it was exported, or Keras. auto: ONNX Runtime where it can.",
}
LIMITS = option_group(
    "What a translation must be like",
    option(
        "--max-length", type=click.IntRange(1), metavar="N", help="Pieces at most.  [default: by the source's length]"
    ),
    option("--min-length", type=click.IntRange(0), metavar="N", help="Pieces at least.  [default: 0]"),
    option("--no-repeat-ngram", type=click.IntRange(0), metavar="N", help="No N pieces in a row twice; 0 is off."),
    option("--avoid", multiple=True, metavar="WORD", help="A word or phrase that must not occur; may be repeated."),
    option("--require", multiple=True, metavar="WORD", help="A word or phrase that must occur; may be repeated."),
)
SAMPLING = option_group(
    "Sampling",
    option("--sample", is_flag=True, default=None, help="Draw a translation at random instead of the best."),
    option(
        "--temperature", type=click.FloatRange(0, min_open=True), metavar="X", help="Above 1 is bolder.  [default: 1]"
    ),
    option(
        "--top-k", type=click.IntRange(0), metavar="N", help="Draw from the K likeliest pieces; 0 is all.  [default: 0]"
    ),
    option(
        "--top-p",
        type=click.FloatRange(0, 1, min_open=True),
        metavar="X",
        help="Draw from the fewest pieces with this probability together.  [default: 1]",
    ),
    option(
        "--seed",
        type=click.IntRange(0),
        metavar="N",
        help="With a line's number, all that chance hangs on.  [default: 1]",
    ),
)


def given_options(options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options above that were given, by the names of `seq2seq.translation.options.DecodingOptions`.

    Raises:
        click.UsageError: some were given that have no effect together.
    """
    found = {name: value for name, value in options.items() if value not in (None, ())}
    of_sampling = ("temperature", "top_k", "top_p", "seed")
    if not found.get("sample"):
        for name in of_sampling:
            if name in found:
                raise click.UsageError(f"--{name.replace('_', '-')} has an effect on sampling only: add --sample.")
    elif "beam_size" in found:
        raise click.UsageError("--sample draws translations and has no beam: leave --beam-size out.")
    return found


def model_weights(text: str | None, models: int) -> list[float] | None:
    """The weights of an ensemble that were given as "2,1".

    Raises:
        click.UsageError: they are not positive numbers, one for each model.
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
