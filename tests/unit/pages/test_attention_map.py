import json
import re

import numpy as np
import pytest

from seq2seq.pages.attention_map import attention_map, piece_axis


def test_pieces_are_joined_to_words():
    axis = piece_axis("source piece", ["▁Fahr", "rad", "▁", ".", "</s>"])
    assert axis.groups == [0, 0, 1, 1, 2]
    assert axis.labels == ["Fahr", "rad", "▁", ".", "⏎"]
    assert axis.details == ["“▁Fahr” of “Fahrrad”", "“rad” of “Fahrrad”", "“▁” of “.”", "“.” of “.”", "end of sentence"]
    assert piece_axis("p", ["自転", "車"], spaces=False).groups == [0, 1]
    assert piece_axis("p", ["</s>"]).groups == [0]


def test_attention_names_the_most_attended_pieces():
    html = attention_map([[0.9, 0.1], [0.2, 0.8]], ["▁a", "</s>"], ["▁b", "</s>"], key="k").to_html()
    assert "b → a, ⏎ → ⏎." in html
    assert json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)[1])[
        "low"
    ] == pytest.approx(0.1)


def test_by_words_rows_are_means_and_columns_sums():
    weights = [[0.5, 0.3, 0.1, 0.1], [0.1, 0.3, 0.2, 0.4], [0.0, 0.1, 0.0, 0.9]]
    made = attention_map(weights, ["▁bi", "ke", "▁now", "</s>"], ["▁Fahr", "rad", "</s>"], key="k", by_words=True)
    assert made.rows.labels == ["Fahrrad", "⏎"] and made.columns.labels == ["bike", "now", "⏎"]
    np.testing.assert_allclose(made.matrix, [[0.6, 0.15, 0.25], [0.1, 0.0, 0.9]])
    np.testing.assert_allclose(made.matrix.sum(1), 1)
    assert made.summary == "The source word that each target word attends to most: Fahrrad → bike, ⏎ → ⏎."


def test_by_words_where_no_spaces_are_written():
    made = attention_map([[1.0, 0.0]], ["自転", "車"], ["▁x"], key="k", source_spaces=False, by_words=True)
    assert made.columns.labels == ["自転", "車"]
