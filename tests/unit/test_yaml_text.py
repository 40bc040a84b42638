import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import ConfigError
from seq2seq.yaml_text import dump_yaml, parse_yaml


def value(text):
    return parse_yaml(f"key: {text}".encode(), "file")[0]["key"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1e-3", 1e-3), ("1E5", 1e5), ("2.5e-4", 2.5e-4), ("1.", 1.0), (".5", 0.5), ("-.5e2", -50.0),
        ("+1.5", 1.5), (".inf", math.inf), ("-.inf", -math.inf),
    ],
)  # fmt: skip
def test_floats_are_written_as_everywhere(text, number):
    assert value(text) == number
    assert type(value(text)) is float


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("-12", -12), ("+7", 7), ("2000", 2000)])
def test_integers_are_decimal(text, number):
    assert value(text) == number
    assert type(value(text)) is int


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "off", "NO", "y", "1:30", "010", "2024-01-31", "1_000", "e5", "1e", ".", "1.2.3"]
)
def test_what_yaml_1_1_would_guess_at_is_a_string(text):
    assert value(text) == text


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("False", False), ("null", None), ("~", None)])
def test_truth_and_nothing(text, expected):
    assert value(text) is expected


def test_marks_say_where_every_key_stands():
    values, marks = parse_yaml(b"a:\n  b: 1\n  c: {d: 2}\ne: 3\n", "file")
    assert values == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert marks == {("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", "d"): 3, ("e",): 4}


def test_an_empty_file_has_no_keys():
    assert parse_yaml(b"", "file") == ({}, {})
    assert parse_yaml(b"# nothing\n", "file") == ({}, {})


def test_a_key_given_twice_is_named_with_its_line():
    with pytest.raises(ConfigError, match=r"^file, line 4: the key 'a\.b' is given twice$"):
        parse_yaml(b"a:\n  b: 1\n  c: 2\n  b: 3\n", "file")
    # The same name in two sections is no repetition.
    assert parse_yaml(b"a: {x: 1}\nb: {x: 2}\n", "file")[0] == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"a: 1\nb: [1, 2\nc: 3\n", "file, line 3"),
        (b"a: 1\nb: c: d\n", "file, line 2"),
        (b"a: 1\n\tb: 2\n", "file, line 2"),
        (b"a: 1\n---\nb: 2\n", "file, line 2"),
        (b"? [a]\n: 1\n", "file, line 1"),
        (b"a: !!python/name:os.system\n", "file, line 1"),
        (b"a: *nowhere\n", "file, line 1"),
        (b"a: \xff\n", "file"),
    ],
)
def test_what_is_not_yaml_is_named_with_its_line(text, place):
    with pytest.raises(ConfigError, match=f"^{place}: not valid YAML \\(.+\\)$"):
        parse_yaml(text, "file")


@pytest.mark.parametrize("text", [b"a: &x {b: *x}\n", b"[" * 10000])
def test_no_depth_is_a_defect(text):
    with pytest.raises(ConfigError, match=r"^file: nested too deeply"):
        parse_yaml(text, "file")


# PyYAML writes U+0085 as it is and reads it as the end of a line.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85"), max_size=8)
# What some version of YAML reads as something else than a string.
tricky = st.sampled_from(
    ["1e5", "no", "010", "1:30", "2024-01-31", "null", "~", "", " ", "1e-3", "0x10", "=", "<<", ".5"]
)
strings = texts | tricky
scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | strings
documents = st.dictionaries(
    strings,
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3)),
)


@given(documents)
def test_what_is_dumped_is_read_again(values):
    assert repr(parse_yaml(dump_yaml(values).encode(), "file")[0]) == repr(values)


def test_keys_keep_their_order_and_text_its_letters():
    assert dump_yaml({"b": "größer", "a": 1}) == "b: größer\na: 1\n"


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))


@pytest.mark.parametrize(
    "text",
    [BOMB, "a: &a [*a]", "[" * 5000, "{a: " * 5000, "a: " + "9" * 5000, "a: !!int x", "a: !!bool x", "x" * (2**20 + 1)],
)
def test_what_would_exhaust_the_machine_is_one_sentence(text):
    with pytest.raises(ConfigError, match=r"^file") as caught:
        parse_yaml(text.encode(), "file")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300
