"""The model folder: all that translating needs, and nothing that is executed.

metadata.json       format version, languages, shape of the model, decoding defaults, scores, checksums
tokenizer.model     the SentencePiece model; source.model and target.model where each side has its own
model.safetensors   name → array, float32
encoder.onnx        after `seq2seq export`: the graphs for translating without TensorFlow; in int8 their weights lie in
step.onnx           int8.safetensors, which can then stand in for model.safetensors
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.files import new_folder, read_errors, sha256
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer, tokenizer_names
from seq2seq.version import __version__

FORMAT = 1
METADATA, WEIGHTS = "metadata.json", "model.safetensors"
ENCODER, STEP = "encoder.onnx", "step.onnx"
_KEYS = {"source_language", "target_language", "vocabulary_size", "model", "decoding"}

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ModelFolder:
    """A model folder whose files are there and are those that were written."""

    path: Path
    metadata: dict[str, Any]

    @classmethod
    def open(cls, path: Path) -> "ModelFolder":
        """Reads the metadata and checks every file against it.

        Raises:
            UserError: the folder is missing or not a model's, of a newer format, or a file of it is missing or changed.
        """
        file = path / METADATA
        with read_errors(str(path)):
            if not file.is_file():
                where = "does not exist" if not path.exists() else f"holds no {METADATA}"
                raise UserError(f"{path} {where}: give a model folder, such as the 'model' in a run's folder")
            content = file.read_bytes()
        try:
            metadata = json.loads(content)
            version = metadata["format"]
            newer = version > FORMAT
            # What else a newer format holds is not known.
            files = {} if newer else dict(metadata["files"])
            if not newer and not metadata.keys() >= _KEYS:
                raise KeyError(*_KEYS - metadata.keys())
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{file} is damaged: copy the model folder again from where it was made") from error
        if newer:
            raise UserError(f"{path} has format {version}, which is newer than this program's {FORMAT}: update seq2seq")
        for name, checksum in files.items():
            part = path / name
            with read_errors(str(part)):
                if not part.is_file():
                    raise UserError(f"{path} lacks its file {name}: copy the model folder again")
                if sha256(part) != checksum:
                    raise UserError(f"{part} is not the file that {METADATA} describes: copy the model folder again")
        return cls(path, metadata)

    def tokenizer(self, side: Literal["source", "target"] = "source") -> Tokenizer:
        """The tokenizer of a side; mostly one is of both."""
        return Tokenizer.load(self.path / self.metadata.get("tokenizers", tokenizer_names(joint=True))[side])

    def tokenizers(self) -> TokenizerPair:
        """The tokenizers of both sides with their languages."""
        names = self.metadata.get("tokenizers", tokenizer_names(joint=True))
        source = self.tokenizer("source")
        target = source if names["source"] == names["target"] else self.tokenizer("target")
        return TokenizerPair.of(source, target, (self.metadata["source_language"], self.metadata["target_language"]))

    @property
    def settings(self) -> ModelSettings:
        """The shape of the model.

        Raises:
            UserError: The metadata describe a model that this program does not know.
        """
        try:
            return ModelSettings.of(
                self.metadata["model"],
                vocabulary_size=self.metadata["vocabulary_size"],
                source_vocabulary_size=self.metadata.get("source_vocabulary_size"),
            )
        except (TypeError, ValueError) as error:
            raise UserError(
                f"{self.path} describes a model that this program cannot make ({error}): update seq2seq"
            ) from error

    @property
    def exported(self) -> bool:
        """Whether there are ONNX graphs to translate with."""
        return {ENCODER, STEP} <= self.metadata["files"].keys()

    def weights(self) -> Weights:
        """All arrays by name.

        Raises:
            UserError: the folder was exported without them.
        """
        from safetensors.numpy import load_file

        if WEIGHTS not in self.metadata["files"]:
            raise UserError(f"{self.path} holds no {WEIGHTS}: give the model folder that it was exported from")
        return load_file(self.path / WEIGHTS)


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Writes named arrays as safetensors.

    Raises:
        OSError: the file cannot be written.
    """
    from safetensors.numpy import save

    # Not `save_file`: what it says of a full disk is no OSError.
    # Nor may an array be a transposed view: its bytes would be written in the wrong order.
    path.write_bytes(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))


def save_model(
    path: Path,
    weights: Weights,
    tokenizer: Tokenizer,
    *,
    target_tokenizer: Tokenizer | None = None,
    model: dict[str, Any],
    decoding: dict[str, Any],
    languages: tuple[str | None, str | None] = (None, None),
    scores: dict[str, Any] | None = None,
) -> None:
    """Writes a model folder, whole or not at all.

    Args:
        path: where; what stood there is replaced.
        weights: name → array.
        tokenizer: of the source.
        target_tokenizer: of the target, where it has its own.
        model: the `model` section of the config.
        decoding: the `decoding` section of the config.
        languages: source and target language.
        scores: what is known of the model's quality.

    Raises:
        UserError: the place cannot be written.
    """
    with new_folder(path) as part:
        write_arrays(part / WEIGHTS, weights)
        names = tokenizer_names(joint=target_tokenizer is None)
        for side, side_tokenizer in (("source", tokenizer), ("target", target_tokenizer or tokenizer)):
            (part / names[side]).write_bytes(side_tokenizer.model)
        metadata = {
            "format": FORMAT,
            "program": f"seq2seq {__version__}",
            "source_language": languages[0],
            "target_language": languages[1],
            "tokenizers": names,
            "vocabulary_size": len(target_tokenizer or tokenizer),
            "source_vocabulary_size": len(tokenizer),
            "model": model,
            "decoding": decoding,
            "scores": scores or {},
            "files": {name: sha256(part / name) for name in sorted({WEIGHTS, *names.values()})},
        }
        (part / METADATA).write_text(metadata_text(metadata), "utf-8")


def metadata_text(metadata: dict[str, Any]) -> str:
    """The content of metadata.json."""
    return json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"
