"""A model that is opened for inspection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.inspection.inspection import TextSide
from seq2seq.inspection.recording import record
from seq2seq.inspection.records import Record
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.tokenization.words import spaced
from seq2seq.translation.options import Decoding


class Inspector:
    """A model that is opened once and can be looked into often."""

    def __init__(self, folder: ModelFolder) -> None:
        """Loads the network.

        Raises:
            UserError: the folder has no weights, or they do not fit its metadata.
        """
        from seq2seq.engines.keras_engine import KerasEngine

        self.folder = folder
        self.weights = folder.weights()
        self.settings = folder.model_settings
        self.engine = KerasEngine.load(folder)
        self.tokenizer, self.target_tokenizer = folder.tokenizer("source"), folder.tokenizer("target")

    @classmethod
    def load(cls, path: str | Path) -> Inspector:
        """Opens a model folder."""
        return cls(ModelFolder.open(Path(path)))

    @property
    def cell(self) -> str:
        """lstm, gru or rnn."""
        return str(self.settings.get("cell", "lstm"))

    def side(self, tokenizer: Tokenizer, language: str, text: str) -> TextSide:
        """A text's pieces, EOS last; `language` names the key of the metadata."""
        ids = [*tokenizer.encode([text])[0], EOS]
        return TextSide(text, ids, tokenizer.pieces(ids), spaced(self.folder.metadata[language]))

    def source(self, text: str, most: int | None = None) -> TextSide:
        """The pieces of a sentence.

        Raises:
            UserError: it has none, or more than `most`.
        """
        side = self.side(self.tokenizer, "source_language", text)
        if len(side.ids) == 1:
            raise UserError("the sentence has nothing in it that the tokenizer keeps: give one with at least a word")
        if most is not None and len(side.ids) > most:
            raise UserError(
                f"the sentence has {len(side.ids) - 1} pieces, more than the {most - 1} that the model translates at "
                "once: give a shorter one"
            )
        return side

    def target(self, text: str) -> TextSide:
        """The pieces of a translation."""
        return self.side(self.target_tokenizer, "target_language", text)

    def walk(self, source: TextSide, target: TextSide) -> Record:
        """A recording, see `seq2seq.inspection.recording`."""
        return record(self.weights, self.settings, source.ids, target.ids)

    def decoding(self, options: Mapping[str, Any]) -> Decoding:
        """The model's defaults, and `options` over them."""
        return Decoding.of(Decoding.known(self.folder.metadata["decoding"]) | dict(options))
