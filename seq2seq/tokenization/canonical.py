"""Unicode's canonical composition (NFC) as a normalization rule of SentencePiece, which has none of its own.

SentencePiece's compatibility rules (nmt_nfkc, nfkc) replace characters by others that mean something else: ½ becomes
1⁄2, x² becomes x2, ™ becomes TM, the Thai ำ falls apart, and the joiners that Persian and Malayalam are spelt with
disappear. A model that is trained on such text can never write them. Canonical composition only chooses one of several
spellings that Unicode defines to be the same text: "e" with a combining accent becomes "é". (Marks that make up no
single character with their base stay in the order in which they stand.)
"""

import functools
import itertools
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

NFC = "nfc"
"""The name of this rule among SentencePiece's own."""
_HANGUL = range(0xAC00, 0xD7A4)
"""Syllables, whose decomposition is computed and stands in no table."""


def write_rules(path: Path) -> None:
    """Writes the rules as SentencePiece reads them: code points, tab, code points that replace them."""
    path.write_text("".join(f"{_code_points(old)}\t{_code_points(new)}\n" for old, new in _rules()), "ascii")


def name_rule(model: bytes) -> bytes:
    """A SentencePiece model that was trained with these rules, named after them instead of their temporary file.

    Without that, equal text would give files that differ.
    """
    from sentencepiece import sentencepiece_model_pb2  # and protobuf, which translating goes without

    proto = sentencepiece_model_pb2.ModelProto.FromString(model)  # type: ignore[attr-defined]
    proto.normalizer_spec.name = NFC
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    return bytes(proto.SerializeToString(deterministic=True))


@functools.cache
def _rules() -> list[tuple[str, str]]:
    """Each spelling that composes to one character of Unicode, and that character (or what it is canonically)."""
    rules: dict[str, str] = {}
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if unicodedata.decomposition(character).startswith("<"):
            continue  # a compatibility decomposition
        if unicodedata.decomposition(character) or number in _HANGUL:
            composed = unicodedata.normalize("NFC", character)
            rules |= {spelling: composed for spelling in _spellings(character) if spelling != composed}
    return sorted(rules.items())


def _spellings(character: str) -> Iterator[str]:
    """All ways to write a character by a base and marks in any order, some of them composed already."""
    yield character
    base, *marks = list(unicodedata.normalize("NFD", character))
    same = unicodedata.normalize("NFC", character)
    for order in itertools.permutations(marks):
        decomposed = "".join((base, *order))
        for length in range(1, len(decomposed) + 1):
            spelling = unicodedata.normalize("NFC", decomposed[:length]) + decomposed[length:]
            # Marks at the same place of a letter, such as two above it, are another letter in another order.
            if unicodedata.normalize("NFC", spelling) == same:
                yield spelling


def _code_points(text: str) -> str:
    return " ".join(f"{ord(character):X}" for character in text)
