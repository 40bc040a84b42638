"""Ways to damage a model folder, each seeded; the checksums are made to fit afterwards.

A mutation changes a copy of a sound folder in place and returns whether it is harmless: then the folder must still
translate as before.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from scripts.fuzz.odd_values import ODD_VALUES, PLACEHOLDER, paths_of, replaced

Mutation = Callable[[Path, Random], bool]
HUGE = 2**40
"""Bytes of a file that takes no room on the disk."""


def read_metadata(folder: Path) -> dict[str, Any]:
    """Reads the metadata of a folder."""
    metadata: dict[str, Any] = json.loads((folder / "metadata.json").read_text("utf-8"))
    return metadata


def write_metadata(folder: Path, metadata: dict[str, Any], raw: str = "null") -> None:
    """Writes metadata; `raw` is JSON text that takes the place of the placeholder."""
    text = json.dumps(metadata).replace(f'"{PLACEHOLDER}"', raw)
    (folder / "metadata.json").write_text(text, "utf-8")


def refresh_checksums(folder: Path) -> None:
    """Makes the checksums in the metadata fit the files."""
    metadata = read_metadata(folder)
    for name in metadata["files"]:
        if (folder / name).is_file() and (folder / name).stat().st_size < 2**30:
            metadata["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    write_metadata(folder, metadata)


def metadata_value(folder: Path, random: Random) -> bool:
    """Puts an odd value at a random key."""
    metadata = read_metadata(folder)
    path = random.choice([*paths_of(metadata)])
    write_metadata(folder, replaced(metadata, path, PLACEHOLDER), random.choice(ODD_VALUES))
    return False


def metadata_key(folder: Path, random: Random) -> bool:
    """Leaves a key out, or adds one that a newer program might have."""
    metadata = read_metadata(folder)
    if random.random() < 0.3:
        metadata["from_the_future"] = random.choice([1, "x", [1], {"a": {}}])
        write_metadata(folder, metadata)
        return True
    path = random.choice([*paths_of(metadata)])
    owner = metadata
    for key in path[:-1]:
        owner = owner[key]
    del owner[path[-1]]
    write_metadata(folder, metadata)
    return path[0] in ("scores", "program", "source_vocabulary_size")


def metadata_bytes(folder: Path, random: Random) -> bool:
    """Changes, cuts or doubles bytes of metadata.json."""
    file = folder / "metadata.json"
    file.write_bytes(damaged(file.read_bytes(), random))
    return False


def damaged(content: bytes, random: Random) -> bytes:
    """Changes a few bytes, cuts the end off, repeats or removes a stretch, or puts random bytes in."""
    start = random.randrange(len(content) + 1)
    end = min(len(content), start + random.choice([1, 2, 8, 100, 5000]))
    way = random.randrange(5)
    if way == 0:
        changed = bytearray(content)
        for _ in range(random.choice([1, 2, 10])):
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        return bytes(changed)
    if way == 1:
        return content[:start]
    if way == 2:
        return content[:end] + content[start:]
    if way == 3:
        return content[:start] + content[end:]
    return content[:start] + random.randbytes(end - start) + content[end:]


def tensor_header(folder: Path, random: Random) -> bool:
    """Puts an odd value into the header of a file of tensors, or changes its length."""
    file = random.choice(sorted(folder.glob("*.safetensors")))
    content = file.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, arrays = json.loads(content[8 : 8 + length]), content[8 + length :]
    odd = [*ODD_VALUES, '"F64"', '"I8"', '"BF16"', "[0]", "[-1, -8]", "[1000000000000, 1000000000000]", "[0, 0]"]
    text = json.dumps(replaced(header, random.choice([*paths_of(header)]), PLACEHOLDER))
    text = text.replace(f'"{PLACEHOLDER}"', random.choice(odd))
    if random.random() < 0.1:
        return _write(file, struct.pack("<Q", random.choice([0, 1, 2**32, 2**63, len(content)])) + content[8:])
    return _write(file, struct.pack("<Q", len(text)) + text.encode() + arrays)


def tensor_values(folder: Path, random: Random) -> bool:
    """Puts NaN, infinite, huge or other values into the arrays."""
    file = random.choice(sorted(folder.glob("*.safetensors")))
    content = bytearray(file.read_bytes())
    (length,) = struct.unpack("<Q", content[:8])
    odd = [float("nan"), float("inf"), -float("inf"), 3e38, -3e38, 1e30, 1e-45, 5e5, 0.0]
    values = struct.pack("<f", random.choice(odd)) * random.choice([1, 1, 50])
    start = 8 + length + 4 * random.randrange((len(content) - 8 - length - len(values)) // 4)
    content[start : start + len(values)] = values
    return _write(file, bytes(content))


def tensor_bytes(folder: Path, random: Random) -> bool:
    """Changes, cuts or doubles bytes of a file of tensors."""
    file = random.choice(sorted(folder.glob("*.safetensors")))
    return _write(file, damaged(file.read_bytes(), random))


def tokenizer_bytes(folder: Path, random: Random) -> bool:
    """Changes, cuts or doubles bytes of the tokenizer."""
    file = folder / "tokenizer.model"
    return _write(file, damaged(file.read_bytes(), random))


def tokenizer_pieces(folder: Path, random: Random) -> bool:
    """Takes pieces out of the tokenizer, adds some, makes one odd, or changes how text is normalized."""
    from sentencepiece import sentencepiece_model_pb2

    file = folder / "tokenizer.model"
    model: Any = vars(sentencepiece_model_pb2)["ModelProto"].FromString(file.read_bytes())
    way = random.randrange(6)
    if way == 0:
        del model.pieces[random.randrange(len(model.pieces)) :]
    elif way == 1:
        for n in range(random.choice([1, 1000])):
            model.pieces.add(piece=f"new{n}", score=-1.0)
    elif way == 2:
        piece = random.choice(model.pieces)
        piece.piece = random.choice(["", "\n", "x" * 100_000, "\u2581", "<s>", "<0x100>", "\0"])
    elif way == 3:
        random.choice(model.pieces).type = random.choice([1, 2, 3, 4, 5, 6])
    elif way == 4:
        random.choice(model.pieces).score = random.choice([float("nan"), float("inf"), -1e38, 1e38])
    else:
        charsmap = damaged(model.normalizer_spec.precompiled_charsmap, random)
        model.normalizer_spec.precompiled_charsmap = random.choice(
            [charsmap, b"", b"\0\4\0\0" + random.randbytes(2000)]
        )
    return _write(file, model.SerializeToString())


def file_kind(folder: Path, random: Random) -> bool:
    """Puts something that is no regular file of its size in the place of a file."""
    name = random.choice(sorted(path.name for path in folder.iterdir()))
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    way = random.randrange(7)
    if way == 0:
        os.mkfifo(path)
    elif way == 1:
        path.symlink_to(random.choice(["/dev/zero", "/etc/passwd", "..", name, "/dev/stdin", "missing"]))
    elif way == 2:
        path.mkdir()
    elif way == 3:
        outside = folder.parent / f"{folder.name}.outside"
        outside.write_bytes(content)
        path.symlink_to(outside)
    elif way == 4:
        path.touch()
        os.truncate(path, HUGE)
    elif way == 5:
        path.write_bytes(b"")
    return False


def file_name(folder: Path, random: Random) -> bool:
    """Names a file outside the folder, with the checksum of what stands there if that can be known."""
    metadata = read_metadata(folder)
    outside = folder.parent / f"{folder.name}.outside"
    outside.write_bytes((folder / "tokenizer.model").read_bytes())
    names = [
        "..",
        ".",
        "/dev/zero",
        "/dev/tty",
        "/etc/passwd",
        f"../{outside.name}",
        str(outside),
        "a/b",
        "a\0b",
        "x" * 300,
    ]
    name = random.choice([*names, "", "\n", "con:", "*", "tokenizer.model/"])
    metadata["files"][name] = hashlib.sha256(outside.read_bytes()).hexdigest()
    if random.random() < 0.7:
        metadata["tokenizers"][random.choice(["source", "target"])] = name
    write_metadata(folder, metadata)
    return False


def swapped_files(folder: Path, random: Random) -> bool:
    """Exchanges the content of two files."""
    one, other = random.sample(sorted(path for path in folder.iterdir() if path.name != "metadata.json"), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    return _write(other, content)


def _write(file: Path, content: bytes) -> bool:
    file.write_bytes(content)
    refresh_checksums(file.parent)
    return False
