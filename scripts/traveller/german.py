"""German morphology: endings, articles, numbers and verb forms.

Gender is one of m, f, n or p (plural, whatever the gender); case is one of nom, acc, dat;
the person of a verb is named by its pronoun: ich, du, er (third singular), wir (any plural and the polite Sie).
"""

from __future__ import annotations

from dataclasses import dataclass

CASES = ("nom", "acc", "dat")

_STRONG = {
    "nom": {"m": "er", "f": "e", "n": "es", "p": "e"},
    "acc": {"m": "en", "f": "e", "n": "es", "p": "e"},
    "dat": {"m": "em", "f": "er", "n": "em", "p": "en"},
}
_WEAK = {
    "nom": {"m": "e", "f": "e", "n": "e", "p": "en"},
    "acc": {"m": "en", "f": "e", "n": "e", "p": "en"},
    "dat": {"m": "en", "f": "en", "n": "en", "p": "en"},
}
_DEFINITE = {
    "nom": {"m": "der", "f": "die", "n": "das", "p": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "p": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "p": "den"},
}
_CONTRACTIONS = {
    "an dem": "am", "an das": "ans", "in dem": "im", "in das": "ins", "zu dem": "zum", "zu der": "zur",
    "bei dem": "beim", "von dem": "vom",
}  # fmt: skip


def _bare(case: str, gender: str) -> bool:
    """Where ein-words have no ending, and the adjective has to show gender and case itself."""
    return (case, gender) in {("nom", "m"), ("nom", "n"), ("acc", "n")}


def determiner(kind: str, gender: str, case: str) -> str:
    """`kind` is der, dies, the stem of an ein-word (ein, kein, mein, unser, Ihr ...) or nothing."""
    if kind == "" or (kind == "ein" and gender == "p"):
        return ""
    if kind == "der":
        return _DEFINITE[case][gender]
    if kind == "dies":
        return kind + _STRONG[case][gender]
    return kind if _bare(case, gender) else kind + _STRONG[case][gender]


def adjective(stem: str, kind: str, gender: str, case: str) -> str:
    """The adjective with its ending: weak after der, mixed after ein-words, strong on its own."""
    if kind == "" or (kind == "ein" and gender == "p"):
        ending = _STRONG[case][gender]
    elif kind in ("der", "dies"):
        ending = _WEAK[case][gender]
    else:
        ending = _STRONG[case][gender] if _bare(case, gender) else _WEAK[case][gender]
    if stem.endswith(("teuer", "dunkel")):
        stem = stem[:-2] + stem[-1]
    return stem + ending


def strong_ending(gender: str, case: str) -> str:
    """The ending of dieser, jeder and welcher, and of an adjective on its own."""
    return _STRONG[case][gender]


def relative_pronoun(gender: str, case: str) -> str:
    return "denen" if (gender, case) == ("p", "dat") else _DEFINITE[case][gender]


def personal_pronoun(gender: str, case: str) -> str:
    table = {
        "nom": {"m": "er", "f": "sie", "n": "es", "p": "sie"},
        "acc": {"m": "ihn", "f": "sie", "n": "es", "p": "sie"},
        "dat": {"m": "ihm", "f": "ihr", "n": "ihm", "p": "ihnen"},
    }
    return table[case][gender]


def contract(preposition: str, phrase: str) -> str:
    """Only before an article: the relative pronoun of "in dem wir wohnen" is never contracted."""
    article, _, rest = phrase.partition(" ")
    joined = f"{preposition} {article}"
    return f"{_CONTRACTIONS.get(joined, joined)} {rest}".rstrip()


@dataclass(frozen=True)
class Noun:
    singular: str
    gender: str
    plural: str
    weak: bool = False

    def form(self, case: str, plural: bool) -> str:
        if plural:
            takes_n = case == "dat" and not self.plural.endswith(("n", "s"))
            return self.plural + "n" if takes_n else self.plural
        if self.weak and case != "nom":
            return self.singular + ("n" if self.singular.endswith(("e", "er", "rr", "ar")) else "en")
        return self.singular

    def forms(self) -> list[str]:
        numbers = (False, True) if self.plural else (False,)
        return [self.form(case, plural) for plural in numbers for case in CASES]


_IRREGULAR = {
    "haben": ("habe", "hast", "hat", "haben"),
    "mögen": ("mag", "magst", "mag", "mögen"),
    "wissen": ("weiß", "weißt", "weiß", "wissen"),
}


@dataclass(frozen=True)
class Verb:
    """`stem_verb` is without the separable prefix; `third` is given where the vowel changes (fährt)."""

    prefix: str
    stem_verb: str
    participle: str
    auxiliary: str
    third: str

    @property
    def infinitive(self) -> str:
        return self.prefix + self.stem_verb

    @property
    def zu_infinitive(self) -> str:
        if self.prefix.endswith(" "):
            return f"{self.prefix}zu {self.stem_verb}"
        return f"{self.prefix}zu{self.stem_verb}" if self.prefix else f"zu {self.stem_verb}"

    @property
    def _stem(self) -> str:
        return self.stem_verb[:-2] if self.stem_verb.endswith("en") else self.stem_verb[:-1]

    def present(self, person: str) -> str:
        """Without the prefix."""
        if self.stem_verb in _IRREGULAR:
            return _IRREGULAR[self.stem_verb][("ich", "du", "er", "wir").index(person)]
        stem = self._stem
        link = "e" if stem.endswith(("t", "d", "ffn", "chn", "tm", "gn")) else ""
        if person == "ich":
            return (stem[:-2] + "l" if stem.endswith("el") else stem) + "e"
        if person == "wir":
            return self.stem_verb
        if person == "er":
            return self.third or f"{stem}{link}t"
        if self.third:
            keeps = stem.endswith("t") or not self.third.endswith("t")  # hältst keeps its t
            changed = self.third if keeps else self.third[:-1]
            return changed + ("t" if changed.endswith(("s", "ß", "z")) else "st")
        return stem + link + ("t" if stem.endswith(("s", "ß", "z")) else "st")

    def imperative_du(self) -> str:
        """sprich, nimm, gib with the changed e; fahr without umlaut; öffne, warte keep their e."""
        if self.third and "e" in self._stem and "i" in self.third:
            return self.third[:-1]
        return self._stem + ("e" if self._stem.endswith(("t", "d", "ffn", "chn", "ier", "ig")) else "")


_UNITS = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
          "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]  # fmt: skip
_TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def number(n: int) -> str:
    """0 to 100 in words; the units come before the tens."""
    if not 0 <= n <= 100:
        raise ValueError(f"no words for {n}")
    if n == 100:
        return "hundert"
    if n < 20:
        return _UNITS[n]
    tens, unit = divmod(n, 10)
    if unit == 0:
        return _TENS[tens]
    return ("ein" if unit == 1 else _UNITS[unit]) + "und" + _TENS[tens]


def ordinal(n: int) -> str:
    """The stem: the ending is the adjective's."""
    special = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
    if n in special:
        return special[n]
    return number(n) + ("t" if n < 20 else "st")
