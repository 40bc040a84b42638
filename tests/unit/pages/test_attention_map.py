import json
import re

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
