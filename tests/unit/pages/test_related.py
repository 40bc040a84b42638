import pytest

from seq2seq.pages.related import keep_links, known_pages, link_pages
from seq2seq.pages.rendering import render


def write(path, title="A page"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render("base.html", title=title, description=""), encoding="utf-8")
    return path


@pytest.fixture
def pages(tmp_path):
    """A run's page, and a report and an inspection elsewhere."""
    (tmp_path / "runs" / "mine" / "model").mkdir(parents=True)
    return (
        write(tmp_path / "runs" / "mine" / "training.html", "Training of mine"),
        write(tmp_path / "out" / "my report.html", "Evaluation of <mine>"),
        write(tmp_path / "out" / "inspect.html", "Inside the LSTM"),
    )


def test_the_page_of_the_run_and_the_pages_beside_are_known(pages, tmp_path):
    training, report, inspection = pages
    (tmp_path / "out" / "other.html").write_text("<title>not ours</title>")
    (tmp_path / "out" / "bytes.html").write_bytes(b"\xff\xfe")
    model = tmp_path / "runs" / "mine" / "model"
    assert known_pages(report, [model]) == [training, inspection]
    assert known_pages(report, [model.parent / "models" / "20"]) == [training, inspection]
    assert known_pages(report) == [inspection] and known_pages(training) == []


def test_links_go_both_ways(pages):
    training, report, _ = pages
    link_pages(report, [training])
    assert (
        '<a href="../runs/mine/training.html">Training of mine</a> <small>../runs/mine/training.html</small>'
        in report.read_text()
    )
    assert '<a href="../../out/my%20report.html">Evaluation of &lt;mine&gt;</a>' in training.read_text()


def test_linking_again_changes_nothing_and_what_is_gone_is_dropped(pages):
    training, report, inspection = pages
    link_pages(report, [training, inspection])
    before = [path.read_text() for path in pages]
    link_pages(report, [training, inspection])
    assert [path.read_text() for path in pages] == before
    inspection.unlink()
    link_pages(report, [])
    assert "inspect.html" not in report.read_text() and "training.html" in report.read_text()


def test_a_page_made_anew_keeps_its_links(pages):
    training, report, _ = pages
    link_pages(report, [training])
    anew = keep_links(render("base.html", title="Training of mine", description="later"), training)
    assert "later" in anew and "my%20report.html" in anew
    assert keep_links("text", training.parent / "none.html") == "text"


def test_files_of_others_stay_as_they_are(pages, tmp_path):
    other = tmp_path / "out" / "other.html"
    other.write_text("<title>not ours</title><!-- related pages --><!-- end of related pages -->")
    before = other.read_text()
    link_pages(pages[1], [other])
    assert other.read_text() == before and "other.html" not in pages[1].read_text()
