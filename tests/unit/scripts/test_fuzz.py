"""A short form of the campaign: a few cases of every kind, which must all end well. Contract 13."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from scripts.fuzz.base_folders import make_base_folders
from scripts.fuzz.campaign import Campaign, Counts
from scripts.fuzz.cases import FOLDER_KINDS, kind_of
from scripts.fuzz.report import table_of, write_section

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    place = tmp_path_factory.mktemp("fuzz")
    (place / "bases").mkdir()
    make_base_folders(place / "bases")
    return Campaign(place, seed=3)


def test_damaged_folders_and_texts_end_in_a_sentence_or_in_a_translation(campaign):
    campaign.run("folder", 120)
    campaign.run("config", 40)
    campaign.run("card", 40)
    assert {kind: counts.failures for kind, counts in campaign.table.items() if counts.failures} == {}
    assert sum(counts.results.total() for counts in campaign.table.values()) == 200
    assert sum(counts.results["error"] for counts in campaign.table.values()) > 100
    assert sum(counts.results["right"] for counts in campaign.table.values()) > 10


def test_hostile_lines_come_out_as_many_as_go_in(campaign):
    campaign.lines(200)
    assert campaign.table["line"].results == Counter(right=200)


def test_every_forty_folders_have_all_kinds():
    assert Counter(map(kind_of, range(40))) == {kind: share for kind, (share, _) in FOLDER_KINDS.items()}


def test_what_is_no_clean_end_is_a_failure(tmp_path):
    """A traceback, an odd file, a message of two lines: the judge must see them."""
    program = """
import sys
from pathlib import Path
from scripts.fuzz.cases import Runner
from scripts.fuzz.watch import Watch
from seq2seq.errors import UserError
place = Path(sys.argv[1])
runner = Runner(place, 1, [], "onnx", Watch())
def raises(error):
    def work():
        raise error
    return work
def opens():
    open("/etc/hostname").close()
    return "right"
error = UserError("x")
error.args = ("two\\nlines",)
for work in (raises(KeyError("x")), raises(error), opens, raises(UserError("one line")), lambda: "right"):
    print(runner._judged("kind", place, work).result)
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["failure"] * 3 + ["error", "right"]


def test_a_case_that_ends_its_process_is_counted_and_the_next_ones_run(tmp_path, monkeypatch):
    (tmp_path / "bases").mkdir()
    campaign = Campaign(tmp_path, seed=1)
    worker = "import os; print('{\"number\": 0}', flush=True); os.abort()"
    real = subprocess.Popen
    started = []

    def start(command, **options):
        started.append(command)
        return real([sys.executable, "-c", worker] if len(started) == 1 else command, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    campaign.run("config", 2)
    assert campaign.table["config, onnx: ended the process"].results == Counter(failure=1)
    assert campaign.table["config"].results.total() == 1


def test_the_table_replaces_the_one_before(tmp_path):
    page = tmp_path / "reliability.md"
    page.write_text("# Reliability\n\nBefore.\n")
    for number in (1, 2):
        write_section(page, {"config": Counts(Counter(error=number))}, "Facts.")
    text = page.read_text()
    assert text.startswith("# Reliability\n\nBefore.\n\n## Foreign input\n")
    assert text.count("Facts.") == 1 and "| config | 2 | 2 | 0 | 0 | 0 |" in text
    assert table_of({}).endswith("| **all** | 0 | 0 | 0 | 0 | 0 |")
