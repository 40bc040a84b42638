from __future__ import annotations

import re

from seq2seq.config.schema import TrainingConfig
from seq2seq.training.run.changes import CHANGEABLE, LENGTH, differences


def test_the_table_names_options():
    assert {key.removeprefix("training.") for key in CHANGEABLE} <= TrainingConfig.model_fields.keys()
    assert CHANGEABLE.keys() >= LENGTH


def test_the_docs_have_the_same_table(project_root):
    page = (project_root / "docs" / "how-to" / "resume.md").read_text()
    assert dict(re.findall(r"^\| `(training\.\w+)` \| (.*) \|$", page, re.MULTILINE)) == CHANGEABLE


def test_differences():
    before, now = {"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 1, "c": 3}, "e": None, "d": [2]}
    assert list(differences(before, now)) == [("a.c", "a.c was 2, is 3"), ("d", "d was [1], is [2]")]
