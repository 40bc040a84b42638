"""Reading the tables in `data/`: lines without comments, and the lexicon they make."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from .. import english
from ..german import Noun
from .tables import table

_GENDERS = {"der": "m", "die": "f", "das": "n", "pl": "p"}
_SHE, _HE = ("her", "ihr"), ("his", "sein")


@dataclass(frozen=True)
class Entry:
    """A noun of both languages, and what can be said of it.

    Attributes:
        english: Singular, or the plural of a noun that has no singular ("trousers").
        english_plural: Plural; empty where it is not used.
        german: Singular, gender and plural.
        adjective: Stem of an adjective that always stands with the German noun: "heiß" of "heiße Schokolade".
        classes: What it is, for the slots of acts and frames.
        mass: Whether English uses it without an article and without a plural ("bread").
        only_plural: Whether English has it in the plural only.
    """

    english: str
    english_plural: str
    german: Noun
    adjective: str
    classes: frozenset[str]
    mass: bool = False
    only_plural: bool = False

    @cached_property
    def key(self) -> str:
        """What tells it from others: "bank" is a Bank and a bench is one, too."""
        return f"{self.english}={self.german.singular}"

    @property
    def possessive(self) -> tuple[str, str]:
        """What is theirs: "his key", "seinen Schlüssel"."""
        return _SHE if "she" in self.classes else _HE


def _noun(text: str) -> tuple[Noun, str]:
    article, _, forms = text.partition(" ")
    singular, _, plural = forms.partition("/")
    adjective, _, noun = singular.rpartition("_")
    weak = noun.endswith("*")
    return Noun(noun.rstrip("*"), _GENDERS[article], "" if plural == "-" else plural, weak), adjective


def _entry(line: str, section: list[str]) -> Entry:
    words, _, extra = line.partition(" : ")
    left, _, right = words.rstrip(" :").partition(" = ")
    name, _, plural = left.strip().partition("/")
    noun, adjective = _noun(right.strip())
    mass, only_plural = name.endswith("%"), name.endswith("!")
    name = name.rstrip("%!")
    counted = not mass and not only_plural and bool(noun.plural)
    given = {*section, *extra.replace(":", " ").split()}
    if "relative" in given and not only_plural:  # one of the family: alone, as a man, as a woman
        given |= {"kin", *(["manly"] if "he" in given else []), *(["womanly"] if "she" in given else [])}
    classes = frozenset(given)
    return Entry(name, (plural or english.plural(name)) if counted else "", noun, adjective, classes, mass, only_plural)


def nouns() -> list[Entry]:
    """All nouns: the table of things, and the jobs of men and women."""
    found: list[Entry] = []
    section: list[str] = []
    for line in table("nouns"):
        if line.startswith("["):
            section = line.strip("[]").split()
        else:
            found.append(_entry(line, section))
    for line in table("jobs"):
        name, _, forms = line.partition(" = ")
        he, _, she = forms.partition(", ")
        found.append(_entry(f"{name}{'/policemen' if name == 'policeman' else ''} = der {he} : worker he", []))
        if name == "policeman":
            continue  # the policewoman has a name of her own in English
        plural = f"{she}nen" if she.endswith("in") else she.replace("schwester", "schwestern").replace("frau", "frauen")
        found.append(_entry(f"{name} = die {she}/{plural} : jobf she", []))
    return found


class Lexicon:
    """Nouns by class and by name, and the adjectives that fit them."""

    def __init__(self) -> None:
        self.entries = nouns()
        self._groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            # A job's plain name is the man's; the woman's is drawn by its class only.
            for name in {*entry.classes, *([] if "jobf" in entry.classes else [entry.english])}:
                self._groups[name].append(entry)
        self._adjectives = [self._adjective(line) for line in table("adjectives")]
        self.lists = dict(map(_items, table("lists")))

    @staticmethod
    def _adjective(line: str) -> tuple[str, str, frozenset[str], frozenset[str]]:
        words, _, classes = line.partition(" : ")
        left, _, right = words.rstrip(" :").partition(" = ")
        after = frozenset(name[1:] for name in classes.split() if name.startswith("-"))
        return left, right, frozenset(name for name in classes.split() if not name.startswith("-")), after

    def group(self, alternatives: str) -> list[Entry]:
        """The nouns of any of several classes or names, parted by strokes.

        Raises:
            KeyError: there is no such class or noun.
        """
        found: dict[int, Entry] = {}
        for name in alternatives.split("|"):
            if name not in self._groups:
                raise KeyError(f"no noun and no class of nouns is called {name!r}")
            found.update((id(entry), entry) for entry in self._groups[name])
        return list(found.values())

    def adjectives(self, entry: Entry, predicative: bool) -> list[tuple[str, str]]:
        """English and German stems that fit a noun; some only after "is"."""
        marks = {*entry.classes, entry.english}
        return [
            (left, right)
            for left, right, before, after in self._adjectives
            if marks & before or (predicative and marks & after)
        ]


def _items(line: str) -> tuple[str, list[tuple[str, ...]]]:
    name, _, rest = line.partition(":")
    items: list[tuple[str, ...]] = []
    for item in rest.split(";"):
        left, _, right = item.partition("=")
        forms = tuple(form.strip() for form in (right or left).split("|"))
        items.append((left.strip(), *forms))
    return name.strip(), items


def acts_table() -> list[list[str]]:
    return [[column.strip() for column in line.split("|")] for line in _unbraced("acts")]


def _unbraced(name: str) -> list[str]:
    """Strokes inside braces part alternatives, not columns: they become commas there."""
    result = []
    for line in table(name):
        depth, text = 0, ""
        for mark in line:
            depth += {"{": 1, "}": -1}.get(mark, 0)
            text += "," if mark == "|" and depth else mark
        result.append(text)
    return result


def pairs_table(name: str) -> list[tuple[str, str]]:
    """English and German templates, or fixed sentences."""
    rows = []
    for line in _unbraced(name):
        left, stroke, right = line.partition(" | ")
        if not stroke:
            raise ValueError(f"{name}.txt: no German in {line!r}")
        rows.append((left.strip(), right.strip()))
    return rows
