"""The tokenizers of a translation's two sides as one value: joint or not, with each side's language."""

from __future__ import annotations

from dataclasses import dataclass

from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.tokenization.words import spaced


@dataclass(frozen=True)
class Side:
    """One side of a translation.

    Attributes:
        tokenizer: Turns text of this side into ids and back.
        language: Code of the language, such as "de" or "zh-CN"; None if it is not known.
        tag: Room for a token that marks every line of this side, such as a target language's in a multilingual model;
            "" for none. Nothing reads it yet: there are no multilingual models so far.
    """

    tokenizer: Tokenizer
    language: str | None = None
    tag: str = ""

    @property
    def spaces(self) -> bool:
        """Whether the language writes spaces between words; if not, every token counts as a word."""
        return spaced(self.language)

    @property
    def separator(self) -> str:
        """What stands between two segments of a line."""
        return " " if self.spaces else ""


@dataclass(frozen=True)
class TokenizerPair:
    """The tokenizers of source and target.

    Attributes:
        source: The side that is translated.
        target: The side that translations are in.

    Example:
        >>> from seq2seq.tokenization.tokenizer import Tokenizer
        >>> lines = ["the cat sits", "die Katze sitzt", "a dog", "ein Hund"]
        >>> pair = TokenizerPair.of(Tokenizer.train(lines, vocabulary_size=300), languages=("en", "de"))
        >>> pair.joint, pair.target.language
        (True, 'de')
    """

    source: Side
    target: Side

    @classmethod
    def of(
        cls, source: Tokenizer, target: Tokenizer | None = None, languages: tuple[str | None, str | None] = (None, None)
    ) -> TokenizerPair:
        """Makes a pair from the tokenizers of both sides.

        Args:
            source: Tokenizer of the source.
            target: Tokenizer of the target; None if it is the source's.
            languages: Codes of the source and of the target language.
        """
        return cls(Side(source, languages[0]), Side(target or source, languages[1]))

    @property
    def joint(self) -> bool:
        """Whether both sides share one vocabulary."""
        return self.source.tokenizer is self.target.tokenizer or (
            self.source.tokenizer.model == self.target.tokenizer.model
        )

    def same_as(self, other: TokenizerPair) -> bool:
        """Whether the other pair cuts text into the same tokens with the same ids on both sides."""
        return self.source.tokenizer.same_as(other.source.tokenizer) and self.target.tokenizer.same_as(
            other.target.tokenizer
        )
