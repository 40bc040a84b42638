"""`seq2seq translate`: its options reach the translator, and what cannot go together is one sentence."""

import json

import pytest

from seq2seq.cli.translate import command
from seq2seq.errors import UserError
from seq2seq.translation.translator import Translator
from tests.unit.cli.conftest import LINES


@pytest.fixture(scope="module")
def engines():
    return {}


@pytest.fixture(autouse=True)
def loaded(monkeypatch, engines):
    """Models are loaded once: that takes longer than all the rest."""
    load = Translator.load.__func__

    def cached(path, *, weights=None, threads=None, engine="auto"):
        key = (tuple(path), tuple(weights or ()))
        if key not in engines:
            engines[key] = load(Translator, path, weights=weights)
        known = engines[key]
        return Translator(known.engine, known.tokenizers, known.options)

    monkeypatch.setattr(Translator, "load", cached)


@pytest.fixture
def translate(call, tiny_models, source):
    def run(*options, models=1, input=None):
        result = call(command, *tiny_models[:models], *([source] if input is None else []), *options, input=input)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def records(output):
    return [json.loads(line) for line in output.split("\n")[:-1]]


def test_text_and_jsonl_say_the_same(translate):
    found = records(translate("--format", "jsonl"))
    assert [record["source"] for record in found] == LINES
    assert "".join(f"{record['translation']}\n" for record in found) == translate()
    assert all(
        record.keys() == {"source", "translation", "score", "log_probability", "tokens", "alignment"}
        for record in found
    )


@pytest.mark.parametrize("count", [1, 3])
def test_n_best(translate, count):
    found = records(translate("--format", "jsonl", "--n-best", count))
    assert [len(record["n_best"]) for record in found] == [count, 0, count, count, count]
    assert found[0]["n_best"][0]["translation"] == found[0]["translation"]


@pytest.mark.parametrize(
    "options",
    [
        ["--beam-size", 1],
        ["--length-penalty", 0],
        ["--coverage-penalty", 5],
        ["--max-length", 2],
        ["--min-length", 19],
        ["--no-repeat-ngram", 1],
        ["--require", "hase"],
        ["--sample"],
        ["--weights", "1"],
    ],
)
def test_options_reach_the_search(translate, options):
    plain, found = records(translate("--format", "jsonl")), records(translate("--format", "jsonl", *options))
    assert [record["source"] for record in found] == LINES
    assert (found == plain) == (options[0] == "--weights")


def test_sampling_options_reach_the_search(translate):
    found = {
        translate("--sample", *options)
        for options in ([], ["--seed", 2], ["--temperature", 3], ["--top-k", 1], ["--top-p", 0.01, "--temperature", 9])
    }
    assert len(found) >= 4
    assert translate("--sample") == translate("--sample", "--seed", 1)
    # A search may prefer a form with an end mark added; a sample is drawn of the line as it is.
    assert translate("--sample", "--top-k", 1, "--literal") == translate("--beam-size", 1, "--literal")


def test_sampling_goes_on_with_the_line_s_number(translate):
    """Windows of the stream are no beginnings."""
    lines = "der hund\n" * 1100
    found = translate("--sample", input=lines).split("\n")[:-1]
    assert len(set(found[:40])) > 20
    assert found[:40] != found[1024:1064]
    assert found[:40] == translate("--sample", input="der hund\n" * 40).split("\n")[:-1]


@pytest.mark.parametrize("options", [["--batch-tokens", 1], ["--batch-tokens", 100]])
def test_batches_change_nothing(translate, options):
    assert translate(*options) == translate()
    assert translate(*options, "--sample") == translate("--sample")


def test_avoid(translate):
    word = next(word for word in translate("--beam-size", 3).split() if word.isalpha())
    assert word in translate().split()
    assert word not in translate("--avoid", word).split()


def test_prefixes_from_a_file_or_a_column(translate, tmp_path):
    prefixes = ["die", "x", "", "der hund", "ab"]
    (tmp_path / "prefixes").write_text("".join(f"{prefix}\n" for prefix in prefixes))
    by_file = translate("--prefix", tmp_path / "prefixes")
    both = zip(LINES, prefixes, strict=True)
    assert translate("--prefix-column", input="".join(f"{a}\t{b}\n" for a, b in both)) == by_file
    found = by_file.split("\n")[:-1]
    assert [text.startswith(prefix) for text, prefix in zip(found, prefixes, strict=True)] == [
        True, False, True, True, True,
    ]  # fmt: skip
    assert found[2] == translate().split("\n")[:-1][2]
    assert found[1] == ""


@pytest.mark.parametrize(("count", "said"), [(4, r"line 5: there are only 4 prefixes"), (6, "5 lines, but there are")])
def test_prefixes_that_are_not_as_many(call, tiny_models, source, tmp_path, count, said):
    (tmp_path / "prefixes").write_text("a\n" * count)
    with pytest.raises(UserError, match=said):
        call(command, tiny_models[0], source, "--prefix", tmp_path / "prefixes", "-o", tmp_path / "output", "--partial")
    assert len((tmp_path / "output").read_bytes().split(b"\n")[:-1]) == min(count, 5)


def test_ensembles(translate, tiny_models, call, source):
    one = translate()
    same = call(command, tiny_models[0], tiny_models[0], source).stdout
    assert same == one
    both = translate(models=2)
    assert both != one
    assert translate("--weights", "1e9,1", models=2) == one
    assert translate("--weights", "1,1", models=2) == both


def test_models_of_different_vocabularies(call, tiny_models, source):
    with pytest.raises(UserError, match=r"one and .*other have different vocabularies"):
        call(command, tiny_models[0], tiny_models[2], source)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--n-best", "2"], "add --format jsonl"),
        (["--temperature", "2"], "--temperature has an effect on sampling only: add --sample"),
        (["--top-k", "2"], "--top-k has an effect"),
        (["--seed", "2"], "--seed has an effect"),
        (["--sample", "--beam-size", "2"], "leave --beam-size out"),
        (["--prefix", "x", "--prefix-column"], "not both"),
        (["--workers", "2", "--threads", "2"], "leave --threads out"),
        (["--weights", "1,2"], "2 weights for 1 models"),
        (["--weights", "a"], "write numbers"),
        (["--weights", "-1"], "every weight must be above 0"),
    ],
)
def test_what_has_no_effect_together_is_a_usage_error(call, tiny_models, source, options, said):
    result = call(command, tiny_models[0], source, *options)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "jsonl", "--n-best", "4"], "n_best 4 is above beam_size 3"),
        (["--min-length", "5", "--max-length", "4"], "min_length 5 is above max_length 4"),
        (["--sample", "--require", "a"], "sample and require cannot go together"),
        (["--avoid", "a", "--require", "a"], "avoided and required at once"),
    ],
)
def test_what_cannot_go_together_is_one_sentence_before_a_model_is_loaded(
    call, tiny_models, source, monkeypatch, options, said
):
    monkeypatch.setattr(Translator, "load", None)
    with pytest.raises(UserError, match=said):
        call(command, tiny_models[0], source, *options)


def test_errors_strict_and_replace(call, tiny_models, tmp_path):
    (tmp_path / "bad").write_bytes(b"der hund\n\xff\nab\n")
    with pytest.raises(UserError, match="line 2: not valid UTF-8"):
        call(command, tiny_models[0], tmp_path / "bad", "-o", tmp_path / "output", "--partial")
    assert len((tmp_path / "output").read_bytes().split(b"\n")[:-1]) == 1
    result = call(command, tiny_models[0], tmp_path / "bad", "--errors", "replace")
    assert len(result.stdout.split("\n")[:-1]) == 3


def test_the_help_has_groups(call):
    shown = call(command, "--help").stdout
    for heading in ("Input and output:", "Search:", "Sampling:", "Machine:", "Options:"):
        assert f"\n{heading}\n" in shown
    shown = shown[shown.index("Input and output:") :]
    assert shown.index("Search:") < shown.index("--beam-size") < shown.index("Sampling:") < shown.index("--seed")
