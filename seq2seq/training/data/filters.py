"""Dropping pairs of the training text that teach nothing, and counting dev sentences that the text contains."""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from seq2seq.config.schema import DataConfig
from seq2seq.errors import UserError
from seq2seq.text.mapped_lines import blocks
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.batches import Lengths, token_counts
from seq2seq.training.monitoring.reporter import Reporter

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class _Block:
    """Some pairs, and the number of tokens of their longer and shorter sides."""

    sources: list[str]
    targets: list[str]
    longer: NDArray[np.int32]
    shorter: NDArray[np.int32]


def filter_pairs(
    text: ParallelText, tokenizers: TokenizerPair, data: DataConfig, reporter: Reporter
) -> tuple[ParallelText, Lengths]:
    """Drops pairs that teach nothing, and reports how many for which reason.

    It takes one pass over the text, a block of lines at a time.

    Args:
        text: The training text.
        tokenizers: They count the tokens of each side.
        data: Says which pairs are dropped.
        reporter: Is told the counts.

    Returns:
        The pairs that are left, and the number of tokens of their sources and targets, EOS included.

    Raises:
        UserError: No pair is left.
    """
    tests = _tests(data)
    reasons = [*tests, *(["that are there before"] if data.drop_duplicates else [])]
    reason = np.zeros(len(text), np.uint8)  # number of the first reason to drop a pair, from 1; 0 keeps it
    kind = np.uint16 if data.max_tokens < 2**16 - 1 else np.int32
    lengths: Lengths = np.empty(len(text), kind), np.empty(len(text), kind)
    hashes = np.empty(len(text) if data.drop_duplicates else 0, np.uint64)
    begin = 0
    for sources, targets in zip(blocks(text.sources), blocks(text.targets), strict=True):
        some = slice(begin, begin := begin + len(sources))
        counts = (
            token_counts(sources, tokenizers.source.tokenizer),
            token_counts(targets, tokenizers.target.tokenizer),
        )
        for side, count in zip(lengths, counts, strict=True):
            side[some] = np.minimum(count, data.max_tokens) + 1
        block = _Block(sources, targets, np.maximum(*counts), np.minimum(*counts))
        for number, test in enumerate(tests.values(), start=1):
            reason[some][test(block) & (reason[some] == 0)] = number
        if data.drop_duplicates:
            hashes[some] = np.frombuffer(b"".join(map(_hash, sources, targets)), np.uint64)
    if data.drop_duplicates:
        reason[repeated(hashes) & (reason == 0)] = len(reasons)
        del hashes
    _report(reason, reasons, text.corpora, data.names, reporter)
    kept = np.flatnonzero(reason == 0)
    if not len(kept):
        raise UserError(
            f"no pair of {data.name} is left after dropping blank, long and odd ones: "
            "check the text, or loosen data.max_tokens, data.max_ratio and the other filters of data"
        )
    return text.select(kept), (lengths[0][kept], lengths[1][kept])


def _tests(data: DataConfig) -> dict[str, Callable[[_Block], Rows]]:
    """Maps each reason to drop pairs, as a phrase, to a test that marks such pairs of a block."""
    tests: dict[str, Callable[[_Block], Rows]] = {
        # White space such as a tab may have pieces, but says nothing.
        "with a blank side": lambda block: (block.shorter == 0) | blank(block.sources) | blank(block.targets),
        f"longer than data.max_tokens {data.max_tokens}": lambda block: block.longer > data.max_tokens,
        f"of a length ratio above data.max_ratio {data.max_ratio:g}": lambda block: (
            (block.longer + 5) / (block.shorter + 5) > data.max_ratio
        ),
    }
    if data.drop_copies:
        tests["whose sides are equal"] = lambda block: copies(block.sources, block.targets)
    if data.drop_wordless:
        tests["with a side without letters and digits"] = lambda block: (
            wordless(block.sources) | wordless(block.targets)
        )
    if (sources := data.source_scripts) is not None:
        tests["whose source is in another script"] = lambda block: in_another_script(block.sources, sources)
    if (targets := data.target_scripts) is not None:
        tests["whose target is in another script"] = lambda block: in_another_script(block.targets, targets)
    return tests


def _report(
    reason_numbers: NDArray[np.uint8],
    reasons: list[str],
    corpora: NDArray[np.uint16] | None,
    names: list[str],
    reporter: Reporter,
) -> None:
    """Reports how many pairs were dropped for which reason; for each corpus if there are several."""
    for number, name in enumerate(names):
        own = reason_numbers if corpora is None else reason_numbers[corpora == number]
        of = "" if corpora is None else f" of {name}"
        counts = np.bincount(own, minlength=len(reasons) + 1).tolist()
        for reason, count in zip(reasons, counts[1:], strict=True):
            if count:
                reporter.say(f"dropped {count:,} of {len(own):,} pairs{of} {reason}")
        if corpora is not None and not counts[0]:
            reporter.say(f"no pair{of} is left")


def blank(lines: list[str]) -> Rows:
    """Lines of white space alone."""
    return np.array([not line or line.isspace() for line in lines], bool)


def copies(sources: list[str], targets: list[str]) -> Rows:
    """Marks pairs whose sides are equal but for white space at their ends."""
    return np.array([s.strip() == t.strip() for s, t in zip(sources, targets, strict=True)], bool)


def wordless(lines: list[str]) -> Rows:
    """Marks lines without any letter or digit of any script."""
    return np.array([not any(c.isalnum() for c in line) for line in lines], bool)


def repeated(hashes: NDArray[np.uint64]) -> Rows:
    """Marks numbers that occur earlier in the array as well."""
    order = np.argsort(hashes, kind="stable")
    rows = np.zeros(len(hashes), bool)
    rows[order[1:][hashes[order[1:]] == hashes[order[:-1]]]] = True
    return rows


def _hash(source: str, target: str) -> bytes:
    """Hashes a pair to 64 bits: among five million pairs, two different ones collide once in a million texts."""
    return hashlib.blake2b(f"{source}\n{target}".encode(), digest_size=8).digest()


def in_another_script(lines: list[str], scripts: list[str]) -> Rows:
    """Marks lines most of whose letters belong to none of `scripts`, such as "latin" or "cjk"."""
    known = {script.upper() for script in scripts}

    def is_odd(line: str) -> bool:
        letters = [_script(c) in known for c in line if c.isalpha()]
        return 2 * sum(letters) < len(letters)

    return np.array([is_odd(line) for line in lines], bool)


@lru_cache(maxsize=65536)
def _script(letter: str) -> str:
    """The first word of a letter's Unicode name, which names its script: LATIN, CYRILLIC, CJK, HIRAGANA, …"""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0]


def report_overlap(text: ParallelText, dev: ParallelText, reporter: Reporter) -> None:
    """Reports how many dev sentences are in the training text as well, which raises validation scores."""
    sources = set(dev.sources)
    seen: set[str] = set()
    seen_pairs: set[tuple[str, str]] = set()
    for row, source in enumerate(text.sources):
        if source in sources:
            seen.add(source)
            seen_pairs.add((source, text.targets[row]))
    known = sum(source in seen for source in dev.sources)
    whole = sum(pair in seen_pairs for pair in dev.pairs())
    if known:
        reporter.say(
            f"{known:,} of {len(dev):,} dev sentences are in the training text, too ({whole:,} with the same "
            "translation): validation scores are too good by that"
        )
