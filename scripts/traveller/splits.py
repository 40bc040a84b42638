"""From sentences to splits: distinct sources, length rules, and no word in a test that training seldom shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from . import lexicon
from .frames import FRAMES
from .pairs import Pair
from .relatives import TEMPLATES as RELATIVES
from .scenes import TEMPLATES

SIZES = {"train": 14500, "dev": 500, "test": 500, "test-long": 300}
LONGEST = 21  # words of a training sentence, on either side
STRETCH = 1.5  # test-long is at most so many times as long as that
REACH = 11  # words of one bracket at least, in test-long
SEEN = 8  # how often training shows every word of the other splits
_PUNCTUATION = ".,?!"
_REPEATABLE = {"Uhr", "Euro", "Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Viertel", "Zimmer", "Hotel"}

# How much of a draw comes from the scenes, the frames short and middling, and the long sentences.
_SCENES, _SHORT, _MIDDLE = 0.36, 0.62, 0.78


def words(line: str) -> list[str]:
    return [word.strip(_PUNCTUATION).lower() for word in line.split()]


_SINGULAR = {form: entry.noun.singular for entry in lexicon.ENTRIES for form in entry.noun.forms()}


def sensible(pair: Pair) -> bool:
    """Nobody says a name or noun twice in one sentence: the train is not met at the train."""
    nouns = [word.strip(_PUNCTUATION) for word in pair.german.split() if word[0].isupper()]
    counts = Counter(_SINGULAR.get(word, word) for word in nouns if word not in _REPEATABLE)
    return all(count == 1 for count in counts.values())


def reach(pair: Pair) -> int:
    """The words of the longest stretch of German without a comma: about the span of its widest bracket."""
    return max(len(stretch.split()) for stretch in pair.german.split(","))


def draw(rng: Random) -> Pair:
    share = rng.random()
    if share < _SCENES:
        return rng.choice(rng.choice(TEMPLATES))(rng)
    if share > 0.95:
        return rng.choice(RELATIVES)(rng)
    if share < _SHORT:
        rich, column = 0.0, 0
    elif share < _MIDDLE:
        rich, column = 0.5, 0
    else:
        rich, column = 0.9, 1
    shares = [(short, long)[column] for _, short, long in FRAMES]
    frame = rng.choices([frame for frame, _, _ in FRAMES], shares)[0]
    return frame(rng, rich)


def _long(pair: Pair) -> bool:
    return all(LONGEST < length <= int(LONGEST * STRETCH) for length in pair.lengths) and reach(pair) >= REACH


def _short(pair: Pair) -> bool:
    return all(length <= LONGEST for length in pair.lengths)


class Vocabulary:
    """How often training says each word, in either language."""

    def __init__(self, train: Sequence[Pair]) -> None:
        self.english = Counter(word for pair in train for word in words(pair.english))
        self.german = Counter(word for pair in train for word in words(pair.german))

    def covers(self, pair: Pair) -> bool:
        english = min(self.english[word] for word in words(pair.english))
        return min(english, *(self.german[word] for word in words(pair.german))) >= SEEN


def _collect(rng: Random) -> tuple[list[Pair], list[Pair]]:
    """Distinct sources, short enough for training or long enough for test-long."""
    known: dict[str, str] = {}
    usual: list[Pair] = []
    longer: list[Pair] = []
    wanted = SIZES["train"] + SIZES["dev"] + SIZES["test"] + 400
    while len(usual) < wanted or len(longer) < SIZES["test-long"] + 200:
        pair = draw(rng)
        if pair.english in known:
            if known[pair.english] != pair.german:
                raise ValueError(f"{pair.english!r}: both {known[pair.english]!r} and {pair.german!r}")
            continue
        known[pair.english] = pair.german
        if not sensible(pair):
            continue
        if _short(pair):
            usual.append(pair)
        elif _long(pair):
            longer.append(pair)
    return usual, longer


def _take(pool: Sequence[Pair], size: int, seen: Vocabulary) -> list[Pair]:
    chosen = [pair for pair in pool if seen.covers(pair)][:size]
    if len(chosen) < size:
        raise ValueError(f"only {len(chosen)} of {size} sentences are made of words that training shows")
    return chosen


def build(seed: int) -> dict[str, list[Pair]]:
    rng = Random(seed)
    usual, longer = _collect(rng)
    rng.shuffle(usual)
    train, rest = usual[: SIZES["train"]], usual[SIZES["train"] :]
    seen = Vocabulary(train)
    held_out = _take(rest, SIZES["dev"] + SIZES["test"], seen)
    return {"train": train, "dev": held_out[: SIZES["dev"]], "test": held_out[SIZES["dev"] :],
            "test-long": _take(longer, SIZES["test-long"], seen)}  # fmt: skip
