"""What `train` does before the first update; the rest is in tests/system."""

from __future__ import annotations

import pytest

from seq2seq.errors import UserError
from seq2seq.text.parallel import ParallelText
from seq2seq.training.data.filters import filter_pairs
from seq2seq.training.monitoring.reporter import Reporter
from seq2seq.training.trainer import read_text


@pytest.fixture
def make_data(tmp_path, make_config):
    def make(sources, targets, *overrides, dev=None):
        for name, lines in (("train.en", sources), ("train.de", targets)):
            (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
        files = [f"data.train={{source: {tmp_path}/train.en, target: {tmp_path}/train.de}}"]
        if dev is not None:
            for name, lines in zip(("dev.en", "dev.de"), dev, strict=True):
                (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
            files.append(f"data.dev={{source: {tmp_path}/dev.en, target: {tmp_path}/dev.de}}")
        return make_config(*files, *overrides).data

    return make


def pairs_of(text):
    return list(zip(text.sources, text.targets, strict=True))


def test_given_dev(make_data):
    text, dev = read_text(make_data(["a", "b"], ["A", "B"], dev=(["c"], ["C"])), 1)
    assert (pairs_of(text), pairs_of(dev)) == ([("a", "A"), ("b", "B")], [("c", "C")])


def test_hold_out(make_data):
    """A tenth, no blank pair among them, and no source of theirs stays in the training text."""
    sources = [f"source {n % 70}" if n % 7 else "" for n in range(200)]
    targets = [f"target {n}" if n % 11 else " " for n in range(200)]
    data = make_data(sources, targets)
    text, dev = read_text(data, 1)
    usable = sum(bool(s.strip() and t.strip()) for s, t in zip(sources, targets, strict=True))
    assert len(dev) == usable // 10
    assert all(s.strip() and t.strip() for s, t in pairs_of(dev))
    assert not set(text.sources) & set(dev.sources)
    original = list(zip(sources, targets, strict=True))
    assert set(pairs_of(dev)) <= set(original)
    assert pairs_of(text) == [pair for pair in original if pair[0] not in set(dev.sources)]


def test_hold_out_is_a_function_of_the_seed(make_data):
    lines = [f"line {n}" for n in range(300)]
    data = make_data(lines, lines, "data.hold_out=7")
    (_, one), (_, again), (_, other) = read_text(data, 1), read_text(data, 1), read_text(data, 2)
    assert len(one) == 7
    assert pairs_of(one) == pairs_of(again) != pairs_of(other)


def test_too_few_to_hold_out(make_data):
    with pytest.raises(UserError, match=r"data\.dev"):
        read_text(make_data(["a"] * 9, ["A"] * 9), 1)


def test_filter_pairs(make_data, small_tokenizer, capsys):
    good = ("Where is the station?", "Wo ist der Bahnhof?")
    text = ParallelText(
        [good[0], "", good[0], "   ", "word " * 50, good[0], "Yes.", good[0]],
        [good[1], good[1], "", good[1], "Wort " * 50, good[1], "Ja, " * 9, good[1]],
    )
    data = make_data(["a"], ["b"], "data.max_tokens=40", "data.max_ratio=2.0")
    kept, _ = filter_pairs(text, small_tokenizer, data, Reporter(1))
    assert pairs_of(kept) == [good] * 3
    said = capsys.readouterr().err
    assert "3 of 8" in said and "blank" in said
    assert "data.max_tokens 40" in said and "data.max_ratio 2" in said
    assert said.count("1 of 8") == 2


def test_nothing_to_filter(make_data, small_tokenizer, capsys):
    text = ParallelText(["Yes."], ["Ja."])
    kept, _ = filter_pairs(text, small_tokenizer, make_data(["a"], ["b"]), Reporter(1))
    assert pairs_of(kept) == [("Yes.", "Ja.")]
    assert capsys.readouterr().err == ""


def test_nothing_left(make_data, small_tokenizer):
    data = make_data(["a"], ["b"])
    for text in (ParallelText(["", "x"], ["y", ""]), ParallelText([], [])):
        with pytest.raises(UserError, match="no pair"):
            filter_pairs(text, small_tokenizer, data, Reporter(1))
