"""The constraint lexica of a translator, made when words are first avoided or required and kept for further calls."""

from __future__ import annotations

import threading
from collections import OrderedDict

from seq2seq.errors import UserError
from seq2seq.search.constraint_lexicon import ConstraintLexicon, RequiredWord
from seq2seq.tokenization.pair import Side

CAPACITY = 8
"""Number of lexica that are kept. One grows with use, up to a few numbers for each of its states and each token."""

Words = tuple[str, ...]


class LexiconCache:
    """Keeps the lexica that were used last, for any number of threads."""

    def __init__(self, side: Side) -> None:
        """Takes the target side, whose tokens spell the words."""
        self._side = side
        self._lock = threading.Lock()
        self._lexica: OrderedDict[tuple[Words, Words], ConstraintLexicon] = OrderedDict()

    def get(self, avoid: Words, require: Words) -> ConstraintLexicon:
        """Finds or makes the lexicon of these words.

        Raises:
            UserError: The tokenizer keeps nothing of a word, or a required word contains one to avoid.
        """
        key = avoid, require
        with self._lock:
            if key not in self._lexica:
                self._lexica[key] = self._make(avoid, require)
            self._lexica.move_to_end(key)
            while len(self._lexica) > CAPACITY:
                self._lexica.popitem(last=False)
            return self._lexica[key]

    def _make(self, avoid: Words, require: Words) -> ConstraintLexicon:
        tokenizer = self._side.tokenizer
        encoded = {word: tokenizer.encode([word])[0] for word in (*avoid, *require)}
        # As the tokenizer normalizes them: no output could spell them otherwise.
        texts = {word: tokenizer.decode(ids) for word, ids in encoded.items()}
        for word, text in texts.items():
            if not text.strip():
                raise UserError(f"the tokenizer leaves nothing of '{word}': it can be neither avoided nor required")
        required = [RequiredWord(texts[word], encoded[word]) for word in require]
        try:
            return ConstraintLexicon(tokenizer.surfaces(), [texts[word] for word in avoid], required, self._side.spaces)
        except ValueError as error:
            raise UserError(f"{error}"[:-1] + ": no output can be both") from error
