"""Which text to learn from: one or several, files or corpora, each with a weight."""

from pathlib import Path

import pytest

from seq2seq.config.data_options import TextFiles
from seq2seq.config.loading import build_config, load_config
from seq2seq.errors import ConfigError, UserError


def data(**values):
    return build_config({"data": values, "training": {"epochs": 1}}, "my.yaml").data


def message(**values):
    with pytest.raises(ConfigError) as error:
        data(**values)
    assert error.value.exit_status == 2 and "\n" not in str(error.value)
    return str(error.value)


def test_one_text_is_given_as_ever_and_weighs_1():
    for train in ("a.tsv", {"pairs": "a.tsv"}, [{"pairs": "a.tsv"}], ["a.tsv"]):
        one = data(train=train)
        assert (one.training_paths(), one.weights, one.name) == ([(Path("a.tsv"),)], [1.0], "a.tsv")
    assert data(train={"source": "a", "target": "b", "weight": 2}).weights == [2.0]
    assert data(corpus="traveller").weights == [1.0]


def test_several_texts_keep_their_order_names_and_weights():
    several = data(
        train=[{"source": "a", "target": "b", "weight": 0.5}, "c.tsv.gz", {"corpus": "traveller", "weight": 3}]
    )
    assert several.weights == [0.5, 1.0, 3.0]
    assert several.names == ["a and b", "c.tsv.gz", "the corpus traveller"]
    assert [[path.name for path in paths] for paths in several.training_paths()] == [
        ["a", "b"], ["c.tsv.gz"], ["train.en", "train.de"]
    ]  # fmt: skip
    assert several.dev_paths() is None


def test_a_corpus_beside_files_tells_the_languages():
    assert (data(train=["a.tsv"]).source_language, data(train=["a.tsv"]).target_language) == (None, None)
    texts = ["a.tsv", {"corpus": "traveller"}]
    assert (data(train=texts).source_language, data(train=texts).target_language) == ("en", "de")
    turned = data(train=texts, source_language="de", dev={"corpus": "traveller"})
    assert turned.target_language == "en"
    assert [path.name for path in turned.training_paths()[1]] == ["train.de", "train.en"]
    assert [path.name for path in turned.dev_paths()] == ["dev.de", "dev.en"]
    assert data(train="a.tsv", dev={"corpus": "traveller"}).source_language == "en"
    said = message(train=["a.tsv", {"corpus": "traveller"}], target_language="fr")
    assert "traveller has no en to fr: source_language and target_language can be en and de" in said


def test_a_corpus_that_is_not_there_is_named():
    with pytest.raises(UserError, match=r"seq2seq corpora fetch multi30k-en-cs"):
        data(train=[{"corpus": "multi30k-en-cs"}]).training_paths()
    assert message(train=[{"corpus": "travelers"}]) == (
        "my.yaml: data.train.0.corpus: there is no corpus 'travelers' in the catalogue: did you mean 'traveller'?"
    )


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ([], "my.yaml: data.train: list should have at least 1 item"),
        (["a.tsv", {"pairs": "b.tsv", "weight": 0}], "my.yaml: data.train.1.weight: input should be greater than 0"),
        ([{"pairs": "a", "weight": "2"}], "my.yaml: data.train.0.weight: input should be a valid number, not '2'"),
        ({"pairs": "a", "weight": float("nan")}, "my.yaml: data.train.weight: input should be a finite number"),
        (["a.tsv", {"pairs": "b", "wieght": 2}], "my.yaml: unknown key 'data.train.1.wieght': did you mean 'weight'?"),
        ([{"source": "a"}], "my.yaml: data.train.0: give source and target"),
        ({"pairs": "a", "corpus": "traveller"}, "my.yaml: data.train: give source and target"),
        ([{"source": "a.tsv", "target": "b"}], "my.yaml: data.train.0: a.tsv holds both sides"),
        ([5], "my.yaml: data.train.0: input should be"),
        (5, "my.yaml: data.train: input should be"),
    ],
)
def test_what_is_wrong_with_a_text_is_named_with_its_place_in_the_list(train, said):
    assert message(train=train).startswith(said)


def test_only_training_texts_have_weights():
    said = message(train="a.tsv", dev={"pairs": "b", "weight": 2})
    assert said.startswith("my.yaml: unknown key 'data.dev.weight'")


def test_a_place_in_a_list_is_a_line_of_the_file(tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text("data:\n  train:\n    - a.tsv\n    - pairs: b.tsv\n      wait: 2\ntraining: {epochs: 1}\n")
    with pytest.raises(ConfigError, match=r"my.yaml, line 5: unknown key 'data.train.1.wait'"):
        load_config(file)
    file.write_text("data:\n  train:\n    - a.tsv\n    - source: b\ntraining: {epochs: 1}\n")
    with pytest.raises(ConfigError, match=r"my.yaml, line 4: data.train.1: give source and target"):
        load_config(file)


def test_a_list_is_written_and_read_again(tmp_path):
    texts = ["a.tsv", {"source": "b", "target": "c", "weight": 0.25}, {"corpus": "traveller"}]
    config = build_config({"data": {"train": texts}, "training": {"epochs": 1}}, "my.yaml")
    (tmp_path / "config.yaml").write_text(config.to_yaml())
    assert load_config(tmp_path / "config.yaml") == config


def test_the_home_folder_has_its_sign_in_paths(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    text = TextFiles(source="~/a.en", target="b~.de")
    assert text.paths == (tmp_path / "a.en", Path("b~.de"))
    assert TextFiles(pairs="~nobody-of-this-name/a.tsv").paths == (Path("~nobody-of-this-name/a.tsv"),)
