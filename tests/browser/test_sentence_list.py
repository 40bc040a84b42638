"""The list of all sentences of a report, and what else its page does by scripts."""

import shlex
import time

import pytest

from seq2seq.evaluation.report import make_report
from seq2seq.evaluation.report.report_page import report_page
from seq2seq.text.lines import read_lines
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.slow
STRANGE = 'It\'s -- $HOME `x` "y" </script> & so on?'


@pytest.fixture(scope="module")
def report_file(tmp_path_factory, traveller):
    """A report of two systems, one of which can be inspected; the second leaves the last word out of every line."""
    sources, references = read_lines(traveller / "test.en")[:60], read_lines(traveller / "test.de")[:60]
    sources[7] = STRANGE
    sources[8] = "-x is an option"
    first = list(references)
    first[3] = "Heizung"
    report = make_report(
        {"first": first, "second": [line.rpartition(" ")[0] for line in references]},
        [references],
        sources=sources,
        samples=5,
        inspect={"first": ["seq2seq", "inspect", "my runs/model"]},
        training=("train.en", sources[:30]),
    )
    path = tmp_path_factory.mktemp("list") / "report.html"
    path.write_text(report_page(report), encoding="utf-8")
    return path


def shown(page):
    return [one.get_attribute("aria-label") for one in page.locator("#all article").all()]


def test_all_sentences_are_there_a_page_at_a_time(report_file, open_page):
    page = open_page(report_file)
    everything = page.locator("#all")
    assert shown(page) == [f"Line {n}" for n in range(1, 26)]
    assert everything.get_by_role("status").inner_text() == "60 sentences, 1 to 25 shown"
    assert everything.get_by_role("button", name="Previous").is_disabled()
    everything.get_by_role("button", name="Next").click()
    everything.get_by_role("button", name="Next").click()
    assert shown(page) == [f"Line {n}" for n in range(51, 61)]
    assert everything.get_by_role("button", name="Next").is_disabled() and page.troubles == []


def test_they_can_be_sorted(report_file, open_page):
    page = open_page(report_file)
    sort = page.locator("#all").get_by_label("Sort")
    sort.select_option("worst first")
    assert shown(page)[0] == "Line 4"
    page.locator("#all").get_by_label("System").select_option(index=1)
    scores = [float(one.split()[1]) for one in page.locator("#all article dd:last-child .score").all_inner_texts()]
    assert scores == sorted(scores)
    sort.select_option("B gains most on A")
    assert shown(page)[0] == "Line 4"
    sort.select_option("longest first")
    lengths = [len(one.split()) for one in page.locator("#all article dd:nth-of-type(1)").all_inner_texts()]
    assert lengths[0] >= lengths[-1] and page.troubles == []


def test_they_can_be_searched(report_file, open_page):
    page = open_page(report_file)
    everything, count = page.locator("#all"), page.locator("#all").get_by_role("status")
    search = everything.get_by_label("Search")
    search.fill("HEIZUNG")
    search.press("Enter")
    assert "Line 4" in shown(page) and "of 60 sentences" in count.inner_text()
    for text in ("(", "[", "\\", "nothing like it", "a-b"):
        everything.get_by_label("whole words").check()
        search.fill(text)
        search.press("Enter")
        everything.get_by_label("whole words").uncheck()
    search.fill("nothing like it")
    search.press("Enter")
    assert count.inner_text() == "0 of 60 sentences" and shown(page) == []
    search.fill("HOME so")
    search.press("Enter")
    assert shown(page) == ["Line 8"] and page.troubles == []


def test_a_word_leads_to_its_sentences(report_file, open_page):
    page = open_page(report_file)
    word = page.locator("#words button.find").first
    text = word.inner_text()
    word.click()
    search = page.locator("#all").get_by_label("Search")
    assert search.input_value() == text and page.locator("#all").get_by_label("whole words").is_checked()
    assert all(text in one.lower() for one in page.locator("#all article").all_inner_texts()) and shown(page)
    assert search.evaluate("search => search === document.activeElement")


@pytest.mark.parametrize(("line", "sentence"), [(8, STRANGE), (9, "-x is an option")])
def test_the_command_is_what_a_shell_reads(report_file, open_page, line, sentence):
    page = open_page(report_file, permissions=["clipboard-read", "clipboard-write"])
    article = page.locator(f'#all article[aria-label="Line {line}"]')
    article.get_by_text("Inspect with A").click()
    command = article.locator(".command").inner_text()
    assert shlex.split(command) == [
        "seq2seq",
        "inspect",
        "my runs/model",
        *(["--"] if sentence.startswith("-") else []),
        sentence,
    ]
    article.get_by_role("button", name="Copy").click()
    article.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == command


def test_what_the_reference_lacks_is_marked(report_file, open_page):
    page = open_page(report_file)
    fourth = page.locator('#all article[aria-label="Line 4"]')
    assert fourth.locator("mark").first.inner_text() == "Heizung"
    assert page.locator('#all article[aria-label="Line 1"] mark').count() == 0


def test_without_scripts_the_page_says_what_is_missing(report_file, open_page):
    page = open_page(report_file, java_script_enabled=False)
    assert "needs scripts" in page.locator("#all").inner_text()
    assert not page.locator(".sentence-list").is_visible() and page.locator("#sentences article").count() > 0


def test_ten_thousand_sentences_are_quick(tmp_path, traveller, open_page):
    sources, references = (read_lines(traveller / f"test.{language}") * 20 for language in ("en", "de"))
    report = make_report({"one": references[1:] + references[:1]}, [references], sources=sources, samples=2)
    path = tmp_path / "report.html"
    path.write_text(report_page(report), encoding="utf-8")
    assert path.stat().st_size < 5_000_000
    began = time.perf_counter()
    page = open_page(path)
    page.locator("#all article").first.wait_for()
    assert time.perf_counter() - began < 5
    assert page.locator("#all").get_by_role("status").inner_text() == "10,000 sentences, 1 to 25 shown"
    milliseconds = page.evaluate(
        """() => {
          const list = document.querySelector(".sentence-list");
          const began = performance.now();
          list.querySelector("[name=sort]").value = "worst";
          list.querySelector("[name=whole]").checked = true;
          list.querySelector("[name=search]").value = "bitte";
          list.querySelector("form").requestSubmit();
          return performance.now() - began;
        }"""
    )
    assert milliseconds < 1000 and "of 10,000 sentences" in page.locator("#all").get_by_role("status").inner_text()


def test_the_list_on_a_phone(report_file, open_page):
    page = open_page(report_file, viewport=PHONE)
    for fold in page.locator("#all details summary").all():
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] and page.troubles == []
