from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from seq2seq.pages.axis import Axis


def test_the_text_of_one():
    assert Axis("unit", ["0", "1"]).text(1) == "1"
    assert Axis("unit", ["0", "1"], details=["zero", "one\x00"]).text(1) == "one\ufffd"


def test_without_groups():
    assert Axis("unit", ["0", "1"]).runs() == Axis("unit", ["0", "1"]).borders() == []


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_runs_and_borders(sizes):
    groups = [n for n, size in enumerate(sizes) for _ in range(size)]
    axis = Axis("piece", [""] * len(groups), groups=groups)
    members = [list(indices) for _, indices in groupby(range(len(groups)), groups.__getitem__)]
    assert axis.runs() == [(each[0], each[-1]) for each in members if len(each) > 1]
    assert axis.borders() == [each[0] for each in members[1:]]
