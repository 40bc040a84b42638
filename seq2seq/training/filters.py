"""Which pairs of the training text can teach, and how much of the dev text they give away."""

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seq2seq.batches import piece_counts
from seq2seq.config import DataConfig
from seq2seq.corpora import ParallelText
from seq2seq.errors import UserError
from seq2seq.tokenizer import Tokenizer
from seq2seq.training.reporter import Reporter

Rows = NDArray[np.bool_]


def filter_pairs(
    text: ParallelText,
    tokenizer: Tokenizer,
    data: DataConfig,
    reporter: Reporter,
    target_tokenizer: Tokenizer | None = None,
) -> ParallelText:
    """Drops pairs that cannot teach, and says how many of which kind.

    Raises:
        UserError: none are left.
    """
    source = piece_counts(text.sources, tokenizer)  # [pairs]
    target = piece_counts(text.targets, target_tokenizer or tokenizer)  # [pairs]
    longer, shorter = np.maximum(source, target), np.minimum(source, target)
    reasons = {
        "with a blank side": shorter == 0,
        f"longer than data.max_tokens {data.max_tokens}": longer > data.max_tokens,
        f"of a length ratio above data.max_ratio {data.max_ratio:g}": (longer + 5) / (shorter + 5) > data.max_ratio,
    }
    if data.drop_copies:
        reasons["whose sides are equal"] = copies(text)
    if data.drop_wordless:
        reasons["with a side without letters and digits"] = wordless(text.sources) | wordless(text.targets)
    if data.source_scripts is not None:
        reasons["whose source is in another script"] = in_another_script(text.sources, data.source_scripts)
    if data.target_scripts is not None:
        reasons["whose target is in another script"] = in_another_script(text.targets, data.target_scripts)
    if data.drop_duplicates:
        reasons["that are there before"] = repeated(text)
    good = np.ones(len(text), bool)
    for reason, bad in reasons.items():
        if dropped := int((bad & good).sum()):
            reporter.say(f"dropped {dropped:,} of {len(text):,} pairs {reason}")
        good &= ~bad
    if not good.any():
        raise UserError(
            f"no pair of {data.name} is left after dropping blank, long and odd ones: "
            "check the text, or loosen data.max_tokens, data.max_ratio and the other filters of data"
        )
    return text.select(np.flatnonzero(good))


def copies(text: ParallelText) -> Rows:
    """Pairs whose sides say the same, but for white space at their ends."""
    return np.array([s.strip() == t.strip() for s, t in zip(text.sources, text.targets, strict=True)], bool)


def wordless(lines: list[str]) -> Rows:
    """Lines without any letter or digit, in any script."""
    return np.array([not any(c.isalnum() for c in line) for line in lines], bool)


def repeated(text: ParallelText) -> Rows:
    """Pairs that an earlier pair is equal to."""
    seen: set[tuple[str, str]] = set()
    rows = np.zeros(len(text), bool)
    for n, pair in enumerate(zip(text.sources, text.targets, strict=True)):
        rows[n] = pair in seen
        seen.add(pair)
    return rows


def in_another_script(lines: list[str], scripts: list[str]) -> Rows:
    """Lines most of whose letters are written in none of `scripts`, such as "latin" or "cjk"."""
    known = {script.upper() for script in scripts}

    def is_odd(line: str) -> bool:
        letters = [_script(c) in known for c in line if c.isalpha()]
        return 2 * sum(letters) < len(letters)

    return np.array([is_odd(line) for line in lines], bool)


@lru_cache(maxsize=65536)
def _script(letter: str) -> str:
    """The first word of a letter's Unicode name, which is its script's: LATIN, CYRILLIC, CJK, HIRAGANA, …"""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0]


def report_overlap(text: ParallelText, dev: ParallelText, reporter: Reporter) -> None:
    """Says how many dev sentences the model has seen in training: their scores flatter it."""
    sources, pairs = set(text.sources), set(zip(text.sources, text.targets, strict=True))
    known = sum(source in sources for source in dev.sources)
    whole = sum(pair in pairs for pair in zip(dev.sources, dev.targets, strict=True))
    if known:
        reporter.say(
            f"{known:,} of {len(dev):,} dev sentences are in the training text, too ({whole:,} with the same "
            "translation): validation scores are too good by that"
        )
