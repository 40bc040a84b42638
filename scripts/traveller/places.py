"""Where things are and whose company one keeps: adverbials that many scenes share."""

from __future__ import annotations

from random import Random

from . import lexicon
from .phrases import Phrase, Slot, own, the, words

_NEAR = (("next to", "neben"), ("opposite", "gegenüber"), ("behind", "hinter"), ("in front of", "vor"))


def near(name: str) -> Slot:
    """ "next to the old church": all of them take the dative."""
    inner = the(name)

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        preposition, german = rng.choice(_NEAR)
        thing = inner(rng, owner)
        if german == "gegenüber":
            return Phrase(f"{preposition} {thing}", f"gegenüber {thing:dat}")
        return Phrase(f"{preposition} {thing}", format(thing, f"{german}+dat"))

    return draw


def inside(name: str, nearby: float = 0.45, preposition: str = "in") -> Slot:
    """ "in the café next to the station"."""
    beside = near("near")
    inner = the(name)

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        room = inner(rng, owner)
        text, gesagt = f"{preposition} {room}", format(room, "in+dat")
        if rng.random() < nearby:
            extra = beside(rng, owner)
            text, gesagt = f"{text} {extra}", f"{gesagt} {extra:de}"
        return Phrase(text, gesagt)

    return draw


def companion(rng: Random, owner: Phrase | None) -> Phrase:
    """With someone of one's own: with my sister, with his friend from Berlin."""
    person = own("relative", plurals=0.15)(rng, owner)
    if rng.random() < 0.3:
        city = rng.choice(lexicon.CITIES)
        return Phrase(f"with {person} from {city[0]}", f"{person:mit+dat} aus {city[1]}")
    return Phrase(f"with {person}", format(person, "mit+dat"))


in_hotel = words(("at Hotel Adler", "im Hotel Adler"), ("at Hotel Krone", "im Hotel Krone"),
                 ("at Hotel Astoria", "im Hotel Astoria"))  # fmt: skip
at_reception = words(("at the reception", "an der Rezeption"))
at_counter = words(("at the reception", "an der Rezeption"), ("at the counter", "am Schalter"))
station = words(("at the station", "am Bahnhof"), ("at the airport", "am Flughafen"))
stop = words(("at the station", "am Bahnhof"), ("at the airport", "am Flughafen"), ("at the bus stop",
             "an der Haltestelle"))  # fmt: skip
eatery = inside("eatery")
venue = inside("venue")
store = inside("store")
