import re

import pytest

from seq2seq.config.commented import commented_config

LINES = {line.split(":")[0].strip(): line for line in commented_config().splitlines() if ":" in line and line[0] != "#"}


@pytest.mark.parametrize(
    ("key", "choices"),
    [("cell", "lstm | gru | rnn; "), ("export", "float32 | int8 | null; "), ("schedule", "constant | cosine | inv")],
)
def test_the_values_of_an_option_are_listed_as_they_are_written(key, choices):
    assert f"# {choices}" in LINES[key]


def test_a_comment_shows_no_python():
    assert not re.search(r"typing|Literal|class|NoneType|None|True|False", commented_config())
    assert "|" not in LINES["patience"] + LINES["version"] + LINES["objective"]
