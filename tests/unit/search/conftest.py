"""An engine that is a table of numbers, and that insists on being called as `Engine` promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from seq2seq.search import StepResult, length_normalizer
from seq2seq.tokenization.ids import BOS, EOS, PAD

Table = Callable[[tuple[int, ...], tuple[int, ...]], np.ndarray]


def log_softmax(logits):
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum())


@dataclass(frozen=True)
class TableMemory:
    sources: tuple[tuple[int, ...], ...]
    width: int

    def select(self, sentences):
        assert len(sentences) == len(set(sentences)) > 0
        assert list(sentences) == sorted(sentences)
        assert min(sentences) >= 0
        return TableMemory(tuple(self.sources[i] for i in sentences), self.width)


class TableEngine:
    """Log-probabilities as a function of (source, prefix) and of nothing else.

    The state carries the prefix and the source of each row, so a wrong gather gives wrong numbers, or, when
    it crosses sentences, fails at once. Attention is another function of (source, prefix).
    """

    def __init__(self, seed=0, vocabulary_size=6, scale=2.0, table: Table | None = None):
        self.seed, self.vocabulary_size, self.scale = seed, vocabulary_size, scale
        self._table = table
        self._known: dict = {}
        self.calls: list[tuple[int, int, int]] = []  # sentences, beams of the widest, k
        self.rows: list[list[tuple[tuple[int, ...], tuple[int, ...]]]] = []  # (source, prefix) of each row of a call

    def log_probs(self, source, prefix):
        """[vocabulary] float32 after `prefix`, a tuple without bos."""
        key = (source, prefix)
        if key not in self._known:
            if self._table is not None:
                values = self._table(source, prefix)
            else:
                rng = np.random.default_rng([self.seed, 1, *source, 1_000_000, *prefix])
                values = log_softmax(self.scale * rng.normal(size=self.vocabulary_size))
            self._known[key] = np.asarray(values, np.float32)
        return self._known[key]

    def attention(self, source, prefix):
        """[source] float32 after `prefix`."""
        rng = np.random.default_rng([self.seed, 2, *source, 1_000_000, *prefix])
        return rng.dirichlet(np.ones(len(source))).astype(np.float32)

    def encode(self, ids, lengths):
        assert ids.dtype == lengths.dtype == np.int32
        assert ids.ndim == 2 and lengths.shape == (len(ids),)
        sources = tuple(tuple(int(i) for i in row[:n]) for row, n in zip(ids, lengths, strict=True))
        prefixes, owners = np.empty(len(ids), object), np.empty(len(ids), object)
        prefixes[:] = [()] * len(ids)
        owners[:] = sources
        return TableMemory(sources, ids.shape[1]), (prefixes, owners)

    def step(self, tokens, parents, state, memory, k, score_ids=None, beams=None):
        rows, sentences = len(tokens), len(memory.sources)
        if beams is None:
            assert rows > 0 and rows % sentences == 0
            beams = np.full(sentences, rows // sentences, np.int32)
        else:
            assert beams.shape == (sentences,) and beams.dtype == np.int32
            assert beams.min() > 0 and beams.sum() == rows
        of_rows = np.repeat(np.arange(sentences), beams)
        assert tokens.shape == parents.shape == (rows,)
        assert tokens.dtype == parents.dtype == np.int32
        assert 1 <= k <= self.vocabulary_size
        prefixes, owners = state
        assert parents.min() >= 0 and parents.max() < len(prefixes)
        prefixes, owners = prefixes[parents], owners[parents]
        self.calls.append((sentences, int(beams.max()), k))

        log_probs, ids = np.zeros((rows, k), np.float32), np.zeros((rows, k), np.int32)
        attention = np.zeros((rows, memory.width), np.float32)
        new_prefixes = np.empty(rows, object)
        scored = None if score_ids is None else np.zeros(rows, np.float32)
        asked: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        self.rows.append(asked)
        for r in range(rows):
            source = memory.sources[of_rows[r]]
            assert owners[r] == source, "a row continues a hypothesis of another sentence"
            if tokens[r] == BOS:
                assert prefixes[r] == ()
                prefix, new_prefixes[r] = (), (BOS,)
            else:
                assert tokens[r] not in (PAD, EOS)
                assert prefixes[r][:1] == (BOS,), "the first token must be bos"
                new_prefixes[r] = (*prefixes[r], int(tokens[r]))
                prefix = new_prefixes[r][1:]
            asked.append((source, prefix))
            values = self.log_probs(source, prefix)
            # All of them come in any order; this one is never the order of the values.
            ids[r] = np.argsort(-values, kind="stable")[:k] if k < self.vocabulary_size else np.arange(k)[::-1]
            log_probs[r] = values[ids[r]]
            attention[r, : len(source)] = self.attention(source, prefix)
            if scored is not None:
                assert score_ids.shape == (rows,) and score_ids.dtype == np.int32
                scored[r] = values[score_ids[r]]
        return StepResult(log_probs, ids, attention, scored, (new_prefixes, owners))

    # What searches must agree with, written without any batch, beam or back-pointer.

    def forced(self, source, tokens):
        """[len + 1] log p of each token and of EOS."""
        tokens = tuple(int(t) for t in tokens)
        return [float(self.log_probs(source, tokens[:i])[token]) for i, token in enumerate((*tokens, EOS))]

    def outputs(self, source, limit, length_penalty):
        """All outputs of at most `limit` tokens, best first: (score, log_probability, tokens)."""
        words = [i for i in range(self.vocabulary_size) if i not in (PAD, BOS, EOS)]
        result = []
        for length in range(limit + 1):
            for tokens in product(words, repeat=length):
                total = sum(self.forced(source, tokens))
                score = total / length_normalizer(length + 1, length_penalty)
                result.append((float(score), total, tokens))
        return sorted(result, key=lambda item: -item[0])


def padded(sources, extra=0):
    """Token tuples as (ids, lengths)."""
    lengths = np.array([len(s) for s in sources], np.int32)
    ids = np.zeros((len(sources), max(lengths, default=0) + extra), np.int32)
    for row, source in zip(ids, sources, strict=True):
        row[: len(source)] = source
    return ids, lengths


@pytest.fixture(scope="session")
def table_engine():
    return TableEngine


@pytest.fixture(scope="session")
def pad():
    return padded
