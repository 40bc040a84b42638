"""Search: from an engine's next-token probabilities to outputs. NumPy only."""

from seq2seq.search.beam import beam_search
from seq2seq.search.forced import forced_attention, forced_scores
from seq2seq.search.hypothesis import Hypothesis, length_normalizer
from seq2seq.search.interface import Engine, Memory, StepResult
from seq2seq.search.rules import MinimumLength, NoRepeat, Prefixes, Rule
from seq2seq.search.sampling import sample

__all__ = [
    "Engine",
    "Hypothesis",
    "Memory",
    "MinimumLength",
    "NoRepeat",
    "Prefixes",
    "Rule",
    "StepResult",
    "beam_search",
    "forced_attention",
    "forced_scores",
    "length_normalizer",
    "sample",
]
