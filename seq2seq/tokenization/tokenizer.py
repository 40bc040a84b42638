"""Text to token ids and back: SentencePiece (Kudo and Richardson, 2018) with byte fallback.

Ids 0 to 3 are padding, unknown, begin and end of sentence. Byte fallback spells a character that the vocabulary
lacks in its UTF-8 bytes, so that no input is unknown.
"""

import functools
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import sentencepiece

from seq2seq.errors import UserError
from seq2seq.tokenization import canonical
from seq2seq.tokenization.ids import BOS, EOS, PAD, UNK
from seq2seq.tokenization.subword_sampling import SubwordSampler


def tokenizer_names(joint: bool) -> dict[str, str]:
    """Names of the files that hold each side's tokenizer in run and model folders.

    Example:
        >>> tokenizer_names(joint=False)["target"]
        'target.model'
    """
    if joint:
        return {"source": "tokenizer.model", "target": "tokenizer.model"}
    return {"source": "source.model", "target": "target.model"}


class Tokenizer:
    """A trained SentencePiece model.

    Example:
        >>> tokenizer = Tokenizer.train(["the cat sits", "die Katze sitzt"] * 9, vocabulary_size=290)
        >>> (ids,) = tokenizer.encode(["the cat"])
        >>> tokenizer.decode(ids)
        'the cat'
    """

    def __init__(self, model: bytes) -> None:
        """Takes the content of a SentencePiece model file."""
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Reads a SentencePiece model file.

        Raises:
            UserError: The file is missing or is not a SentencePiece model.
        """
        try:
            return cls(path.read_bytes())
        except OSError as error:
            raise UserError(f"{path} cannot be read ({error.strerror}): the model folder is not whole") from error
        except RuntimeError as error:
            raise UserError(f"{path} is not a SentencePiece model: copy the model folder again") from error

    @classmethod
    def train(
        cls,
        lines: Iterable[str],
        *,
        vocabulary_size: int,
        type: str = "bpe",
        character_coverage: float = 0.9999,
        normalization: str = canonical.NFC,
    ) -> "Tokenizer":
        """Learns a vocabulary from text.

        A text too small for `vocabulary_size` pieces gives fewer; `len()` of the result is their number.

        Args:
            lines: Training text, one sentence each; it is read twice if the vocabulary has to be smaller.
            vocabulary_size: Number of pieces, the four special ones and the 256 bytes included.
            type: "bpe" (Sennrich et al., 2016) or "unigram" (Kudo, 2018).
            character_coverage: Share of the text's characters that become pieces of their own.
            normalization: Name of a normalization rule of SentencePiece, or "nfc" (see
                `seq2seq.tokenization.canonical`).

        Raises:
            UserError: The text has no characters, or `vocabulary_size` is below what they need.
        """
        text = list(lines) if isinstance(lines, Iterator) else lines
        for _ in range(2):
            try:
                return cls(_train(text, vocabulary_size, type, character_coverage, normalization))
            except RuntimeError as error:
                vocabulary_size = _smaller(error, vocabulary_size)
        raise AssertionError("SentencePiece refused the vocabulary size that it had asked for")

    def __len__(self) -> int:
        """Number of pieces."""
        return self._processor.get_piece_size()

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of the most probable pieces of each line, without begin and end; [] for a line without any piece."""
        return self._processor.encode(list(lines))

    def count(self, text: str) -> int:
        """Number of pieces of one text; much faster than `encode` for a single one, which starts threads."""
        return len(self._processor.encode(text))

    def sample(self, lines: Sequence[str], alpha: float, seed: int) -> list[list[int]]:
        """Segments lines at random (BPE dropout: Provilkov et al., 2020; unigram sampling: Kudo, 2018).

        The same lines, `alpha` and `seed` give the same pieces in every process.

        Args:
            lines: Lines of text.
            alpha: Strength of the sampling, see `SubwordSampler.sample`.
            seed: Random seed.

        Returns:
            Ids of the pieces of each line.
        """
        random = Random(seed)
        return [self._sampler.sample(self._processor.normalize(line), alpha, random) for line in lines]

    @functools.cached_property
    def _sampler(self) -> SubwordSampler:
        processor = self._processor
        normal: dict[str, tuple[int, float]] = {}
        byte_ids = []
        for i in range(len(self)):
            if processor.is_byte(i):
                byte_ids.append(i)
            elif not (processor.is_control(i) or processor.is_unknown(i) or processor.is_unused(i)):
                normal[processor.id_to_piece(i)] = i, processor.get_score(i)
        return SubwordSampler(normal, byte_ids)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids. A newline, which the byte 0x0A spells, becomes a space, so that one line stays one."""
        return self._processor.decode([int(i) for i in ids]).replace("\n", " ")

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """The spelling of ids, with U+2581 for a space."""
        return [self._processor.id_to_piece(int(i)) for i in ids]

    def surfaces(self) -> list[bytes]:
        """The UTF-8 bytes that each piece adds to a text: with a space before a word; none for special pieces."""
        processor = self._processor
        return [
            bytes([int(piece[3:5], 16)])
            if processor.is_byte(i)
            else b""
            if processor.is_control(i)
            else processor.decode([i]).encode()
            if processor.is_unknown(i)
            else piece.replace("\u2581", " ").encode()
            for i, piece in enumerate(self.pieces(range(len(self))))
        ]

    @functools.cached_property
    def characters(self) -> frozenset[str]:
        """The characters that are not spelt in bytes."""
        processor = self._processor
        return frozenset("".join(p for i, p in enumerate(self.pieces(range(len(self)))) if not processor.is_byte(i)))

    def same_as(self, other: "Tokenizer") -> bool:
        """Whether the other cuts text into the same pieces with the same ids; their files may differ all the same."""

        def content(tokenizer: Tokenizer) -> list[tuple[str, float]]:
            processor = tokenizer._processor
            return [(processor.id_to_piece(i), processor.get_score(i)) for i in range(len(tokenizer))]

        return self.model == other.model or content(self) == content(other)


def _smaller(error: RuntimeError, asked: int) -> int:
    """The largest vocabulary that SentencePiece can make, read from its error message."""
    if possible := re.search(r"set it to a value <= (\d+)", str(error)):
        return int(possible[1])
    if needed := re.search(r"smaller than required_chars\. \d+ vs (\d+)", str(error)):
        raise UserError(
            f"tokenizer.vocabulary_size {asked} is below the {needed[1]} pieces that bytes and characters alone "
            "need: raise it, or lower tokenizer.character_coverage"
        ) from error
    if re.search(r"sentences_\.empty|all_chars_count", str(error)):
        raise UserError("the training text has no characters to learn a vocabulary from") from error
    raise error


def _train(lines: Iterable[str], vocabulary_size: int, type: str, coverage: float, normalization: str) -> bytes:
    """The content of a new SentencePiece model file."""
    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        rule: dict[str, Any] = {"normalization_rule_name": normalization}
        if normalization == canonical.NFC:
            file = Path(folder) / "rules.tsv"
            canonical.write_rules(file)
            rule = {"normalization_rule_tsv": str(file)}
        sentencepiece.SentencePieceTrainer.train(
            # No file: its temporary name would become part of the model.
            sentence_iterator=iter(lines),
            model_writer=model,
            vocab_size=vocabulary_size,
            model_type=type,
            byte_fallback=True,
            character_coverage=coverage,
            pad_id=PAD,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
            # A fixed number: the unigram trainer's sums would depend on the machine's.
            num_threads=2,
            max_sentence_length=65536,
            minloglevel=2,
            **rule,
        )
    return canonical.name_rule(model.getvalue()) if normalization == canonical.NFC else model.getvalue()
