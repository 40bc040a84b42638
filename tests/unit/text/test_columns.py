"""One file with both sides, in the forms that are around."""

import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.config.loading import load_config
from seq2seq.errors import ConfigError, UserError
from seq2seq.text.columns import pairs_of
from seq2seq.text.file_names import holds_both_sides
from seq2seq.text.parallel import read_parallel

CREDIT = "CC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM) & #8597805 (Roujin)"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pairs.tsv", 'Go, "now".\tGeh.\n\t\nRun!\tLauf!\n'),
        ("deu.txt", f'Go, "now".\tGeh.\t{CREDIT}\n\nRun!\tLauf!\t{CREDIT}\n'),
        ("tatoeba.tsv", '1276\tGo, "now".\t77\tGeh.\n\n1277\tRun!\t78\tLauf!\n'),
        ("pairs.csv", '"Go, ""now"".",Geh.\n,\nRun!,Lauf!\n'),
        ("headed.csv", 'Source,Target\n"Go, ""now"".",Geh.\n,\nRun!,Lauf!\n'),
        ("semicolons.csv", 'Go, "now".;Geh.\n;\nRun!;Lauf!\n'),
        ("windows.csv", 'src;tgt\r\n"Go, ""now"".";Geh.\r\n\r\nRun!;Lauf!\r\n'),
    ],
)
def test_all_forms_give_the_same_pairs(tmp_path, name, text):
    (tmp_path / name).write_bytes(text.encode())
    pairs = list(read_parallel(tmp_path / name).pairs())
    assert pairs == [('Go, "now".', "Geh."), ("", ""), ("Run!", "Lauf!")]


def test_a_line_break_in_a_cell_becomes_a_space():
    assert list(pairs_of(['"one', 'two",eins zwei'], "a.csv")) == [("one two", "eins zwei")]


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("a.tsv", "alone", "line 2: 1 column, .*put a tab"),
        ("a.tsv", "a\tb\tc", "line 2: 3 columns, .*cut -f 1,2"),
        ("a.tsv", "1\ta\tb\tc", "line 2: 4 columns"),
        ("a.csv", "alone", "line 2: 1 column, "),
        ("a.csv", "a,b,c", "line 2: 3 columns, .*quotation marks"),
        ("a.csv", '"a"b,c', "line 2: no valid CSV"),
    ],
)
def test_a_line_without_a_pair_is_named(name, line, what):
    first = "x,y" if name.endswith("csv") else "x\ty"
    with pytest.raises(UserError, match=rf"^{name}, {what}"):
        list(pairs_of([first, line], name))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from(",;"))
def test_what_a_spreadsheet_writes_is_read(pairs, separator):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("source", "target"), *pairs])
    assert list(pairs_of(file.getvalue().split("\n")[:-1], "a.csv")) == pairs


def test_a_file_with_both_sides_is_known_by_its_name_or_first_line(tmp_path):
    for name, text in (("deu.txt", f"Go.\tGeh.\t{CREDIT}\n"), ("pairs", "1\tGo.\t2\tGeh.\n")):
        (tmp_path / name).write_text(text)
        assert holds_both_sides(tmp_path / name)
    (tmp_path / "plain.txt").write_text("Go.\tGeh.\n")
    os.mkfifo(tmp_path / "pipe")  # which is not waited for
    for name in ("plain.txt", "pipe", "missing", "."):
        assert not holds_both_sides(tmp_path / name)


@pytest.mark.parametrize(("name", "text"), [("pairs.tsv", "a\tb\n"), ("pairs.csv", "a,b\n"), ("train.en", "a b\n")])
def test_a_text_in_place_of_a_config_says_which_option_it_needs(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=rf"{name}.* --source.*--output"):
        load_config(tmp_path / name)
