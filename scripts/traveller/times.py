"""When, how long, how much: times, dates, durations, numbers and prices."""

from __future__ import annotations

from random import Random

from . import english, german
from .phrases import Phrase, Slot, mix, words

DAYS = (("Monday", "Montag"), ("Tuesday", "Dienstag"), ("Wednesday", "Mittwoch"), ("Thursday", "Donnerstag"),
        ("Friday", "Freitag"), ("Saturday", "Samstag"), ("Sunday", "Sonntag"))  # fmt: skip
MONTHS = (("January", "Januar"), ("February", "Februar"), ("March", "März"), ("April", "April"), ("May", "Mai"),
          ("June", "Juni"), ("July", "Juli"), ("August", "August"), ("September", "September"),
          ("October", "Oktober"), ("November", "November"), ("December", "Dezember"))  # fmt: skip
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MINUTES = (15, 30, 45)
_CENTS = ("4.90", "7.80", "9.90", "12.50", "18.50", "24.90", "36.80", "49.90", "65.50")


def _hour(n: int) -> int:
    return (n - 1) % 12 + 1


def clock(first: int = 1, last: int = 12, half_days: tuple[str, ...] = ("a.m.", "p.m.")) -> Slot:
    """Between two hours of the twelve; the figures say the half of the day and German counts on to 24."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        hour = rng.randint(first, last)
        style = rng.randrange(6)
        if style <= 1:
            spoken = "ein" if hour == 1 else german.number(hour)
            return Phrase(f"at {english.number(hour)} o'clock", f"um {spoken} Uhr")
        if style == 2:
            return Phrase(f"at half past {english.number(hour)}", f"um halb {german.number(_hour(hour + 1))}")
        if style == 3:
            return Phrase(f"at a quarter past {english.number(hour)}", f"um Viertel nach {german.number(hour)}")
        if style == 4:
            return Phrase(f"at a quarter to {english.number(hour)}", f"um Viertel vor {german.number(hour)}")
        half = rng.choice(half_days)
        low, high = (6, 11) if half == "a.m." else (1, 10)
        figure = rng.randint(max(low, first), min(high, last))
        minutes = rng.choice(_MINUTES)
        full = figure + (12 if half == "p.m." else 0)
        return Phrase(f"at {figure}:{minutes} {half}", f"um {full}.{minutes} Uhr")

    return draw


# "Morgen früh um elf" is nobody's German: later it is the Vormittag.
_MORNING = clock(7, 9, ("a.m.",))
_AFTERNOON = clock(2, 5, ("p.m.",))
_EVENING = clock(6, 10, ("p.m.",))
anytime = clock()


def weekday(rng: Random, owner: Phrase | None) -> Phrase:
    day = rng.choice(DAYS)
    return Phrase(f"on {day[0]}", f"am {day[1]}")


def day_name(rng: Random, owner: Phrase | None) -> Phrase:
    return Phrase(*rng.choice(DAYS))


def weekday_evening(rng: Random, owner: Phrase | None) -> Phrase:
    day = rng.choice(DAYS)
    return Phrase(f"on {day[0]} evening", f"am {day[1]}abend")


def _date(rng: Random) -> tuple[str, str]:
    month = rng.randrange(12)
    day = rng.randint(1, _LENGTHS[month])
    return (f"the {english.ordinal(day)} of {MONTHS[month][0]}", f"{german.ordinal(day)}en {MONTHS[month][1]}")


def date(rng: Random, owner: Phrase | None) -> Phrase:
    said, gesagt = _date(rng)
    return Phrase(f"on {said}", f"am {gesagt}")


def date_span(rng: Random, owner: Phrase | None) -> Phrase:
    """From one day of a month to a later one of the same month."""
    month = rng.randrange(12)
    start = rng.randint(1, 20)
    end = start + rng.randint(2, 8)
    name, monat = MONTHS[month]
    return Phrase(f"from the {english.ordinal(start)} to the {english.ordinal(end)} of {name}",
                  f"vom {german.ordinal(start)}en bis zum {german.ordinal(end)}en {monat}")  # fmt: skip


def day_span(rng: Random, owner: Phrase | None) -> Phrase:
    start = rng.randrange(5)
    end = rng.randint(start + 1, 6)
    return Phrase(f"from {DAYS[start][0]} to {DAYS[end][0]}", f"von {DAYS[start][1]} bis {DAYS[end][1]}")


def _span(low: int, high: int, english_form: str, german_form: str) -> Slot:
    """ "in {} days" for a number of days, weeks, hours."""

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        n = rng.randint(low, high)
        return Phrase(english_form.format(english.number(n)), german_form.format(german.number(n)))

    return draw


def _joined(left: Slot, right: Slot) -> Slot:
    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        day, hour = left(rng, owner), right(rng, owner)
        return Phrase(f"{day.english} {hour.english}", f"{day:de} {hour:de}")

    return draw


_tomorrow = words(("tomorrow", "morgen"))
_morning = words(("tomorrow morning", "morgen früh"))
_noon = words(("this afternoon", "heute Nachmittag"), ("tomorrow afternoon", "morgen Nachmittag"))
_evening = mix(words(("this evening", "heute Abend"), ("tomorrow evening", "morgen Abend")), weekday_evening)
_vague = words(("next week", "nächste Woche"), ("today", "heute"), ("the day after tomorrow", "übermorgen"),
               ("at the weekend", "am Wochenende"), ("in an hour", "in einer Stunde"),
               ("in two hours", "in zwei Stunden"))  # fmt: skip
_later = mix(_span(2, 10, "in {} days", "in {} Tagen"), _span(2, 6, "in {} weeks", "in {} Wochen"),
             words(("next month", "nächsten Monat"), ("in a week", "in einer Woche")))  # fmt: skip

appointed = mix(_joined(_tomorrow, anytime), _joined(weekday, anytime), _joined(_morning, _MORNING),
                _joined(_noon, _AFTERNOON), _joined(_evening, _EVENING), _joined(date, anytime))  # fmt: skip
future = mix(_tomorrow, _morning, _noon, _evening, _vague, weekday, date, anytime, appointed, appointed)
past = mix(words(("yesterday", "gestern"), ("yesterday evening", "gestern Abend"), ("last week", "letzte Woche"),
                 ("this morning", "heute Morgen"), ("last month", "letzten Monat"),
                 ("yesterday morning", "gestern Morgen"), ("an hour ago", "vor einer Stunde"),
                 ("a week ago", "vor einer Woche")),
           _span(2, 10, "{} days ago", "vor {} Tagen"), _span(2, 6, "{} weeks ago", "vor {} Wochen"),
           _joined(words(("yesterday", "gestern")), anytime), weekday, date, _joined(weekday, anytime),
           _joined(words(("yesterday evening", "gestern Abend")), _EVENING))  # fmt: skip
future_day = mix(_tomorrow, _vague, _later, weekday, date, words(("this evening", "heute Abend")))
past_day = mix(words(("yesterday", "gestern"), ("last week", "letzte Woche"), ("this morning", "heute Morgen"),
                     ("last month", "letzten Monat"), ("a week ago", "vor einer Woche")),
               _span(2, 10, "{} days ago", "vor {} Tagen"), weekday, date)  # fmt: skip
early = mix(_joined(_morning, _MORNING), _MORNING, _morning, _joined(weekday, _MORNING), _joined(date, _MORNING))
early_past = mix(_joined(words(("yesterday morning", "gestern Morgen"), ("this morning", "heute Morgen")), _MORNING),
                 _joined(weekday, _MORNING), words(("this morning", "heute Morgen")))  # fmt: skip
_last_evening = _joined(words(("yesterday evening", "gestern Abend")), _EVENING)
just_now = mix(
    words(("yesterday", "gestern"), ("yesterday evening", "gestern Abend"), ("this morning", "heute Morgen")),
    _joined(words(("yesterday", "gestern")), anytime),
    _last_evening,
)
recent = mix(words(("yesterday", "gestern"), ("yesterday evening", "gestern Abend"), ("this morning", "heute Morgen"),
                   ("an hour ago", "vor einer Stunde"), ("two hours ago", "vor zwei Stunden")), _last_evening,
             _joined(words(("yesterday", "gestern")), anytime), _joined(weekday, anytime))  # fmt: skip
late = mix(_joined(_noon, _AFTERNOON), _joined(_evening, _EVENING), _evening, weekday, date, _vague)
late_exactly = mix(_joined(_noon, _AFTERNOON), _joined(_evening, _EVENING))
late_past = mix(words(("yesterday", "gestern"), ("yesterday evening", "gestern Abend"), ("last week", "letzte Woche")),
                weekday, date, weekday_evening, _last_evening, _joined(weekday_evening, _EVENING))  # fmt: skip
regular = mix(words(("every day", "jeden Tag"), ("every morning", "jeden Morgen"), ("every evening", "jeden Abend"),
                    ("every week", "jede Woche"), ("every weekend", "jedes Wochenende")),
              words(*((f"every {day}", f"jeden {tag}") for day, tag in DAYS)))  # fmt: skip
nights = mix(_span(2, 10, "for {} nights", "für {} Nächte"), words(("for one night", "für eine Nacht")),
             _span(2, 4, "for {} weeks", "für {} Wochen"), words(("for a week", "für eine Woche")))  # fmt: skip
stay = mix(_span(2, 10, "for {} days", "{} Tage"), _span(2, 4, "for {} weeks", "{} Wochen"),
           _span(2, 10, "for {} nights", "{} Nächte"))  # fmt: skip
until = mix(words(*((f"until {day}", f"bis {tag}") for day, tag in DAYS)), words(("until tomorrow", "bis morgen")))
persons = _span(2, 12, "for {} people", "für {} Personen")
minutes = _span(5, 59, "{} minutes", "{} Minuten")
hours = _span(2, 12, "{} hours", "{} Stunden")


def numeral(low: int = 2, high: int = 99) -> Slot:
    return _span(low, high, "{}", "{}")


def price(low: int, high: int) -> Slot:
    """In words, or in figures with cents and the German comma."""
    figures = [figure for figure in _CENTS if low <= float(figure) <= high]

    def draw(rng: Random, owner: Phrase | None) -> Phrase:
        if figures and rng.random() < 0.4:
            figure = rng.choice(figures)
            return Phrase(f"{figure} euros", f"{figure.replace('.', ',')} Euro")
        n = rng.randint(low, high)
        return Phrase(f"{english.number(n)} euros", f"{german.number(n)} Euro")

    return draw


def today_date(rng: Random, owner: Phrase | None) -> Phrase:
    month = rng.randrange(12)
    day = rng.randint(1, _LENGTHS[month])
    return Phrase(f"the {english.ordinal(day)} of {MONTHS[month][0]}", f"der {german.ordinal(day)}e {MONTHS[month][1]}")


def time_now(rng: Random, owner: Phrase | None) -> Phrase:
    """The hour without its preposition."""
    moment = anytime(rng, owner)
    return Phrase(moment.english.removeprefix("at "), moment.case("nom").removeprefix("um "))
