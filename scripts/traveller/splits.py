"""From sentences to splits: distinct sources, length rules, and no word in a test that training seldom shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from . import lexicon
from .everyday.templates import fixed
from .everyday.variants import careless, contracted, opened, plain
from .everyday.writer import CARELESS, Everyday
from .frames import FRAMES
from .open import written
from .pairs import Pair
from .relatives import TEMPLATES as RELATIVES
from .scenes import TEMPLATES

SIZES = {"train": 35000, "dev": 500, "test": 500, "test-long": 300}
GRAMMAR = 4000  # training sentences of the older grammar: long, few words
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
        """Whether every word was seen often enough; figures count as seen."""
        sides = ((self.english, pair.english), (self.german, pair.german))
        return all(seen[word] >= SEEN or any(map(str.isdigit, word)) for seen, line in sides for word in words(line))


def _letters(line: str) -> str:
    """The words without marks and capitals: "Hallo! Die Sonne" is "Hallo, die Sonne"."""
    return " ".join(words(line))


class Collection:
    """Distinct sources, each with one translation however it is typed; none of the open test."""

    def __init__(self, reserved: Sequence[Pair]) -> None:
        self._reserved = {plain(pair.english) for pair in reserved}
        self._german: dict[str, str] = {}
        self._known: set[str] = set()
        self._idioms: set[str] = set()

    def close_idioms(self) -> None:
        """What was admitted so far is right whatever a frame says."""
        self._idioms = set(self._german)

    def admits(self, pair: Pair) -> bool:
        """Whether a pair is new and may be used.

        Raises:
            ValueError: its source has another translation already.
        """
        key = plain(pair.english)
        if key in self._reserved:
            return False
        known = self._german.setdefault(key, pair.german)
        if _letters(known) != _letters(pair.german):
            if key in self._idioms:  # the fixed sentence knows better than a frame
                return False
            raise ValueError(f"{pair.english!r}: both {known!r} and {pair.german!r}")
        if pair.english in self._known:
            return False
        self._known.add(pair.english)
        return True


def _grammar(rng: Random, collection: Collection, wanted: int) -> tuple[list[Pair], list[Pair]]:
    """Sentences of the older grammar, short enough for training or long enough for test-long."""
    usual: list[Pair] = []
    longer: list[Pair] = []
    while len(usual) < wanted or len(longer) < SIZES["test-long"] + 200:
        pair = draw(rng)
        if not sensible(pair):
            continue
        if _short(pair):
            pair = Pair(contracted(pair.english, rng, 0.3), pair.german)
            if rng.random() < CARELESS:
                pair = Pair(careless(pair.english, rng), pair.german)
            if collection.admits(pair):
                usual.append(pair)
        elif _long(pair) and collection.admits(pair):
            longer.append(pair)
    return usual, longer


def _everyday(rng: Random, collection: Collection, wanted: int) -> list[Pair]:
    """Frames and acts in turn, with the variants of typing."""
    writer = Everyday(rng)
    found: list[Pair] = []
    while len(found) < wanted:
        pair = writer.sentence()
        if _short(pair) and collection.admits(pair):
            found.append(pair)
        else:
            writer.reject()
    return found


def _fixed(rng: Random, collection: Collection) -> list[Pair]:
    """The fixed sentences as they are and in variants, so that each is seen several times."""
    found = []
    for pair in fixed():
        ways = [
            pair,
            Pair(contracted(pair.english, rng, 1.0), pair.german),
            Pair(careless(pair.english, rng), pair.german),
        ]
        ways += [opened(pair, rng)] if len(pair.english.split()) > 2 else []
        found += [way for way in ways if collection.admits(way)]
    return found


def _take(pool: Sequence[Pair], size: int, seen: Vocabulary) -> list[Pair]:
    chosen = [pair for pair in pool if seen.covers(pair)][:size]
    if len(chosen) < size:
        raise ValueError(f"only {len(chosen)} of {size} sentences are made of words that training shows")
    return chosen


def build(seed: int) -> dict[str, list[Pair]]:
    """The splits.

    Raises:
        ValueError: a source has two translations, or training lacks words of the tests.
    """
    rng = Random(seed)
    open_test = written("open")
    collection = Collection(open_test)
    phrases = _fixed(rng, collection)
    collection.close_idioms()
    usual, longer = _grammar(rng, collection, GRAMMAR + 800)
    everyday = _everyday(rng, collection, SIZES["train"] - GRAMMAR - len(phrases) + 2000)
    generated = usual + everyday
    rng.shuffle(generated)
    size = SIZES["train"] - len(phrases)
    train, rest = generated[:size] + phrases, generated[size:]
    rng.shuffle(train)
    seen = Vocabulary(train)
    held_out = _take(rest, SIZES["dev"] + SIZES["test"], seen)
    return {"train": train, "dev": held_out[: SIZES["dev"]], "test": held_out[SIZES["dev"] :],
            "test-long": _take(longer, SIZES["test-long"], seen), "test-open": open_test}  # fmt: skip
