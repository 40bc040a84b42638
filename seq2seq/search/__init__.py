"""Search: from an engine's next-token probabilities to outputs. NumPy only."""

from seq2seq.search.beam import beam_search
from seq2seq.search.candidate_selection import BeamSelection, Selection
from seq2seq.search.forced import forced_attention, forced_scores
from seq2seq.search.hypothesis import Hypothesis, length_normalizer
from seq2seq.search.interface import Engine, EngineMemory, StepResult
from seq2seq.search.loop import search
from seq2seq.search.request import SearchRequest
from seq2seq.search.rules import MinimumLength, NoRepeat, Prefixes, Rule
from seq2seq.search.sampling import SampleSelection, sample

__all__ = [
    "BeamSelection",
    "Engine",
    "EngineMemory",
    "Hypothesis",
    "MinimumLength",
    "NoRepeat",
    "Prefixes",
    "Rule",
    "SampleSelection",
    "SearchRequest",
    "Selection",
    "StepResult",
    "beam_search",
    "forced_attention",
    "forced_scores",
    "length_normalizer",
    "sample",
    "search",
]
