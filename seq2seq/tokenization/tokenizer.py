"""Text to piece ids and back: SentencePiece (Kudo and Richardson, 2018) with byte fallback.

Ids 0 to 3 are padding, unknown, begin and end of sentence. Byte fallback spells a character that the vocabulary
lacks in its UTF-8 bytes, so that no input is unknown.
"""

import functools
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import sentencepiece

from seq2seq.errors import UserError
from seq2seq.tokenization.ids import BOS, EOS, PAD, UNK
from seq2seq.tokenization.subword_sampling import SubwordSampler


def tokenizer_names(joint: bool) -> dict[str, str]:
    """The file of each side's tokenizer in run and model folders."""
    if joint:
        return {"source": "tokenizer.model", "target": "tokenizer.model"}
    return {"source": "source.model", "target": "target.model"}


class Tokenizer:
    """A trained SentencePiece model."""

    def __init__(self, model: bytes) -> None:
        """Takes the content of a SentencePiece model file."""
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Reads a SentencePiece model file.

        Raises:
            UserError: the file is missing or is not a SentencePiece model.
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
        normalization: str = "nmt_nfkc",
    ) -> "Tokenizer":
        """Learns a vocabulary from text.

        A text too small for `vocabulary_size` pieces gives as many as it can: `len()` tells how many.

        Args:
            lines: training text, one sentence each; gone over twice where the vocabulary has to be smaller.
            vocabulary_size: pieces, the four special ones and the 256 bytes included.
            type: "bpe" (Sennrich et al., 2016) or "unigram" (Kudo, 2018).
            character_coverage: share of the text's characters that become pieces of their own.
            normalization: a normalization rule of SentencePiece.

        Raises:
            UserError: the text has no characters, or `vocabulary_size` is below what they need.
        """
        text = list(lines) if isinstance(lines, Iterator) else lines
        for _ in range(2):
            model = io.BytesIO()
            try:
                sentencepiece.SentencePieceTrainer.train(
                    # Not a file: its name, a temporary one, would become part of the model.
                    sentence_iterator=iter(text),
                    model_writer=model,
                    vocab_size=vocabulary_size,
                    model_type=type,
                    byte_fallback=True,
                    character_coverage=character_coverage,
                    normalization_rule_name=normalization,
                    pad_id=PAD,
                    unk_id=UNK,
                    bos_id=BOS,
                    eos_id=EOS,
                    # The result of the unigram trainer's sums must not depend on the machine.
                    num_threads=2,
                    max_sentence_length=65536,
                    minloglevel=2,
                )
                return cls(model.getvalue())
            except RuntimeError as error:
                vocabulary_size = _smaller(error, vocabulary_size)
        raise AssertionError("SentencePiece refused the vocabulary size that it had asked for")

    def __len__(self) -> int:
        """Number of pieces."""
        return self._processor.get_piece_size()

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """The most probable pieces of each line, without begin and end ids; of a line without any, []."""
        return self._processor.encode(list(lines))

    def sample(self, lines: Sequence[str], alpha: float, seed: int) -> list[list[int]]:
        """Randomly segmented lines (BPE dropout: Provilkov et al., 2020; unigram sampling: Kudo, 2018).

        The same lines, `alpha` and `seed` give the same pieces, in every process.
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
        """Text of piece ids. A newline, which the bytes 0x0A could spell, becomes a space: one line stays one."""
        return self._processor.decode([int(i) for i in ids]).replace("\n", " ")

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """The pieces' own spelling, U+2581 for a space."""
        return [self._processor.id_to_piece(int(i)) for i in ids]

    def surfaces(self) -> list[bytes]:
        """The UTF-8 bytes that each piece adds to a text: a space before a word, nothing for special pieces."""
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

    def same_as(self, other: "Tokenizer") -> bool:
        """Whether the other cuts text into the same pieces with the same ids (its file may differ all the same)."""

        def content(tokenizer: Tokenizer) -> list[tuple[str, float]]:
            processor = tokenizer._processor
            return [(processor.id_to_piece(i), processor.get_score(i)) for i in range(len(tokenizer))]

        return self.model == other.model or content(self) == content(other)


def _smaller(error: RuntimeError, asked: int) -> int:
    """The largest vocabulary that SentencePiece says it can make."""
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
