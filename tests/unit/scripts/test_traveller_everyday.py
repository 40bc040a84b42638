"""The everyday part of the bundled corpus: its breadth, and the German of its acts and frames."""

from __future__ import annotations

import importlib
import re
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

acts = importlib.import_module("scripts.traveller.everyday.acts")
drawing = importlib.import_module("scripts.traveller.everyday.drawing")
english = importlib.import_module("scripts.traveller.english")
nominals = importlib.import_module("scripts.traveller.everyday.nominals")
open_test = importlib.import_module("scripts.traveller.open")
phrases = importlib.import_module("scripts.traveller.phrases")
templates = importlib.import_module("scripts.traveller.everyday.templates")
variants = importlib.import_module("scripts.traveller.everyday.variants")
pairs = importlib.import_module("scripts.traveller.pairs")

CORPUS = ROOT / "corpora" / "traveller"
GUEST = phrases.Phrase("the guest", ("der Gast", "den Gast", "dem Gast"), "m", "er", ("his", "sein"))
SEAMS = re.compile(r"[{}]|  |^ | $|^$| [.,?!]|\bNone\b")


def read(name: str, language: str) -> list[str]:
    return (CORPUS / f"{name}.{language}").read_text(encoding="utf-8").split("\n")[:-1]


@cache
def table() -> drawing.Drawing:
    return drawing.Drawing(Random(4))


def invented_or_listed_names() -> set[str]:
    lists = table().lexicon.lists
    return {item[0].lower() for name in ("she_name", "he_name", "surname", "street") for item in lists[name]}


# How wide the training text is


def test_training_has_many_english_word_forms():
    """Apart from names, and from whatever has a capital within a sentence."""
    forms = Counter(re.findall(r"[a-z]+(?:['-][a-z]+)*", " ".join(read("train", "en")).lower()))
    capitals = set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", " ".join(read("train", "en"))))
    names = invented_or_listed_names() | {name.lower() for name in capitals}
    assert len([form for form in forms if form not in names]) >= 2_500


def contexts() -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Each stretch of up to four English words → the two words before it and the two behind, in lower case."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for line in read("train", "en"):
        words = ["^", "^", *(word.strip(".,?!") for word in line.lower().split()), "$", "$"]
        for start in range(2, len(words) - 2):
            for end in range(start + 1, min(start + 4, len(words) - 2) + 1):
                found[tuple(words[start:end])].add((*words[start - 2 : start], *words[end : end + 2]))
    return found


def test_every_noun_and_verb_is_shown_in_several_frames():
    seen = contexts()
    nouns = {}
    for entry in table().lexicon.entries:
        forms = {entry.english, entry.english_plural} - {""}
        nouns[entry.english] = len(set().union(*(seen[tuple(form.lower().split())] for form in forms)))
    assert [(noun, count) for noun, count in nouns.items() if count < 6] == []
    verbs = {}
    for act in acts.read():
        verb = english.Verb(act.verb)
        forms = {verb.base, verb.third, verb.past, verb.participle, acts.ing(act.verb)}
        verbs[act.verb] = len(set().union(*(seen[(form,)] for form in forms)))
    assert [(verb, count) for verb, count in verbs.items() if count < 6] == []


@pytest.mark.parametrize(
    ("word", "form"),
    [("pharmacy", "Apotheke"), ("umbrella", "Regenschirm"), ("suitcase", "Koffer"), ("nurse", "Kranken")],
)
def test_a_noun_has_one_translation(word, form):
    found = [
        (source, target)
        for source, target in zip(read("train", "en"), read("train", "de"), strict=True)
        if re.search(rf"\b{word}\b", source.lower())
    ]
    assert len(found) >= 8
    assert [pair for pair in found if form not in pair[1]] == []


def test_some_sources_are_typed_carelessly_and_no_target_is():
    sources = read("train", "en")
    lower = sum(line == line.lower() for line in sources)
    unmarked = sum(line[-1] not in ".?!" for line in sources)
    assert 0.03 <= lower / len(sources) <= 0.12
    assert 0.03 <= unmarked / len(sources) <= 0.12
    assert all(line[0] == line[0].upper() and line[-1] in ".?!" for line in read("train", "de"))


def test_numbers_pass_through():
    for source, target in zip(read("train", "en"), read("train", "de"), strict=True):
        for figure in re.findall(r"(?<![\d.:])\d{3,}(?![\d.:])", source):
            assert figure in target, (source, target)


def test_no_sentence_of_the_open_test_is_in_training():
    written = open_test.written("open")
    assert len(written) >= 200
    assert [pair.english for pair in written] == read("test-open", "en")
    assert [pair.german for pair in written] == read("test-open", "de")
    for name in ("train", "dev", "test", "test-long"):
        known = {variants.plain(line) for line in read(name, "en")}
        assert [pair.english for pair in written if variants.plain(pair.english) in known] == [], name


# Acts and frames


@pytest.mark.parametrize("frame", templates.frames(), ids=lambda frame: frame.english)
def test_every_frame_can_be_written(frame):
    written = 0
    for _ in range(20):
        try:
            pair = frame.draw(table())
        except drawing.Misfit:
            continue
        written += 1
        for line in (pair.english, pair.german):
            assert not SEAMS.search(line), line
    assert written


@pytest.mark.parametrize("act", acts.read(), ids=lambda act: act.name)
def test_every_act_can_be_written(act):
    requested = re.search("{=(me|mea|objacc|objdat)}", act.rest)  # I ask him, but nobody helps oneself
    clause = acts.bind(table(), act, GUEST if requested else phrases.I, "past")
    for line in (clause.english(), clause.second(), clause.final(), clause.zu(), clause.imperative("wir")):
        assert not SEAMS.search(line), line


def clause(name: str, subject=phrases.I, mode="past", **more):
    act = next(act for act in acts.read() if act.name == name)
    return acts.bind(table(), act, subject, mode, **more)


def test_reflexive_verbs_follow_the_subject():
    assert clause("hurry up").second() == "ich habe mich beeilt"
    assert clause("hurry up", phrases.YOU).question() == "haben Sie sich beeilt"
    assert clause("hurry up", phrases.WE, "have to").second() == "wir müssen uns beeilen"
    assert clause("sit down", phrases.SHE, "present").second() == "sie setzt sich hin"
    assert clause("rest").zu() == "mich auszuruhen"


def test_verbs_of_two_words():
    walk = clause("go for a walk")
    assert (walk.second(), walk.zu()) == ("ich bin spazieren gegangen", "spazieren zu gehen")
    assert clause("go for a walk", mode="present").final() == "ich spazieren gehe"


def test_what_is_indefinite_is_denied_by_kein():
    sport = clause("play {- sport}", negated=True)
    assert sport.english().startswith("I did not play ")
    assert re.fullmatch(r"ich habe (kein|keinen|keine) \w+ gespielt", sport.second())
    assert " nicht " in clause("open {the present}", negated=True).second()


def noun(name: str, determiner: str, plural: bool = False, adjective=None):
    entry = table().lexicon.group(name)[0]
    return nominals.Nominal(entry, determiner, plural, adjective)


def test_nominals():
    assert f"{noun('trousers', 'this')} {noun('trousers', 'this'):is}" == "these trousers are"
    assert f"{noun('trousers', 'this'):nom} {noun('trousers', 'this'):ist}" == "diese Hose ist"
    assert f"{noun('station', 'the'):zu+dat}" == "zum Bahnhof"
    assert f"{noun('pharmacy', 'a'):acc}" == "eine Apotheke"
    assert f"{noun('bread', 'some')}: {noun('bread', 'some'):acc}" == "some bread: etwas Brot"
    assert f"{noun('hot chocolate', '-'):dat}" == "heißer Schokolade"
    assert f"{noun('botanical garden', 'the'):in+dat}" == "im botanischen Garten"
    assert f"{noun('bear', 'a', adjective=('big', 'groß')):acc}" == "einen großen Bären"
    assert f"{noun('tram', 'the'):naechst}" == "die nächste Straßenbahn"
    assert f"{noun('parents', 'my'):dat} {noun('parents', 'my'):hat}" == "meinen Eltern haben"


@pytest.mark.parametrize(
    ("verb", "form"), [("make", "making"), ("run", "running"), ("lie", "lying"), ("see", "seeing"), ("wait", "waiting")]
)
def test_progressive_forms(verb, form):
    assert acts.ing(verb) == form


def test_ways_of_typing():
    rng = Random(1)
    assert variants.contracted("I am here and it is not far.", rng, 1.0) == "I'm here and it's not far."
    assert variants.contracted("Can you have breakfast?", rng, 1.0) == "Can you have breakfast?"
    assert variants.plain("I'd like to pay!") == variants.plain("i would like to pay")
    typed = {variants.careless("Where is Anna?", Random(seed)) for seed in range(20)}
    assert typed == {"Where is Anna", "where is anna", "where is anna?"}
    opened = {variants.opened(pairs.Pair("Where is Anna?", "Wo ist Anna?"), Random(seed)) for seed in range(40)}
    assert pairs.Pair("Excuse me, where is Anna?", "Entschuldigung, wo ist Anna?") in opened
    assert pairs.Pair("Hello! Where is Anna?", "Hallo! Wo ist Anna?") in opened
