"""Holding out costs little of a repetitive text, and what it costs is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.text.parallel import ParallelText
from seq2seq.training.data.holding_out import HeldOut, draw_pairs, draw_sources, hold_out, usable_rows


def text_of(sources):
    sources = list(sources)
    return ParallelText(sources, [f"{source} {n}" for n, source in enumerate(sources)])


TEXTS = st.lists(st.sampled_from([f"s{n}" for n in range(40)]), min_size=1, max_size=300).map(text_of)


@given(TEXTS, st.integers(1, 50), st.integers(0, 5))
def test_no_more_than_a_tenth_leaves_the_text(text, most, seed):
    rows = draw_sources(text.sources, usable_rows(text), most, seed)
    rest, dev, cost = hold_out(text, rows)
    assert len(dev) == len(set(dev.sources)) == cost.pairs <= most
    assert not set(dev.sources) & set(rest.sources)
    assert len(rest) + cost.pairs + cost.left_out == len(text)
    assert cost.pairs + cost.left_out <= len(text) // 10
    assert set(dev.pairs()) <= set(text.pairs())
    assert rows.tolist() == sorted(rows.tolist()) == draw_sources(text.sources, usable_rows(text), most, seed).tolist()


def test_a_repetitive_text():
    """Before, a seventh of such a text was left out beside the tenth that was held out."""
    random = np.random.default_rng(1)
    often = [f"often {n}" for n in random.zipf(1.5, 6000) if n < 10**9]
    text = text_of([*often, *(f"once {n}" for n in range(9900 - len(often)))])
    _, before, cost_before = hold_out(text, draw_pairs(usable_rows(text), 990, 1))
    _, dev, cost = hold_out(text, draw_sources(text.sources, usable_rows(text), 990, 1))
    assert cost_before.left_out > 1000, "the text is not repetitive"
    assert len(dev) > 900 and cost.left_out < 90
    assert len(set(dev.sources)) == len(dev) and len(before) == 990


def test_of_a_text_without_repetitions_nothing_is_left_out():
    text = text_of(f"s{n}" for n in range(5000))
    rest, dev, cost = hold_out(text, draw_sources(text.sources, usable_rows(text), 400, 1))
    assert (len(rest), len(dev), cost.left_out) == (4600, 400, 0)
    assert str(cost) == "400 held out"
    assert draw_sources(text.sources, usable_rows(text), 400, 2).tolist() != [
        text.sources.index(s) for s in dev.sources
    ]


def test_which_pair_of_a_source_is_held_out_is_chance():
    twice = text_of([f"s{n % 200}" for n in range(400)])
    targets = {n < 200 for seed in range(5) for n in draw_sources(twice.sources, usable_rows(twice), 20, seed).tolist()}
    assert targets == {True, False}


@pytest.mark.parametrize("sources", [["a"] * 100, ["a"], []])
def test_some_texts_have_nothing_to_hold_out(sources):
    text = text_of(sources)
    assert draw_sources(text.sources, usable_rows(text), 10, 1).tolist() == []


def test_blank_pairs_are_not_usable():
    assert usable_rows(ParallelText(["a", " ", "c", "d"], ["A", "B", "", "\t"])).tolist() == [0]


def test_what_it_cost_is_said():
    assert str(HeldOut(1000, 1234)) == "1,000 held out, and 1,234 left out because a held-out pair has the same source"
