"""Reads metadata.json and checks the folder's files against it, before anything else is done with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.files import read_errors
from seq2seq.model_folder.foreign_files import open_inside, read_inside, sha256_inside
from seq2seq.model_folder.metadata import LARGEST_METADATA, MOST_PARAMETERS, check_metadata, parse_json
from seq2seq.model_folder.weight_shapes import number_of_parameters
from seq2seq.model_settings import ModelSettings

FORMAT = 1
METADATA = "metadata.json"
_MEBIBYTE = 2**20


def read_metadata(path: Path) -> tuple[dict[str, Any], ModelSettings]:
    """Reads and checks the metadata of a model folder.

    Args:
        path: The model folder.

    Returns:
        Content of its metadata.json, and the shape of its model.

    Raises:
        UserError: The folder is missing or is no model folder, its metadata are damaged or of a newer format, or they
            describe a model that this program cannot make.
    """
    file = path / METADATA
    with read_errors(str(path)):
        if not file.is_file():
            problem = "does not exist" if not path.exists() else f"holds no {METADATA}"
            raise UserError(f"{path} {problem}: give a model folder, such as the 'model' in a run's folder")
    try:
        metadata = parse_json(read_inside(path, METADATA, LARGEST_METADATA))
        version = metadata.get("format") if isinstance(metadata, dict) else None
        if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
            raise ValueError("it has no format")
        if version > FORMAT:  # nothing else is known of it
            raise UserError(f"{path} has format {version}, which is newer than this program's {FORMAT}: update seq2seq")
        settings = check_metadata(metadata)
    except ValueError as error:
        raise UserError(f"{file} is damaged ({error}): copy the model folder again from where it was made") from error
    if isinstance(settings, str):
        raise UserError(f"{path} describes a model that this program cannot make ({settings}): update seq2seq")
    if (parameters := number_of_parameters(settings)) > MOST_PARAMETERS:
        raise UserError(
            f"{path} describes a model of {parameters:,} parameters, more than the {MOST_PARAMETERS:,} that this "
            "program takes: use a smaller model"
        )
    return metadata, settings


def check_files(path: Path, files: dict[str, str], settings: ModelSettings) -> None:
    """Checks that every file of a model folder is there, is no larger than it can be, and is the one described.

    Args:
        path: The model folder.
        files: The SHA-256 of each file by its name.
        settings: Shape of the model, from which the largest size of each file follows.

    Raises:
        UserError: A file is missing, no regular file, too large or changed.
    """
    for name in files:  # sizes first: they cost nothing
        if not os.path.lexists(path / name):
            raise UserError(f"{path} lacks its file {name}: copy the model folder again")
        open_inside(path, name, largest_size(name, settings)).close()
    for name, checksum in files.items():
        if sha256_inside(path, name, largest_size(name, settings)) != checksum:
            raise UserError(f"{path / name} is not the file that {METADATA} describes: copy the model folder again")


def largest_size(name: str, settings: ModelSettings) -> int:
    """Computes the most bytes that a file of a model folder may have.

    Args:
        name: Name of the file; its ending tells its kind.
        settings: Shape of the model.

    Example:
        >>> largest_size("tokenizer.model", ModelSettings(vocabulary_size=8000)) // 2**20
        11
    """
    if name.endswith(".model"):
        return 4 * _MEBIBYTE + 1024 * max(settings.vocabulary_size, settings.source_tokens)
    if name.endswith(".onnx"):
        widest = max(settings.encoder_size, settings.decoder_size, settings.embedding_size)
        layers = settings.encoder_layers + settings.decoder_layers
        return _MEBIBYTE + layers * (_MEBIBYTE // 4 + 64 * widest)
    # Twice the arrays: a file of another shape is better named by what differs than by its size.
    return 4 * _MEBIBYTE + 2 * 4 * number_of_parameters(settings)
