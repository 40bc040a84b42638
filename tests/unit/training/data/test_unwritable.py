"""What is written in any script can be written by a model, by default; what cannot is counted and reported."""

import unicodedata

import pytest

from seq2seq.config.schema import TokenizerConfig
from seq2seq.tokenization.tokenizer import Tokenizer
from seq2seq.training.data.unwritable import report_unwritable, unwritable
from seq2seq.training.monitoring.reporter import Reporter

SCRIPTS = {
    "Latin": "Straße, naïve, Œuvre, ŋ, x² + ½ = ¾, ™ © ° № ﬁne “quoted” … 1\u00a0000\u202f€",
    "Vietnamese": "Tiếng Việt có thanh điệu: ề ộ ữ",
    "Cyrillic": "Съешь ещё этих мягких французских булок, ґ ї",
    "Greek": "Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία ᾧ",
    "Hebrew": "שָׁלוֹם עוֹלָם ״גרשיים״",
    "Arabic": "السَّلامُ عَلَيْكُم ﷺ",
    "Persian": "می\u200cخواهم کتاب\u200cها را بخوانم",
    "Urdu": "یہ اُردو ہے۔",
    "Devanagari": "क्\u200dष नमस्ते दुनिया ॐ क़",
    "Bengali": "আমি বাংলায় গান গাই",
    "Gurmukhi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "Gujarati": "નમસ્તે વિશ્વ",
    "Tamil": "வணக்கம் உலகம் கொ",
    "Telugu": "రాజ్\u200cకుమార్ నమస్కారం",
    "Kannada": "ನಮಸ್ಕಾರ ರಾಜ್\u200cಕುಮಾರ್",
    "Malayalam": "അവന്\u200d നന്\u200cമ മലയാളം",
    "Sinhala": "ශ්\u200dරී ලංකාව",
    "Thai": "น้ำตาลทำให้อร่อย",
    "Lao": "ສະບາຍດີ ນ້ຳ",
    "Khmer": "សួស្តី ពិភពលោក",
    "Burmese": "မင်္ဂလာပါ",
    "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས། ༀ",
    "Georgian": "გამარჯობა მსოფლიო",
    "Armenian": "Բարեւ աշխարհ և",
    "Ethiopic": "ሰላም ዓለም፡፡",
    "Hangul": "안녕하세요 세계 각",
    "Japanese": "ｶﾀｶﾅとカタカナ、ＡＢＣ１２３、㈱①",
    "Chinese": "你好，世界！全角：％＃",
    "Cherokee": "ᎣᏏᏲ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180e",
    "Emoji": "👩\u200d🚀 👍🏽 ❤\ufe0f",
}


def learnt(**options):
    lines = [*SCRIPTS.values()] * 3
    return Tokenizer.train(lines, vocabulary_size=800, character_coverage=0.98, **options)


@pytest.fixture(scope="module")
def by_default():
    return learnt(normalization=TokenizerConfig().normalization)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_by_default_all_scripts_can_be_written(by_default, script, form):
    line = unicodedata.normalize(form, SCRIPTS[script])
    (ids,) = by_default.encode([line])
    assert by_default.decode(ids) == unicodedata.normalize("NFC", line)
    assert unwritable([line], by_default) == []
    (sampled,) = by_default.sample([line], 0.3, seed=1)
    assert by_default.decode(sampled) == unicodedata.normalize("NFC", line)


def test_the_older_default_destroys_some_and_that_is_reported(capsys):
    older = learnt(normalization="nmt_nfkc")
    odd = unwritable(list(SCRIPTS.values()), older)
    assert {SCRIPTS[name] for name in ("Latin", "Persian", "Telugu", "Malayalam", "Thai", "Japanese")} <= set(odd)
    assert SCRIPTS["Greek"] not in odd and SCRIPTS["Georgian"] not in odd
    report_unwritable(list(SCRIPTS.values()), older, Reporter(1))
    said = capsys.readouterr().err
    assert f"{len(odd)} of {len(SCRIPTS)} target lines cannot be written" in said
    assert "(U+200C) in 4" in said and "tokenizer.normalization" in said


def test_where_all_can_be_written_nothing_is_said(by_default, capsys):
    report_unwritable(list(SCRIPTS.values()), by_default, Reporter(1))
    assert capsys.readouterr().err == ""


def test_the_sign_that_sentencepiece_keeps_for_itself(by_default):
    assert unwritable(["a\u2581b", "a  b "], by_default) == ["a\u2581b"]
