import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.evaluation.report.word_alignment import align_words

lines = st.lists(st.sampled_from("abcdefg"), max_size=9)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "missing", "superfluous"),
    [
        ("we go home", "we go home", [], []),
        ("we go home by car", "we go home", ["by", "car"], []),
        ("we go home", "we go home by car", [], ["by", "car"]),
        ("tomorrow he comes", "he comes tomorrow", [], []),
        ("he comes", "she went", [], []),
        ("the old dog barks", "the dogs barks", ["old"], []),
        ("a b", "", ["a", "b"], []),
        ("", "a", [], ["a"]),
        ("the cat and the dog", "the cat", ["and", "the", "dog"], []),
    ],
)
def test_words_without_an_opposite(reference, hypothesis, missing, superfluous):
    own, other = reference.split(), hypothesis.split()
    found = align_words(own, other)
    assert [own[i] for i in found.missing] == missing
    assert [other[j] for j in found.superfluous] == superfluous


def test_like_words_are_paired():
    found = align_words(["bahnhof", "kirche", "x"], ["kirchen", "x"])
    assert found.missing == [0] and found.replaced == [(1, 0)]


@given(lines, lines)
def test_both_sides_are_treated_alike(reference, hypothesis):
    found = align_words(reference, hypothesis)
    for positions, line in ((found.missing, reference), (found.superfluous, hypothesis)):
        assert positions == sorted(set(positions)) and all(0 <= n < len(line) for n in positions)
    assert not set(found.missing) & {i for i, _ in found.replaced}
    assert not set(found.superfluous) & {j for _, j in found.replaced}
    # A word is never both missing and superfluous: it would only have been moved.
    assert not {reference[i] for i in found.missing} & {hypothesis[j] for j in found.superfluous}


@given(lines, st.data())
def test_what_was_deleted_is_what_is_missing(reference, data):
    """The count is calibrated: of words deleted from the reference itself, as many are missing as were deleted."""
    first = data.draw(st.integers(0, len(reference)))
    last = data.draw(st.integers(first, len(reference)))
    found = align_words(reference, reference[:first] + reference[last:])
    assert len(found.missing) == last - first and not found.superfluous and not found.replaced


def test_a_long_line_takes_no_long_time():
    reference, hypothesis = [f"r{n}" for n in range(3000)], [f"h{n}" for n in range(2000)]
    assert len(align_words(reference, hypothesis).missing) == 1000
