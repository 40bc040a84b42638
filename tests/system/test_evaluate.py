from __future__ import annotations

import json

import sacrebleu


def systems_of(result):
    """{system: {metric: score}}"""
    systems = json.loads(result.stdout)["systems"]
    return {system["name"]: {score["name"]: score["score"] for score in system["scores"]} for system in systems}


def test_model_and_hypothesis_agree(seq2seq, sort_run):
    """Scores of a model are those of its translations, which are translate's; and are those that sacrebleu gives."""
    folder, given = sort_run.folder, ("--reference", "test.target", "--format", "json")
    result = seq2seq("evaluate", "run/model", "--source", "test.source", "-o", "translated", *given, cwd=folder)
    (direct,) = systems_of(result).values()
    scored = seq2seq("evaluate", "--hypothesis", "translated", *given, cwd=folder)
    assert direct == systems_of(scored)["translated"]
    assert result.stderr == scored.stderr == ""

    hypotheses, references = ((folder / name).read_text().splitlines() for name in ("translated", "test.target"))
    assert direct["BLEU"] == sacrebleu.corpus_bleu(hypotheses, [references]).score
    assert direct["chrF2"] == sacrebleu.corpus_chrf(hypotheses, [references]).score
    signatures = [score["signature"] for system in json.loads(scored.stdout)["systems"] for score in system["scores"]]
    assert len(signatures) == 3 and all("version:" in signature for signature in signatures)

    translated = seq2seq("translate", "run/model", "test.source", cwd=folder)
    assert translated.stdout == (folder / "translated").read_bytes()


def test_unequal_counts(seq2seq, sort_run, assert_one_sentence):
    """An error that names both, before any work is done."""
    for arguments in (("run/model", "--source", "train.source"), ("--hypothesis", "train.target")):
        result = seq2seq("evaluate", *arguments, "--reference", "test.target", cwd=sort_run.folder, status=1)
        assert_one_sentence(result.stderr, "test.target", arguments[-1], "100")
        assert "2800" in result.stderr.replace(",", "")
