import pytest

from seq2seq.inspection.explaining import ranking, steps, why
from seq2seq.tokenization.ids import EOS


def test_why_the_winner_won_adds_up(inspection):
    ranked = ranking(inspection)
    assert ranked[0].winner and ranked[0].text == inspection.translation
    for each in ranked:
        assert each.score == pytest.approx(each.log_probability / each.divisor)
        assert each.divisor == pytest.approx((5 + each.pieces) / 6)
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)
    assert why(inspection)[0].startswith(f"“{inspection.translation}” won: log-probability")
    table = steps(inspection)
    path = inspection.search.path(inspection.search.winner)
    assert [sum(each.winner for each in step) for step in table][: len(path)] == [1] * len(path)
    assert path[-1].token == EOS
    before = [next(each.before for each in step if each.winner) for step in table[: len(path)]]
    assert before[0] == "" and before[-1] == inspection.translation, "pieces are joined to words"
