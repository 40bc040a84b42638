from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(
    ("best", "scores", "expected"), [("bleu", (3.0, 1.0, 4.0, 2.0), 30), ("loss", (3.0, 1.0, 4.0, 2.0), 20)]
)
def test_best(make_session, best, scores, expected):
    session = make_session(f"training.best={best}", "training.keep_models=1", last_step=40, scores=scores)
    session.go()
    session.end()
    assert session.state.best_step == expected
    metadata = json.loads((session.run.model / "metadata.json").read_text())
    assert metadata["scores"]["step"] == expected and metadata["target_language"] == "de"
    assert sorted(int(path.name) for path in session.run.models.iterdir()) == [expected, 40]
    validations = [line for line in session.lines() if "validation" in line]
    assert [line["validation"] for line in validations] == [10, 20, 30, 40]
    assert [line["BLEU"] for line in validations] == list(scores)
    assert validations[0]["signatures"]["BLEU"] == "sig" and validations[1]["epochs"] == 2.0
    assert (session.run.validation / "20.txt").read_text() == "Ja.\n\n"
