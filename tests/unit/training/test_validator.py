from __future__ import annotations

import math

import numpy as np
import pytest

from seq2seq.evaluation import evaluate
from seq2seq.text.parallel import ParallelText
from seq2seq.tokenization.ids import EOS
from seq2seq.tokenization.pair import TokenizerPair
from seq2seq.training.validator import Validator
from seq2seq.translation.options import DecodingOptions


@pytest.fixture(scope="module")
def make_validator(trained):
    model, tokenizer, text = trained

    def make(pairs=None, sentences=10, batch_tokens=200, target_language="de"):
        return Validator(
            model,
            TokenizerPair.of(tokenizer, languages=("en", target_language)),
            text.select(range(30)) if pairs is None else pairs,
            batch_tokens=batch_tokens,
            sentences=sentences,
            decoding=DecodingOptions(beam_size=1),
        )

    return make


def test_loss_is_per_real_token(trained, make_validator):
    """Of all pairs, unsmoothed, end of sentence included, whatever the batches."""
    model, tokenizer, text = trained
    loss = tokens = 0
    for source, target in zip(text.sources[:8], text.targets[:8], strict=True):
        ids = [[*tokenizer.encode([line])[0], EOS] for line in (source, target)]
        loss += float(model.loss_sums(*(np.array([row], np.int32) for row in ids)).plain)
        tokens += len(ids[1])
    for batch_tokens in (20, 1000):
        result = make_validator(text.select(range(8)), batch_tokens=batch_tokens, sentences=1).run()
        assert result.loss == pytest.approx(loss / tokens, rel=1e-5)
    assert result.figures()["perplexity"] == pytest.approx(math.exp(loss / tokens), rel=1e-5)


def test_translations_are_spread_over_the_text(trained, make_validator):
    *_, text = trained
    validator = make_validator(sentences=10)
    result = validator.run()
    assert len(result.translations) == 10
    chosen = validator.translated
    assert chosen.sources[0] == text.sources[0] and chosen.sources[-1] == text.sources[29]
    assert len(set(chosen.sources)) == 10
    expected = evaluate(result.translations, chosen.targets, ("bleu", "chrf"))
    assert result.figures() == pytest.approx(
        {"loss": result.loss, "perplexity": math.exp(result.loss)} | {s.name: s.score for s in expected}
    )
    assert all(score.signature for score in result.scores)


def test_bleu_counts_what_suits_the_target(make_validator):
    german = make_validator().run()
    assert "tok:13a" in german.scores[0].signature and german.words
    assert "tok:zh" in make_validator(target_language="zh").run().scores[0].signature
    thai = ParallelText(["Where is the station?"] * 3, ["สถานีอยู่ที่ไหน"] * 3)
    for language in ("th", None):
        result = make_validator(thai, target_language=language).run()
        assert "tok:char" in result.scores[0].signature and not result.words


@pytest.mark.parametrize("sentences", [1, 3, 30, 1000])
def test_number_of_sentences(make_validator, sentences):
    assert len(make_validator(sentences=sentences).translated) == min(sentences, 30)


def test_one_pair_and_blank_lines(make_validator):
    result = make_validator(ParallelText(["", "Hello."], ["", "Hallo."]), sentences=5).run()
    assert len(result.translations) == 2 and result.translations[0] == ""
    assert math.isfinite(result.loss)


def test_it_measures_the_weights_of_the_moment(trained, make_validator):
    model, *_ = trained
    validator = make_validator(sentences=1)
    raw = validator.run().loss
    with model.averaged():
        swapped = validator.run().loss
    assert swapped != raw
    assert validator.run().loss == raw
