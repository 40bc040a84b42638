from seq2seq.errors import ConfigError, UserError, nearest


def test_only_a_wrong_config_has_status_2():
    assert UserError.exit_status == 1
    assert ConfigError.exit_status == 2
    assert issubclass(ConfigError, UserError)


def test_the_nearest_word_is_suggested():
    assert nearest("bach_tokens", ["seed", "batch_tokens", "tokens"]) == "did you mean 'batch_tokens'?"


def test_where_none_is_near_all_are_listed():
    assert nearest("zzz", ["target", "source"]) == "known are: source, target"
