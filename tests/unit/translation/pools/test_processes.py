"""Several processes give what one gives, in its order, while the input is open."""

import io
import json
import os
import threading

import pytest

from seq2seq.errors import UserError
from seq2seq.translation.options import DecodingOptions
from seq2seq.translation.pools.pool import OutputFormat
from seq2seq.translation.pools.processes import Workers
from seq2seq.translation.pools.single import SinglePool
from seq2seq.translation.streams import translate_stream
from seq2seq.translation.translator import Translator
from tests.unit.cli.conftest import LINES, TEXT, save

OPTIONS = DecodingOptions(sample=True, max_source_tokens=8, beam_size=3, max_length_ratio=1.0, max_length_offset=4)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from seq2seq.tokenization.tokenizer import Tokenizer

    return save(tmp_path_factory.mktemp("workers") / "model", Tokenizer.train(TEXT, vocabulary_size=310), 1)


@pytest.fixture(scope="module")
def workers(model):
    with Workers(2, {"path": model}, OPTIONS) as pool:
        yield pool


def run(translator, text, **options):
    sink = io.BytesIO()
    translate_stream(translator, io.BytesIO(text), sink, name="text", **options)
    return sink.getvalue().decode().split("\n")[:-1]


@pytest.mark.parametrize("style", [OutputFormat(), OutputFormat(json=True)])
def test_the_same_lines_in_the_same_order(workers, model, style, monkeypatch):
    monkeypatch.setattr(workers, "window_lines", 7)  # many windows, two processes
    text = "".join(f"{line}\n" for line in LINES * 12).encode()
    one = SinglePool(Translator.load(model), OPTIONS)
    warnings = {"one": [], "two": []}
    alone = run(one, text, style=style, warn=warnings["one"].append)
    several = run(workers, text, style=style, warn=warnings["two"].append)
    if style.json:  # numbers may differ in their last digits
        alone, several = ([json.loads(line)["translation"] for line in lines] for lines in (alone, several))
    assert several == alone and len(alone) == 60
    assert warnings["two"] == warnings["one"] != []


def test_prefixes_go_along(workers):
    found = run(workers, b"ab\tder\nab\tdie\n", prefixes="column")
    assert [line[:3] for line in found] == ["der", "die"]


def test_an_error_comes_after_the_lines_before_it(workers):
    sink = io.BytesIO()
    with pytest.raises(UserError, match="line 3: not valid UTF-8"):
        translate_stream(workers, io.BytesIO(b"ab\nab\n\xff\nab\n"), sink, name="text")
    assert len(sink.getvalue().split(b"\n")[:-1]) == 2


def test_a_translation_comes_while_the_input_is_open(workers):
    source_end, typing_end = os.pipe()
    reading_end, sink_end = os.pipe()
    with (
        open(source_end, "rb") as source,
        open(sink_end, "wb") as sink,
        open(reading_end, "rb") as output,
        open(typing_end, "wb", buffering=0) as keyboard,
    ):
        options = {"name": "standard input"}
        work = threading.Thread(target=translate_stream, args=(workers, source, sink), kwargs=options, daemon=True)
        work.start()
        for _ in range(2):
            keyboard.write(b"ab\n")
            assert output.readline().endswith(b"\n")
        keyboard.close()
        work.join(20)
        assert not work.is_alive()


def test_a_worker_that_dies_is_one_sentence(tmp_path):
    with (
        Workers(1, {"path": tmp_path / "nowhere"}) as pool,
        pytest.raises(UserError, match="worker process has died"),
    ):
        run(pool, b"ab\n")
