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


def test_a_link_is_written_through_also_when_pages_are_linked(report, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r.html").symlink_to("elsewhere/r.html")
    write_report(report, tmp_path / "other.html")
    write_report(report, tmp_path / "r.html")
    assert (tmp_path / "r.html").is_symlink()
    assert 'other.html">' in (tmp_path / "elsewhere" / "r.html").read_text()


def test_a_page_is_linked_with_the_page_of_the_run(report, tmp_path, copying_translator):
    from seq2seq.pages.rendering import render

    model = tmp_path / "runs" / "mine" / "model"
    model.mkdir(parents=True)
    training = model.parent / "training.html"
    training.write_text(render("base.html", title="Training of mine", description=""))
    write_report(report, tmp_path / "r.html", {str(model): copying_translator().tokenizers})
    assert '<a href="runs/mine/training.html">Training of mine</a>' in (tmp_path / "r.html").read_text()
    assert '<a href="../../r.html">' in training.read_text()
