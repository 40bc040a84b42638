"""The pages that the program makes."""

import pytest

from tests.unit.training.run_of_chance import write_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def translator(trained):
    from seq2seq.engines.keras_engine import KerasEngine
    from seq2seq.tokenization.pair import TokenizerPair
    from seq2seq.translation.translator import Translator

    model, tokenizer, _ = trained
    return Translator(KerasEngine(model), TokenizerPair.of(tokenizer, languages=("en", "de")))


@pytest.fixture(scope="module")
def report_file(tmp_path_factory, trained, translator):
    """A report of two systems, of which one is a model."""
    from seq2seq.evaluation.report import make_report
    from seq2seq.evaluation.report.report_page import report_page

    text = trained[2].select(range(40))
    sources, references = list(text.sources), list(text.targets)
    said = translator.translate(sources)
    said[3] = sources[3] + " und und <script>alert(1)</script>"
    systems = {"runs/" + "long-name-" * 12 + "/model": said, "b.de": [line[:-4] for line in references]}
    report = make_report(
        systems,
        [references],
        sources=sources,
        translators={next(iter(systems)): translator},
        samples=50,
        inspect={next(iter(systems)): ["seq2seq", "inspect", next(iter(systems))]},
        training=("train.en", sources[:20]),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page(report, {next(iter(systems)): translator.tokenizers}))
    return path


def test_the_report(report_file, check_page):
    check_page(report_file)


def test_attention_of_a_sentence_unfolds_and_answers(report_file, open_page):
    page = open_page(report_file)
    first = page.locator("#sentences article details").first
    assert not first.locator(".map").is_visible()
    first.locator("summary").first.press("Enter")
    first.locator(".map").focus()
    page.keyboard.press("ArrowDown")
    before = first.locator(".readout").inner_text()
    page.keyboard.press("ArrowRight")
    assert first.locator(".readout").inner_text() != before and page.troubles == []


@pytest.mark.parametrize(
    "options", [{"sessions": (0, 15)}, {"seconds": False, "gates": False, "text": False}, {"updates": 0}]
)
def test_the_training_page(tmp_path, check_page, options):
    from seq2seq.training.monitoring.training_page import write_training_page

    check_page(write_training_page(write_run(tmp_path / "run", **options)))
