import time

import pytest

from seq2seq.errors import UserError
from seq2seq.training.monitoring.training_page import SENTENCES, STAGES, write_training_page
from tests.unit.training.run_of_chance import write_run


def test_a_run_with_everything(tmp_path):
    page = write_training_page(write_run(tmp_path / "mine", sessions=(0, 15)))
    html = page.read_text()
    assert page.name == "training.html" and "<title>Training of mine</title>" in html
    for title in (
        "Loss, nats per token",
        "Perplexity",
        "Quality on the dev set",
        "Learning rate",
        "Gradient norm",
        "Target tokens per second",
    ):
        assert title in html
    assert "Dotted vertical lines" in html and "day 16" in html and "in 2 sessions" in html
    assert "encoder, forwards, layer 1: forget gate" in html
    assert html.count('<article class="story"') == SENTENCES
    assert "sentence 0 &amp; more" in html and "<b>" not in html
    # The first sentence never changed, the others always did.
    assert "<dt>10–40</dt>" in html and html.count("<dt>40</dt>") == SENTENCES - 1
    assert "27.5<small>at update 40" in html


def test_an_older_run_lacks_speed_gates_and_source(tmp_path):
    html = write_training_page(write_run(tmp_path, seconds=False, gates=False, text=False)).read_text()
    assert "Target tokens per second" not in html and 'id="gates"' not in html and "<dt>source</dt>" not in html
    assert html.count('<article class="story"') == SENTENCES and "Dotted vertical lines" not in html


@pytest.mark.parametrize("updates", [0, 1, 9])
def test_a_run_that_has_hardly_begun(tmp_path, updates):
    html = write_training_page(write_run(tmp_path, updates=updates)).read_text()
    assert ("Nothing has been logged yet." in html) == (updates == 0)
    assert "Translations over time" not in html


def test_translations_without_a_validation_in_the_log_are_not_shown(tmp_path):
    write_run(tmp_path)
    (tmp_path / "validation" / "50.txt").write_text("Rest eines abgebrochenen Laufs\n" * 20)
    assert "abgebrochenen" not in write_training_page(tmp_path).read_text()


def test_the_config_keeps_its_lines_and_the_time_its_zone(tmp_path):
    (write_run(tmp_path) / "config.yaml").write_text("a:\n  b: <1>\n")
    html = write_training_page(tmp_path).read_text()
    assert "<pre>a:\n  b: &lt;1&gt;\n</pre>" in html and '<time datetime="' in html.partition("<main")[0]


def test_it_keeps_its_links_and_finds_pages_beside_it(tmp_path):
    from seq2seq.pages.rendering import render

    (tmp_path / "report.html").write_text(render("base.html", title="Evaluation of mine", description=""))
    page = write_training_page(write_run(tmp_path))
    for _ in range(2):
        assert '<a href="report.html">Evaluation of mine</a>' in page.read_text()
        assert '<a href="training.html">' in (tmp_path / "report.html").read_text()
        write_training_page(tmp_path)


def test_a_folder_without_a_run(tmp_path):
    with pytest.raises(UserError, match=r"holds no log.jsonl: give the folder of a run"):
        write_training_page(tmp_path)


def test_a_long_run_gives_a_small_page(tmp_path):
    page = write_training_page(write_run(tmp_path, updates=30_000, validate=200))
    assert page.stat().st_size < 400_000
    assert page.read_text().partition("<main")[2].count("<dt>") == SENTENCES * (2 + STAGES) - (STAGES - 1)


@pytest.mark.slow
def test_a_very_long_run_is_drawn_within_a_second(tmp_path):
    from seq2seq.training.monitoring.training_history import TrainingHistory

    write_run(tmp_path, updates=300_000, validate=1000)
    history = TrainingHistory(tmp_path / "log.jsonl")
    page = write_training_page(tmp_path, history)
    began = time.perf_counter()
    write_training_page(tmp_path, history)
    assert time.perf_counter() - began < 1
    assert page.stat().st_size < 1_000_000
