"""Search: from an engine's next-token probabilities to outputs. NumPy only."""

from seq2seq.search.beam import beam_search
from seq2seq.search.forced import forced_scores
from seq2seq.search.hypothesis import Hypothesis, length_normalizer
from seq2seq.search.interface import BOS, EOS, PAD, UNK, Engine, Memory, StepResult

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "UNK",
    "Engine",
    "Hypothesis",
    "Memory",
    "StepResult",
    "beam_search",
    "forced_scores",
    "length_normalizer",
]
