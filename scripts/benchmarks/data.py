"""What all sides get alike: batches of ids and a tokenizer to train on, lines to translate."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.schema import Config
from seq2seq.errors import UserError
from seq2seq.text.lines import read_lines

Batches = list[tuple[NDArray[np.int32], NDArray[np.int32]]]
"""Source and target ids of each batch, [rows, source] and [rows, target]."""

TEST_CORPUS, TEST_SPLIT = "multi30k-en-de", "test_2016_flickr"


def fetch(corpus: str, mirror: str | None) -> None:
    """Brings a corpus of the catalogue, if it is not there.

    Raises:
        UserError: it cannot be had.
    """
    from seq2seq.text.catalogue import load_card
    from seq2seq.text.fetching import fetch as fetch_corpus

    card = load_card(corpus)
    if not card.is_there:
        fetch_corpus(card, card.folder, mirror)


def write_training_data(config: Config, folder: Path, updates: int) -> dict[str, Any]:
    """Makes what `seq2seq train` would learn from at first, and writes it where every side reads it.

    Args:
        config: Config whose text, filters, tokenizer, batches and seed are taken.
        folder: Folder that gets tokenizer.model and batches.npz.
        updates: Number of batches.

    Returns:
        Vocabulary size, batches and mean tokens.

    Raises:
        UserError: the text cannot be read.
    """
    from seq2seq.tokenization.pair import TokenizerPair
    from seq2seq.training.data.batches import BatchStream
    from seq2seq.training.data.filters import filter_pairs
    from seq2seq.training.data.selection import TokenizerLines, read_text
    from seq2seq.training.monitoring.reporter import Reporter
    from seq2seq.training.run_tokenizers import learn_tokenizer

    if not config.tokenizer.joint:
        raise UserError("the rivals have one vocabulary for both sides: set tokenizer.joint to true")
    options = config.tokenizer
    text, _ = read_text(config.data, config.training.seed, folder)
    lines = TokenizerLines((text.sources, text.targets), options.training_lines, config.training.seed)
    tokenizer = learn_tokenizer(options, lines)
    (folder / "tokenizer.model").write_bytes(tokenizer.model)
    tokenizers = TokenizerPair.of(tokenizer)
    text, lengths = filter_pairs(text, tokenizers, config.data, Reporter(1, quiet=True))
    stream = BatchStream(
        text,
        tokenizers,
        batch_tokens=config.training.batch_tokens,
        seed=config.training.seed,
        lengths=lengths,
        weights=config.data.weights,
    )
    batches = [stream.batch(step) for step in range(updates)]
    write_batches(folder / "batches.npz", [(batch.source, batch.target) for batch in batches])
    tokens = [int(np.count_nonzero(batch.target)) for batch in batches]
    return {"vocabulary_size": len(tokenizer), "batches": updates, "tokens_per_batch": float(np.mean(tokens))}


def write_batches(path: Path, batches: Batches) -> None:
    """Writes batches as one .npz file."""
    arrays = {f"{side}_{n}": ids for n, pair in enumerate(batches) for side, ids in zip("st", pair, strict=True)}
    np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy takes the names for its own options


def read_batches(path: str | Path) -> Batches:
    """The batches that `write_batches` wrote."""
    with np.load(path) as arrays:
        return [(arrays[f"s_{n}"], arrays[f"t_{n}"]) for n in range(len(arrays.files) // 2)]


def lengths(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Real pieces of each row. Shape [rows]."""
    return np.count_nonzero(ids, axis=1).astype(np.int64)


def counts(batches: Batches) -> dict[str, float]:
    """Real target and source tokens and sentences of some batches."""
    return {
        "tokens": float(sum(np.count_nonzero(target) for _, target in batches)),
        "source_tokens": float(sum(np.count_nonzero(source) for source, _ in batches)),
        "sentences": float(sum(len(source) for source, _ in batches)),
    }


def lines_to_translate(path: Path | None, mirror: str | None, count: int | None) -> list[str]:
    """The lines of a file, by default of the Multi30k test set 2016, English.

    Raises:
        UserError: the file cannot be read or is empty, or the corpus cannot be had.
    """
    if path is None:
        from seq2seq.text.catalogue import load_card

        fetch(TEST_CORPUS, mirror)
        path = load_card(TEST_CORPUS).paths(TEST_SPLIT, "en", "de")[0]
    lines = [line for line in read_lines(path) if line.strip()][:count]
    if not lines:
        raise UserError(f"{path} has no lines to translate: name a text with --source")
    return lines


def cut(lines: Sequence[str], words: int) -> list[str]:
    """The first `words` words of each line."""
    return [" ".join(line.split()[:words]) for line in lines]
