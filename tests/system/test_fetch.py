"""The command line fetches real corpora from a mirror over HTTP, and fails in one sentence."""

import functools
import http.server
import os
import resource
import subprocess
import sys
import threading

import pytest


@pytest.fixture
def mirror(test_data):
    """The URL of the mirrored downloads."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Handler, directory=str(test_data / "mirror"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def seq2seq(tmp_path, project_root):
    """Runs the command line with a cache of its own."""

    def run(*arguments, **options):
        environment = os.environ | {
            "SEQ2SEQ_CACHE": str(tmp_path / "cache"),
            "PYTHONPATH": str(project_root),
            "no_proxy": "127.0.0.1",
        }
        command = [sys.executable, "-m", "seq2seq", *(str(argument) for argument in arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, **options)

    return run


def one_sentence(result, status=1):
    """The error of a command, which is all that it said."""
    assert (result.returncode, result.stdout) == (status, "")
    lines = result.stderr.splitlines()
    assert lines[-1].startswith("error: ")
    assert "Traceback" not in result.stderr
    assert all(line.endswith(" bytes") for line in lines[:-1])  # the files before
    return lines[-1]


@pytest.mark.parametrize("language", ["de", "fr", "cs"])
def test_multi30k(seq2seq, mirror, tmp_path, language):
    name = f"multi30k-en-{language}"
    result = seq2seq("corpora", "fetch", name, "--mirror", mirror)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "cache" / "corpora" / name
    counts = {path.name: path.read_bytes().count(b"\n") for path in folder.iterdir() if path.name != "card.yaml"}
    sizes = {"train": 29_000, "dev": 1_014, "test_2016_flickr": 1_000}
    assert counts == {f"{split}.{code}": size for split, size in sizes.items() for code in ("en", language)}
    assert "is in" in (again := seq2seq("corpora", "fetch", name).stdout) and "already" in again
    assert f"{folder}/test_2016_flickr.{language}" in seq2seq("corpora", "show", name).stdout


def test_the_japanese_of_small_parallel_enja_is_joined(seq2seq, mirror, tmp_path, test_data):
    result = seq2seq("corpora", "fetch", "small-parallel-enja", "--mirror", mirror, "--to", tmp_path / "mine")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "mine" / "small-parallel-enja"
    source = test_data / "mirror" / "raw.githubusercontent.com" / "odashi" / "small_parallel_enja" / "master"
    lines = (folder / "train.ja").read_text("utf-8").split("\n")
    before = (source / "train.ja").read_text("utf-8").split("\n")
    assert len(lines) == len(before) == 50_001
    assert [line.replace(" ", "") for line in lines] == [line.replace(" ", "") for line in before]
    assert sum(" " in line for line in lines) == 1  # two words of English
    assert (folder / "train.en").read_bytes() == (source / "train.en").read_bytes()


def test_a_config_finds_what_was_fetched(seq2seq, mirror, tmp_path, project_root, monkeypatch):
    from seq2seq.config.loading import load_config
    from seq2seq.training.data.selection import read_text

    seq2seq("corpora", "fetch", "multi30k-en-de", "--mirror", mirror)
    monkeypatch.setenv("SEQ2SEQ_CACHE", str(tmp_path / "cache"))
    text, dev = read_text(load_config(project_root / "configs" / "multi30k-en-de.yaml").data, seed=1)
    assert (len(text), len(dev)) == (29_000, 1_014)


def test_training_on_a_corpus_that_was_not_fetched_says_how_to_fetch_it(seq2seq, project_root):
    result = seq2seq("train", project_root / "configs" / "multi30k-en-de.yaml", "--output", "runs/x")
    assert "fetch it with `seq2seq corpora fetch multi30k-en-de`" in one_sentence(result)


def test_a_misspelt_corpus_in_a_config_has_status_2(seq2seq, tmp_path):
    (tmp_path / "my.yaml").write_text("data: {corpus: travelller}\ntraining: {epochs: 1}\n")
    error = one_sentence(seq2seq("train", "my.yaml"), status=2)
    assert "my.yaml, line 1: data.corpus: " in error and "did you mean 'traveller'?" in error


def test_a_refused_connection(seq2seq, tmp_path):
    # Port 9 is that of "discard", which nobody serves.
    error = one_sentence(seq2seq("corpora", "fetch", "multi30k-en-de", "--mirror", "http://127.0.0.1:9"))
    assert "cannot be fetched (Connection refused)" in error
    assert os.listdir(tmp_path) == []


def test_a_mirror_without_the_file(seq2seq, tmp_path):
    (tmp_path / "mirror").mkdir()
    mirror = (tmp_path / "mirror").as_uri()
    assert "cannot be fetched" in one_sentence(seq2seq("corpora", "fetch", "small-parallel-enja", "--mirror", mirror))
    assert os.listdir(tmp_path) == ["mirror"]


def test_a_disk_that_takes_no_more(seq2seq, tmp_path):
    """No file may grow beyond 100,000 bytes: the first to be written would."""
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000))
    error = one_sentence(seq2seq("corpora", "fetch", "traveller", "--to", "place", preexec_fn=limit))
    assert "place/traveller cannot be written (File too large)" in error
    assert os.listdir(tmp_path) == []


def test_the_catalogue_is_found_from_any_folder_and_costs_little(seq2seq):
    result = seq2seq("corpora", "list")
    assert result.returncode == 0 and result.stderr == ""
    assert len(result.stdout.splitlines()) == 5
