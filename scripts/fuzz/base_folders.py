"""The sound model folders that are damaged: tiny models with random weights, exported in float32 and int8.

They need no TensorFlow and no training: what is tried is how a folder is read, not how well it translates.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from seq2seq.exporting.exporting import export_model
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_folder.weight_shapes import weight_shapes
from seq2seq.model_settings import ModelSettings
from seq2seq.text.parallel import read_parallel
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer

CORPUS = Path(__file__).resolve().parents[2] / "corpora" / "traveller"
SHAPES: dict[str, dict[str, Any]] = {
    "lstm": {},
    "gru": {"cell": "gru", "attention": "multi_head", "attention_heads": 2, "bridge": "last", "input_feeding": True},
}
"""What distinguishes the models; with int8, each cell is a Scan in the encoder."""
SIZES = {"embedding_size": 8, "encoder_size": 6, "decoder_size": 12, "encoder_layers": 1, "decoder_layers": 2}
DECODING = {"beam_size": 2, "max_length": 6, "max_source_tokens": 64, "length_penalty": 1.0, "batch_tokens": 400}
LINES = ["Where is the station?", "I would like a room for two nights."]
"""What every folder that loads is asked to translate."""


def make_base_folders(place: Path) -> list[Path]:
    """Makes the folders, each with weights and graphs.

    Args:
        place: An empty folder.

    Returns:
        For each shape a folder in float32 and one in int8.
    """
    text = read_parallel(CORPUS / "train.en", CORPUS / "train.de")
    lines = [*text.sources[:400], *text.targets[:400]]
    tokenizer = Tokenizer.train(lines, vocabulary_size=450)
    made = []
    for name, options in SHAPES.items():
        settings = ModelSettings(vocabulary_size=len(tokenizer), **SIZES | options)
        random = np.random.default_rng(1)
        weights = {
            weight: random.normal(0, 0.5, shape).astype(np.float32) for weight, shape in weight_shapes(settings).items()
        }
        for quantize in ("none", "int8"):
            path = place / f"{name}-{quantize}"
            pair = TokenizerPair.of(tokenizer, languages=("en", "de"))
            ModelFolder.write(path, weights, pair, settings, decoding=DECODING, scores={"BLEU": {"score": 1.0}})
            export_model(ModelFolder.open(path), None, "int8" if quantize == "int8" else "none")
            made.append(path)
    return made
