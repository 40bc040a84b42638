"""`seq2seq score`: what `translate` says of its own translations, and of none of their neighbours."""

import json

import pytest

from seq2seq.cli.score import command
from seq2seq.cli.translate import command as translate
from seq2seq.errors import UserError
from tests.unit.cli.conftest import LINES


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    targets = ["die katze", "", "ein hund", "", "eine katze und ein hase"]
    for name, lines in (("source", LINES), ("target", targets)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return ["--source", folder / "source", "--target", folder / "target"]


def test_text_is_the_log_probability_and_jsonl_has_every_piece(call, tiny_models, pairs):
    numbers = [float(line) for line in call(command, tiny_models[0], *pairs).stdout.splitlines()]
    records = [
        json.loads(line) for line in call(command, tiny_models[0], *pairs, "--format", "jsonl").stdout.splitlines()
    ]
    assert [record["log_probability"] for record in records] == pytest.approx(numbers, abs=1e-6)
    assert [record["source"] for record in records] == LINES
    assert records[1] == {"source": "", "target": "", "score": 0.0, "log_probability": 0.0, "tokens": []}
    assert [token["token"] for token in records[3]["tokens"]] == ["</s>"]
    for record in records:
        total = sum(token["log_probability"] for token in record["tokens"])
        assert record["log_probability"] == pytest.approx(total)
        normalizer = (5 + len(record["tokens"])) / 6
        assert record["score"] == pytest.approx(total / normalizer)


def test_options_and_ensembles(call, tiny_models, pairs):
    def run(*options, models=1):
        result = call(command, *tiny_models[:models], *pairs, "--format", "jsonl", *options)
        return [json.loads(line) for line in result.stdout.splitlines()]

    plain = run()
    for one, other in zip(plain, run("--batch-tokens", 1), strict=True):
        assert one["log_probability"] == pytest.approx(other["log_probability"], rel=1e-4)
    assert [record["score"] for record in run("--length-penalty", 0)] == [r["log_probability"] for r in plain]
    both, first = run(models=2), run("--weights", "1e12,1", models=2)
    assert both[0]["log_probability"] != plain[0]["log_probability"]
    assert first[0]["log_probability"] == pytest.approx(plain[0]["log_probability"], rel=1e-4)


def test_a_translation_has_its_own_score(call, tiny_models, source, tmp_path):
    output = call(translate, tiny_models[0], source, "--format", "jsonl").stdout
    found = [json.loads(line) for line in output.splitlines()]
    (tmp_path / "target").write_text("".join(f"{record['translation']}\n" for record in found))
    output = call(command, tiny_models[0], "--source", source, "--target", tmp_path / "target", "--format", "jsonl")
    compared = 0
    for translation, line in zip(found, output.stdout.splitlines(), strict=True):
        score = json.loads(line)
        # Nonsense reads the same in other pieces, too.
        if [t["token"] for t in score["tokens"]] == [t["token"] for t in translation["tokens"]]:
            compared += 1
            assert score["log_probability"] == pytest.approx(translation["log_probability"], rel=1e-4)
            assert score["score"] == pytest.approx(translation["score"], rel=1e-4)
    assert compared >= 1


def test_into_a_file(call, tiny_models, pairs, tmp_path):
    call(command, tiny_models[0], *pairs, "--output", tmp_path / "scores")
    assert (tmp_path / "scores").read_text() == call(command, tiny_models[0], *pairs).stdout


def test_unequal_counts_are_an_error_that_names_both(call, tiny_models, source, tmp_path):
    (tmp_path / "short").write_text("a\n")
    with pytest.raises(UserError, match=r"source\.de has 5 lines but .*short has 1"):
        call(command, tiny_models[0], "--source", source, "--target", tmp_path / "short")


def test_empty_files_have_no_scores(call, tiny_models, tmp_path):
    (tmp_path / "empty").touch()
    assert call(command, tiny_models[0], "--source", tmp_path / "empty", "--target", tmp_path / "empty").stdout == ""
