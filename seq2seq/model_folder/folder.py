"""The model folder: all that translating needs, and nothing that is executed.

metadata.json       format version, languages, shape of the model, decoding defaults, scores, checksums
tokenizer.model     the SentencePiece model; source.model and target.model where each side has its own
model.safetensors   name → array, float32
encoder.onnx        after `seq2seq export`: the graphs for translating without TensorFlow; in int8 their weights lie in
step.onnx           int8.safetensors, which can then stand in for model.safetensors

This module alone writes metadata.json.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seq2seq.errors import UserError
from seq2seq.files import new_folder, sha256, write_errors, write_file
from seq2seq.model_folder.foreign_files import read_inside
from seq2seq.model_folder.opening import FORMAT, METADATA, check_files, largest_size, read_metadata
from seq2seq.model_folder.tensor_file import Tensor, check_values, check_weights, read_header
from seq2seq.model_folder.tokenizer_file import load_tokenizer
from seq2seq.model_folder.weight_shapes import weight_shapes
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer, tokenizer_names
from seq2seq.version import __version__

WEIGHTS = "model.safetensors"
ENCODER, STEP, INT8 = "encoder.onnx", "step.onnx", "int8.safetensors"
LARGEST_K = 16
"""The most tokens per row that the step graph of an exported model chooses itself."""
_GRAPH_FILES = (ENCODER, STEP, INT8)
_PROGRAM = f"seq2seq {__version__}"

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ModelFolder:
    """A model folder whose files are there and are those that were written.

    Attributes:
        path: The folder.
        metadata: Content of its metadata.json, whose types and ranges are checked.
        settings: The shape of the model.

    Example:
        >>> import tempfile
        >>> lines = ["the cat sits", "die Katze sitzt", "a dog", "ein Hund"]
        >>> tokenizers = TokenizerPair.of(Tokenizer.train(lines, vocabulary_size=300), languages=("en", "de"))
        >>> settings = ModelSettings(vocabulary_size=300, cell="gru")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "model"
        ...     ModelFolder.write(path, {"one": np.ones(3, np.float32)}, tokenizers, settings)
        ...     opened = ModelFolder.open(path)
        >>> opened.settings.cell, opened.exported, sorted(opened.metadata["files"])
        ('gru', False, ['model.safetensors', 'tokenizer.model'])
    """

    path: Path
    metadata: dict[str, Any]
    settings: ModelSettings

    @classmethod
    def open(cls, path: Path) -> "ModelFolder":
        """Reads the metadata and checks every file against them; nothing that is in the folder is trusted.

        Args:
            path: The model folder.

        Raises:
            UserError: The folder is missing or is no model folder, has a newer format or a wrong value in its metadata,
                describes a model that this program does not know, or a file of it is missing, changed, too large or no
                regular file.
        """
        metadata, settings = read_metadata(path)
        check_files(path, metadata["files"], settings)
        return cls(path, metadata, settings)

    @classmethod
    def write(
        cls,
        path: Path,
        weights: Weights,
        tokenizers: TokenizerPair,
        settings: ModelSettings,
        *,
        decoding: Mapping[str, Any] | None = None,
        scores: Mapping[str, Any] | None = None,
    ) -> None:
        """Writes a new model folder, whole or not at all.

        Args:
            path: The folder to write; what stood there is replaced.
            weights: All arrays of the model by name.
            tokenizers: The tokenizers of both sides with their languages.
            settings: Shape of the model.
            decoding: Defaults for translating: the `decoding` section of the config.
            scores: What is known of the model's quality, by name.

        Raises:
            UserError: The folder cannot be written.
        """
        with new_folder(path) as part:
            write_arrays(part / WEIGHTS, weights)
            # Tokenizers that were learnt apart stay apart, even if both became the same.
            names = tokenizer_names(joint=tokenizers.source.tokenizer is tokenizers.target.tokenizer)
            for side, of_side in (("source", tokenizers.source), ("target", tokenizers.target)):
                (part / names[side]).write_bytes(of_side.tokenizer.model)
            _write_metadata(
                part,
                {
                    "format": FORMAT,
                    "program": _PROGRAM,
                    "source_language": tokenizers.source.language,
                    "target_language": tokenizers.target.language,
                    "tokenizers": names,
                    "vocabulary_size": settings.vocabulary_size,
                    "source_vocabulary_size": settings.source_tokens,
                    "model": settings.to_mapping(),
                    "decoding": dict(decoding or {}),
                    "scores": dict(scores or {}),
                    "files": _checksums(part, sorted({WEIGHTS, *names.values()})),
                },
            )

    def write_with_weights(self, path: Path, weights: Weights, origins: list[str]) -> None:
        """Writes a new model folder that differs from this one in its weights, and so in its scores.

        Args:
            path: The folder to write; what stood there is replaced.
            weights: All arrays of the model by name.
            origins: Names of the models that the weights are the mean of.

        Raises:
            UserError: The folder cannot be written.
        """
        with new_folder(path) as part:
            write_arrays(part / WEIGHTS, weights)
            for name in self.tokenizer_files:
                shutil.copyfile(self.path / name, part / name)
            changes = {
                "program": _PROGRAM,
                "scores": {},
                "averaged": origins,
                "files": _checksums(part, [*self.tokenizer_files, WEIGHTS]),
            }
            _write_metadata(part, {key: self.metadata[key] for key in self.metadata if key != "onnx"} | changes)

    def write_exported(self, path: Path, graphs: Path, quantize: str, requirements: str) -> None:
        """Writes a new model folder that translates with graphs, without this one's weights.

        Args:
            path: The folder to write.
            graphs: A folder with the graphs and the file of their weights, which may be a link.
            quantize: How the graphs hold their weights, for the metadata.
            requirements: Content of the folder's requirements.txt.

        Raises:
            UserError: The folder cannot be written.
        """
        with new_folder(path) as part:
            kept = [name for name in self.metadata["files"] if name not in (*_GRAPH_FILES, WEIGHTS)]
            made = [file.name for file in graphs.iterdir()]
            for file in [*(self.path / name for name in kept), *(graphs / name for name in made)]:
                shutil.copyfile(file.resolve(), part / file.name)
            (part / "requirements.txt").write_text(requirements, "utf-8")
            _write_metadata(part, self._exported_metadata(_checksums(part, [*kept, *made]), quantize))

    def add_graphs(self, graphs: Path, quantize: str) -> None:
        """Puts graphs into this folder; whenever it is interrupted, the folder is whole.

        Args:
            graphs: A folder with the graphs and the file of their weights; a link stands for a file of this folder.
            quantize: How the graphs hold their weights, for the metadata.

        Raises:
            UserError: The folder cannot be written.
        """
        kept = {name: checksum for name, checksum in self.metadata["files"].items() if name not in _GRAPH_FILES}
        made = [file.name for file in graphs.iterdir() if not file.is_symlink()]
        with write_errors(self.path):
            if kept != self.metadata["files"]:  # while graphs are replaced, the metadata name none
                _write_metadata(self.path, {**self.metadata, "files": kept})
                for name in _GRAPH_FILES:
                    (self.path / name).unlink(missing_ok=True)
            for name in made:
                write_file(self.path / name, (graphs / name).read_bytes())
            _write_metadata(self.path, self._exported_metadata(kept | _checksums(graphs, made), quantize))

    def _exported_metadata(self, files: dict[str, str], quantize: str) -> dict[str, Any]:
        """The metadata of this model with graphs; `files` are names with checksums."""
        return {**self.metadata, "onnx": {"quantize": quantize}, "files": dict(sorted(files.items()))}

    def tokenizer(self, side: Literal["source", "target"] = "source") -> Tokenizer:
        """Loads the tokenizer of a side.

        Raises:
            UserError: The file is no SentencePiece model, or its pieces are not those of the model's tables.
        """
        name = self._tokenizer_names[side]
        pieces = self.settings.source_tokens if side == "source" else self.settings.vocabulary_size
        return load_tokenizer(self.path, name, largest_size(name, self.settings), pieces)

    def tokenizers(self) -> TokenizerPair:
        """Loads the tokenizers of both sides with their languages."""
        names = self._tokenizer_names
        source = self.tokenizer("source")
        target = source if names["source"] == names["target"] else self.tokenizer("target")
        return TokenizerPair.of(source, target, (self.metadata["source_language"], self.metadata["target_language"]))

    @property
    def _tokenizer_names(self) -> dict[str, str]:
        # The first folders had one tokenizer and did not name it.
        names: dict[str, str] = self.metadata.get("tokenizers", tokenizer_names(joint=True))
        return names

    @property
    def tokenizer_files(self) -> list[str]:
        """Names of the tokenizers' files."""
        return sorted(name for name in self.metadata["files"] if name.endswith(".model"))

    @property
    def exported(self) -> bool:
        """Whether there are ONNX graphs to translate with."""
        return {ENCODER, STEP} <= self.metadata["files"].keys()

    def weights(self) -> Weights:
        """Loads all arrays by name.

        Raises:
            UserError: The folder was exported without them, or they are not those of the model that it describes.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        if WEIGHTS not in self.metadata["files"]:
            raise UserError(f"{self.path} holds no {WEIGHTS}: give the model folder that it was exported from")
        self.check_tensors(WEIGHTS)
        try:
            return load_file(self.path / WEIGHTS)
        except (SafetensorError, OSError) as error:
            raise UserError(f"{self.path / WEIGHTS} is damaged: copy the model folder again") from error

    def check_tensors(self, name: str) -> dict[str, Tensor]:
        """Checks a file of tensors by its header and its values, without loading it.

        Args:
            name: `WEIGHTS`, whose tensors must be those of the model, or `INT8`.

        Returns:
            What the file holds.

        Raises:
            UserError: The file is damaged, its tensors are not those of the model, or a value is no number.
        """
        tensors = read_header(self.path, name, largest_size(name, self.settings))
        if name == WEIGHTS:
            check_weights(tensors, weight_shapes(self.settings), str(self.path))
        check_values(self.path / name, tensors)
        return tensors

    def check_graphs(self) -> None:
        """Checks the graphs of an exported model and the file of their weights, without running anything.

        Raises:
            UserError: A graph is damaged, has something that no export writes, or does not fit the model.
        """
        from seq2seq.model_folder.graph_checks import check_graphs

        location = INT8 if INT8 in self.metadata["files"] else WEIGHTS
        if location not in self.metadata["files"]:
            raise UserError(f"{self.path} holds graphs without their weights: export the model again")
        tensors = self.check_tensors(location)
        contents = {name: read_inside(self.path, name, largest_size(name, self.settings)) for name in (ENCODER, STEP)}
        check_graphs(self.path, contents, self.settings, location, tensors)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes named arrays as safetensors.

    Raises:
        OSError: The file cannot be written.
    """
    from safetensors.numpy import save

    # Not `save_file`: what it raises on a full disk is no OSError.
    # Nor may an array be a transposed view: its bytes would be written in the wrong order.
    path.write_bytes(save({name: np.asarray(array, order="C") for name, array in arrays.items()}))


def _checksums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    return {name: sha256(folder / name) for name in names}


def _write_metadata(folder: Path, metadata: Mapping[str, Any]) -> None:
    write_file(folder / METADATA, json.dumps(metadata, indent=2, ensure_ascii=False) + "\n")
