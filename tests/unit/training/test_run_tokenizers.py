from types import SimpleNamespace

import pytest

from seq2seq.training.run.run_folder import RunFolder
from seq2seq.training.run_tokenizers import keep_tokenizers, run_tokenizers


@pytest.fixture
def run(tmp_path):
    return RunFolder(tmp_path)


@pytest.fixture
def reporter():
    lines = []
    return SimpleNamespace(say=lines.append, stage=lambda text: None, lines=lines)


def test_one_for_both_sides_is_learnt_once(run, make_config, short_text, reporter):
    config = make_config(
        "tokenizer.vocabulary_size=400", "data.source_language=en", "data.target_language=de", "tokenizer.joint=true"
    )
    pair = run_tokenizers(config, run, short_text, reporter)
    assert pair.source.tokenizer is pair.target.tokenizer and len(pair.source.tokenizer) == 400
    assert (pair.source.language, pair.target.language) == ("en", "de")
    assert not list(run.path.iterdir()), "a run that has not begun has no tokenizer"
    keep_tokenizers(run, pair, joint=True)
    assert [path.name for path in run.path.iterdir()] == ["tokenizer.model"]
    again = run_tokenizers(config, run, short_text.select([0]), reporter)
    assert again.same_as(pair), "the run's own, whatever the text"
    assert reporter.lines == []


def test_each_side_learns_its_own(run, make_config, short_text, reporter):
    config = make_config("tokenizer.vocabulary_size=350", "tokenizer.joint=false", "model.tied=false")
    pair = run_tokenizers(config, run, short_text, reporter)
    assert not pair.joint
    keep_tokenizers(run, pair, joint=False)
    assert sorted(path.name for path in run.path.iterdir()) == ["source.model", "target.model"]
    assert pair.source.tokenizer.model == (run.path / "source.model").read_bytes()


def test_a_text_that_gives_fewer_pieces_is_reported(run, make_config, short_text, reporter):
    pair = run_tokenizers(make_config("tokenizer.vocabulary_size=5000"), run, short_text.select(range(20)), reporter)
    size = len(pair.source.tokenizer)
    assert reporter.lines == [
        f"the text gives tokenizer.model no more than {size:,} pieces (tokenizer.vocabulary_size is 5,000)"
    ]
