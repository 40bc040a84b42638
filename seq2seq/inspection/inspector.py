"""A model that is opened for inspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seq2seq.errors import UserError
from seq2seq.inspection.ablation import INTACT, Ablations
from seq2seq.inspection.inspection import TextSide
from seq2seq.inspection.network import Network
from seq2seq.inspection.recording import record
from seq2seq.inspection.records import Record
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.tokenization.words import spaced
from seq2seq.translation.options import DecodingOptions


class Inspector:
    """A model that is opened once and inspected with many sentences.

    Attributes:
        folder: The model folder.
        weights: Its arrays by name.
        settings: The model's shape.
        engine: The network as `seq2seq.engines.keras_engine.KerasEngine`.
        tokenizer: Tokenizer of the source.
        target_tokenizer: Tokenizer of the target.

    Example:
        >>> inspector = Inspector.load("runs/quickstart/model")  # doctest: +SKIP
        >>> inspector.source("Where is the station?").pieces  # doctest: +SKIP
        ['▁Where', '▁is', '▁the', '▁station', '?', '</s>']
    """

    def __init__(self, folder: ModelFolder) -> None:
        """Loads the network.

        Raises:
            UserError: The folder has no weights, or they do not fit its metadata.
        """
        from seq2seq.engines.keras_engine import KerasEngine

        self.folder = folder
        self.weights = folder.weights()
        self.settings = folder.settings
        self.engine = KerasEngine.load(folder)
        self.tokenizer, self.target_tokenizer = folder.tokenizer("source"), folder.tokenizer("target")

    @classmethod
    def load(cls, path: str | Path) -> Inspector:
        """Opens a model folder."""
        return cls(ModelFolder.open(Path(path)))

    @classmethod
    def open(cls, model: str | Path | Inspector) -> Inspector:
        """Opens a model folder, unless the model is open already."""
        return model if isinstance(model, Inspector) else cls.load(model)

    @property
    def cell(self) -> str:
        """lstm, gru or rnn."""
        return self.settings.cell

    def source_side(self, text: str) -> TextSide:
        """The tokens of a source text, EOS last."""
        return self._side(self.tokenizer, "source_language", text)

    def source(self, text: str, max_tokens: int | None = None) -> TextSide:
        """The tokens of a sentence to inspect.

        Args:
            text: The sentence.
            max_tokens: The largest number of tokens it may have, EOS counted.

        Raises:
            UserError: The sentence has no tokens, or more than `max_tokens`.
        """
        side = self.source_side(text)
        if len(side.ids) == 1:
            raise UserError("the sentence has nothing in it that the tokenizer keeps: give one with at least a word")
        if max_tokens is not None and len(side.ids) > max_tokens:
            raise UserError(
                f"the sentence has {len(side.ids) - 1} pieces, more than the {max_tokens - 1} that the model "
                "translates at once: give a shorter one"
            )
        return side

    def target(self, text: str) -> TextSide:
        """The tokens of a translation, EOS last."""
        return self._side(self.target_tokenizer, "target_language", text)

    def reference(self, text: str) -> TextSide:
        """The tokens of a reference translation.

        Raises:
            UserError: The reference has no tokens.
        """
        side = self.target(text)
        if len(side.ids) == 1:
            raise UserError("the reference has nothing in it that the tokenizer keeps: give one, or leave it out")
        return side

    def output(self, tokens: Sequence[int]) -> TextSide:
        """A translation from the tokens that a search generated, which do not include EOS."""
        ids = [*tokens, EOS]
        text = self.target_tokenizer.decode(tokens)
        return TextSide(text, ids, self.target_tokenizer.pieces(ids), spaced(self.folder.metadata["target_language"]))

    def record(self, source: TextSide, target: TextSide, ablations: Ablations = INTACT) -> Record:
        """Records the network while it is fed a source and a target, see `seq2seq.inspection.recording`."""
        return record(self.weights, self.settings, source.ids, target.ids, ablations.holds)

    def network(self, ablations: Ablations) -> Network:
        """The network in readable NumPy, with parts of it held."""
        return Network(self.weights, self.settings, ablations.holds)

    def decoding(self, options: Mapping[str, Any]) -> DecodingOptions:
        """The model's own decoding options, with `options` in place of them."""
        return DecodingOptions.of_model(self.folder.metadata["decoding"]).with_(**options)

    def _side(self, tokenizer: Tokenizer, language: str, text: str) -> TextSide:
        ids = [*tokenizer.encode([text])[0], EOS]
        return TextSide(text, ids, tokenizer.pieces(ids), spaced(self.folder.metadata[language]))
