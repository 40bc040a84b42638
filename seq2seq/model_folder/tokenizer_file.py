"""Loads a tokenizer that somebody else wrote: its pieces must be those of the model's tables."""

from __future__ import annotations

from pathlib import Path

from seq2seq.errors import UserError
from seq2seq.model_folder.foreign_files import read_inside
from seq2seq.tokenization.tokenizer import Tokenizer


def load_tokenizer(folder: Path, name: str, largest: int, pieces: int) -> Tokenizer:
    """Loads a tokenizer of a model folder.

    Args:
        folder: The model folder.
        name: Name of the file.
        largest: The most bytes that the file may have.
        pieces: Number of rows of the table that the ids look up.

    Raises:
        UserError: The file is no SentencePiece model, or has another number of pieces or other special ids.
    """
    content = read_inside(folder, name, largest)
    try:
        tokenizer = Tokenizer(content)
    except RuntimeError as error:
        raise UserError(f"{folder / name} is not a SentencePiece model: copy the model folder again") from error
    if len(tokenizer) != pieces:
        raise UserError(
            f"{folder / name} has {len(tokenizer)} pieces, but the model's table has {pieces}: copy the model folder "
            "again"
        )
    return tokenizer
