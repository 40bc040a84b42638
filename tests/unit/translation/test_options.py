from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, fields
from typing import get_type_hints

import numpy as np
import pytest

from seq2seq.config.schema import DecodingConfig
from seq2seq.errors import UserError
from seq2seq.translation.options import DecodingChanges, DecodingOptions


def test_the_defaults_are_the_config_s():
    assert DecodingConfig().model_dump().items() <= asdict(DecodingOptions()).items()


def test_lists_become_tuples():
    assert DecodingOptions(avoid=["a"], require=["b"]).avoid == ("a",)


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
        ({"avoid": "Hund"}, r"avoid takes a list of words, not 'Hund': write \['Hund'\]"),
        ({"require": [3]}, "require takes a list of words"),
        ({"require": 3}, "require takes a list of words"),
        ({"beam_size": 2.0}, "beam_size must be a whole number, not 2.0"),
        ({"beam_size": "2"}, "beam_size must be a whole number, not '2'"),
        ({"beam_size": None}, "beam_size must be a whole number, not None"),
        ({"max_length": True}, "max_length must be a whole number, not True"),
        ({"temperature": "hot"}, "temperature must be a number, not 'hot'"),
        ({"sample": 1}, "sample must be True or False, not 1"),
    ],
)
def test_what_cannot_be_is_one_sentence(options, said):
    with pytest.raises(UserError, match=said) as caught:
        DecodingOptions().with_(**options)
    assert "\n" not in str(caught.value)


def test_what_can_be():
    DecodingOptions(n_best=5)
    DecodingOptions(n_best=9, sample=True)
    DecodingOptions(min_length=4, max_length=4)
    DecodingOptions(beam_size=np.int32(2), length_penalty=1, avoid=iter(["a"]))


def test_a_newer_model_s_options_are_left_out():
    assert DecodingOptions.of_model({"beam_size": 2, "telepathy": True}) == DecodingOptions(beam_size=2)


def test_options_by_name_are_the_fields_with_their_types():
    assert [field.name for field in fields(DecodingOptions)] == list(DecodingChanges.__annotations__)
    hints, changes = get_type_hints(DecodingOptions), get_type_hints(DecodingChanges)
    differing = {name for name in hints if hints[name] != changes[name]}
    assert differing == {"avoid", "require"}, "any sequence of words becomes a tuple"


def test_an_option_changes_nothing_but_a_copy():
    options = DecodingOptions(beam_size=3)
    assert options.with_(n_best=2, beam_size=4) == DecodingOptions(n_best=2, beam_size=4)
    assert options == DecodingOptions(beam_size=3) and hash(options) == hash(DecodingOptions(beam_size=3))
    with pytest.raises(FrozenInstanceError):
        options.beam_size = 1
    assert repr(options) == "DecodingOptions(beam_size=3)"


def test_limits():
    lengths = np.array([1, 4, 7], np.int32)
    by_ratio = DecodingOptions(max_length_ratio=1.5, max_length_offset=2)
    assert by_ratio.limits(lengths).tolist() == [3, 8, 12]
    assert by_ratio.with_(min_length=9).limits(lengths).tolist() == [9, 9, 12]
    assert by_ratio.with_(max_length=5, min_length=4).limits(lengths).tolist() == [5, 5, 5]
    assert by_ratio.limits(lengths).dtype == np.int32
