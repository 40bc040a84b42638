"""What `scripts/benchmark` computes, says and draws; the rivals themselves are in test_benchmark_rivals.py."""

import json
import os
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from scripts.benchmarks import commands, machine, pairs, report
from scripts.benchmarks.competition import peak_share
from scripts.benchmarks.data import counts, cut, lengths, lines_to_translate, read_batches, write_batches
from scripts.benchmarks.marian_rival import measured
from scripts.benchmarks.picture import draw
from scripts.benchmarks.rivals import check_settings, fastest
from scripts.benchmarks.sides import SideProcess, tree_seconds
from scripts.benchmarks.work import peak_operations, training_operations, work_of
from seq2seq.errors import UserError
from seq2seq.model_settings import ModelSettings
from tests.conftest import TINY

DEFAULT = ModelSettings(vocabulary_size=8000)


class TestWork:
    def test_default_model_by_hand(self):
        """Each number below is a matrix: inputs × outputs, four gates wide where it is an LSTM's."""
        work = work_of(DEFAULT)
        assert work.source == 2 * (256 * 1024 + 256 * 1024)
        bottom, above = 256 * 2048 + 512 * 2048, 1024 * 2048 + 512 * 2048
        assert work.target == bottom + above + 1024 * 256 + 256 * 8000
        assert work.pair == 512 + 512
        assert work.sentence == 2 * 512 * 1024

    def test_sums_over_sentences(self):
        work = work_of(DEFAULT)
        macs = work.macs(np.array([3, 5]), np.array([4, 1]))
        assert macs == 8 * work.source + 5 * work.target + (3 * 4 + 5 * 1) * work.pair + 2 * work.sentence
        assert training_operations(macs) == 6 * macs

    @pytest.mark.parametrize(
        ("settings", "part", "more"),
        [
            ({"cell": "gru"}, "source", -2 * 256 * (256 + 256)),
            ({"bidirectional": False, "decoder_size": 256}, "source", -(256 + 256) * 1024),
            ({"encoder_layers": 2}, "source", 2 * (512 + 256) * 1024),
            ({"decoder_layers": 3}, "target", (1024 + 512) * 2048),
            ({"input_feeding": True}, "target", 512 * 2048),
            ({"bridge": "zero"}, "sentence", -2 * 512 * 1024),
            ({"attention": "general"}, "source", 512 * 512),
            ({"attention": "additive"}, "target", 512 * 512),
            ({"attention": "multi_head"}, "source", 2 * 512 * 512),
            ({"attention": "multi_head"}, "target", 2 * 512 * 512),
        ],
    )
    def test_options(self, settings, part, more):
        assert getattr(work_of(replace(DEFAULT, **settings)), part) - getattr(work_of(DEFAULT), part) == more

    def test_counts_the_matrices_of_a_real_model(self, make_model):
        """Of one piece on either side, all kernels are used once, and only the embeddings' look-up is free."""
        model = make_model()
        work = work_of(model.settings)
        kernels = sum(
            int(np.prod(weight.shape)) for weight in model.trainable_variables if "kernel" in weight.path.split("/")[-1]
        )
        softmax = TINY["vocabulary_size"] * TINY["embedding_size"]
        assert work.source + work.target + work.sentence == kernels + softmax

    def test_peak_is_of_the_fastest_product(self, monkeypatch):
        clock = iter([0.0, 4.0, 10.0, 12.0, 20.0, 23.0])
        monkeypatch.setattr("time.perf_counter", lambda: next(clock))
        assert peak_operations(lambda: None, repeats=3, size=10) == 2 * 1000 / 2.0


def rounds_of(ours, theirs):
    return [
        {"ours": {"seconds": 2.0, "tokens": 2.0 * a}, "torch": {"seconds": 4.0, "tokens": 4.0 * b}}
        for a, b in zip(ours, theirs, strict=True)
    ]


class TestPairs:
    def test_ratio_is_the_median_of_pairs_not_of_sides(self):
        """In the third round the whole machine was slow: the pair's ratio does not show it."""
        summary = pairs.summarize(rounds_of([300, 400, 30], [100, 200, 20]))
        assert summary["sides"]["ours"] == {"median": 300, "best": 400}
        assert summary["sides"]["torch"] == {"median": 100, "best": 200}
        assert summary["ratios"]["torch"] == {
            "median": pytest.approx(2.0),
            "lowest": pytest.approx(1.5),
            "highest": pytest.approx(3.0),
            "pairs": pytest.approx([3.0, 2.0, 1.5]),
        }

    def test_sides_take_turns(self):
        said = []

        class Fake:
            def __init__(self, name):
                self.name = name

            def call(self, **arguments):
                said.append((self.name, arguments["start"]))
                return {"seconds": 1.0, "tokens": 1.0}

            def processor_seconds(self):
                return 0.0

        found = pairs.take_turns([Fake("ours"), Fake("torch")], [{"start": 0}, {"start": 7}])
        assert said == [("ours", 0), ("torch", 0), ("ours", 7), ("torch", 7)]
        assert [list(one) for one in found] == [["ours", "torch"]] * 2

    def test_share_of_the_peak_is_taken_round_by_round(self):
        rounds = [
            {"ours": {"seconds": 1.0, "operations": done, "peak_operations_per_second": peak}}
            for done, peak in ((50.0, 100.0), (30.0, 50.0), (20.0, 80.0))
        ]
        assert peak_share(rounds) == {"peak": 100.0, "median": 0.5, "best": 0.5}

    def test_fastest_tries_in_turn(self):
        tried = []
        found = fastest({"a": lambda: tried.append("a"), "b": lambda: tried.append("b")}, repeats=2)
        assert tried == ["a", "b", "a", "b"]
        assert list(found) == ["a", "b"] and min(found.values()) > 0


class TestSides:
    def test_a_missing_library_is_one_sentence(self):
        with pytest.raises(UserError, match=r"^torch: no_such_rival is not installed: run scripts/benchmark"):
            SideProcess("torch", "no_such_rival:Training", {})

    def test_a_failure_tells_what_was_said_last(self):
        with pytest.raises(UserError, match=r"(?s)^the process of ours failed; it said last:.*TypeError"):
            SideProcess("ours", "scripts.benchmarks.deployment:Latency", {"no_such_argument": 1})

    def test_an_error_of_a_user_keeps_its_sentence(self):
        specification = {"model": "nowhere", "lines": ["a"], "beam_size": 1, "engine": "auto", "threads": None}
        with pytest.raises(UserError, match=r"^seq2seq: nowhere"):
            SideProcess("seq2seq", "scripts.benchmarks.deployment:Latency", specification)

    def test_processor_time_is_that_of_the_whole_tree(self, tmp_path):
        processes = {10: (1, 100, 50), 11: (10, 30, 0), 12: (11, 7, 0), 13: (1, 1000, 0)}
        for pid, (parent, user, system) in processes.items():
            (tmp_path / str(pid)).mkdir()
            text = f"{pid} (a) b) S {parent} 0 0 0 0 0 0 0 0 0 {user} {system} 0 0\n"
            (tmp_path / str(pid) / "stat").write_text(text)
        assert tree_seconds(10, tmp_path) * os.sysconf("SC_CLK_TCK") == pytest.approx(187)

    def test_rivals_refuse_what_they_do_not_have(self):
        check_settings(DEFAULT, "torch")
        with pytest.raises(UserError, match=r"^the torch rival has no model\.cell gru: set it to lstm$"):
            check_settings(replace(DEFAULT, cell="gru"), "torch")


class TestData:
    def test_batches_survive_writing(self, tmp_path):
        batches = [(np.array([[5, 6, 3], [7, 3, 0]], np.int32), np.array([[8, 3], [3, 0]], np.int32))] * 12
        write_batches(tmp_path / "batches.npz", batches)
        for read, written in zip(read_batches(tmp_path / "batches.npz"), batches, strict=True):
            assert np.array_equal(read[0], written[0]) and np.array_equal(read[1], written[1])
        assert lengths(batches[0][0]).tolist() == [3, 2]
        assert counts(batches[:2]) == {"tokens": 6, "source_tokens": 10, "sentences": 4}

    def test_lines(self, tmp_path):
        (tmp_path / "text").write_text("one two three four\n\nfive\nsix\n")
        assert lines_to_translate(tmp_path / "text", None, 2) == ["one two three four", "five"]
        assert cut(["one two three four", "five"], 3) == ["one two three", "five"]
        (tmp_path / "empty").write_text("\n")
        with pytest.raises(UserError, match="no lines to translate: name a text with --source"):
            lines_to_translate(tmp_path / "empty", None, None)


def test_marian_log():
    log = (
        "[2026] Ep. 1 : Up. 4 : Sen. 520 : Cost 8.9 * 6,900 @ 2,000 after 6,900 : Time 10.00s : 100.00 words/s\n"
        "[2026] Ep. 1 : Up. 8 : Sen. 1,040 : Cost 8.1 * 6,900 @ 1,900 after 13,800 : Time 8.00s : 800.00 words/s\n"
        "[2026] Ep. 1 : Up. 12 : Sen. 1,560 : Cost 8.1 * 6,900 @ 1,900 after 20,700 : Time 2.00s : 600.00 words/s\n"
    )
    assert measured(log) == {"seconds": 10.0, "tokens": 7600.0}
    with pytest.raises(UserError, match="does not tell its speed"):
        measured("[2026] Training started")


def test_machine(tmp_path):
    (tmp_path / "cpuinfo").write_text(
        "model name\t: A Processor\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni\n" * 2
    )
    found = machine.describe(tmp_path / "cpuinfo")
    assert found["processor"] == "A Processor"
    assert found["instructions"] == ["avx2", "avx512f", "avx512_bf16", "avx512_vnni"]
    assert "A Processor (avx2, avx512f, avx512_bf16, avx512_vnni)" in machine.one_line(found)
    assert f"numpy {np.__version__}" in machine.versions(found)
    assert machine.describe(tmp_path / "none")["instructions"] == []


@pytest.fixture
def result():
    rounds = rounds_of([300, 400, 30], [100, 200, 20])
    return {
        "kind": "train",
        "title": "training in float32 <&>",
        "facts": {"ours": {"settings": "fit"}, "torch": {"settings": "fused Adam"}},
        "rounds": rounds,
        "summary": pairs.summarize(rounds),
        "peak": {"peak": 350e9, "median": 0.5, "best": 0.55},
        "machine": machine.describe(),
    }


class TestResults:
    def test_table_in_a_pipe_is_plain(self, result, capsys):
        report.print_table(*report.competition(result))
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "PyTorch" in said and "1.50 to 3.00" in said and "best 55%" in said and "fused Adam" in said

    def test_markdown(self, result):
        text = report.markdown([result])
        assert "| | PyTorch | 100 | 200 | 2.00 (1.50 to 3.00) |" in text.replace("|  |", "| |")

    def test_picture_is_svg(self, result):
        pytest.importorskip("matplotlib", reason="the extra 'benchmark' is not installed")
        text = draw([result, result])
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        words = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("text"))
        assert "PyTorch" in words and "seq2seq × 2.00" in words and "training in float32 <&>" in words
        assert draw([result, result]) == text

    def test_picture_command(self, result, tmp_path):
        pytest.importorskip("matplotlib", reason="the extra 'benchmark' is not installed")
        (tmp_path / "result.json").write_text(json.dumps(result))
        with pytest.raises(SystemExit) as ended:
            commands.main(["picture", str(tmp_path / "result.json"), "-o", str(tmp_path / "new.svg")])
        assert not ended.value.code
        assert (tmp_path / "new.svg").read_text().startswith("<?xml")


class TestErrors:
    def run(self, capsys, *arguments):
        with pytest.raises(SystemExit) as ended:
            commands.main(arguments)
        said = capsys.readouterr().err.strip()
        return ended.value.code, said

    @pytest.mark.parametrize(
        ("arguments", "status", "sentence"),
        [
            (["train", "--against", "fairseq"], 2, "'fairseq' is not one of 'torch', 'keras', 'marian'"),
            (["train", "--precision", "int8"], 2, "'int8' is not one of 'float32', 'bfloat16'"),
            (["translate", "nowhere", "--against", "ctranslate2"], 2, "add --held-to 15"),
            (["picture", "nowhere.json"], 1, "error: nowhere.json cannot be read (No such file or directory)"),
            (["train", "nowhere.yaml"], 1, "error: nowhere.yaml"),
        ],
    )
    def test_one_sentence(self, capsys, arguments, status, sentence):
        code, said = self.run(capsys, *arguments)
        assert code == status
        assert sentence in said and "Traceback" not in said

    def test_picture_of_what_is_no_result(self, capsys, tmp_path):
        (tmp_path / "other.json").write_text("{}")
        (tmp_path / "text.json").write_text("text")
        assert "is no result of train or translate" in self.run(capsys, "picture", str(tmp_path / "other.json"))[1]
        assert "is not JSON" in self.run(capsys, "picture", str(tmp_path / "text.json"))[1]
