"""Fetching over a real HTTP server on loopback: what arrives, and that nothing is left of what does not."""

import fcntl
import gzip
import hashlib
import http.server
import os
import socket
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seq2seq.errors import UserError
from seq2seq.text import catalogue, fetching
from seq2seq.text.catalogue import load_card
from seq2seq.text.fetching import fetch, join_japanese, mirrored
from seq2seq.yaml_text import dump_yaml

HOST = "corpora.example"
PUBLISHED = {
    "train.en.gz": gzip.compress(b"one\ntwo\nthree\n"),
    "train.ja": "駅 は ２ 番\r\nＮｅｗ Ｙｏｒｋ の 駅\n三".encode(),
    "dev.en.gz": gzip.compress(b"four\n"),
    "dev.ja": "四 です\n".encode(),
}
FETCHED = {
    "train.en": "one\ntwo\nthree\n",
    "train.ja": "駅は２番\nＮｅｗ Ｙｏｒｋの駅\n三\n",
    "dev.en": "four\n",
    "dev.ja": "四です\n",
}


def make_card(published=PUBLISHED, pairs=3, host=HOST):
    def entry(name):
        content = published[name]
        url = f"https://{host}/data/{name}"
        return {"url": url, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    return {
        "name": "tiny",
        "title": "Tiny",
        "languages": ["en", "ja"],
        "licence": "CC0-1.0",
        "origin": "this test",
        "transformations": {"ja": "join_japanese"},
        "splits": {
            "train": {"pairs": pairs, "en": entry("train.en.gz"), "ja": entry("train.ja")},
            "dev": {"pairs": 1, "en": entry("dev.en.gz"), "ja": entry("dev.ja")},
        },
    }


@pytest.fixture
def put_card(tmp_path, monkeypatch):
    """Makes a catalogue of one card; returns the card."""
    cards = tmp_path / "cards"
    cards.mkdir()
    monkeypatch.setattr(catalogue, "_CARDS", cards)

    def put(**options):
        (cards / "tiny.yaml").write_text(dump_yaml(make_card(**options)))
        return load_card("tiny")

    return put


class Server:
    """A mirror at `url` that answers with `files`, once changed by `answer(handler, content)`."""

    def __init__(self):
        outer = self
        self.files = dict(PUBLISHED)
        self.answer = None
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                content = outer.files.get(self.path.removeprefix(f"/mirror/{HOST}/data/"))
                if content is None:
                    self.send_error(404)
                elif outer.answer is not None and self.path.endswith("dev.ja"):
                    outer.answer(self, content)
                else:
                    self.reply(content, len(content))

            def reply(self, content, length):
                self.send_response(200)
                if length is not None:
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/mirror"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Server()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def home(tmp_path):
    """Where the corpus's folder is to stand; neither it nor its parent is there yet."""
    return tmp_path / "made" / "by fetching"


def contents(folder):
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name != "card.yaml"}


def test_files_are_unpacked_transformed_and_put_in_place_with_their_card(put_card, server, home):
    card = put_card()
    assert fetch(card, home / "tiny", server.url)
    assert contents(home / "tiny") == FETCHED
    assert "licence: CC0-1.0" in (home / "tiny" / "card.yaml").read_text()
    assert os.listdir(home) == ["tiny"]
    assert sorted(server.asked) == sorted(f"/mirror/{HOST}/data/{name}" for name in PUBLISHED)


def test_a_second_fetch_asks_for_nothing(put_card, server, home):
    card = put_card()
    fetch(card, home / "tiny", server.url)
    server.asked.clear()
    assert not fetch(card, home / "tiny", server.url)
    assert server.asked == []


def test_a_corpus_with_a_line_missing_is_fetched_again(put_card, server, home):
    card = put_card()
    fetch(card, home / "tiny", server.url)
    (home / "tiny" / "train.en").write_text("one\ntwo\n")
    assert fetch(card, home / "tiny", server.url)
    assert contents(home / "tiny") == FETCHED


def test_a_corpus_whose_card_has_changed_is_fetched_again(put_card, server, home):
    fetch(put_card(), home / "tiny", server.url)
    newer = PUBLISHED | {"dev.en.gz": gzip.compress(b"vier\n")}
    server.files = newer
    assert fetch(put_card(published=newer), home / "tiny", server.url)
    assert contents(home / "tiny")["dev.en"] == "vier\n"


def test_what_was_fetched_before_survives_a_failure(put_card, server, home):
    fetch(put_card(), home / "tiny", server.url)
    with pytest.raises(UserError, match="is not the file that the card names"):
        fetch(put_card(published=PUBLISHED | {"dev.ja": b"other"}), home / "tiny", server.url)
    assert contents(home / "tiny") == FETCHED
    assert os.listdir(home) == ["tiny"]


def truncate(handler, content):
    handler.reply(content[:-3], len(content))


def truncate_silently(handler, content):
    handler.reply(content[:-3], None)


def falsify(handler, content):
    handler.reply(content[:-2] + b"!\n", len(content))


def go_on(handler, content):
    handler.reply(content * 50_000, len(content) * 50_000)


def login_page(handler, content):
    handler.reply(b"<html>Log in first</html>", 25)


def refuse(handler, content):
    handler.send_error(403)


def stall(handler, content):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.flush()
    time.sleep(1)


def chatter(handler, content):
    handler.wfile.write(b"220 this is not a \x1b[1m web server\r\n")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (truncate, r"dev\.ja ended after 8 of 11 bytes: try again"),
        (truncate_silently, r"dev\.ja is not the file that the card names"),
        (falsify, r"dev\.ja is not the file that the card names \(its SHA-256 is [0-9a-f]{12}…, not [0-9a-f]{12}…\)"),
        (go_on, r"dev\.ja is not the file that the card names"),
        (login_page, r"dev\.ja is not the file that the card names"),
        (refuse, r"dev\.ja cannot be fetched \(the server says 403 Forbidden\)"),
        (stall, r"dev\.ja cannot be fetched \(timed out\)"),
        (chatter, r"dev\.ja cannot be fetched \(220 this is not a \[1m web server\)"),
    ],
)
def test_a_bad_answer_is_one_sentence_and_leaves_nothing(put_card, server, home, monkeypatch, answer, said):
    monkeypatch.setattr(fetching, "_TIMEOUT", 0.3)
    server.answer = answer
    with pytest.raises(UserError, match=said) as caught:
        fetch(put_card(), home / "tiny", server.url)
    assert "\n" not in str(caught.value)
    assert server.url in str(caught.value)
    assert not home.parent.exists()


def test_a_file_that_is_not_there(put_card, server, home):
    del server.files["dev.en.gz"]
    with pytest.raises(UserError, match=r"dev\.en\.gz cannot be fetched \(the server says 404 Not Found\)"):
        fetch(put_card(), home / "tiny", server.url)
    assert not home.parent.exists()


def test_a_longer_file_is_not_read_to_its_end(put_card, server, home):
    server.answer = go_on
    sizes = []

    class Counting(fetching.FetchReport):
        def advance(self, size):
            sizes.append(size)

    with pytest.raises(UserError):
        fetch(put_card(), home / "tiny", server.url, Counting())
    assert sum(sizes) < 200_000


def test_a_refused_connection(put_card, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(UserError, match=r"train\.en\.gz cannot be fetched \(Connection refused\): check the network"):
        fetch(put_card(), home / "tiny", f"http://127.0.0.1:{port}")
    assert not home.parent.exists()


def test_a_download_that_is_right_but_damaged(put_card, server, home):
    server.files = PUBLISHED | {"dev.en.gz": PUBLISHED["dev.en.gz"][:-6]}
    with pytest.raises(UserError, match=r"dev\.en\.gz is damaged"):
        fetch(put_card(published=server.files), home / "tiny", server.url)
    assert not home.parent.exists()


def test_another_number_of_lines_than_the_card_says(put_card, server, home):
    with pytest.raises(UserError, match=r"train\.en\.gz has 3 lines, but the card of tiny says 4"):
        fetch(put_card(pairs=4), home / "tiny", server.url)
    assert not home.parent.exists()


def test_a_mirror_in_a_folder(put_card, tmp_path, home):
    mirror = tmp_path / "a mirror"
    (mirror / HOST / "data").mkdir(parents=True)
    for name, content in PUBLISHED.items():
        (mirror / HOST / "data" / name).write_bytes(content)
    assert fetch(put_card(), home / "tiny", mirror.as_uri() + "/")
    assert contents(home / "tiny") == FETCHED

    (mirror / HOST / "data" / "dev.ja").unlink()
    with pytest.raises(UserError, match=r"dev\.ja cannot be fetched \(No such file or directory\)"):
        fetch(load_card("tiny"), home.with_name("other") / "tiny", mirror.as_uri())
    assert not home.with_name("other").exists()


@pytest.mark.parametrize("mirror", ["/a/folder", "ftp://mirror.example", "mirror.example/x", ""])
def test_a_mirror_that_is_no_such_url(put_card, home, mirror):
    with pytest.raises(UserError, match="is not an http://, https:// or file:// URL"):
        fetch(put_card(), home / "tiny", mirror)


def test_the_url_at_a_mirror():
    assert mirrored("https://host.example/a/b.gz", "file:///m/") == "file:///m/host.example/a/b.gz"
    assert mirrored("https://host.example/a/b.gz", None) == "https://host.example/a/b.gz"


def test_a_folder_with_other_things_is_left_alone(put_card, server, home):
    (home / "tiny").mkdir(parents=True)
    (home / "tiny" / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match=r"holds other things \(thesis\.tex\)"):
        fetch(put_card(), home / "tiny", server.url)
    assert (home / "tiny" / "thesis.tex").read_text() == "years of work"
    assert server.asked == []


def test_a_file_in_its_place_is_left_alone(put_card, server, home):
    home.mkdir(parents=True)
    (home / "tiny").write_text("a file")
    with pytest.raises(UserError, match=r"tiny cannot be written \(Not a directory\)"):
        fetch(put_card(), home / "tiny", server.url)
    assert (home / "tiny").read_text() == "a file"
    assert os.listdir(home) == ["tiny"]


def test_a_file_in_place_of_a_parent(put_card, server, tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(UserError, match=r"tiny cannot be written \(Not a directory\)"):
        fetch(put_card(), tmp_path / "file" / "deeper" / "tiny", server.url)
    assert (tmp_path / "file").read_text() == "a file"


@pytest.mark.parametrize("below", ["tiny", "deeper/tiny"])
def test_a_place_that_may_not_be_written(put_card, server, home, below):
    card = put_card()
    home.mkdir(parents=True)
    home.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # the permissions of a folder do not hold for root
    try:
        with pytest.raises(UserError, match=r"tiny cannot be written \(Permission denied\)"):
            fetch(card, home / below, server.url)
    finally:
        if root:
            os.seteuid(0)
        home.chmod(0o755)
    assert os.listdir(home) == []


def test_what_a_killed_fetch_left_is_cleared_and_nothing_else(put_card, server, home):
    home.mkdir(parents=True)
    for name in (".tiny.123.part", ".tiny.123.old", ".tiny.old", ".other.123.part"):
        (home / name).mkdir()
        (home / name / "file").write_text("something")
    fetch(put_card(), home / "tiny", server.url)
    assert sorted(os.listdir(home)) == [".other.123.part", ".tiny.old", "tiny"]


def test_two_at_once_download_once(put_card, server, home, capsys):
    card = put_card()
    home.mkdir(parents=True)
    outcomes = []
    descriptor = os.open(home, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    threads = [
        threading.Thread(target=lambda: outcomes.append(fetch(card, home / "tiny", server.url))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    assert outcomes == [] and server.asked == []
    os.close(descriptor)
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == [False, True]
    assert len(server.asked) == len(PUBLISHED)
    assert "another process is fetching into" in capsys.readouterr().err


def test_progress_in_a_pipe_is_a_line_per_file_on_standard_error(put_card, server, home, capsys):
    fetch(put_card(), home / "tiny", server.url)
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line.split()[0].rsplit("/", 1)[1] for line in lines] == ["train.en.gz", "train.ja", "dev.en.gz", "dev.ja"]
    assert lines[1].endswith(f"{len(PUBLISHED['train.ja'])} bytes")


@pytest.mark.parametrize(
    ("segmented", "joined"),
    [
        ("駅 は どこ です か 。", "駅はどこですか。"),
        ("ラーメン を ３ つ", "ラーメンを３つ"),
        ("ＣＤ を ２ 枚", "ＣＤを２枚"),
        ("Ｎｅｗ Ｙｏｒｋ の 人 々", "Ｎｅｗ Ｙｏｒｋの人々"),
        ("「 hello world 」 と 言 う", "「hello world」と言う"),
        ("ＣＤ ２ 枚", "ＣＤ２枚"),
        ("1 000 円", "1 000円"),
        ("ﾗｰﾒﾝ ｦ 食 べる", "ﾗｰﾒﾝｦ食べる"),
        (" 駅  は ", "駅は"),
        ("全角\u3000の 空白", "全角\u3000の空白"),
        ("", ""),
    ],
)
def test_segmented_japanese_is_joined(segmented, joined):
    assert join_japanese(segmented) == joined


@given(st.text(alphabet="駅は々ーｱaZéＡ1２。、 .", max_size=20))
def test_joining_takes_nothing_but_spaces_and_all_there_is_to_take(line):
    joined = join_japanese(line)
    assert joined.replace(" ", "") == line.replace(" ", "")
    assert join_japanese(joined) == joined


def test_a_corpus_with_no_network_at_all(traveller, tmp_path):
    card = load_card("traveller")
    assert fetch(card, tmp_path / "traveller")
    for name in card.file_names():
        assert (tmp_path / "traveller" / name).read_bytes() == (Path(traveller) / name).read_bytes()
