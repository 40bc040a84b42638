"""What is learnt from, what is held out of it, and what the tokenizer sees of it."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.config.loading import build_config
from seq2seq.errors import UserError
from seq2seq.text.mapped_lines import MappedLines
from seq2seq.text.parallel import read_parallel
from seq2seq.training.data.selection import TokenizerLines, read_text, spread


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, count in (("a", 30), ("b", 20)):
        for side in ("src", "tgt"):
            (tmp_path / f"{name}.{side}").write_text("".join(f"{name} {side} {n}\n" for n in range(count)))
    (tmp_path / "c.tsv.gz").write_bytes(gzip.compress(b"".join(b"c src %d\tc tgt %d\n" % (n, n) for n in range(10))))
    return tmp_path


A, B = ({"source": f"{name}.src", "target": f"{name}.tgt"} for name in "ab")


def data(train, **others):
    return build_config({"data": {"train": train, **others}, "training": {"epochs": 1}}, "test").data


def rows(text):
    return list(text.pairs())


def test_several_corpora_stand_one_after_the_other():
    text, dev = read_text(data([A, "c.tsv.gz", {**B, "weight": 2}], dev=B), seed=1)
    assert len(text) == 60 and dev == read_parallel(Path("b.src"), Path("b.tgt"))
    assert text.sources == [
        f"{name} src {n}" for name, count in (("a", 30), ("c", 10), ("b", 20)) for n in range(count)
    ]
    assert text.targets == [line.replace("src", "tgt") for line in text.sources]
    assert text.corpora.tolist() == [0] * 30 + [1] * 10 + [2] * 20
    some = text.select([59, 0, 35])
    assert (rows(some)[2], some.corpora.tolist()) == (("c src 5", "c tgt 5"), [2, 0, 1])


def test_a_single_corpus_in_a_list_is_that_corpus():
    alone, in_list = (read_text(data(train, dev=B), seed=1)[0] for train in (A, [A]))
    assert alone == in_list and alone.corpora is in_list.corpora is None
    assert alone.fingerprint() == in_list.fingerprint()


def test_a_fingerprint_tells_where_a_corpus_ends(here):
    before = read_text(data([A, B], dev=B), seed=1)[0].fingerprint()
    for side in ("src", "tgt"):
        a, b = ((here / f"{name}.{side}").read_text().splitlines(keepends=True) for name in "ab")
        (here / f"x.{side}").write_text("".join([*a, b[0]]))
        (here / f"y.{side}").write_text("".join(b[1:]))
    moved = [{"source": f"{name}.src", "target": f"{name}.tgt"} for name in "xy"]
    text = read_text(data(moved, dev=B), seed=1)[0]
    assert text.sources == read_text(data([A, B], dev=B), seed=1)[0].sources
    assert text.fingerprint() != before


def test_pairs_are_held_out_of_all_corpora_and_no_source_of_theirs_stays(here):
    (here / "b.src").write_text("".join(f"a src {n}\n" for n in range(20)))
    text, dev = read_text(data([A, B], hold_out=2), seed=1)
    assert isinstance(text.sources, MappedLines), "no copy of the text"
    assert len(dev) == 2
    held = set(dev.sources)
    assert rows(text) == [pair for pair in rows(read_text(data([A, B], dev=B), seed=1)[0]) if pair[0] not in held]
    assert np.array_equal(text.corpora, [int("b" in target) for target in text.targets])
    again, other = (read_text(data([A, B], hold_out=2), seed=seed)[1] for seed in (1, 2))
    assert dev == again and dev != other


def test_blank_pairs_are_not_held_out(here):
    (here / "a.tgt").write_text("".join("x\n" if n % 3 else " \n" for n in range(30)))
    for seed in range(5):
        assert set(read_text(data(A, hold_out=2), seed)[1].targets) == {"x"}
    (here / "a.tgt").write_text("x\n" * 9 + "\n" * 21)
    with pytest.raises(UserError, match=r"a.src and a.tgt: 9 usable pairs are too few"):
        read_text(data(A), seed=1)


def test_the_dev_text_of_a_corpus_and_its_training_text_beside_others(traveller):
    text, dev = read_text(data([{"corpus": "traveller"}, A], dev={"corpus": "traveller"}, source_language="de"), seed=1)
    card = read_parallel(traveller / "train.de", traveller / "train.en")
    assert rows(text.select(range(len(card)))) == rows(card)
    assert rows(text)[len(card)] == ("a src 0", "a tgt 0")
    assert dev == read_parallel(traveller / "dev.de", traveller / "dev.en")


def test_a_tokenizer_learns_from_all_lines_of_a_small_text():
    lines = TokenizerLines((["a", " ", "b"], ["c", ""]), 5, seed=1)
    assert list(lines) == list(lines) == ["a", "b", "c"]


def test_of_a_large_text_it_takes_some_from_everywhere():
    sides = [f"s{n}" for n in range(3000)], [f"t{n}" for n in range(1000)]
    lines = list(TokenizerLines(sides, 400, seed=1))
    assert list(TokenizerLines(sides, 400, seed=1)) == lines != list(TokenizerLines(sides, 400, seed=2))
    assert [sum(line[0] == side for line in lines) for side in "st"] == [300, 100]
    assert [int(line[1:]) // 10 for line in lines] == [*range(300), *range(100)]


@given(st.integers(1, 300), st.data())
def test_a_draw_is_one_row_of_each_stretch(count, data):
    most = data.draw(st.integers(1, count))
    chosen = spread(count, most, (1, 2))
    assert len(chosen) == most
    assert (np.diff(chosen) > 0).all() and chosen[0] >= 0 and chosen[-1] < count
    assert (np.diff(chosen) <= 2 * -(-count // most)).all()


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


def test_given_dev(make_data):
    text, dev = read_text(make_data(["a", "b"], ["A", "B"], dev=(["c"], ["C"])), 1)
    assert (rows(text), rows(dev)) == ([("a", "A"), ("b", "B")], [("c", "C")])


def test_at_most_a_tenth_is_held_out(make_data):
    """At most a tenth goes, no blank pair is held out, and no source of theirs stays in the training text."""
    sources = [f"source {n % 70}" if n % 7 else "" for n in range(200)]
    targets = [f"target {n}" if n % 11 else " " for n in range(200)]
    data = make_data(sources, targets)
    text, dev = read_text(data, 1)
    usable = sum(bool(s.strip() and t.strip()) for s, t in zip(sources, targets, strict=True))
    assert usable // 30 <= len(dev) <= usable // 10, "each source is there two or three times"
    assert len(text) >= len(sources) - len(sources) // 10
    assert all(s.strip() and t.strip() for s, t in rows(dev))
    assert not set(text.sources) & set(dev.sources)
    original = list(zip(sources, targets, strict=True))
    assert set(rows(dev)) <= set(original)
    assert rows(text) == [pair for pair in original if pair[0] not in set(dev.sources)]


def test_hold_out_is_a_function_of_the_seed(make_data):
    lines = [f"line {n}" for n in range(300)]
    data = make_data(lines, lines, "data.hold_out=7")
    (_, one), (_, again), (_, other) = read_text(data, 1), read_text(data, 1), read_text(data, 2)
    assert len(one) == 7
    assert rows(one) == rows(again) != rows(other)


def test_too_few_to_hold_out(make_data):
    with pytest.raises(UserError, match=r"data\.dev"):
        read_text(make_data(["a"] * 9, ["A"] * 9), 1)
