"""The cards, where their text stands, and how a config names it."""

import gzip
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from seq2seq.config.loading import build_config, load_config
from seq2seq.errors import ConfigError, UserError
from seq2seq.text.catalogue import Card, cache_folder, card_paths, load_card, read_card
from seq2seq.text.parallel import ParallelText, read_parallel
from seq2seq.yaml_text import parse_yaml

NAMES = ["multi30k-en-cs", "multi30k-en-de", "multi30k-en-fr", "small-parallel-enja", "traveller"]
TRAINING = {"epochs": 1.0}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def put(card, folder):
    """Every file of a corpus, empty."""
    folder.mkdir(parents=True)
    for name in card.file_names():
        (folder / name).touch()


def data(**values):
    return build_config({"data": values, "training": TRAINING}, "x.yaml").data


def test_all_known_corpora():
    assert list(card_paths()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_card_is_complete(name):
    card = load_card(name)
    assert card.name == name
    assert {"train", "dev"} < card.splits.keys()
    assert all(list(split.files) == list(card.languages) for split in card.splits.values())
    assert card.is_bundled == (name == "traveller")
    assert card.is_bundled or card.citation
    assert card.transformations.keys() <= set(card.languages)
    folded = [fact for fact in (card.title, card.licence, card.origin, card.citation or "") if "\n" in fact.strip()]
    assert folded == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "traveller"])
def test_a_card_has_no_key_that_nothing_reads(name):
    values, _ = parse_yaml(card_paths()[name].read_bytes(), name)
    assert values.keys() <= Card.model_fields.keys()
    for split in values["splits"].values():
        assert split.keys() == {"pairs", *values["languages"]}
        assert all(split[language].keys() == {"url", "bytes", "sha256"} for language in values["languages"])


def test_the_bundled_text_is_what_its_card_says():
    card = load_card("traveller")
    for name, split in card.splits.items():
        for language, file in split.files.items():
            content = (card.folder / f"{name}.{language}").read_bytes()
            assert (content.count(b"\n"), len(content)) == (split.pairs, file.bytes)
            assert hashlib.sha256(content).hexdigest() == file.sha256


@pytest.mark.parametrize("name", [name for name in NAMES if name != "traveller"])
def test_the_cards_name_what_is_published(name, test_data):
    """Against the mirror's own list of checksums."""
    listed = dict(
        reversed(line.split(maxsplit=1)) for line in (test_data / "mirror" / "SHA256SUMS").read_text().splitlines()
    )
    for split in load_card(name).splits.values():
        for file in split.files.values():
            path = file.url.removeprefix("https://")
            assert listed[f"./{path}"] == file.sha256
            assert (test_data / "mirror" / path).stat().st_size == file.bytes


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UserError, match=r"no corpus 'mutli30k-en-fr' in the catalogue: did you mean 'multi30k-en-fr'"):
        load_card("mutli30k-en-fr")
    with pytest.raises(UserError, match=r"known are: .*small-parallel-enja.*"):
        load_card("../../etc/passwd")


@pytest.mark.parametrize(
    "text", ["", "just words", "[1, 2]", "name: x", "languages: 3\nsplits: {train: 4}", "splits: {train: []}"]
)
def test_a_file_that_is_no_card(tmp_path, text):
    (tmp_path / "card.yaml").write_text(text)
    with pytest.raises(UserError, match=r"card\.yaml is not the card of a corpus") as caught:
        read_card(tmp_path / "card.yaml")
    assert "\n" not in str(caught.value) and "\\n" not in str(caught.value)


def test_the_cache_is_where_the_variables_and_the_system_say(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SEQ2SEQ_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / ".cache" / "seq2seq"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "seq2seq"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "seq2seq"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder() == tmp_path / "Library" / "Caches" / "seq2seq"
    monkeypatch.setenv("SEQ2SEQ_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


def test_a_corpus_is_there_when_all_of_its_files_are(cache):
    card = load_card("multi30k-en-de")
    assert not card.is_there
    with pytest.raises(UserError, match=r"fetch it with `seq2seq corpora fetch multi30k-en-de`"):
        card.paths("train", "en", "de")
    put(card, cache / "corpora" / "multi30k-en-de")
    assert card.is_there
    folder = cache / "corpora" / "multi30k-en-de"
    assert card.paths("train", "de", "en") == (folder / "train.de", folder / "train.en")
    (folder / "dev.de").unlink()
    assert not card.is_there


def test_nothing_heavy_is_imported_for_a_card():
    code = (
        "import sys; from seq2seq.config.schema import Config\n"
        "from seq2seq.text.catalogue import load_card; load_card('traveller')"
        "; print({'rich', 'tensorflow', 'keras', 'urllib.request', 'numpy'} & sys.modules.keys())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


# How a config names text


@pytest.mark.parametrize(
    ("given", "direction"),
    [
        ({}, ("en", "ja")),
        ({"source_language": "en"}, ("en", "ja")),
        ({"source_language": "ja"}, ("ja", "en")),
        ({"target_language": "en"}, ("ja", "en")),
        ({"target_language": "ja"}, ("en", "ja")),
        ({"source_language": "ja", "target_language": "en"}, ("ja", "en")),
    ],
)
def test_languages_come_from_the_card_and_choose_the_direction(given, direction):
    config = data(corpus="small-parallel-enja", **given)
    assert (config.source_language, config.target_language) == direction


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"corpus": "multi30k-en-ed"}, r"x\.yaml: data\.corpus: there is no corpus .* did you mean 'multi30k-en-de'\?"),
        ({"corpus": 3}, r"data\.corpus: input should be a valid string"),
        ({"corpus": ["traveller"]}, r"data\.corpus: input should be a valid string"),
        ({"corpus": "traveller", "source_language": "fr"}, r"traveller has no fr to de: .* can be en and de"),
        ({"corpus": "traveller", "source_language": "de", "target_language": "de"}, r"traveller has no de to de"),
        ({"corpus": "traveller", "train": {"pairs": "a.tsv"}}, r"data: give corpus, or train and dev, not both"),
        ({"corpus": "traveller", "dev": {"pairs": "a.tsv"}}, r"data: give corpus, or train and dev, not both"),
        ({}, r"data: give train \(your files\) or corpus"),
        ({"train": {"source": "a.en"}}, r"data\.train: give source and target"),
        ({"train": {"source": "a.en", "target": "a.de", "pairs": "a.tsv"}}, r"data\.train: give source and target"),
        ({"train": {}}, r"data\.train: give source and target"),
        ({"train": {"source": "a.tsv.gz", "target": "a.tsv.gz"}}, r"a\.tsv\.gz holds both sides: write \{pairs: a\."),
        ({"train": {"sorce": "a.en", "target": "a.de"}}, r"unknown key 'data\.train\.sorce': did you mean 'source'"),
    ],
)
def test_a_config_that_names_no_text(values, said):
    with pytest.raises(ConfigError, match=said):
        data(**values)


def test_an_error_about_a_corpus_names_its_line(tmp_path):
    (tmp_path / "my.yaml").write_text("training: {epochs: 1}\ndata:\n  hold_out: 3\n  corpus: travler\n")
    with pytest.raises(ConfigError, match=r"my\.yaml, line 4: data\.corpus: .* did you mean 'traveller'"):
        load_config(tmp_path / "my.yaml")


def test_paths_are_named_alone_or_as_pairs_or_as_two():
    assert [str(path) for path in data(train="a.tsv").train.paths] == ["a.tsv"]
    assert [str(path) for path in data(train={"pairs": "a.tsv.gz"}).train.paths] == ["a.tsv.gz"]
    assert [str(path) for path in data(train={"source": "a", "target": "b"}).train.paths] == ["a", "b"]


def test_a_config_with_a_corpus_survives_being_written_and_read(tmp_path):
    config = build_config({"data": {"corpus": "traveller", "target_language": "en"}, "training": TRAINING}, "x")
    (tmp_path / "config.yaml").write_text(config.to_yaml())
    assert load_config(tmp_path / "config.yaml") == config


@pytest.mark.parametrize("name", ["multi30k-en-de", "quickstart"])
def test_the_recipes_are_valid(project_root, name):
    config = load_config(project_root / "configs" / f"{name}.yaml")
    assert (config.data.source_language, config.data.target_language) == ("en", "de")


def test_training_finds_the_text_of_a_corpus(cache):
    from seq2seq.training.data.selection import read_text

    card = load_card("traveller")
    text, dev = read_text(data(corpus="traveller", source_language="de"), seed=1)
    assert text == read_parallel(card.folder / "train.de", card.folder / "train.en")
    assert dev == read_parallel(card.folder / "dev.de", card.folder / "dev.en")


def test_the_files_of_a_config(cache):
    traveller = data(corpus="traveller")
    assert [[path.name for path in paths] for paths in traveller.training_paths()] == [["train.en", "train.de"]]
    assert [path.name for path in traveller.dev_paths()] == ["dev.en", "dev.de"]
    assert data(train="a.tsv").training_paths() == [(Path("a.tsv"),)]
    assert data(train="a.tsv").dev_paths() is None
    assert data(train="a.tsv", dev={"source": "b", "target": "c"}).dev_paths() == (Path("b"), Path("c"))
    with pytest.raises(UserError, match=r"seq2seq corpora fetch multi30k-en-cs"):
        data(corpus="multi30k-en-cs").training_paths()


def test_training_reads_columns_and_holds_pairs_out_of_them(tmp_path):
    from seq2seq.training.data.selection import read_text

    (tmp_path / "t.tsv").write_text("".join(f"s{n}\tt{n}\n" for n in range(40)))
    text, dev = read_text(data(train=str(tmp_path / "t.tsv")), seed=1)
    assert (len(text), len(dev)) == (36, 4)
    assert {(s[1:], t[1:]) for s, t in zip(text.sources, text.targets, strict=True)} < {
        (str(n),) * 2 for n in range(40)
    }
    (tmp_path / "t.tsv").write_text("a\tb\n")
    with pytest.raises(UserError, match=r"t\.tsv: 1 usable pairs are too few to hold some out"):
        read_text(data(train=str(tmp_path / "t.tsv")), seed=1)


# Two columns in one file


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_two_columns_are_read_plain_and_compressed(tmp_path, pack):
    content = 'a "b\tx y"\r\n\n \t\nü\u2028v\tz\x0b\u3000w\nlast\tline'
    (tmp_path / "t.tsv").write_bytes(pack(content.encode()))
    assert read_parallel(tmp_path / "t.tsv") == ParallelText(
        ['a "b', "", "", "ü\u2028v", "last"], ['x y"', "", "", "z\x0b\u3000w", "line"]
    )


@pytest.mark.parametrize(("line", "columns"), [("no tab", 1), ("a\tb\tc", 3), ("a\tb\t", 3)])
def test_other_than_two_columns_is_an_error_with_its_line(tmp_path, line, columns):
    (tmp_path / "t.tsv").write_text(f"a\tb\n{line}\n")
    with pytest.raises(UserError, match=rf"t\.tsv, line 2: {columns} columns?,"):
        read_parallel(tmp_path / "t.tsv")


def test_an_empty_file_of_columns(tmp_path):
    (tmp_path / "t.tsv").write_text("")
    with pytest.raises(UserError, match=r"t\.tsv is empty: there is no pair"):
        read_parallel(tmp_path / "t.tsv")
