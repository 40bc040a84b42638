"""Random segmentations that are the same in every process.

SentencePiece samples, too, but its newer releases mix a salt of the process into every seed: a run that is resumed
after a kill would get other segmentations than one that was not interrupted. So the two samplers are written out here,
over the pieces and scores of a SentencePiece model and Python's own generator, whose draws for a seed never change.
"""

import functools
import heapq
import math
from collections.abc import Callable
from random import Random

from seq2seq.tokenization.words import SPACE

_UNKNOWN_PENALTY = 10.0
"""What a character outside the vocabulary scores below the worst piece (SentencePiece's kUnkPenalty)."""


class SubwordSampler:
    """Samples segmentations of normalized text (spaces written as U+2581)."""

    def __init__(self, pieces: dict[str, tuple[int, float]], byte_ids: list[int]) -> None:
        """Takes the vocabulary.

        Args:
            pieces: Spelling → (id, score) of the normal pieces. Scores are log-probabilities (unigram), or 0, −1, −2 …
                in the order in which pieces were merged (BPE).
            byte_ids: Ids of the 256 bytes, for characters that the vocabulary lacks.
        """
        self.pieces = pieces
        self.byte_ids = byte_ids
        scores = [score for _, score in pieces.values()]
        is_bpe = all(score <= 0 and score == round(score) for score in scores)
        self._longest = max(map(len, pieces), default=1)
        self._worst = min(scores, default=0.0) - _UNKNOWN_PENALTY
        self._segment: Callable[[str, float, Random], list[str]] = self._drop_merges if is_bpe else self._sample_path
        # Words recur, so that lattices, which do not depend on chance, are kept.
        self._lattice = functools.lru_cache(maxsize=100_000)(self._make_lattice)

    def sample(self, text: str, alpha: float, random: Random) -> list[int]:
        """Samples a segmentation; for BPE with `alpha` 0 it is always SentencePiece's own.

        Args:
            text: Text after the tokenizer's normalization.
            alpha: For BPE the probability that a merge is left out (Provilkov et al., 2020, algorithm 1); for unigram
                the exponent of each segmentation's probability (Kudo, 2018, section 3.2).
            random: Generator of random numbers.

        Returns:
            Ids of the pieces.
        """
        ids: list[int] = []
        # No piece crosses the beginning of a word, so words can be segmented one by one.
        for n, word in enumerate(text.split(SPACE)):
            word = SPACE + word if n else word
            for piece in self._segment(word, alpha, random) if word else ():
                known = self.pieces.get(piece)
                ids += [known[0]] if known else [self.byte_ids[byte] for byte in piece.encode()]
        return ids

    def _drop_merges(self, word: str, alpha: float, random: Random) -> list[str]:
        """Byte-pair encoding (Sennrich et al., 2016) that leaves each merge out with probability `alpha`."""
        symbols = list(word)
        following = [*range(1, len(word)), -1]
        before = list(range(-1, len(word) - 1))
        agenda: list[tuple[float, int, int, str]] = []

        def propose(left: int, right: int) -> None:
            if left >= 0 and right >= 0:
                merged = symbols[left] + symbols[right]
                if known := self.pieces.get(merged):
                    # The heap gives the best score first, and of equal ones the leftmost.
                    heapq.heappush(agenda, (-known[1], left, right, merged))

        for left in range(len(word) - 1):
            propose(left, left + 1)
        while agenda:
            _, left, right, merged = heapq.heappop(agenda)
            if not symbols[left] or following[left] != right or symbols[left] + symbols[right] != merged:
                continue  # one of the two has been merged with another symbol since
            if random.random() < alpha:
                continue
            symbols[left], symbols[right] = merged, ""
            following[left] = following[right]
            if following[right] >= 0:
                before[following[right]] = left
            propose(before[left], left)
            propose(left, following[left])
        return [symbol for symbol in symbols if symbol]

    def _make_lattice(self, word: str, alpha: float) -> list[tuple[list[int], list[float]]]:
        """For each end, from 1, the starts of the pieces that end there, and their cumulative probabilities."""
        forward = [0.0]  # log Σ over the segmentations of word[:n] of their probability to the power of alpha
        lattice = []
        for end in range(1, len(word) + 1):
            starts, logs = [], []
            for start in range(max(0, end - self._longest), end):
                known = self.pieces.get(word[start:end])
                if known or end - start == 1:
                    starts.append(start)
                    logs.append(forward[start] + alpha * (known[1] if known else self._worst))
            top = max(logs)
            weights = [math.exp(log - top) for log in logs]
            total = math.fsum(weights)
            forward.append(top + math.log(total))
            shares = [math.fsum(weights[: n + 1]) / total for n in range(len(weights))]
            lattice.append((starts, shares))
        return lattice

    def _sample_path(self, word: str, alpha: float, random: Random) -> list[str]:
        """Forward filtering, backward sampling over all segmentations (Kudo, 2018, section 3.2, with l = ∞)."""
        lattice = self._lattice(word, alpha)
        segments = []
        end = len(word)
        while end:
            starts, shares = lattice[end - 1]
            draw = random.random()
            start = next((s for s, share in zip(starts, shares, strict=True) if draw < share), starts[-1])
            segments.append(word[start:end])
            end = start
        return segments[::-1]
