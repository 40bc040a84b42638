"""The bundled corpus and the grammar it is generated from."""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

generator = importlib.import_module("scripts.traveller.__main__")
drawing = importlib.import_module("scripts.traveller.everyday.drawing")
everyday_acts = importlib.import_module("scripts.traveller.everyday.acts")
everyday_templates = importlib.import_module("scripts.traveller.everyday.templates")
variants = importlib.import_module("scripts.traveller.everyday.variants")
clauses = importlib.import_module("scripts.traveller.clauses")
english = importlib.import_module("scripts.traveller.english")
frames = importlib.import_module("scripts.traveller.frames")
german = importlib.import_module("scripts.traveller.german")
lexicon = importlib.import_module("scripts.traveller.lexicon")
pairs = importlib.import_module("scripts.traveller.pairs")
phrases = importlib.import_module("scripts.traveller.phrases")
splits = importlib.import_module("scripts.traveller.splits")
times = importlib.import_module("scripts.traveller.times")
verbs = importlib.import_module("scripts.traveller.verbs")

CORPUS = ROOT / "corpora" / "traveller"
# Seams of templates: only after a.m. and p.m. may a second mark follow.
UNCLEAN = re.compile(r"[\t{}]|  |^ | $|^$| [.,?!]|(?<!\b[ap]\.m)[.,!?][.,!?]")
NAMES = ("train", "dev", "test", "test-long", "test-open")
GENERATED = NAMES[:-1]


def read(name: str, language: str) -> list[str]:
    return (CORPUS / f"{name}.{language}").read_text(encoding="utf-8").split("\n")[:-1]


def words(lines: list[str]) -> Counter[str]:
    return Counter(word.strip(".,?!").lower() for line in lines for word in line.split())


def lengths(name: str, language: str) -> list[int]:
    return [len(line.split()) for line in read(name, language)]


# The files


def test_same_seed_gives_the_committed_bytes(tmp_path, capsys):
    generator.main(["--output", str(tmp_path)])
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in CORPUS.iterdir())
    for name in written:
        assert (tmp_path / name).read_bytes() == (CORPUS / name).read_bytes(), name
    assert capsys.readouterr().out == (CORPUS / "card.yaml").read_text(encoding="utf-8")


def test_other_seed_gives_other_files(tmp_path, capsys):
    generator.main(["--seed", "7", "--output", str(tmp_path)])
    for name in GENERATED:
        assert (tmp_path / f"{name}.en").read_bytes() != (CORPUS / f"{name}.en").read_bytes(), name


@pytest.mark.parametrize(
    ("name", "least"), [("train", 25_000), ("dev", 500), ("test", 500), ("test-long", 300), ("test-open", 238)]
)
def test_sizes(name, least):
    source, target = read(name, "en"), read(name, "de")
    assert len(source) == len(target)
    assert len(source) >= least
    if name != "train":
        assert len(source) == least


def test_no_source_twice():
    sources = Counter(line for name in NAMES for line in read(name, "en"))
    assert [line for line, count in sources.items() if count > 1] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_long_sentences_are_longer_than_any_of_training(language):
    longest = max(lengths("train", language))
    assert longest < min(lengths("test-long", language))
    assert max(lengths("test-long", language)) <= 1.5 * longest
    assert longest >= max(lengths("dev", language) + lengths("test", language))


def test_training_reaches_up_to_its_cap():
    both = zip(lengths("train", "en"), lengths("train", "de"), strict=True)
    near = sum(max(pair) >= splits.LONGEST - 4 for pair in both)
    assert 0.03 <= near / len(lengths("train", "en")) <= 0.3


def test_long_brackets_are_long():
    far = [splits.reach(pairs.Pair("", line)) for line in read("test-long", "de")]
    assert min(far) >= splits.REACH
    usual = [splits.reach(pairs.Pair("", line)) for line in read("test", "de")]
    assert sum(far) / len(far) > 2 * sum(usual) / len(usual)


@pytest.mark.parametrize("language", ["en", "de"])
def test_training_shows_every_word_of_the_other_splits(language):
    seen = words(read("train", language))
    for name in GENERATED[1:]:
        rare = [word for word in words(read(name, language)) if seen[word] < splits.SEEN and not re.search(r"\d", word)]
        assert rare == [], name


def test_the_text_is_small_and_clean():
    files = [CORPUS / f"{name}.{language}" for name in NAMES for language in ("en", "de")]
    assert sum(file.stat().st_size for file in files) <= 4_000_000
    for file in files:
        text = file.read_bytes().decode("utf-8")
        assert text.endswith("\n")
        assert "\r" not in text
        assert [line for line in text.split("\n")[:-1] if UNCLEAN.search(line)] == [], file.name
        if file.suffix == ".de" or "open" in file.name:
            lines = text.split("\n")[:-1]
            assert [
                line for line in lines if not (line[0].isupper() or line[0].isdigit()) or line[-1] not in ".?!"
            ] == []


def test_the_card_tells_the_truth():
    card = (CORPUS / "card.yaml").read_text(encoding="utf-8")
    assert "licence: CC0-1.0" in card
    digests = re.findall(r"sha256: (\w+)", card)
    files = [CORPUS / f"{name}.{language}" for name in NAMES for language in ("en", "de")]
    assert digests == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    counts = [int(count) for count in re.findall(r" pairs: (\d+)", card)]
    assert counts == [len(read(name, "en")) for name in NAMES]
    longest = [int(count) for count in re.findall(r"longest: (\d+)", card)]
    assert longest == [max(lengths(name, language)) for name in NAMES for language in ("en", "de")]


def test_two_translations_of_one_source_are_refused(monkeypatch):
    answers = iter(["Ja.", "Nein."])
    monkeypatch.setattr(splits, "draw", lambda rng: pairs.Pair("Yes, the train.", next(answers)))
    with pytest.raises(ValueError, match="both"):
        splits.build(1)


def test_du_is_only_where_english_shows_it():
    """A first name, my friend or honey: at the head or at the end of the sentence."""
    shown = "|".join((*lexicon.FIRST_NAMES_SHE, *lexicon.FIRST_NAMES_HE, "my friend", "honey"))
    lovers = ("i love you", "i miss you")  # nobody says that to a stranger
    familiar = re.compile(r"\b(du|dich|dir|dein\w*)\b", re.IGNORECASE)
    calling = re.compile(rf"^({shown}),|, ({shown})[.?!]?$", re.IGNORECASE)
    informal = 0
    for source, target in zip(read("train", "en"), read("train", "de"), strict=True):
        if familiar.search(target):
            informal += 1
            assert calling.search(source) or variants.plain(source).endswith(lovers), source
        elif calling.search(source):
            assert "Sie" not in target.split(), target
    assert informal > 300


# German


@pytest.mark.parametrize(
    ("stem", "kind", "gender", "case", "form"),
    [
        ("ruhig", "ein", "n", "acc", "ruhiges"),
        ("ruhig", "der", "n", "acc", "ruhige"),
        ("rot", "dies", "m", "acc", "roten"),
        ("rot", "mein", "m", "nom", "roter"),
        ("neu", "kein", "p", "nom", "neuen"),
        ("neu", "", "p", "acc", "neue"),
        ("neu", "", "p", "dat", "neuen"),
        ("alt", "der", "f", "dat", "alten"),
        ("alt", "ein", "f", "acc", "alte"),
        ("teuer", "ein", "m", "acc", "teuren"),
        ("dunkel", "der", "f", "nom", "dunkle"),
    ],
)
def test_adjective_endings(stem, kind, gender, case, form):
    assert german.adjective(stem, kind, gender, case) == form


@pytest.mark.parametrize(
    ("kind", "gender", "case", "form"),
    [
        ("der", "m", "acc", "den"),
        ("der", "f", "dat", "der"),
        ("der", "p", "dat", "den"),
        ("ein", "n", "nom", "ein"),
        ("kein", "m", "acc", "keinen"),
        ("unser", "f", "dat", "unserer"),
        ("dies", "n", "nom", "dieses"),
        ("Ihr", "p", "acc", "Ihre"),
        ("ein", "p", "acc", ""),
    ],
)
def test_determiners(kind, gender, case, form):
    assert german.determiner(kind, gender, case) == form


def test_contractions_only_before_articles_that_have_them():
    assert german.contract("in", "dem Hotel") == "im Hotel"
    assert german.contract("zu", "der Bank") == "zur Bank"
    assert german.contract("in", "das Kino") == "ins Kino"
    assert german.contract("in", "der Bank") == "in der Bank"
    assert german.contract("neben", "dem Bahnhof") == "neben dem Bahnhof"


def test_nouns():
    entries = {entry.english: entry.noun for entry in lexicon.ENTRIES}
    assert entries["colleague"].form("acc", False) == "Kollegen"
    assert entries["policeman"].form("dat", False) == "Polizisten"
    assert entries["colleague"].form("nom", False) == "Kollege"
    assert entries["man"].form("dat", True) == "Männern"
    assert entries["café"].form("dat", True) == "Cafés"
    assert entries["woman"].form("dat", True) == "Frauen"
    assert all(re.fullmatch("[A-ZÄÖÜ][a-zäöüßé]+", form) for noun in entries.values() for form in noun.forms())


@pytest.mark.parametrize(
    ("n", "word"),
    [(1, "eins"), (16, "sechzehn"), (17, "siebzehn"), (21, "einundzwanzig"), (30, "dreißig"), (67, "siebenundsechzig")],
)
def test_numbers(n, word):
    assert german.number(n) == word


def test_ordinals():
    assert [german.ordinal(n) for n in (1, 3, 7, 8, 19, 20, 31)] == [
        "erst", "dritt", "siebt", "acht", "neunzehnt", "zwanzigst", "einunddreißigst",
    ]  # fmt: skip
    assert [english.ordinal(n) for n in (1, 2, 12, 20, 23, 31)] == [
        "first", "second", "twelfth", "twentieth", "twenty-third", "thirty-first",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="101"):
        german.number(101)


@pytest.mark.parametrize(
    ("verb", "person", "form"),
    [
        ("fahren", "er", "fährt"),
        ("fahren", "du", "fährst"),
        ("essen", "du", "isst"),
        ("mitnehmen", "er", "nimmt"),
        ("arbeiten", "du", "arbeitest"),
        ("öffnen", "er", "öffnet"),
        ("wechseln", "ich", "wechsle"),
        ("abholen", "er", "holt"),
        ("sein", "wir", "sind"),
    ],
)
def test_present(verb, person, form):
    assert verbs.finite(verb, person) == form


def test_separable_verbs():
    verb = verbs.VERBS["abholen"]
    assert (verb.infinitive, verb.zu_infinitive, verb.participle) == ("abholen", "abzuholen", "abgeholt")
    assert verbs.VERBS["bezahlen"].zu_infinitive == "zu bezahlen"
    assert [verbs.VERBS[name].imperative_du() for name in ("geben", "fahren", "öffnen", "bestätigen", "anrufen")] == [
        "gib", "fahr", "öffne", "bestätige", "ruf",
    ]  # fmt: skip


def test_every_participle_is_one():
    for name, verb in verbs.VERBS.items():
        start = verb.participle.removeprefix(verb.prefix)
        plain = verb.stem_verb.endswith("ieren") or re.match("be|emp|er|ge|ver|über|unter", verb.stem_verb)
        assert start.startswith("ge") or plain, name
        assert verb.participle.endswith(("t", "en")), name


# Both languages


def clause(mode: str, **changes):
    book = phrases.Phrase("tomorrow", "morgen")
    return clauses.Clause(
        phrases.SHE, mode, english.Verb("pick up"), "the key", "abholen", "", "den Schlüssel", "", book
    )


def test_word_order():
    present = clause("present")
    assert (present.english(), present.second()) == (
        "she picks up the key tomorrow", "sie holt morgen den Schlüssel ab",
    )  # fmt: skip
    assert present.second(fronted=True) == "morgen holt sie den Schlüssel ab"
    assert present.final() == "sie morgen den Schlüssel abholt"
    assert present.zu() == "morgen den Schlüssel abzuholen"
    assert present.imperative("wir") == "holen Sie bitte morgen den Schlüssel ab"
    must = clause("have to")
    assert (must.english_question(), must.question()) == (
        "does she have to pick up the key tomorrow", "muss sie morgen den Schlüssel abholen",
    )  # fmt: skip
    assert must.final() == "sie morgen den Schlüssel abholen muss"
    past = clause("past")
    assert (past.english(), past.second()) == (
        "she picked up the key tomorrow",
        "sie hat morgen den Schlüssel abgeholt",
    )
    assert past.relative() == "morgen den Schlüssel abgeholt hat"


def test_agreement_in_templates():
    soup = next(entry for entry in lexicon.ENTRIES if entry.english == "shoe")
    shoes = phrases.noun_phrase(soup, ("this", "dies"), ("red", "rot"), plural=True)
    assert f"{shoes} {shoes:is} here, take {shoes:them}" == "these red shoes are here, take them"
    assert f"{shoes:nom} {shoes:ist} hier, {shoes:mit+dat}" == "diese roten Schuhe sind hier, mit diesen roten Schuhen"
    assert f"{phrases.I:is} {phrases.WE:has} {phrases.HE:en.need}" == "am have needs"


@pytest.mark.parametrize(
    ("said", "gesagt"),
    [
        ("at one o'clock", "um ein Uhr"),
        ("at half past twelve", "um halb eins"),
        ("at half past seven", "um halb acht"),
        ("at a quarter past nine", "um Viertel nach neun"),
        ("at a quarter to ten", "um Viertel vor zehn"),
        ("at 7:45 p.m.", "um 19.45 Uhr"),
        ("at 8:15 a.m.", "um 8.15 Uhr"),
    ],
)
def test_clock(said, gesagt):
    rng = Random(3)
    heard = {moment.english: moment.case("nom") for moment in (times.anytime(rng, None) for _ in range(4000))}
    assert heard[said] == gesagt


def test_prices_and_dates():
    rng = Random(3)
    prices = {price.english: price.case("nom") for price in (times.price(2, 100)(rng, None) for _ in range(4000))}
    assert prices["12.50 euros"] == "12,50 Euro"
    assert prices["twenty-three euros"] == "dreiundzwanzig Euro"
    dates = {date.english: date.case("nom") for date in (times.date(rng, None) for _ in range(9000))}
    assert dates["on the third of May"] == "am dritten Mai"
    assert dates["on the twenty-first of December"] == "am einundzwanzigsten Dezember"
    assert "on the thirtieth of February" not in dates


@pytest.mark.parametrize("frame", [row[0] for row in frames.FRAMES], ids=lambda frame: frame.__name__)
def test_every_frame_writes_clean_sentences(frame):
    rng = Random(5)
    for rich in (0.0, 0.5, 1.0):
        for _ in range(40):
            pair = frame(rng, rich)
            for line in (pair.english, pair.german):
                assert not UNCLEAN.search(line), line
                assert line[0].isupper(), line
                assert line[-1] in ".?!", line
            assert pair.english.endswith("?") == pair.german.endswith("?")


def test_nobody_says_a_noun_twice():
    assert splits.sensible(pairs.Pair("", "Der Gast bezahlt die Rechnung."))
    assert not splits.sensible(pairs.Pair("", "Der Gast sucht die Gäste."))
    assert splits.sensible(pairs.Pair("", "Um drei Uhr, nicht um vier Uhr."))
