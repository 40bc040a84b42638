from pathlib import Path

import pytest
from sacrebleu.dataset import DATASETS

from seq2seq.errors import UserError
from seq2seq.evaluation import find_test_set


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Puts files into what sacrebleu takes for its cache of a test set."""

    def write(name: str, languages: str, fields: list[str]) -> None:
        monkeypatch.setattr(DATASETS[name], "_outdir", str(tmp_path))
        for field in fields:
            place = tmp_path / f"{name.replace('/', '_')}.{languages}.{field.replace(':', '-')}"
            place.write_text(f"{field}\n")

    return write


def test_the_files_of_the_cache(cached, tmp_path):
    cached("multi30k/2016", "en-de", ["src", "ref"])
    source, references = find_test_set("multi30k/2016", "en-de")
    assert source == tmp_path / "multi30k_2016.en-de.src" and source.read_text() == "src\n"
    assert references == [tmp_path / "multi30k_2016.en-de.ref"]


def test_several_references(cached):
    cached("wmt17/tworefs", "en-fi", ["src", "ref:0", "ref:1", "docid", "genre", "origlang"])
    _, references = find_test_set("wmt17/tworefs", "en-fi")
    assert [Path(file).read_text() for file in references] == ["ref:0\n", "ref:1\n"]


def test_an_unknown_set_names_the_nearest():
    with pytest.raises(UserError, match=r"no test set 'wmt99': did you mean 'wmt\d\d'\?"):
        find_test_set("wmt99", "en-de")


def test_unknown_languages_name_those_there_are():
    with pytest.raises(UserError, match="multi30k/2016 is not for 'en-xx': it has en-cs, en-de, en-fr"):
        find_test_set("multi30k/2016", "en-xx")


def test_what_is_missing_is_fetched_and_a_failure_is_one_sentence(tmp_path, monkeypatch):
    dataset = DATASETS["multi30k/2016"]
    monkeypatch.setattr(dataset, "_outdir", str(tmp_path))
    monkeypatch.setattr(dataset, "_rawdir", str(tmp_path / "raw"))
    monkeypatch.setattr("urllib.request._opener", None)  # made once per process, with the proxies of then
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens
    heard: list[str] = []
    with pytest.raises(UserError, match=r"^the test set multi30k/2016 .* cannot be downloaded \(.*refused") as error:
        find_test_set("multi30k/2016", "en-de", note=heard.append)
    assert "\n" not in str(error.value)
    assert len(heard) == 1 and heard[0].startswith("Downloading https://")
