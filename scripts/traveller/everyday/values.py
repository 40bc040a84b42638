"""Numbers, prices, dates, names: what passes through or is written by rule."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .. import english, german, times
from ..phrases import Phrase
from .reading import Lexicon

Value = Callable[[Random], Phrase]
_ENGLISH_ONSETS = ("B", "Br", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "St", "T", "Tr", "V", "W", "Z")
_MIDDLES = ("a", "e", "i", "o", "u", "al", "an", "ar", "el", "en", "er", "il", "in", "on", "or", "un")
_ENDS = ("ba", "da", "den", "dik", "ga", "ker", "la", "len", "ling", "man", "mer", "na", "ner", "ra", "ro", "ser",
         "son", "ska", "ton", "va", "vic", "wick", "zi")  # fmt: skip


def _same(text: str) -> Phrase:
    return Phrase(text, text)


def invented_name(rng: Random) -> str:
    """A name nobody has: names have to pass through whatever they are."""
    return rng.choice(_ENGLISH_ONSETS) + rng.choice(_MIDDLES) + rng.choice(_ENDS)


def count(rng: Random) -> Phrase:
    n = rng.choice((2, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 12))
    return _same(str(n)) if rng.random() < 0.25 else Phrase(english.number(n), german.number(n))


def number(rng: Random) -> Phrase:
    n = rng.randint(2, 99)
    return _same(str(n)) if rng.random() < 0.6 else Phrase(english.number(n), german.number(n))


def hundreds(rng: Random) -> Phrase:
    return _same(str(rng.randint(100, 999)))


def grams(rng: Random) -> Phrase:
    n = rng.choice((100, 150, 200, 250, 300, 400, 500))
    if n % 100 == 0 and rng.random() < 0.5:
        return Phrase(f"{english.number(n // 100)} hundred", f"{german.number(n // 100).replace('eins', 'ein')}hundert")
    return _same(str(n))


def big(rng: Random) -> Phrase:
    n = rng.randint(2, 9)
    if rng.random() < 0.5:
        return Phrase(f"{english.number(n)} hundred", f"{german.number(n)}hundert")
    return rng.choice((Phrase("a hundred", "hundert"), Phrase("two thousand", "zweitausend"),
                       Phrase("a thousand", "tausend"), _same(str(rng.randint(2, 60) * 10))))  # fmt: skip


def price(rng: Random) -> Phrase:
    style = rng.randrange(6)
    n = rng.randint(2, 99)
    if style == 0:
        return Phrase(f"{english.number(n)} euros", f"{german.number(n)} Euro")
    if style == 1:
        return Phrase(f"{n} euros", f"{n} Euro")
    if style == 2:
        return Phrase(f"€{n}", f"{n} €")
    if style == 3:
        return Phrase(f"{n * 5 + 100} euros", f"{n * 5 + 100} Euro")
    cents = rng.choice(("10", "20", "50", "80", "90", "95", "99", "25", "75", "40", "60", "30"))
    return Phrase(f"{n}.{cents} euros", f"{n},{cents} Euro")


def cash(rng: Random) -> Phrase:
    n = rng.choice((20, 50, 100, 150, 200, 300, 500, 600, 800))
    if n == 100:
        return Phrase("a hundred euros", "hundert Euro")
    if n > 100 and n % 100 == 0 and rng.random() < 0.6:
        return Phrase(f"{english.number(n // 100)} hundred euros", f"{german.number(n // 100)}hundert Euro")
    return Phrase(f"{n} euros", f"{n} Euro")


def time(rng: Random) -> Phrase:
    moment = clock(rng)
    return Phrase(moment.english.removeprefix("at "), moment.case("nom").removeprefix("um "))


def clock(rng: Random) -> Phrase:
    draw = rng.random()
    if draw < 0.15:
        n = rng.randint(1, 12)
        return Phrase(f"at {english.number(n)}", f"um {german.number(n)}")
    if draw < 0.3:
        minutes = rng.choice((5, 10, 20))
        hour = rng.randint(1, 12)
        side = rng.choice((("past", "nach"), ("to", "vor")))
        text = f"{english.number(minutes)} {side[0]} {english.number(hour)}"
        return Phrase(f"at {text}", f"um {german.number(minutes)} {side[1]} {german.number(hour)}")
    if draw < 0.4:
        text = f"{rng.randint(7, 23)}:{rng.choice(('05', '10', '20', '35', '40', '55'))}"
        return Phrase(f"at {text}", f"um {text.replace(':', '.')} Uhr")
    if draw < 0.5:
        hour, half = rng.randint(1, 11), rng.choice(("am", "pm"))
        return Phrase(f"at {hour} {half}", f"um {hour + 12 * (half == 'pm')} Uhr")
    return times.anytime(rng, None)


def hour(rng: Random) -> Phrase:
    n = rng.randint(2, 12)
    return _same(str(n)) if rng.random() < 0.4 else Phrase(english.number(n), german.number(n))


def date(rng: Random) -> Phrase:
    """With the German ending of "am dritten Mai"."""
    day, month = rng.randint(1, 28), rng.choice(times.MONTHS)
    if rng.random() < 0.4:
        return Phrase(f"{day} {month[0]}", f"{day}. {month[1]}")
    return Phrase(f"the {english.ordinal(day)} of {month[0]}", f"{german.ordinal(day)}en {month[1]}")


def year(rng: Random) -> Phrase:
    return _same(str(rng.randint(1200, 2020)))


def phone(rng: Random) -> Phrase:
    digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(5, 8)))
    head = rng.choice(("0", "0", "+")) + "".join(rng.choice("123456789") for _ in range(rng.randint(2, 3)))
    return _same(rng.choice((f"{head} {digits}", f"{head}{digits}", digits, f"{digits[:3]}-{digits[3:]}")))


def four(rng: Random) -> Phrase:
    return _same(str(rng.randint(1000, 9999)))


def flight(rng: Random) -> Phrase:
    letters = "".join(rng.choice("ABEFGHKLMRSTUXZ") for _ in range(2))
    return _same(f"{letters}{rng.choice(('', ' '))}{rng.randint(10, 9999)}")


def gate(rng: Random) -> Phrase:
    return _same(f"{rng.choice('ABCD')}{rng.randint(1, 60)}")


def age(rng: Random) -> Phrase:
    n = rng.randint(2, 90)
    return _same(str(n)) if rng.random() < 0.3 else Phrase(english.number(n), german.number(n))


def lately(rng: Random) -> Phrase:
    return _same(str(rng.randint(1940, 2026)))


def height(rng: Random) -> Phrase:
    return _same(str(rng.randint(110, 199)))


def size(rng: Random) -> Phrase:
    n = rng.randint(34, 54)
    return _same(str(n)) if rng.random() < 0.7 else Phrase(english.number(n), german.number(n))


def young(rng: Random) -> Phrase:
    n = rng.randint(4, 17)
    return _same(str(n)) if rng.random() < 0.4 else Phrase(english.number(n), german.number(n))


def span(rng: Random) -> Phrase:
    """From one hour to a later one."""
    start = rng.randint(6, 10)
    end = start + rng.randint(2, 10)
    if end <= 12 and rng.random() < 0.6:
        return Phrase(
            f"{english.number(start)} to {english.number(end)}", f"{german.number(start)} bis {german.number(end)}"
        )
    return Phrase(f"{start} to {end}", f"{start} bis {end}")


NUMBERS: dict[str, Value] = {
    "count": count, "num": number, "num3": hundreds, "numa": grams, "numword": big, "price": price, "cash": cash,
    "time": time, "clock": clock, "hour": hour, "hourword": hour, "date": date, "year": year, "phone": phone,
    "num4": four, "flight": flight, "gate": gate, "age": age,
    "lately": lately, "height": height, "size": size, "young": young, "span": span,
}  # fmt: skip


class Names:
    """People's names: from the lists, and now and then invented."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._she = [item[0] for item in lexicon.lists["she_name"]]
        self._he = [item[0] for item in lexicon.lists["he_name"]]
        self._surnames = [item[0] for item in lexicon.lists["surname"]]

    def person(self, rng: Random) -> Phrase:
        """Somebody named by the first name, as the subject of a clause."""
        if rng.random() < 0.5:
            name = rng.choice(self._she)
            return Phrase(name, (name, name, name), "f", "er", ("her", "ihr"))
        name = rng.choice(self._he)
        return Phrase(name, (name, name, name), "m", "er", ("his", "sein"))

    def she(self, rng: Random) -> Phrase:
        return _same(rng.choice(self._she))

    def he(self, rng: Random) -> Phrase:
        return _same(rng.choice(self._he))

    def first(self, rng: Random) -> Phrase:
        return _same(rng.choice(self._she + self._he))

    def surname(self, rng: Random) -> Phrase:
        return _same(invented_name(rng) if rng.random() < 0.25 else rng.choice(self._surnames))

    def full(self, rng: Random) -> Phrase:
        return _same(f"{self.first(rng).english} {self.surname(rng).english}")

    def title(self, rng: Random) -> Phrase:
        """Mr and Mrs: Herr is weak."""
        name = self.surname(rng).english
        style = rng.randrange(5)
        if style < 2:
            return Phrase(f"Mr {name}", (f"Herr {name}", f"Herrn {name}", f"Herrn {name}"), "m", "er", ("his", "sein"))
        if style < 4:
            text = rng.choice(("Mrs", "Ms")) + f" {name}"
            return Phrase(text, (f"Frau {name}",) * 3, "f", "er", ("her", "ihr"))
        return Phrase(f"Dr {name}", (f"Dr. {name}",) * 3, "m", "er", ("his", "sein"))
