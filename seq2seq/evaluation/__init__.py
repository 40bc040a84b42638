"""How good translations are."""

from seq2seq.evaluation.metrics import METRICS, Score, evaluate

__all__ = ["METRICS", "Score", "evaluate"]
