"""The same sentence as people type it: contracted, in lower case, without its full stop, after a greeting.

Only the English changes; the German stays as it is to be written.
"""

from __future__ import annotations

import re
from random import Random

from ..pairs import Pair

_CONTRACTIONS = (
    (r"\b(I) am (?!\.)", r"\1'm "), (r"\b([Ww]e|[Yy]ou|[Tt]hey) are (?=\w)", r"\1're "),
    (r"\b([Hh]e|[Ss]he|[Ii]t|[Tt]hat|[Ww]here|[Ww]hat|[Ww]ho) is (?=\w)", r"\1's "),
    (r"(^|[!.?,] )([Tt]here) is (?=\w)", r"\1\2's "),
    (r"\b(do|does|did|is|was|could|would|should|have|has|are|were|Do|Does|Did|must) not\b", r"\1n't"),
    (r"\bcannot\b", "can't"), (r"\bwill not\b", "won't"), (r"\b(I|[Ww]e|[Yy]ou|[Hh]e|[Ss]he|[Tt]hey) will\b", r"\1'll"),
    (r"\b(I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey) would like\b", r"\1'd like"),
    (r"(^|[.!,] )(I|[Ww]e|[Yy]ou|[Tt]hey) have "
     r"(?=(?:already|not|never|been|seen|lost|found|known|lived|left|got|broken|hurt)\b)",
     r"\1\2've "),
)  # fmt: skip
_OPENERS = (
    ("Hello!", "Hallo!"), ("Hello,", "Hallo,"), ("Excuse me,", "Entschuldigung,"), ("Sorry,", "Entschuldigung,"),
    ("Good morning!", "Guten Morgen!"), ("Good evening!", "Guten Abend!"), ("Hi!", "Hallo!"),
    ("Yes,", "Ja,"), ("No,", "Nein,"),
    ("Oh,", "Oh,"), ("OK,", "Gut,"), ("Thank you.", "Danke."), ("Good afternoon,", "Guten Tag,"), ("Well,", "Nun,"),
)  # fmt: skip
# Words that are written small after a comma in either language: everything else begins a new sentence.
_SMALL = frozenset(
    [
        "where",
        "how",
        "what",
        "is",
        "are",
        "the",
        "my",
        "our",
        "we",
        "he",
        "they",
        "it",
        "there",
        "this",
        "that",
        "can",
        "could",
        "do",
        "did",
        "have",
        "has",
        "please",
        "would",
        "when",
        "why",
        "who",
        "may",
        "a",
        "an",
        "two",
        "some",
        "does",
        "will",
        "these",
    ]
)
_KLEIN = frozenset(
    [
        "wo",
        "wie",
        "wann",
        "was",
        "ist",
        "sind",
        "haben",
        "können",
        "könnten",
        "ich",
        "wir",
        "das",
        "der",
        "die",
        "den",
        "dem",
        "es",
        "mein",
        "meine",
        "meinen",
        "unser",
        "unsere",
        "er",
        "kann",
        "darf",
        "dürfen",
        "müssen",
        "muss",
        "mögen",
        "möchten",
        "warum",
        "wer",
        "hat",
        "welche",
        "welcher",
        "gibt",
        "ein",
        "eine",
        "einen",
        "diese",
        "dieser",
        "dieses",
        "bitte",
        "zwei",
        "sollen",
        "soll",
        "hier",
        "da",
    ]
)


def need(text: str, rng: Random) -> str:
    """I have to, I need to."""
    if rng.random() < 0.3:
        for pattern, other in ((r"\b(do|does|did) not have to\b", r"\1 not need to"), (r"\bhave to\b", "need to"),
                               (r"\bhas to\b", "needs to")):  # fmt: skip
            text = re.sub(pattern, other, text)
    return text


def contracted(text: str, rng: Random, share: float = 0.5) -> str:
    """Half of what can be contracted: I am, I'm."""
    if rng.random() > share:
        return text
    for pattern, short in _CONTRACTIONS:
        text = re.sub(pattern, short, text)
    return text


def plain(text: str) -> str:
    """What two ways of typing one sentence have in common."""
    text = text.lower()
    for pattern, short in _CONTRACTIONS:
        text = re.sub(pattern, short, text, flags=re.IGNORECASE)
    # 5.25 is not 525.
    return re.sub(r"(?<!\d)[^\w' :-]|[^\w' :-](?!\d)", "", text).strip()


def careless(text: str, rng: Random) -> str:
    """In lower case, without the last mark, or both."""
    style = rng.randrange(4)
    if style < 3:
        text = text.rstrip(".?!")
    return text if style == 0 else text.lower()


def opened(pair: Pair, rng: Random) -> Pair:
    """After a greeting, or after yes and no."""
    question = pair.english.endswith("?")
    first, erstes = pair.english.split(" ")[0], pair.german.split(" ")[0]
    joined = (first.lower() in _SMALL or first == "I" or first.startswith("I'")) and erstes.lower() in _KLEIN
    openers = [(left, right) for left, right in _OPENERS
               if (joined or not left.endswith(",")) and not (question and left in ("Yes,", "No,"))]  # fmt: skip
    left, right = rng.choice(openers)
    text, gesagt = pair.english, pair.german
    if left.endswith(","):
        text = text if first[0] == "I" and first not in ("Is", "It", "It's") else text[0].lower() + text[1:]
        gesagt = gesagt[0].lower() + gesagt[1:]
    return Pair(f"{left} {text}", f"{right} {gesagt}")
