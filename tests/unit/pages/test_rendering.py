import jinja2
import pytest

from seq2seq.pages.rendering import PageSection, environment, render
from seq2seq.training.monitoring.run_status import RunStatus
from seq2seq.training.monitoring.training_history import TrainingHistory


def page(tmp_path, **values):
    return render(
        "training.html",
        **{
            "title": "<T>",
            "description": 'a "quoted" & b',
            "sections": (PageSection("sessions", "Sit & go"),),
            "history": TrainingHistory(tmp_path / "log.jsonl"),
            "status": RunStatus("running", 3, 20, 65.0),
            "drawn": "2026-11-28T10:25:51+00:00",
            "reload_seconds": 20,
            "time_left": "1:05",
            "plan": {},
            "config": None,
            "curves": [],
            "resumed": False,
            "stories": [],
            "gates": [],
            "best": None,
            "newest": None,
        }
        | values,
    )


def test_a_page_is_whole_and_escaped(tmp_path):
    html = page(tmp_path)
    assert html.startswith("<!DOCTYPE html>") and '<html lang="en">' in html
    assert "<title>&lt;T&gt;</title>" in html and 'content="a &#34;quoted&#34; &amp; b"' in html
    assert '<a href="#sessions">Sit &amp; go</a>' in html
    for landmark in ("header", "nav", "main", "footer"):
        assert html.count(f"<{landmark}") == 1


def test_a_page_asks_nothing_of_the_network(tmp_path):
    html = page(tmp_path)
    assert "default-src 'none'" in html
    assert (
        "http://" not in html
        and "https://" not in html
        and "src=" not in html.replace("default-src", "").replace("-src", "")
    )


def test_a_value_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(jinja2.UndefinedError):
        render("training.html", title="T", description="D")


def test_all_templates_can_be_read():
    names = environment().list_templates()
    assert {"base.html", "page.css", "page.js", "heatmap.js", "training.html"} <= set(names)
    for name in names:
        if name.endswith(".html"):
            environment().get_template(name)
