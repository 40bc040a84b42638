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
from seq2seq.files import new_folder, read_errors, sha256, write_errors, write_file
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.tokenization.tokenizer import Tokenizer, tokenizer_names
from seq2seq.version import __version__

FORMAT = 1
METADATA, WEIGHTS = "metadata.json", "model.safetensors"
ENCODER, STEP, INT8 = "encoder.onnx", "step.onnx", "int8.safetensors"
LARGEST_K = 16
"""The most tokens per row that the step graph of an exported model chooses itself."""
_GRAPH_FILES = (ENCODER, STEP, INT8)
_KEYS = {"source_language", "target_language", "vocabulary_size", "model", "decoding"}
_PROGRAM = f"seq2seq {__version__}"

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class ModelFolder:
    """A model folder whose files are there and are those that were written.

    Attributes:
        path: The folder.
        metadata: Content of its metadata.json.

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

    @classmethod
    def open(cls, path: Path) -> "ModelFolder":
        """Reads the metadata and checks every file against them.

        Args:
            path: The model folder.

        Raises:
            UserError: The folder is missing or is no model folder, has a newer format, or a file of it is missing or
                changed.
        """
        file = path / METADATA
        with read_errors(str(path)):
            if not file.is_file():
                problem = "does not exist" if not path.exists() else f"holds no {METADATA}"
                raise UserError(f"{path} {problem}: give a model folder, such as the 'model' in a run's folder")
            content = file.read_bytes()
        try:
            metadata = json.loads(content)
            version = metadata["format"]
            newer = version > FORMAT
            # Nothing else is known of a newer format.
            files = {} if newer else dict(metadata["files"])
            if not newer and not metadata.keys() >= _KEYS:
                raise KeyError(*_KEYS - metadata.keys())
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{file} is damaged: copy the model folder again from where it was made") from error
        if newer:
            raise UserError(f"{path} has format {version}, which is newer than this program's {FORMAT}: update seq2seq")
        for name, checksum in files.items():
            file = path / name
            with read_errors(str(file)):
                if not file.is_file():
                    raise UserError(f"{path} lacks its file {name}: copy the model folder again")
                if sha256(file) != checksum:
                    raise UserError(f"{file} is not the file that {METADATA} describes: copy the model folder again")
        return cls(path, metadata)

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
        """Loads the tokenizer of a side."""
        return Tokenizer.load(self.path / self._tokenizer_names[side])

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
        """Loads all arrays by name.

        Raises:
            UserError: The folder was exported without them.
        """
        from safetensors.numpy import load_file

        if WEIGHTS not in self.metadata["files"]:
            raise UserError(f"{self.path} holds no {WEIGHTS}: give the model folder that it was exported from")
        return load_file(self.path / WEIGHTS)


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
