"""English morphology: plurals, verb forms, a and an, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from .everyday.tables import table

_IRREGULAR = {
    "bring": "brought brought", "buy": "bought bought", "cancel": "cancelled cancelled", "come": "came come",
    "cost": "cost cost", "drink": "drank drunk", "eat": "ate eaten", "fly": "flew flown",
    "forget": "forgot forgotten", "get": "got got", "give": "gave given", "go": "went gone", "have": "had had",
    "leave": "left left", "lose": "lost lost", "make": "made made", "meet": "met met", "pay": "paid paid",
    "send": "sent sent", "show": "showed shown", "speak": "spoke spoken", "take": "took taken",
    "wake": "woke woken", "wrap": "wrapped wrapped", "write": "wrote written",
}  # fmt: skip
_IRREGULAR |= {base: forms for base, _, forms in (line.partition(" ") for line in table("english_verbs"))}
_O_ES = ("go", "do", "tomato", "potato", "volcano", "mosquito", "echo", "hero")
_VOWELS = tuple("aeiou")


def _add_s(word: str) -> str:
    if word.endswith(("s", "sh", "ch", "x")) or word in _O_ES:
        return word + "es"
    if word.endswith("y") and not word.endswith(("ay", "ey", "oy", "uy")):
        return word[:-1] + "ies"
    return word + "s"


def plural(noun: str) -> str:
    special = {"knife": "knives", "man": "men", "woman": "women", "policeman": "policemen"}
    head, _, last = noun.rpartition(" ")
    return (head + " " if head else "") + (special[last] if last in special else _add_s(last))


def with_a(phrase: str) -> str:
    return (
        "an " if phrase.startswith(_VOWELS) and not phrase.startswith(("uni", "one", "eu", "used")) else "a "
    ) + phrase


@dataclass(frozen=True)
class Verb:
    """A verb and its particle: "pick up", "turn off"."""

    base: str

    def _inflect(self, form: str) -> str:
        _, _, particle = self.base.partition(" ")
        return f"{form} {particle}".rstrip()

    @property
    def third(self) -> str:
        head = self.base.partition(" ")[0]
        return self._inflect("has" if head == "have" else _add_s(head))

    def _past(self, which: int) -> str:
        head = self.base.partition(" ")[0]
        if head in _IRREGULAR:
            return self._inflect(_IRREGULAR[head].split()[which])
        if head.endswith("e"):
            return self._inflect(head + "d")
        if head.endswith("y") and not head.endswith(("ay", "ey", "oy", "uy")):
            return self._inflect(head[:-1] + "ied")
        return self._inflect(head + "ed")

    @property
    def past(self) -> str:
        return self._past(0)

    @property
    def participle(self) -> str:
        return self._past(1)


_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def number(n: int) -> str:
    if not 0 <= n <= 100:
        raise ValueError(f"no words for {n}")
    if n == 100:
        return "a hundred"
    if n < 20:
        return _UNITS[n]
    tens, unit = divmod(n, 10)
    return _TENS[tens] + (f"-{_UNITS[unit]}" if unit else "")


def ordinal(n: int) -> str:
    special = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
    if n in special:
        return special[n]
    tens, unit = divmod(n, 10)
    if n > 20 and unit:
        return f"{_TENS[tens]}-{ordinal(unit)}"
    word = number(n)
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
