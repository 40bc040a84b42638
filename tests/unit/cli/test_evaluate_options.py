import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sacrebleu.dataset import DATASETS

from seq2seq import evaluation
from seq2seq.cli.evaluate import METRICS, TOKENIZERS, command
from seq2seq.errors import UserError
from seq2seq.model_folder.folder import ModelFolder
from seq2seq.model_settings import ModelSettings
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.translation.options import DecodingOptions

SOURCE = ["where is the station", "we would like to pay", "the house is old", "good morning to all"]
FIRST = ["wo ist der Bahnhof bitte", "wir möchten gern zahlen", "das Haus ist sehr alt", "guten Morgen an alle"]
SECOND = ["wo liegt der Bahnhof bitte", "wir wollen jetzt zahlen", "das Haus ist recht alt", "guten Morgen ihr alle"]
GOOD = ["wo ist der Bahnhof bitte", "wir möchten gern zahlen", "das Haus ist recht alt", "guten Morgen ihr alle"]
BAD = ["wo ist das Bahnhof danke", "wir möchten zahlen", "das Haus ist alt", "Morgen an alle Leute"]


class FakeTranslator:
    """Says `lines`, and keeps what it was asked."""

    made: list["FakeTranslator"]

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.options = DecodingOptions()
        self.asked: list[str] = []

    def translate(self, lines, options, *, warn):
        self.asked, self.given = list(lines), options
        warn(1, "too long")
        return self.lines


@pytest.fixture
def place(tmp_path, monkeypatch, joint_tokenizer):
    """A folder with texts, a good and a bad model, to work in."""
    for name, lines in {
        "source": SOURCE,
        "first.de": FIRST,
        "second.de": SECOND,
        "good.de": GOOD,
        "bad.de": BAD,
    }.items():
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    for name in ("good", "bad"):
        ModelFolder.write(
            tmp_path / name,
            {},
            TokenizerPair.of(joint_tokenizer, languages=("en", "de")),
            ModelSettings(vocabulary_size=len(joint_tokenizer)),
        )
    FakeTranslator.made = []

    def load(path: Path, engine: str, threads: int | None) -> FakeTranslator:
        assert engine == "auto"
        FakeTranslator.made.append(FakeTranslator({"good": GOOD, "bad": BAD}[path.name]))
        FakeTranslator.made[-1].threads = threads
        return FakeTranslator.made[-1]

    monkeypatch.setattr("seq2seq.translation.translator.Translator.load", load)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_json(*arguments: str) -> dict:
    return json.loads(run(*arguments, "--format", "json").stdout)


def bleu(system: dict) -> float:
    return next(score["score"] for score in system["scores"] if score["name"] == "BLEU")


def test_several_references(place):
    one = run_json("--hypothesis", "good.de", "--reference", "first.de")
    two = run_json("--hypothesis", "good.de", "--reference", "first.de", "--reference", "second.de")
    assert (one["references"], two["references"]) == (1, 2)
    assert bleu(one) < bleu(two) == pytest.approx(100)
    text = run("--hypothesis", "good.de", "--reference", "first.de", "--reference", "second.de").stdout
    assert text.startswith("4 lines of good.de, 2 references each\n") and text.count("nrefs:2|") == 3


def test_models_come_first_and_then_hypotheses_each_by_its_path(place):
    result = run_json("--hypothesis", "bad.de", "good", "bad", "--source", "source", "--reference", "first.de")
    assert [system["name"] for system in result["systems"]] == ["good", "bad", "bad.de"]
    good, bad, file = result["systems"]
    assert bleu(good) > bleu(bad) == bleu(file)
    assert "scores" not in result
    assert [translator.asked for translator in FakeTranslator.made] == [SOURCE, SOURCE]


def test_one_systems_scores_are_at_the_top_too(place):
    result = run_json("good", "--source", "source", "--reference", "first.de")
    assert result["lines"] == 4 and result["scores"] == result["systems"][0]["scores"]


def test_search_options_reach_every_model(place):
    run_json("good", "bad", "--source", "source", "--reference", "first.de")
    assert [made.given for made in FakeTranslator.made] == [DecodingOptions()] * 2
    run_json("good", "bad", "--source=source", "--reference=first.de", "--beam-size=2", "--length-penalty=0")
    assert [made.given for made in FakeTranslator.made[2:]] == [DecodingOptions(beam_size=2, length_penalty=0.0)] * 2


def test_threads_reach_every_model(place):
    for more, threads in (((), None), (("--threads", "3"), 3)):
        FakeTranslator.made.clear()
        run("good", "bad", "--source=source", "--reference=first.de", *more)
        assert [made.threads for made in FakeTranslator.made] == [threads] * 2
    assert (
        "--threads and --output go with a MODEL"
        in run("--hypothesis=good.de", "--reference=first.de", "--threads=3").stderr
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["-o", "source"], "source is read and cannot be written"),
        (["-o", "no/out"], "no/out cannot be written"),
        (["--report", "report.html"], "report.html is read and cannot be written"),
    ],
)
def test_an_output_that_cannot_be_is_told_before_the_work(place, more, said):
    (place / "report.html").symlink_to("source")
    with pytest.raises(UserError, match=said):
        run("good", "--source", "source", "--reference", "first.de", *more)
    assert FakeTranslator.made == []


def test_a_models_warning_goes_to_standard_error(place):
    result = run("good", "--source", "source", "--reference", "first.de")
    assert result.stderr == "warning: source, line 2: too long\n"


def test_output_takes_the_one_models_translations(place):
    run("good", "--hypothesis", "bad.de", "--source", "source", "--reference", "first.de", "-o", "out")
    assert (place / "out").read_text().splitlines() == GOOD


@pytest.mark.parametrize(
    ("metrics", "names"),
    [((), ["BLEU", "chrF2", "TER"]), (("ter",), ["TER"]), (("chrf++", "bleu"), ["chrF2++", "BLEU"])],
)
def test_metric(place, metrics, names):
    options = [word for metric in metrics for word in ("--metric", metric)]
    result = run_json("--hypothesis", "bad.de", "--reference", "first.de", *options)
    assert [score["name"] for score in result["scores"]] == names


def test_tokenize_and_lowercase_stand_in_the_signature(place):
    files = ("--hypothesis", "bad.de", "--reference", "first.de")
    plain, char, zh = run_json(*files), run_json(*files, "--tokenize=char"), run_json(*files, "--tokenize=zh")
    for result, tokenizer in ((plain, "13a"), (char, "char"), (zh, "zh")):
        assert f"case:mixed|eff:no|tok:{tokenizer}|" in result["scores"][0]["signature"]
    assert bleu(char) != bleu(plain)
    lower = run_json(*files, "--lowercase")
    assert all("case:lc" in score["signature"] for score in lower["scores"])


def test_tokenizers_and_metrics_of_the_help_are_those_there_are():
    assert list(METRICS) == list(evaluation.METRICS) and list(TOKENIZERS) == evaluation.tokenizers()
    text = run("--help").stdout
    assert f"[{'|'.join(TOKENIZERS)}]" in text and f"[{'|'.join(METRICS)}]" in text
    wrong = run("--hypothesis", "x", "--reference", "y", "--tokenize", "14a")
    assert wrong.exit_code == 2 and "'14a' is not one of" in wrong.stderr and "'flores200'" in wrong.stderr


@pytest.mark.parametrize(
    ("reference", "options", "note"),
    [
        ("x.ja", [], "for ja, --tokenize ja-mecab fits"),
        ("x.zh", [], "for zh, --tokenize zh fits"),
        ("x.ja", ["--tokenize", "char"], None),
        ("x.ja", ["--metric", "chrf"], None),
        ("x.de", [], None),
    ],
)
def test_what_tokenizer_would_fit_is_said_in_one_line(place, reference, options, note):
    (place / reference).write_bytes((place / "first.de").read_bytes())
    result = run("--hypothesis", "bad.de", "--reference", reference, *options)
    assert result.exit_code == 0
    if note is None:
        assert result.stderr == ""
    else:
        assert note in result.stderr and result.stderr.count("\n") == 1
        assert "tok:13a" in result.stdout


def test_a_models_language_goes_before_the_files_ending(place, joint_tokenizer):
    ModelFolder.write(
        place / "good",
        {},
        TokenizerPair.of(joint_tokenizer, languages=("en", "ko")),
        ModelSettings(vocabulary_size=len(joint_tokenizer)),
    )
    result = run("good", "--source", "source", "--reference", "first.de")
    assert "for ko, --tokenize ko-mecab fits" in result.stderr


def test_a_tokenizer_that_lacks_its_library_fails_before_the_models_work(place, monkeypatch):
    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_ja_mecab.MeCab", None)
    with pytest.raises(UserError, match=r"pip install 'seq2seq-keras\[ja\]'"):
        run("good", "--source", "source", "--reference", "first.de", "--tokenize", "ja-mecab")
    assert FakeTranslator.made == []


@pytest.mark.parametrize(
    "files",
    [
        ["good", "--source", "source", "--reference", "first.de", "--reference", "short"],
        ["good", "--source", "source", "--reference", "first.de", "--hypothesis", "short"],
        ["--source", "source", "--hypothesis", "short", "--reference", "first.de"],
    ],
)
def test_unequal_counts_name_both_and_come_before_the_models_work(place, files):
    (place / "short").write_text("one\ntwo\n")
    with pytest.raises(UserError, match=r"^source has 4 lines but short has 2:"):
        run(*files)
    assert FakeTranslator.made == []


def test_unequal_counts_without_a_source(place):
    (place / "short").write_text("one\ntwo\n")
    with pytest.raises(UserError, match=r"^first.de has 4 lines but short has 2:"):
        run("--reference", "first.de", "--reference", "short", "--hypothesis", "bad.de")


def test_what_is_no_model_fails_before_the_others_work(place):
    with pytest.raises(UserError, match="nowhere does not exist"):
        run("good", "nowhere", "--source", "source", "--reference", "first.de")
    assert FakeTranslator.made == []


def test_a_named_test_set_brings_source_and_references(place, monkeypatch):
    monkeypatch.setattr(DATASETS["wmt17/tworefs"], "_outdir", str(place))
    for field, lines in {
        "src": SOURCE,
        "ref-0": FIRST,
        "ref-1": SECOND,
        "docid": [],
        "genre": [],
        "origlang": [],
    }.items():
        (place / f"wmt17_tworefs.en-fi.{field}").write_text("".join(f"{line}\n" for line in lines))
    named = ("--test-set", "wmt17/tworefs", "--languages", "en-fi")
    both = ("--reference", "first.de", "--reference", "second.de")
    assert run_json("good", *named) == run_json("good", "--source", "source", *both)
    assert FakeTranslator.made[0].asked == SOURCE
    assert run("good", *named).stdout.startswith("4 lines of wmt17/tworefs en-fi, 2 references each\n")
    assert run_json("--hypothesis", "bad.de", *named) == run_json("--hypothesis", "bad.de", *both)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--reference first.de", "Give a MODEL or --hypothesis."),
        ("--hypothesis bad.de", "Give --reference"),
        ("good --reference first.de", "Give --source"),
        ("--hypothesis bad.de --test-set wmt20", "--test-set and --languages together"),
        ("--hypothesis bad.de --languages en-de --reference first.de", "--test-set and --languages together"),
        ("good --test-set wmt20 --languages en-de --source source", "--test-set brings its source"),
        ("good --test-set wmt20 --languages en-de --reference first.de", "--test-set brings its source"),
        ("--hypothesis bad.de --reference first.de --beam-size 2", "go with a MODEL"),
        ("--hypothesis bad.de --reference first.de --length-penalty 0", "go with a MODEL"),
        ("--hypothesis bad.de --reference first.de -o out", "go with a MODEL"),
        ("good bad --source source --reference first.de -o out", "--output takes the translations of one MODEL"),
        ("good good --source source --reference first.de", "good is given twice"),
        ("--hypothesis bad.de --hypothesis bad.de --reference first.de", "bad.de is given twice"),
        ("good --source source --reference first.de --significance bootstrap", "give two or more"),
        ("good bad --source source --reference first.de --samples 5", "--samples goes with --significance"),
        ("good bad --source source --reference first.de --significance bootstrap --samples 0", "not in the range"),
        ("good bad --source source --reference first.de --significance bootstrap --format jsonl", "does not go with"),
        ("--hypothesis bad.de --reference first.de --metric ter --tokenize char", "--tokenize is BLEU's"),
        ("--hypothesis bad.de --reference first.de --metric meteor", "'meteor' is not one of"),
        ("--hypothesis bad.de --reference first.de --report report.pdf", "give .html or .json"),
        ("--hypothesis bad.de --reference first.de --report-training source", "goes with --report"),
        ("--hypothesis bad.de --reference first.de --report r.html --report-training source", "give --source too"),
    ],
)
def test_options_that_do_not_go_together(place, arguments, said):
    result = run(*arguments.split())
    assert result.exit_code == 2
    assert said in result.stderr and result.stdout == ""
    assert FakeTranslator.made == []
