"""The synthetic text of `python -m scripts.measure_memory`, and what it reads of a process."""

import os
import subprocess
import sys

import pytest

from scripts.measure_memory import WORDS, process_memory, write_text


def test_text_has_as_many_lines_as_pairs_and_depends_on_the_seed_only(tmp_path):
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        folder = tmp_path / name
        folder.mkdir()
        size = write_text(folder, 200, seed)
        texts.append([(folder / f"train.{side}").read_text("utf-8") for side in ("src", "tgt")])
        assert size == sum(len(text.encode()) for text in texts[-1])
    assert texts[0] == texts[1] != texts[2]
    source, target = (text.splitlines() for text in texts[0])
    assert len(source) == len(target) == 200 and source != target
    assert [len(line.split()) for line in source] == [len(line.split()) for line in target]
    assert len({word for line in source for word in line.split()}) < WORDS


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the memory is read from /proc, which Linux has")
def test_memory_of_a_process_and_of_one_that_is_gone():
    memory = process_memory(os.getpid())
    assert memory["VmRSS"] >= memory["RssAnon"] > 1000  # kB
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert process_memory(process.pid) == {}
