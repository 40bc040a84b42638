"""What a training is going to do, in a few lines, before it begins; and what looks like a mistake in it."""

import os
from collections.abc import Iterator

import numpy as np

from seq2seq.config.schema import Config
from seq2seq.text.parallel import ParallelText
from seq2seq.training.data.filters import copies
from seq2seq.training.data.selection import spread
from seq2seq.training.preparation import Preparation
from seq2seq.training.setup import Setup

RARE = 20
"""A vocabulary whose tokens occur less often than this on average is too large to be learnt."""
OFTEN = 50
"""How often tokens of a vocabulary that is proposed instead occur on average."""


def plan(setup: Setup, output: str, first_step: int = 0) -> dict[str, str]:
    """Describes a training: what each line is about, and the line.

    Args:
        setup: What the session works with.
        output: Name of the run folder, as the user wrote it.
        first_step: Number of updates that have been made already.
    """
    prepared, facts = setup.prepared, setup.facts
    options, last = prepared.config.training, prepared.last_step
    validations = -(-last // options.validate_steps)
    first = min(options.validate_steps, last)
    dropped = prepared.read - len(prepared.text)
    sides = [prepared.tokenizers.source, *([] if prepared.config.tokenizer.joint else [prepared.tokenizers.target])]
    vocabulary = " + ".join(f"{len(side.tokenizer):,}" for side in sides)
    lines = {
        "text": f"{len(prepared.text):,} pairs, {len(prepared.dev):,} to validate on"
        + (f" ({prepared.held_out})" if prepared.held_out else "")
        + (f"; {dropped:,} of {prepared.read:,} were dropped, as said above" if dropped else ""),
        "vocabulary": f"{vocabulary} pieces{'' if len(sides) == 2 else ' for both sides'}",
        "model": f"{setup.model.count_params():,} weights; {facts['precision']} on {facts['threads']} threads",
        "training": f"{last:,} updates, {prepared.epochs_at(last):.1f} times through the text; the learning rate rises "
        f"for {min(options.warmup_steps, last):,} of them",
        "validation": f"{validations:,} in all, the first at update {first:,}",
        "time, memory": "measured over the first updates",
        "output": output,
    }
    if first_step:
        lines["training"] += f"; {first_step:,} are done"
    return lines


def doubts(prepared: Preparation) -> Iterator[str]:
    """What looks like a mistake, each as a sentence; the training goes on nevertheless."""
    yield from same_text(prepared.config, prepared.text)
    sizes = [len(side.tokenizer) for side in (prepared.tokenizers.source, prepared.tokenizers.target)]
    source, target = (
        int(np.sum(lengths, dtype=np.int64))
        for lengths in (prepared.stream.source_lengths, prepared.stream.target_lengths)
    )
    if prepared.config.tokenizer.joint:
        yield from large_vocabulary(sizes[0], source + target)
    else:
        yield from large_vocabulary(max(sizes), min(source, target))


def large_vocabulary(size: int, tokens: int) -> Iterator[str]:
    """Doubts a vocabulary whose tokens are too rare in the text to be learnt.

    Args:
        size: Number of tokens of the vocabulary.
        tokens: Length of the text in tokens.

    Example:
        >>> list(large_vocabulary(8000, 800_000))
        []
        >>> next(large_vocabulary(8000, 80_000))[:78]
        'the vocabulary of 8,000 is far too large for this text, in which a token occur'
    """
    better = max(300, round(tokens / OFTEN / 100) * 100)
    if tokens < RARE * size and better < size:
        yield (
            f"the vocabulary of {size:,} is far too large for this text, in which a token occurs {tokens / size:.0f} "
            f"times on average: tokens that are hardly ever seen are not learnt; try tokenizer.vocabulary_size {better}"
        )


def same_text(config: Config, text: ParallelText) -> Iterator[str]:
    """Doubts source and target that are the same file, or the same text in two files."""
    for paths in config.data.training_paths():
        if len(paths) == 2 and os.path.samefile(*paths):
            yield f"source and target are the same file, {paths[0]}: the model will learn to copy"
            return
    some = text.select(spread(len(text), min(1000, len(text)), (1,)))
    equal = int(copies(list(some.sources), list(some.targets)).sum())
    if 2 * equal > len(some):
        yield (
            f"in {equal:,} of {len(some):,} pairs that were looked at, source and target are equal: if they are not "
            "meant to be, look at the files, or set data.drop_copies"
        )
