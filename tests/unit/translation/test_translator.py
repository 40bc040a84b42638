"""Contract 1, and what is done about lines that are too long. The engine copies: what goes in comes out."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.text.lines import read_lines
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.splitting import split_line

PROJECT = Path(__file__).parents[3]
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n") | st.sampled_from(" .,!?。、») "))


def by_letters(text):
    """A tokenizer that a reader can follow: a piece is a character that is no space."""
    return sum(not letter.isspace() for letter in text)


@pytest.fixture(scope="session")
def lines(traveller):
    whole = (line for line in read_lines(traveller / "test.en") if line[0].isupper() and line[-1] in ".?!")
    return list(itertools.islice(whole, 150))


def test_as_many_lines_come_out_in_the_same_order(copying_translator, lines):
    # Blank lines, white space of all kinds and lines without a piece stand among the others.
    mixed = [line for pair in zip(lines, ["", " ", "\t", "\u3000", "\u200b"] * 30, strict=True) for line in pair]
    assert copying_translator().translate(mixed) == [line if line in lines else "" for line in mixed]


def test_white_space_is_blank_whatever_the_normalization(copying_translator, identity_tokenizer):
    blank = ["\t", "\u3000", "\x0b", "\x85", "\u2028", " \r"]
    assert any(identity_tokenizer.encode(blank)), "there are pieces, and they say nothing"
    assert copying_translator(identity_tokenizer).translate([*blank, "a"]) == [*[""] * len(blank), "a"]


def test_line_ends_of_other_worlds_stay_inside(copying_translator, identity_tokenizer):
    line = "One\u2028two\x0bthree\x85four\rfive"
    assert copying_translator(identity_tokenizer).translate([line]) == [line]


def test_no_lines_give_none(copying_translator):
    assert copying_translator().translate([]) == []
    assert copying_translator().translations([]) == []


@settings(max_examples=8)
@given(order=st.randoms(use_true_random=False))
def test_the_order_is_restored(copying_translator, lines, order):
    shuffled = order.sample(lines, 20)
    assert copying_translator(beam_size=1, batch_tokens=100).translate(shuffled) == shuffled


def test_the_result_does_not_depend_on_the_batches(copying_translator, lines):
    expected = [copying_translator().translations([line])[0] for line in lines[:60]]
    for batch_tokens in (1, 400, 10**6):
        assert copying_translator(batch_tokens=batch_tokens).translations(lines[:60]) == expected


def test_batches_are_sorted_and_keep_the_budget(copying_translator, lines):
    translator = copying_translator(batch_tokens=100)
    translator.translate(lines, one_sentence=True, literal=True)
    widths = [width for _, width in translator.engine.batches]
    assert widths == sorted(widths, reverse=True)
    assert all(rows * width <= 100 for rows, width in translator.engine.batches)
    assert sum(rows for rows, _ in translator.engine.batches) == len(lines)
    assert len(widths) < len(lines) / 2


def test_scores_are_those_of_the_search(copying_translator):
    (found,) = copying_translator(length_penalty=0.0).translations(["Where is the station?"])
    (normalized,) = copying_translator(length_penalty=1.0).translations(["Where is the station?"])
    assert found.score == found.log_probability == normalized.log_probability < 0
    assert normalized.score > found.score


def test_the_length_limit_counts_source_pieces(copying_translator, joint_tokenizer):
    line = "Where is the station?"
    pieces = joint_tokenizer.encode([line])[0]
    limit = int((len(pieces) + 1) * 0.25) + 1
    short = copying_translator(max_length_ratio=0.25, max_length_offset=1, beam_size=1).translate([line])
    assert short == [joint_tokenizer.decode(pieces[:limit])]
    assert len(short[0]) < len(line)


@pytest.mark.parametrize(
    ("line", "limit", "parts"),
    [
        # At sentence ends, as many together as fit; quotation marks and brackets stay with what they close.
        ("Aaa. Bbb! Ccc? Ddd.", 9, ["Aaa. Bbb!", "Ccc? Ddd."]),
        ("»Aaa.« (Bbb.) \"Ccc.\" Ddd", 8, ["»Aaa.«", "(Bbb.)", '"Ccc."', "Ddd"]),
        ("ああ。いい。うう。", 6, ["ああ。いい。", "うう。"]),
        # Not within a number or an abbreviation without a space.
        ("3.14 5.25 1.2", 8, ["3.14 5.25", "1.2"]),
        # At clause ends where a sentence is too long, and only that sentence.
        ("Aa. Bbbb, cccc; dddd. Ee.", 7, ["Aa.", "Bbbb,", "cccc;", "dddd.", "Ee."]),
        ("あああ、いいい、ううう", 8, ["あああ、いいい、", "ううう"]),
        # Between words, then within them.
        ("aaa bbb ccc ddd", 6, ["aaa bbb", "ccc ddd"]),
        ("aaaabbbb", 4, ["aaaa", "bbbb"]),
        ("fits as it is.", 99, ["fits as it is."]),
        ("  aaa   bbb  ", 3, ["aaa", "bbb"]),
    ],
)  # fmt: skip
def test_lines_are_cut_at_the_best_places(line, limit, parts):
    assert split_line(line, limit, by_letters) == parts


@given(any_text, st.integers(1, 12))
def test_parts_fit_and_lose_nothing(text, limit):
    parts = split_line(text, limit, by_letters)
    assert all(by_letters(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(any_text, st.integers(1, 12))
def test_parts_fit_unless_a_character_alone_does_not(identity_tokenizer, text, limit):
    def count(part):
        return len(identity_tokenizer.encode([part])[0])

    parts = split_line(text, limit, count)
    assert all(count(part) <= limit or len(part) == 1 for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


def test_a_long_line_is_translated_in_parts_with_a_warning(copying_translator, joint_tokenizer, lines):
    long = " ".join(lines[:12])
    pieces = len(joint_tokenizer.encode([long])[0])
    warnings = []
    translator = copying_translator(max_source_tokens=40)
    options = DecodingOptions(max_source_tokens=40, one_sentence=True, literal=True)
    found = translator.translate(["short", long, ""], options, warn=lambda n, text: warnings.append((n, text)))
    assert found == ["short", long, ""]
    parts = sum(rows for rows, _ in translator.engine.batches) - 1
    assert warnings == [(1, f"{pieces} pieces are over the limit of 39: translated in {parts} parts")]
    assert all(width <= 40 for _, width in translator.engine.batches)
    assert translator.translate([long]) == [long], "without anybody to warn, too"


def test_the_limit_itself_is_not_too_long(copying_translator, joint_tokenizer):
    line = "Where is the station?"
    pieces = len(joint_tokenizer.encode([line])[0])
    for limit, warned in ((pieces + 1, 0), (pieces, 1)):
        warnings = []
        copying_translator(max_source_tokens=limit).translate([line], warn=lambda n, text, to=warnings: to.append(n))
        assert len(warnings) == warned


@pytest.mark.parametrize("line", ["猫" * 40, "x" * 300, "\u3000" * 200, "a" + " b" * 200])
def test_no_line_is_too_strange_for_a_tiny_limit(copying_translator, identity_tokenizer, line):
    (found,) = copying_translator(identity_tokenizer, max_source_tokens=6).translate([line])
    assert found.replace(" ", "") == line.replace(" ", "").strip()


def test_parts_are_joined_as_the_language_is_written(copying_translator, identity_tokenizer):
    line = "猫が好き。犬も好き。"
    for language, space in (("ja", ""), ("de", " "), (None, " ")):
        translator = copying_translator(identity_tokenizer, target_language=language, max_source_tokens=20)
        assert translator.translate([line]) == [f"猫が好き。{space}犬も好き。"]


def test_a_split_line_s_scores_are_the_parts_sums(copying_translator):
    translator = copying_translator(max_source_tokens=12)
    one, other, both = translator.translations(["Where is it?", "I do not know.", "Where is it? I do not know."])
    assert both.text == "Where is it? I do not know."
    assert both.score == pytest.approx(one.score + other.score)
    assert both.log_probability == pytest.approx(one.log_probability + other.log_probability)


def test_nothing_heavy_is_imported_before_a_model_is_loaded():
    program = """
import sys
import seq2seq.translation.streams
import seq2seq.cli.translate
from seq2seq import Translator
heavy = {"tensorflow", "keras", "pydantic", "rich", "sacrebleu", "onnx", "safetensors"} & sys.modules.keys()
assert not heavy, heavy
"""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


def test_options_go_with_a_call(copying_translator, lines):
    translator = copying_translator()
    (before,) = translator.translations(["hello"])
    (plain,) = translator.translations(["hello"], length_penalty=0.0)
    assert plain.score == before.log_probability != before.score
    assert translator.translations(["hello"], DecodingOptions(length_penalty=0.0)) == [plain]
    assert translator.translations(["hello"], DecodingOptions(length_penalty=2.0), length_penalty=0.0) == [plain]
    assert translator.translations(["hello"]) == [before]
    assert translator.translate(lines, beam_size=1, batch_tokens=100) == lines
    with pytest.raises(UserError, match="unknown decoding option 'beam_sise': did you mean 'beam_size'"):
        translator.translate(["hello"], beam_sise=1)


def test_a_translator_never_changes(copying_translator):
    translator = copying_translator()
    for name in ("engine", "tokenizers", "options", "parallel", "anything"):
        with pytest.raises(AttributeError):
            setattr(translator, name, None)


def test_a_translator_tells_what_it_is(copying_translator):
    translator = copying_translator(target_language="de", beam_size=2)
    assert (translator.source_language, translator.target_language) == (None, "de")
    assert repr(translator) == "Translator(? → de, CopyEngine, 800 tokens, DecodingOptions(beam_size=2))"


@pytest.mark.parametrize("window_lines", [1, 7, 1024])
def test_translating_line_by_line_gives_the_same(copying_translator, lines, window_lines):
    translator = copying_translator(max_source_tokens=20)
    expected, found = [], []
    whole = translator.translate(lines, warn=lambda n, text: expected.append(n))
    by_line = translator.translate_iter(iter(lines), warn=lambda n, text: found.append(n), window_lines=window_lines)
    assert list(by_line) == whole
    assert found == expected != []


def test_no_more_lines_are_read_ahead_than_a_window(copying_translator):
    read = []

    def endless():
        for n in itertools.count():
            read.append(n)
            yield f"line {n}"

    translations = copying_translator().translate_iter(endless(), window_lines=5, literal=True)
    assert read == []
    assert [next(translations) for _ in range(6)] == [f"line {n}" for n in range(6)]
    assert len(read) == 10
    with pytest.raises(ValueError, match="window_lines must be at least 1"):
        copying_translator().translate_iter([], window_lines=0)
    with pytest.raises(UserError, match="beam_size must be at least 1"):
        copying_translator().translate_iter([], beam_size=0)
