from __future__ import annotations

from dataclasses import asdict

import pytest

from seq2seq.config.options import DecodingConfig
from seq2seq.errors import UserError
from seq2seq.translation.options import Decoding


def test_the_defaults_are_the_config_s():
    assert DecodingConfig().model_dump().items() <= asdict(Decoding()).items()


def test_lists_become_tuples():
    assert Decoding.of({"avoid": ["a"], "require": ["b"]}).avoid == ("a",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"beam_sise": 3}, "unknown decoding option 'beam_sise': did you mean 'beam_size'"),
        ({"beam_size": 0}, "beam_size must be at least 1, not 0"),
        ({"max_length": 0}, "max_length must be at least 1"),
        ({"coverage_penalty": -0.1}, "coverage_penalty must be at least 0"),
        ({"length_penalty": float("nan")}, "length_penalty must be"),
        ({"min_length": -1}, "min_length must be"),
        ({"temperature": 0.0}, "temperature must be above 0"),
        ({"top_p": 1.5}, "top_p must be at most 1"),
        ({"top_p": 0.0}, "top_p must be above 0"),
        ({"top_k": -1}, "top_k must be"),
        ({"seed": -1}, "seed must be"),
        ({"min_length": 5, "max_length": 4}, "min_length 5 is above max_length 4"),
        ({"n_best": 6}, "n_best 6 is above beam_size 5"),
        ({"sample": True, "require": ("a",)}, "sample and require cannot go together"),
        ({"avoid": ("a", "b"), "require": ("b",)}, "'b' cannot be avoided and required"),
        ({"avoid": (" ",)}, "white space"),
    ],
)
def test_what_cannot_be_is_one_sentence(options, said):
    with pytest.raises(UserError, match=said) as caught:
        Decoding.of(options)
    assert "\n" not in str(caught.value)


def test_what_can_be():
    Decoding.of({"n_best": 5})
    Decoding.of({"n_best": 9, "sample": True})
    Decoding.of({"min_length": 4, "max_length": 4})


def test_a_newer_model_s_options_are_left_out():
    assert Decoding.known({"beam_size": 2, "telepathy": True}) == {"beam_size": 2}
