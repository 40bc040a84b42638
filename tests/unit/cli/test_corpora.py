"""`seq2seq corpora`: what it prints."""

import pytest
from click.testing import CliRunner

from seq2seq.cli.corpora import command
from seq2seq.config.loading import build_config
from seq2seq.errors import UserError
from seq2seq.text.catalogue import load_card
from seq2seq.yaml_text import parse_yaml


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def run(*arguments):
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def put(name, folder):
    folder.mkdir(parents=True)
    for file in load_card(name).file_names():
        (folder / file).touch()


def config_in(output):
    """What the output says to write in a config, as a config."""
    values, _ = parse_yaml(output[output.index("  data:") :].encode(), "output")
    return build_config(values | {"training": {"epochs": 1.0}}, "output").data


def test_list_says_of_every_corpus_what_it_is_and_whether_it_is_there(cache):
    put("multi30k-en-fr", cache / "corpora" / "multi30k-en-fr")
    lines = {line.split()[0]: line for line in run("list").splitlines()}
    assert sorted(lines) == ["multi30k-en-cs", "multi30k-en-de", "multi30k-en-fr", "small-parallel-enja", "traveller"]
    assert "en-de   29,000 pairs  not fetched" in lines["multi30k-en-de"]
    assert "en-fr   29,000 pairs  fetched " in lines["multi30k-en-fr"]
    assert "bundled" in lines["traveller"]


def test_show_tells_all_of_the_card(cache):
    output = run("show", "small-parallel-enja")
    card = load_card("small-parallel-enja")
    flat = " ".join(output.split())
    for fact in (card.title, card.licence, card.origin, card.citation, "50,000 pairs", "the spaces that segment it"):
        assert " ".join(fact.split()) in flat
    for split in card.splits.values():
        for file in split.files.values():
            assert file.url in output and file.sha256 in output
    assert "seq2seq corpora fetch small-parallel-enja" in output
    assert config_in(output).corpus == "small-parallel-enja"


def test_show_prints_where_the_files_are_once_they_are_there(cache):
    place = cache / "corpora" / "multi30k-en-de"
    assert f"{place}/test_2016_flickr.de" not in run("show", "multi30k-en-de")
    put("multi30k-en-de", place)
    output = run("show", "multi30k-en-de")
    assert f"  {place}/test_2016_flickr.de\n" in output
    assert "corpora fetch" not in output


def test_a_bundled_corpus_needs_no_fetching(cache, traveller):
    output = run("fetch", "traveller")
    assert f"traveller comes with seq2seq: {traveller}" in output
    assert not cache.exists()
    assert config_in(output).corpus == "traveller"


def test_fetch_to_a_folder_says_how_a_config_names_the_files(cache, tmp_path):
    place = tmp_path / "some, folder: mine"
    output = run("fetch", "traveller", "--to", place)
    assert f"traveller is in {place}/traveller (licence: CC0-1.0)" in output
    config = config_in(output)
    assert config.train.paths == (place / "traveller" / "train.en", place / "traveller" / "train.de")
    assert config.dev.paths == (place / "traveller" / "dev.en", place / "traveller" / "dev.de")
    assert "is in" in (again := run("fetch", "traveller", "--to", place)) and "already" in again
    assert not cache.exists()


@pytest.mark.parametrize("action", ["show", "fetch"])
def test_an_unknown_name_offers_the_nearest(action):
    with pytest.raises(UserError, match="did you mean 'traveller'"):
        run(action, "traveler")
