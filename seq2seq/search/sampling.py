"""Sampling: outputs drawn at random, more probable ones more often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seq2seq.search.candidates import Choice, pack
from seq2seq.search.hypothesis import Hypothesis
from seq2seq.search.interface import Engine, IntArray, MemoryT
from seq2seq.search.loop import search
from seq2seq.search.request import SearchRequest
from seq2seq.search.rules import Rule


def sample(
    engine: Engine[MemoryT],
    ids: ArrayLike,
    lengths: ArrayLike,
    *,
    seeds: Sequence[Sequence[int]],
    max_lengths: ArrayLike,
    samples: int = 1,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    length_penalty: float = 0.0,
    coverage_penalty: float = 0.0,
    prefixes: Sequence[Sequence[int]] | None = None,
    rules: Sequence[Rule] = (),
    attention: bool = False,
) -> list[list[Hypothesis]]:
    """Draws outputs of every sentence, each token from the engine's distribution; see `SampleSelection`.

    Args:
        engine: Encodes and scores.
        ids: [sentences, source] source tokens, padded with 0 on the right.
        lengths: [sentences] unpadded source lengths.
        seeds: For each sentence the non-negative numbers from which, and from nothing else, its random numbers come.
        max_lengths: [sentences] limits in output tokens, EOS not counted. A limit of 0 leaves one output, "".
        samples: Number of outputs to draw per sentence.
        temperature: Divisor of log-probabilities, above 0.
        top_k: Number of most probable tokens to draw from; 0 for all.
        top_p: Probability of the tokens to draw from, above 0 and at most 1, which stands for all.
        length_penalty: Alpha of `length_normalizer`, for the scores.
        coverage_penalty: Beta of `CoveragePenalty`, for the scores.
        prefixes: For each sentence the tokens that its output must begin with, [] for none.
        rules: What outputs must not contain, see `seq2seq.search.rules`.
        attention: Whether to return attention weights.

    Returns:
        For each sentence its `samples` hypotheses, best score first. The same one may have been drawn repeatedly.

    Raises:
        ValueError: An argument is out of range or shapes do not fit.
        FloatingPointError: The engine returns NaN, or no possible output.
    """
    request = SearchRequest(
        np.asarray(ids, np.int32),
        np.asarray(lengths, np.int32),
        np.asarray(max_lengths, np.int32),
        length_penalty=length_penalty,
        coverage_penalty=coverage_penalty,
        prefixes=prefixes,
        rules=rules,
        n_best=samples,
        attention=attention,
    )
    selection = SampleSelection.of(
        request, seeds, engine.vocabulary_size, temperature=temperature, top_k=top_k, top_p=top_p
    )
    return search(engine, request, selection)


def _uniforms(seed: Sequence[int], number: int) -> NDArray[np.float64]:
    """The first random numbers of a stream, in [0, 1); asking for more of them does not change these."""
    return np.random.default_rng(list(seed)).random(number)


class SampleSelection:
    """A `Selection` in which every live hypothesis goes on with one token of its own, drawn at random.

    First the temperature is applied, then only the `top_k` most probable tokens are left, and of these the fewest most
    probable ones that together have `top_p` of the probability (Holtzman et al. 2020, "The Curious Case of Neural Text
    Degeneration"). Log-probabilities and scores are those of the engine; the three change nothing in them.
    """

    def __init__(
        self, uniforms: NDArray[np.float64], vocabulary_size: int, temperature: float, top_k: int, top_p: float
    ) -> None:
        """Takes random numbers in [0, 1), [sentences, samples, positions]; for the others see `of`."""
        self._uniforms = uniforms
        self._position = 0
        self._temperature, self._top_k, self._top_p = temperature, top_k, top_p
        self.slots = uniforms.shape[1]
        self.candidates_per_row = top_k or vocabulary_size

    @classmethod
    def of(
        cls,
        request: SearchRequest,
        seeds: Sequence[Sequence[int]],
        vocabulary_size: int,
        *,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
    ) -> SampleSelection:
        """Draws the random numbers for `n_best` samples of each sentence.

        Args:
            request: The batch.
            seeds: For each sentence the numbers from which its random numbers come. The first samples of a sentence
                are the same, however many are drawn.
            vocabulary_size: Number of target tokens.
            temperature: Divisor of log-probabilities, above 0: below 1 is safer, above 1 is bolder.
            top_k: Number of most probable tokens to draw from; 0 for all.
            top_p: Probability of the tokens to draw from, above 0 and at most 1, which stands for all.

        Raises:
            ValueError: An argument is out of range, or there are not as many seeds as sentences.
        """
        sentences, samples = len(request.ids), request.n_best
        if len(seeds) != sentences:
            raise ValueError(f"Expected seeds of {sentences} sentences, got {len(seeds)}.")
        if not 0 < temperature < np.inf:
            raise ValueError(f"temperature must be above 0, got {temperature}.")
        if top_k < 0:
            raise ValueError(f"top_k must be at least 0, got {top_k}.")
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}.")
        prefix_lengths = (len(prefix) for prefix in request.prefixes or [()])
        longest = max(int(np.max(request.max_lengths, initial=0)), *prefix_lengths, 0)
        drawn = [[_uniforms([*seed, n], longest) for n in range(samples)] for seed in seeds]
        uniforms = np.array(drawn).reshape(sentences, samples, longest)
        return cls(uniforms, vocabulary_size, temperature, top_k, top_p)

    def choose(
        self, candidates: NDArray[np.float64], log_probs: NDArray[np.float64], ids: IntArray, free: IntArray
    ) -> Choice:
        """See `Selection`: draws a token for each row; in the first step, one for each sample from the same row."""
        shape = ids.shape  # [sentences, beam, k]
        rows = np.arange(shape[1]) if self._position else np.zeros(self.slots, np.int64)  # [drawn]
        candidates = candidates.reshape(shape)
        weights = self._weights(np.where(candidates > -np.inf, log_probs, -np.inf))  # [sentences, beam, k]
        # In the order of the tokens' ids. The order of their probabilities hangs on last digits, which differ between
        # batches, so that a random number would fall on one of two equals today and on the other tomorrow.
        if (ids[..., 1:] < ids[..., :-1]).any():
            order = np.argsort(ids, axis=-1, kind="stable")
            ids, weights = np.take_along_axis(ids, order, axis=-1), np.take_along_axis(weights, order, axis=-1)
            log_probs = np.take_along_axis(log_probs, order, axis=-1)
            candidates = np.take_along_axis(candidates, order, axis=-1)
        sums = np.cumsum(weights, axis=-1)
        valid = sums[..., -1] > 0
        sums, valid = sums[:, rows], valid[:, rows] & (free > 0)[:, None]
        points = self._uniforms[:, :, self._position, None] * sums[..., -1:]  # [sentences, drawn, 1]
        # The first token whose sum is beyond the point; rounding must not lead past the last possible one.
        drawn = np.minimum((sums <= points).sum(axis=-1), (sums < sums[..., -1:]).sum(axis=-1))
        drawn = np.where(valid, drawn, 0)  # [sentences, drawn]
        at = (np.arange(shape[0])[:, None], rows[None, :], drawn)
        return Choice(
            tokens=ids[at].astype(np.int32),
            origins=np.broadcast_to(rows, drawn.shape).astype(np.int32),
            log_probs=log_probs[at],
            totals=np.where(valid, candidates[at], -np.inf),
            valid=valid,
        )

    def _weights(self, log_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights to draw each token with; their sum may be any: [sentences, beam, k]."""
        logits = log_probs / self._temperature
        highest = logits.max(axis=-1, keepdims=True)
        weights: NDArray[np.float64] = np.exp(logits - np.where(highest > -np.inf, highest, 0.0))
        if not self._top_k and self._top_p == 1:
            return weights
        order = np.argsort(-weights, axis=-1, kind="stable")
        weights = np.take_along_axis(weights, order, axis=-1)
        if self._top_k:
            weights[..., self._top_k :] = 0.0
        if self._top_p < 1:
            sums = np.cumsum(weights, axis=-1)
            weights[sums - weights >= self._top_p * sums[..., -1:]] = 0.0
        np.put_along_axis(weights, order, weights.copy(), axis=-1)
        return weights

    def keep(self, choice: Choice, sentences: IntArray) -> None:
        """See `Selection`."""
        columns = np.broadcast_to(np.arange(choice.tokens.shape[1], dtype=np.int32), choice.tokens.shape)
        columns = pack(choice._replace(tokens=columns), sentences).tokens  # [kept, beam]
        self._uniforms = self._uniforms[np.asarray(sentences)[:, None], columns]
        self._position += 1
