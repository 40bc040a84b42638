import shlex

from hypothesis import given
from hypothesis import strategies as st

from seq2seq.evaluation.report.inspect_command import inspect_command

HEAD = ["seq2seq", "inspect", "my runs/model"]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_shell_gives_the_sentence_back(sentence):
    words = shlex.split(inspect_command(HEAD, sentence))
    assert words == [*HEAD, *(["--"] if sentence.startswith("-") else []), sentence]
