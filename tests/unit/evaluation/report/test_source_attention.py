import numpy as np
import pytest

from seq2seq.evaluation.report.source_attention import SentenceAttention, shortfalls


def attention(pieces, *sums):
    """Attention whose sums over the output are given; the end gets none."""
    return SentenceAttention(np.array([[*sums, 0.0]]), [*pieces, "</s>"], ["</s>"])


def test_a_token_is_compared_with_itself_in_other_lines():
    usual = [(n, attention(["▁the", "▁ca", "t"], 0.1, 0.9, 0.5)) for n in range(4)]
    found = shortfalls([*usual, (7, attention(["▁the", "▁ca", "t"], 0.1, 0.2, 0.1))])
    assert list(found) == [0, 1, 2, 3, 7]
    assert found[0].mean == 0 == max(lack for _, lack in found[0].words)
    assert [word for word, _ in found[7].words] == ["the", "cat"]
    assert [lack for _, lack in found[7].words] == pytest.approx([0, (0.7 + 0.4) / 2])
    assert found[7].mean == pytest.approx(1.1 / 3)


def test_attention_beyond_one_makes_up_for_nothing_and_rare_tokens_are_compared_with_all():
    found = shortfalls([(0, attention(["▁a", "▁b"], 3.0, 0.4)), (1, attention(["▁a", "▁c"], 3.0, 0.0))])
    # The median over all tokens is (0.4 + 1) / 2.
    assert found[1].words == (("a", 0.0), ("c", pytest.approx(0.7)))


def test_without_spaces_every_token_is_a_word_and_no_line_gives_nothing():
    found = shortfalls([(0, attention(["自転", "車"], 0.5, 0.5))], spaces=False)
    assert [word for word, _ in found[0].words] == ["自転", "車"]
    assert shortfalls([]) == {}
