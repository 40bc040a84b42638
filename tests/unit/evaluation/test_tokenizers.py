import os
import subprocess
import sys
from pathlib import Path

import pytest
import sentencepiece
from sacrebleu.metrics import BLEU

from seq2seq.errors import UserError
from seq2seq.evaluation import check_tokenizer, evaluate, suited_tokenizer, tokenizers
from seq2seq.evaluation.tokenizers import validation_tokenizer

ROOT = Path(__file__).parents[3]


def test_the_names_are_those_of_sacrebleu():
    assert tokenizers() == list(BLEU.TOKENIZERS)
    assert {"13a", "zh", "ja-mecab", "ko-mecab", "char", "flores200"} <= set(tokenizers())


@pytest.mark.parametrize(
    ("language", "tokenizer"),
    [
        ("ja", "ja-mecab"),
        ("zh", "zh"),
        ("ko", "ko-mecab"),
        ("zh-CN", "zh"),
        ("zh_Hant", "zh"),
        ("JA", "ja-mecab"),
        ("de", None),
        ("", None),
        (None, None),
    ],
)
def test_the_one_that_fits_a_language(language, tokenizer):
    assert suited_tokenizer(language) == tokenizer


@pytest.mark.parametrize("name", [None, "13a", "zh", "char", "intl", "none"])
def test_what_needs_nothing_loads(name):
    check_tokenizer(name)


def test_an_unknown_one_names_the_nearest():
    with pytest.raises(UserError, match=r"no tokenizer 'flores20': did you mean 'flores200'\?"):
        check_tokenizer("flores20")


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_a_missing_library_names_the_extra(monkeypatch, language):
    monkeypatch.setattr(f"sacrebleu.tokenizers.tokenizer_{language}_mecab.MeCab", None)
    with pytest.raises(UserError) as error:
        evaluate(["a"], ["a"], tokenize=f"{language}-mecab")
    assert str(error.value).endswith(f"pip install 'seq2seq-keras[{language}]'")
    assert f"tokenizer {language}-mecab" in str(error.value) and "\n" not in str(error.value)


def test_the_extras_exist():
    text = (ROOT / "pyproject.toml").read_text()
    assert 'ja = ["sacrebleu[ja]"]' in text and 'ko = ["sacrebleu[ko]"]' in text


def test_japanese_words():
    pytest.importorskip("MeCab")
    (bleu,) = evaluate(["私は学校に行きます。"], ["私は学校に行きました。"], ("bleu",), tokenize="ja-mecab")
    assert 0 < bleu.score < 100 and "tok:ja-mecab" in bleu.signature


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of sacrebleu with its tokenizer flores200 (stood in for by another model) and a damaged flores101."""
    folder = tmp_path_factory.mktemp("sacrebleu")
    models = folder / "models"
    models.mkdir()
    sentences = iter((ROOT / "corpora/traveller/dev.de").read_text().splitlines())
    with (models / "flores200sacrebleuspm").open("wb") as model:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=sentences, model_writer=model, vocab_size=150, minloglevel=2
        )
    (models / "sacrebleu_tokenizer_spm.model").write_bytes(b"half a model")
    return folder


def _python(code: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Runs code in a process of its own: sacrebleu reads the place of its cache when it is imported."""
    # Any address of this host's own where nobody listens: the test must not depend on a network's being absent.
    unreachable = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    environment = os.environ | {"SACREBLEU": str(cache), "PYTHONPATH": str(ROOT)} | unreachable
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_a_model_in_the_cache_is_used(cache):
    code = """
from seq2seq.evaluation import evaluate
print(evaluate(["Wo ist der Zug?"], ["Wo ist der Zug?"], ("bleu",), tokenize="flores200")[0].signature)
"""
    done = _python(code, cache)
    assert "tok:flores200" in done.stdout and done.stderr == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("spBLEU-1K", ["cannot be downloaded", "Connection refused", "connect to the network"]),
        ("flores101", ["cannot be read from sacrebleu's cache", "remove it there"]),
    ],
)
def test_a_model_that_cannot_be_had_is_one_sentence(cache, name, said):
    code = f"""
from seq2seq.errors import UserError
from seq2seq.evaluation import check_tokenizer
heard = []
try:
    check_tokenizer("{name}", note=heard.append)
except UserError as error:
    print(error)
print(heard)
"""
    done = _python(code, cache)
    sentence, heard = done.stdout.splitlines()
    assert f"the tokenizer {name}" in sentence and str(cache) in sentence
    for part in said:
        assert part in sentence
    assert ("Downloading https://" in heard) == ("downloaded (" in sentence)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("language", "line", "tokenizer"),
    [
        ("zh", "你好。", "zh"),
        ("de", "Ja.", None),
        (None, "Ja.", None),
        (None, "안녕 하세요", None),
        ("th", "สวัสดีครับ", "char"),
        (None, "สวัสดีครับ", "char"),
        ("km", "សួស្តី", "char"),
        ("my", "မင်္ဂလာပါ", "char"),
        ("lo", "ສະບາຍດີ", "char"),
        ("bo", "བཀྲ་ཤིས", "char"),
        (None, "これは本です。", "char"),
        (None, "这是一本书", "char"),
        ("th", "", None),
    ],
)
def test_validation_finds_one_that_is_installed(language, line, tokenizer):
    assert validation_tokenizer(language, [line] * 3) == tokenizer


def test_validation_goes_without_a_library_that_is_missing(monkeypatch):
    for language in ("ja", "ko"):
        monkeypatch.setattr(f"sacrebleu.tokenizers.tokenizer_{language}_mecab.MeCab", None)
    assert validation_tokenizer("ja", ["これは本です。"]) == "char"
    assert validation_tokenizer("ko", ["안녕 하세요"]) is None
