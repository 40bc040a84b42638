import numpy as np
import pytest

from seq2seq.config.loading import build_config
from seq2seq.errors import UserError
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.data.filters import _hash, filter_pairs, in_another_script, repeated, report_overlap
from seq2seq.training.monitoring.reporter import Reporter

PAIRS = [
    ("a good day", "ein guter Tag"),
    ("a good day", "ein guter Tag"),
    ("a good day", "guten Tag"),
    ("", "leer"),
    ("Berlin", "Berlin "),
    ("…!?", "Was?"),
    ("добрый день", "guten Tag"),
    ("one", "1"),
]


class Words:
    """A tokenizer whose pieces are words."""

    def encode(self, lines):
        return [[5] * len(line.split()) for line in lines]


WORDS = TokenizerPair.of(Words())


class Lines:
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def text_of(pairs):
    return ParallelText([s for s, _ in pairs], [t for _, t in pairs])


def filtered(**options):
    values = {"data": {"train": {"source": "a", "target": "b"}} | options, "training": {"epochs": 1.0}}
    reporter = Lines()
    kept, _ = filter_pairs(text_of(PAIRS), WORDS, build_config(values, "test").data, reporter)
    return set(range(len(PAIRS))) - {n for n, pair in enumerate(PAIRS) if pair in rows(kept)}, len(kept), reporter.said


def rows(text):
    return list(zip(text.sources, text.targets, strict=True))


@pytest.mark.parametrize(
    ("options", "dropped", "said"),
    [
        ({}, {3}, []),
        ({"drop_copies": True}, {3, 4}, ["dropped 1 of 8 pairs whose sides are equal"]),
        ({"drop_wordless": True}, {3, 5}, ["dropped 1 of 8 pairs with a side without letters and digits"]),
        ({"source_scripts": ["latin"]}, {3, 6}, ["dropped 1 of 8 pairs whose source is in another script"]),
    ],
)
def test_each_filter_drops_its_kind_and_counts(options, dropped, said):
    missing, kept, lines = filtered(**options)
    assert missing == dropped
    assert kept == len(PAIRS) - len(dropped)
    assert lines == ["dropped 1 of 8 pairs with a blank side", *said]


def test_of_equal_pairs_the_first_stays():
    missing, kept, lines = filtered(drop_duplicates=True)
    assert missing == {3}
    assert kept == len(PAIRS) - 2
    assert lines[-1] == "dropped 1 of 8 pairs that are there before"


def test_nothing_left_is_an_error():
    with pytest.raises(UserError, match="no pair of a and b is left"):
        filtered(target_scripts=["thai"], source_scripts=["greek"], drop_wordless=True)


def test_scripts_go_by_the_most_letters():
    lines = ["die Шкала", "Tom はここ", "12 + 3", "東京へ行く"]
    np.testing.assert_array_equal(in_another_script(lines, ["latin"]), [True, False, False, True])
    np.testing.assert_array_equal(in_another_script(lines, ["hiragana", "cjk"]), [True, False, False, False])


def test_overlap_is_counted_once_per_dev_sentence():
    reporter = Lines()
    report_overlap(text_of(PAIRS), text_of([PAIRS[0], ("a good day", "hallo"), ("new", "neu")]), reporter)
    assert reporter.said == [
        "2 of 3 dev sentences are in the training text, too (1 with the same translation): validation scores are too "
        "good by that"
    ]
    report_overlap(text_of(PAIRS), text_of([("new", "neu")]), reporter)
    assert len(reporter.said) == 1


def test_lengths_are_those_of_the_pairs_that_stay_with_their_ends():
    config = build_config({"data": {"train": "a.tsv", "max_tokens": 3}, "training": {"epochs": 1.0}}, "test").data
    pairs = [("a b c d", "x"), ("a b", "x y z"), ("", "x"), ("a", "x y")]
    kept, (source, target) = filter_pairs(text_of(pairs), WORDS, config, Lines())
    assert rows(kept) == [pairs[1], pairs[3]]
    assert (source.tolist(), target.tolist()) == ([3, 2], [4, 3])
    assert source.dtype == np.uint16
    (wide, _) = filter_pairs(text_of(pairs), WORDS, config.model_copy(update={"max_tokens": 70_000}), Lines())[1]
    assert wide.tolist() == [5, 3, 2] and wide.dtype == np.int32


def test_blocks_are_seen_as_one_text(monkeypatch):
    """Filters work in blocks; an earlier equal pair may stand in another one."""
    monkeypatch.setattr("seq2seq.training.data.filters.blocks", lambda lines: ([line] for line in lines))
    missing, kept, lines = filtered(drop_duplicates=True, drop_copies=True)
    assert (missing, kept) == ({3, 4}, len(PAIRS) - 3)
    assert [line.split(" pairs ")[1] for line in lines] == [
        "with a blank side", "whose sides are equal", "that are there before"
    ]  # fmt: skip


def test_equal_pairs_are_equal_on_both_sides():
    hashes = np.frombuffer(b"".join(map(_hash, ["a", "b", "a", "a"], ["x", "x", "y", "x"])), np.uint64)
    assert repeated(hashes).tolist() == [False, False, False, True]
    assert repeated(np.array([3, 1, 3, 3, 1], np.uint64)).tolist() == [False, False, True, True, True]
    assert repeated(hashes[:0]).tolist() == []


def test_each_of_several_corpora_is_reported():
    values = {"data": {"train": ["a.tsv", "b.tsv", "c.tsv"], "drop_copies": True}, "training": {"epochs": 1.0}}
    text = text_of([("a", "b"), ("a", ""), ("a", "b"), ("b", "b"), ("", ""), ("c", "d")])
    text = ParallelText(text.sources, text.targets, np.array([0, 0, 0, 1, 1, 2], np.uint16))
    reporter = Lines()
    kept, _ = filter_pairs(text, WORDS, build_config(values, "test").data, reporter)
    assert kept.corpora.tolist() == [0, 0, 2]
    assert reporter.said == [
        "dropped 1 of 3 pairs of a.tsv with a blank side",
        "dropped 1 of 2 pairs of b.tsv with a blank side",
        "dropped 1 of 2 pairs of b.tsv whose sides are equal",
        "no pair of b.tsv is left",
    ]


def test_filter_pairs(make_config, small_tokenizer, capsys):
    good = ("Where is the station?", "Wo ist der Bahnhof?")
    text = ParallelText(
        [good[0], "", good[0], "   ", "word " * 50, good[0], "Yes.", good[0]],
        [good[1], good[1], "", good[1], "Wort " * 50, good[1], "Ja, " * 9, good[1]],
    )
    data = make_config("data.max_tokens=40", "data.max_ratio=2.0").data
    kept, _ = filter_pairs(text, TokenizerPair.of(small_tokenizer), data, Reporter(1))
    assert rows(kept) == [good] * 3
    said = capsys.readouterr().err
    assert "3 of 8" in said and "blank" in said
    assert "data.max_tokens 40" in said and "data.max_ratio 2" in said
    assert said.count("1 of 8") == 2


def test_nothing_to_filter(make_config, small_tokenizer, capsys):
    text = ParallelText(["Yes."], ["Ja."])
    kept, _ = filter_pairs(text, TokenizerPair.of(small_tokenizer), make_config().data, Reporter(1))
    assert rows(kept) == [("Yes.", "Ja.")]
    assert capsys.readouterr().err == ""


def test_nothing_left(make_config, small_tokenizer):
    data = make_config().data
    for text in (ParallelText(["", "x"], ["y", ""]), ParallelText([], [])):
        with pytest.raises(UserError, match="no pair"):
            filter_pairs(text, TokenizerPair.of(small_tokenizer), data, Reporter(1))
