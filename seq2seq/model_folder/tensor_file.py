"""What a safetensors file holds, from its header alone, and whether its values are numbers that a model can have.

The format (huggingface.co/docs/safetensors): eight bytes for the header's length, then JSON, then the arrays without
gap.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from seq2seq.errors import UserError
from seq2seq.model_folder.foreign_files import open_inside
from seq2seq.model_folder.metadata import parse_json

LARGEST_HEADER = 2**22
"""Bytes of a header."""
LARGEST_WEIGHT = 1e6
"""The largest absolute value of a weight: far above that of any trained one, and low enough that no product of such
weights with bounded states leaves the range of float32."""
_SIZES = {"F32": 4, "I8": 1}
"""Bytes of a value of each type."""


class Tensor(NamedTuple):
    """The place of an array in a file.

    Attributes:
        dtype: Its type as the format names it, "F32" or "I8".
        shape: Its shape.
        offset: First byte in the file.
        length: Number of bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    offset: int
    length: int


def read_header(folder: Path, name: str, largest: int) -> dict[str, Tensor]:
    """Reads which arrays a safetensors file of a model folder holds, and where.

    Args:
        folder: The model folder.
        name: Name of the file.
        largest: The most bytes that the file may have.

    Raises:
        UserError: The file is no safetensors file, or its header and its size do not go together.
    """
    with open_inside(folder, name, largest) as file:
        size = file.seek(0, 2)
        file.seek(0)
        try:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(LARGEST_HEADER, size - 8):
                raise ValueError("its header is longer than the file or than any model needs")
            return _tensors(parse_json(file.read(length), LARGEST_HEADER), 8 + length, size)
        except (ValueError, struct.error) as error:
            raise UserError(f"{folder / name} is damaged ({error}): copy the model folder again") from error


def _tensors(header: Any, start: int, size: int) -> dict[str, Tensor]:
    """Takes the arrays out of a header; they must fill the file from `start` to `size`, one after another."""
    if not isinstance(header, dict):
        raise ValueError("its header is no mapping")
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            dtype, shape, (first, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            counts = (*shape, first, end)
            if not all(type(n) is int and 0 <= n < 2**48 for n in counts) or len(shape) > 4:
                raise ValueError
            if end - first != prod(shape) * _SIZES[dtype]:
                raise ValueError
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("its header describes an array that cannot be") from error
        tensors[name] = Tensor(dtype, shape, start + first, end - first)
    end = start
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.offset, tensor.length)):
        if tensor.offset != end:
            raise ValueError("its arrays overlap or leave gaps")
        end += tensor.length
    if end != size:
        raise ValueError("its arrays are not as long as the file")
    return tensors


def check_weights(tensors: Mapping[str, Tensor], shapes: Mapping[str, tuple[int, ...]], origin: str) -> None:
    """Checks that a file holds exactly the weights of a model.

    Args:
        tensors: What the file holds.
        shapes: The shape of each weight of the model.
        origin: The model folder, for the message.

    Raises:
        UserError: A name is missing or unknown, or an array has another shape or type.
    """
    if odd := sorted(tensors.keys() ^ shapes.keys()):
        raise UserError(
            f"{origin}: its weights are not those of the model it describes (see {odd[0][:100]!a}): copy the model "
            "folder again"
        )
    for name, shape in shapes.items():
        tensor = tensors[name]
        if (tensor.shape, tensor.dtype) != (shape, "F32"):
            raise UserError(
                f"{origin}: the weight '{name}' has shape {tensor.shape} and type {tensor.dtype}, but the model it "
                f"describes needs {shape} and F32: copy the model folder again"
            )


def check_values(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Checks that all floats of a file are numbers within ±`LARGEST_WEIGHT`.

    Raises:
        UserError: One of them is not.
    """
    content = np.memmap(path, np.uint8, "r") if tensors else np.zeros(0, np.uint8)
    floats = sorted((t.offset, t.length) for t in tensors.values() if t.dtype == "F32" and t.length)
    for offset, length in floats:
        values = content[offset : offset + length].view(np.float32)
        # False for NaN, too.
        if not (values.max() <= LARGEST_WEIGHT and values.min() >= -LARGEST_WEIGHT):
            raise UserError(
                f"{path} holds weights that are no numbers or are beyond ±{LARGEST_WEIGHT:g}: copy the model folder "
                "again, or train again with a lower training.learning_rate"
            )
