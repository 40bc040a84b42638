import random

import pytest

from seq2seq.evaluation.report.content import content
from seq2seq.evaluation.report.word_faults import words


def test_the_share_is_the_share_that_was_deleted(lines):
    """Deleting words from right translations raises the figure by what was deleted, and marks those lines."""
    chance = random.Random(1)
    references = [words(line) for line in lines[1]]
    damaged, deleted = list(references), {}
    for n in chance.sample(range(30), 12):
        size = chance.randint(1, min(3, len(references[n])))
        first = chance.randrange(len(references[n]) - size + 1)
        damaged[n] = references[n][:first] + references[n][first + size :]
        deleted[n] = size
    found = content(damaged, [references])
    assert found.missing.value == pytest.approx(sum(deleted.values()) / sum(map(len, references)))
    assert found.missing_words == [deleted.get(n, 0) for n in range(30)] and not any(found.superfluous_words)
    assert set(found.missing_lines) <= set(deleted)
    assert [deleted[n] for n in found.missing_lines] == sorted(deleted.values(), reverse=True)[:5]
    assert content(references, [references]).missing.value == 0


def test_a_wrong_translation_at_another_position_is_no_example_before_one_that_left_something_out():
    wrong = ["ich", "schaue", "mich", "nur", "um", "danke"], ["danke", "mir", "geht", "es", "gut"]
    short = ["wir", "fahren", "nach", "hause", "mit", "dem", "auto"], ["wir", "fahren", "nach", "hause"]
    found = content([wrong[1], short[1]], [[wrong[0], short[0]]])
    assert found.missing_words == [5, 3] and found.superfluous_words == [4, 0]
    assert found.missing_lines == [1, 0]


def test_the_closest_reference_counts():
    found = content([["a", "b"]], [[["a", "b", "c", "d"]], [["a", "b", "e"]]])
    assert found.missing_words == [1] and found.missing.value == pytest.approx(1 / 3)


def test_blank_lines():
    found = content([[], ["a"]], [[["b", "c"], []]])
    assert found.missing_words == [2, 0] and found.superfluous_words == [0, 1]
