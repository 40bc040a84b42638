import json

import pytest

from seq2seq.errors import UserError
from seq2seq.evaluation.report import make_report
from seq2seq.evaluation.report.report_files import write_report


@pytest.fixture(scope="module")
def report():
    return make_report({"mine": ["a dog ran"]}, [["a dog ran away"]], samples=5)


def test_the_ending_decides_on_the_format(report, tmp_path):
    write_report(report, tmp_path / "R.JSON")
    assert json.loads((tmp_path / "R.JSON").read_text())["systems"][0]["hypotheses"] == ["a dog ran"]
    for name in ("r.html", "r.htm"):
        write_report(report, tmp_path / name)
        assert (tmp_path / name).read_text().startswith("<!DOCTYPE html>")


def test_a_file_that_cannot_be_written(report, tmp_path):
    with pytest.raises(UserError, match=r"r\.json cannot be written"):
        write_report(report, tmp_path / "nowhere" / "r.json")
