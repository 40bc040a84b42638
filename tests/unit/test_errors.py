import pytest

from seq2seq.errors import ConfigError, ProbabilityError, UserError, nearest


def test_only_a_wrong_config_has_status_2():
    assert UserError.exit_status == 1
    assert ConfigError.exit_status == 2
    assert issubclass(ConfigError, UserError)


def test_the_nearest_word_is_suggested():
    assert nearest("bach_tokens", ["seed", "batch_tokens", "tokens"]) == "did you mean 'batch_tokens'?"


def test_where_none_is_near_all_are_listed():
    assert nearest("zzz", ["target", "source"]) == "known are: source, target"


@pytest.mark.parametrize("text", ["two\nlines", "\x1b[31m", "\ud800", "\u202e", "x" * 200_000, "\0" * 5000])
def test_a_message_is_one_printable_line_whatever_it_quotes(text):
    message = str(UserError(f"{text}: no such key"))
    assert message.isprintable() and message.endswith(": no such key") and len(message) < 20_000
    message.encode()


def test_probabilities_that_are_none_are_one_sentence_to_a_user():
    assert issubclass(ProbabilityError, UserError) and issubclass(ProbabilityError, FloatingPointError)
