"""The comparison of cells: which verbs it finds, what counts as right, and what it draws."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from scripts.cells import measuring, verbs
from scripts.cells.__main__ import main

ROOT = Path(__file__).resolve().parents[3]

# Each verb with what decides it, marked by hand.
MARKED = {
    "Ich wollte am zwölften August zum Bahnhof gehen, aber ich musste Frau Weber eine E-Mail schreiben.": [
        ("bracket", "wollte", "gehen", 6),
        ("bracket", "musste", "schreiben", 5),
    ],
    "Sie sagt, dass die Dame, die Deutsch lernen möchte, morgen früh den Polizisten fragen muss.": [
        ("agreement", "Dame", "möchte", 4),
        ("agreement", "Dame", "muss", 10),
    ],
    "Die Schuhe, die meine Tochter in der Markthalle gekauft hat, sind zu groß.": [
        ("agreement", "Tochter", "hat", 5),
        ("agreement", "Schuhe", "sind", 9),
    ],
    "Das Hemd, das ich gestern gekauft habe, ist zu klein.": [
        ("agreement", "ich", "habe", 3),
        ("agreement", "Hemd", "ist", 6),
    ],
    "Die Herren aus Wien, die gestern abgereist sind, haben den Zug verpasst.": [
        ("agreement", "Herren", "sind", 6),
        ("agreement", "Herren", "haben", 7),
        ("bracket", "haben", "verpasst", 3),
    ],
    "Wenn wir am Montag nach Berlin fahren wollen, sollten wir in Hamburg umsteigen.": [
        ("agreement", "wir", "wollen", 6),
        ("bracket", "sollten", "umsteigen", 4),
    ],
    "Mein Chef wird nach Köln fahren, um einen Stadtplan zu kaufen.": [
        ("bracket", "wird", "fahren", 3),
        ("bracket", "um", "kaufen", 4),
    ],
    "Wir reisen morgen früh ab.": [("bracket", "reisen", "ab", 3)],
    "Vielen Dank!": [],
}


@pytest.mark.parametrize("line", MARKED)
def test_verbs_are_found_with_what_decides_them(line):
    words = [word.strip(".,!") for word in line.split()]
    found = [(d.kind, words[d.decider], words[d.verb], d.distance) for d in verbs.dependencies(line)]
    assert found == MARKED[line]


def test_almost_every_long_sentence_has_one(traveller):
    lines = (traveller / "test-long.de").read_text("utf-8").splitlines()
    found = [verbs.dependencies(line) for line in lines]
    assert sum(map(bool, found)) >= 0.99 * len(lines)
    for line, dependencies in zip(lines, found, strict=True):
        words = [word.strip(".,?!") for word in line.split()]
        for each in dependencies:
            assert each.distance > 0
            assert words[each.verb] in verbs.FINITE | verbs.JOINED | verbs.CLOSING | verbs.PREFIXES
        assert len({each.verb for each in dependencies}) == len(dependencies)


def test_a_verb_is_right_if_all_its_pieces_are():
    class Target:
        text = "Wir wollen abreisen."
        pieces = ("▁Wir", "▁wollen", "▁ab", "reisen", ".", "</s>")

    class Seen:
        ranks = np.array([0, 3, 0, 0, 7, 0])

    dependency = verbs.Dependency("bracket", 1, 2)
    assert measuring.comes_right(Seen, Target, dependency)  # of other pieces, and of the full stop, nothing is said
    Seen.ranks[3] = 1
    assert not measuring.comes_right(Seen, Target, dependency)


def test_buckets_and_intervals():
    counts = {"bracket": {"1": [3, 4], "5": [1, 1]}, "agreement": {"4": [2, 2], "25": [0, 1]}}
    assert measuring.in_buckets(counts, ("bracket", "agreement")) == [(5, 6), (1, 1), (0, 0), (0, 0), (0, 1)]
    low, high = measuring.wilson(50, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-3), pytest.approx(0.5962, abs=1e-3))
    assert measuring.wilson(10, 10)[1] == pytest.approx(1)


def test_the_picture_shows_the_committed_results(tmp_path):
    results = json.loads((ROOT / "docs" / "cells.json").read_text("utf-8"))
    assert list(results) == ["lstm", "gru", "rnn"]
    (tmp_path / "cells.json").write_text(json.dumps(results), encoding="utf-8")
    main(["--draw-only", "--output", str(tmp_path)])
    path = tmp_path / "cells.svg"
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = path.read_text("utf-8")
    assert "prefers-color-scheme: dark" in text and "--series-3" in text and "#01030" not in text
    # matplotlib's own version may move a line by a hair: the words must be the same.
    words = [element.text for element in root.iter() if element.tag.endswith("}desc")]
    committed = ElementTree.parse(ROOT / "docs" / "cells.svg").getroot()
    assert words == [element.text for element in committed.iter() if element.tag.endswith("}desc")]
