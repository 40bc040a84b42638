from __future__ import annotations

import pytest

from seq2seq.training.process import resolution


def test_resolve_takes_what_is_given(make_config):
    facts = resolution.resolve(make_config("training.threads=3", "training.precision=bfloat16").training)
    assert (facts["threads"], facts["precision"]) == (3, "bfloat16")
    assert {"machine", "python"} <= set(facts)


@pytest.mark.parametrize(("has", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_resolve_auto(make_config, monkeypatch, has, expected):
    monkeypatch.setattr(resolution, "multiplies_bfloat16", lambda: has)
    monkeypatch.setattr(resolution, "usable_cores", lambda: 5)
    facts = resolution.resolve(make_config().training)
    assert (facts["threads"], facts["precision"]) == (5, expected)
