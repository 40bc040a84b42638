import pytest

from seq2seq.config.filling import fill, given_keys, intervals


@pytest.mark.parametrize(
    ("updates", "given", "expected"),
    [
        (644, (), {"training.warmup_steps": 64, "training.validate_steps": 64}),
        (644, ("training.warmup_steps=300",), {"training.validate_steps": 64}),
        (644, ("training.validate_steps=500", "training.warmup_steps=400"), {}),
        (4500, (), {"training.validate_steps": 450}),
        (5000, (), {}),
        (3, (), {"training.warmup_steps": 1, "training.validate_steps": 1}),
    ],
)
def test_intervals_follow_the_number_of_updates(make_config, updates, given, expected):
    assert intervals(make_config(*given), updates) == expected


def test_what_a_config_says_stays(make_config):
    config = make_config("training.seed=3", "tokenizer.vocabulary_size=500")
    filled = fill(config, {"training.seed": 1, "tokenizer.vocabulary_size": 9, "training.warmup_steps": 5})
    assert filled == make_config("training.seed=3", "tokenizer.vocabulary_size=500", "training.warmup_steps=5")
    assert given_keys(config) >= {"training.seed", "tokenizer.vocabulary_size", "data.train"}
    assert fill(config, {}) == config
