"""The workbench for recipes: what is paid for, once; what a kill costs; what the table says."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

command_line = importlib.import_module("scripts.recipes.command_line")
ledger = importlib.import_module("scripts.recipes.ledger")
one_at_a_time = importlib.import_module("scripts.recipes.one_at_a_time")
recipe_list = importlib.import_module("scripts.recipes.recipe_list")
resolved_config = importlib.import_module("scripts.recipes.resolved_config")
results = importlib.import_module("scripts.recipes.results")
results_table = importlib.import_module("scripts.recipes.results_table")

# Stands in for `seq2seq`: every update takes time and is written into a journal, so that what is paid for can be
# counted. Like the real one it takes up a run where its log ends, and stops at SIGTERM.
FAKE = """
import json, os, shutil, signal, sys, time
from pathlib import Path
import yaml

state = Path(os.environ["FAKE_STATE"])
settings = json.loads((state / "settings.json").read_text())

def note(*words):
    with (state / "journal").open("a") as file:
        print(*words, file=file)

def options(arguments):
    found, loose, rest = {}, [], list(arguments)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            found.setdefault(word, []).append(rest.pop(0))
        else:
            loose.append(word)
    return found, loose

def train(arguments):
    given, loose = options(arguments)
    run = Path(given["--output"][0])
    config = dict(settings["defaults"])
    config = {name: dict(section) for name, section in config.items()}
    for name, section in (yaml.safe_load(Path(loose[0]).read_text()) if loose else settings["automatic"]).items():
        config[name].update(section)
    for each in given["--set"]:
        key, _, value = each.partition("=")
        section, _, name = key.partition(".")
        config[section][name] = yaml.safe_load(value)
    if config["training"]["max_steps"] is not None:
        config["training"]["epochs"] = None
    if config["training"]["rate"] == "wrong":
        sys.exit("Error: training.rate is wrong")
    run.mkdir(parents=True, exist_ok=True)
    if (state / "busy").exists():
        note("overlap")
    (state / "busy").touch()
    stop = []
    signal.signal(signal.SIGTERM, signal.SIG_IGN if settings["deaf"] else lambda *_: stop.append(1))
    (run / "config.yaml").write_text(yaml.safe_dump(config))
    note("train", run.parent.name)
    time.sleep(settings["loading"])
    log = run / "log.jsonl"
    done = len(log.read_text().splitlines()) if log.exists() else 0
    for step in range(done + 1, config["training"]["max_steps"] + 1):
        if stop:
            (state / "busy").unlink()
            sys.exit(143)
        time.sleep(settings["seconds"])
        note("update", run.parent.name, step)
        with log.open("a") as file:
            print(json.dumps({"step": step, "tokens": 1}), file=file)
    (run / "model").mkdir(exist_ok=True)
    scores = {"step": config["training"]["max_steps"], "loss": 2.5 + config["training"]["seed"] / 10}
    (run / "model" / "metadata.json").write_text(json.dumps({"scores": scores}))
    (state / "busy").unlink()

def evaluate(arguments):
    given, loose = options(arguments)
    if loose:
        note("translate", Path(given["--source"][0]).name)
        shutil.copyfile(given["--reference"][0], given["--output"][0])
        return
    signature = {"signature": "nrefs:1|tok:13a|version:1"}
    scores = [{"name": n, "score": s, "mean": s, "interval": 0.5, "p_value": 0.04, **signature}
              for n, s in (("BLEU", 30.0), ("chrF2", 50.0))]
    print(json.dumps({"systems": [{"scores": scores}, {"scores": scores}]}))

match sys.argv[1:]:
    case ["config"]:
        print(yaml.safe_dump(settings["defaults"]))
    case ["train", *arguments]:
        train(arguments)
    case ["evaluate", *arguments]:
        evaluate(arguments)
    case ["corpora", "fetch", name, "--to", folder]:
        note("fetch", name)
        shutil.copytree(settings["corpora"] + "/" + name, folder + "/" + name)
    case other:
        sys.exit(f"Error: unknown command {other}")
"""

DEFAULTS = {
    "data": {"corpus": None, "train": None, "dev": None, "source_language": None, "target_language": None},
    "model": {"size": 8},
    "training": {"epochs": 12, "max_steps": None, "rate": 0.5, "seed": 1},
}


class Desk:
    """A workbench with a stand-in for seq2seq, all of it in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.text = folder / "texts" / "small"
        self.results = results.Results(folder / "results")
        for path in (self.state, self.text):
            path.mkdir(parents=True)
        (folder / "fake.py").write_text(textwrap.dedent(FAKE))
        for split, count in (("train", 20), ("dev", 3), ("test", 4)):
            for language in ("en", "de"):
                lines = [f"{language} {split} sentence number {n}\n" for n in range(count)]
                (self.text / f"{split}.{language}").write_text("".join(lines))
        self.config({"training": {"max_steps": 5}})
        self.settings()
        self.list(a={})
        monkeypatch.setenv("FAKE_STATE", str(self.state))

    def settings(self, **changes) -> None:
        values = {"defaults": DEFAULTS, "automatic": {"training": {"max_steps": 5}}, "seconds": 0.0, "loading": 0.0}
        values |= {"deaf": False, "corpora": str(self.folder / "texts"), **changes}
        (self.state / "settings.json").write_text(json.dumps(values))

    def config(self, values) -> None:
        (self.folder / "config.yaml").write_text(yaml.safe_dump(values))

    def list(self, seeds=(1,), top=None, **recipes) -> None:
        values = {
            "texts": {"small": {"folder": str(self.text)}},
            "defaults": {
                "text": "small",
                "direction": "en-de",
                "config": str(self.folder / "config.yaml"),
                "seeds": list(seeds),
            },
            "recipes": recipes,
        }
        (self.folder / "list.yaml").write_text(yaml.safe_dump(values | (top or {}), sort_keys=False))

    def arguments(self, command: str, *more: str) -> list[str]:
        places = ["--results", self.results.folder, "--work", self.folder / "work", "--lock", self.folder / "lock"]
        list_file, fake = self.folder / "list.yaml", f"{sys.executable} {self.folder / 'fake.py'}"
        return [command, "--list", str(list_file), "--command", fake, *map(str, places), *more]

    def do(self, command: str, *more: str) -> int:
        """Runs the command in this process; returns the exit status."""
        with pytest.raises(SystemExit) as ended:
            command_line.main(self.arguments(command, *more))
        return int(ended.value.code or 0)

    def start(self, *more: str) -> subprocess.Popen[str]:
        """Starts `run` in a process of its own, to be killed."""
        line = [sys.executable, "-m", "scripts.recipes", *self.arguments("run", *more)]
        return subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def journal(self, word: str) -> list[list[str]]:
        path = self.state / "journal"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split() for line in lines if line.split()[0] == word]

    def wait_for(self, word: str, count: int) -> None:
        deadline = time.monotonic() + 30
        while len(self.journal(word)) < count:
            assert time.monotonic() < deadline, f"fewer than {count} × {word} in 30 seconds"
            time.sleep(0.02)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return Desk(tmp_path, monkeypatch)


class TestRun:
    def test_every_seed_becomes_a_row_with_all_columns(self, desk, capsys):
        desk.list(seeds=(1, 2), a={"set": {"model.size": 16}})
        assert desk.do("run") == 0
        first, second = desk.results.rows()
        assert (first["seed"], second["seed"]) == (1, 2)
        assert first["config_hash"] == second["config_hash"]
        assert first["set"] == {"model.size": 16}
        assert first["updates"] == first["best_update"] == 5
        assert (first["val"]["loss"], second["val"]["loss"]) == (2.6, 2.7)
        assert (first["val"]["BLEU"], first["val"]["BLEU_interval"]) == (30.0, [29.5, 30.5])
        assert first["val"]["length_ratio"] == 1.0
        (session,) = json.loads(next(desk.folder.glob("work/experiments/*-seed1/ledger.json")).read_text())["sessions"]
        assert 0 < session["cpu_seconds"] < 30 and session["wall_seconds"] > 0
        assert first["processor"]["cores"] >= 1
        assert first["text"]["pairs"] == 20
        assert str(desk.folder) not in json.dumps({key: first[key] for key in first if key != "config"})
        assert "[1/2] a, seed 1: 5 updates" in capsys.readouterr().err

    def test_only_the_validation_split_is_read(self, desk):
        desk.do("run")
        assert [source for _, source in desk.journal("translate")] == ["dev.en"]

    def test_nothing_is_paid_for_twice(self, desk, capsys):
        desk.do("run")
        paid = (desk.state / "journal").read_text()
        assert desk.do("run") == 0
        assert (desk.state / "journal").read_text() == paid
        assert "a, seed 1: in the table already" in capsys.readouterr().err

    def test_nor_where_only_the_table_is_left(self, desk):
        desk.do("run")
        paid = (desk.state / "journal").read_text()
        shutil.rmtree(desk.folder / "work")
        desk.do("run")
        assert (desk.state / "journal").read_text() == paid
        assert len(desk.results.rows()) == 1

    def test_nor_under_another_name(self, desk, capsys):
        desk.list(a={}, b={"set": {"model.size": 8.0}})  # the default, written otherwise
        desk.do("run")
        assert len(desk.journal("update")) == 5
        desk.do("status")
        assert "b, seed 1: done (as a): BLEU 30.00" in capsys.readouterr().out

    def test_another_search_pays_for_scoring_alone(self, desk):
        desk.list(a={}, b={"beam_size": 8, "length_penalty": 1.2})
        desk.do("run")
        assert len(desk.journal("update")) == 5
        assert [row["search"]["beam_size"] for row in desk.results.rows()] == [5, 8]

    def test_first_seeds_come_first(self, desk):
        desk.list(seeds=(1, 2), a={}, b={"set": {"model.size": 16}})
        desk.do("run")
        assert [(row["recipe"], row["seed"]) for row in desk.results.rows()] == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]

    def test_another_text_or_edition_is_another_experiment(self, desk):
        desk.do("run")
        desk.list(a={"pairs": 10}, b={"edition": 2})
        desk.do("run")
        with (desk.text / "train.en").open("a") as source, (desk.text / "train.de").open("a") as target:
            source.write("more\n")
            target.write("mehr\n")
        desk.list(c={})
        desk.do("run")
        assert [row["text"]["pairs"] for row in desk.results.rows()] == [20, 10, 20, 21]
        cut = desk.folder / "work" / "texts" / "small-10" / "train.en"
        assert cut.read_text() == "".join(f"en train sentence number {n}\n" for n in range(10))

    def test_extra_text_is_part_of_the_experiment(self, desk):
        extra = desk.folder / "synthetic.tsv"
        extra.write_text("a\tb\n")
        desk.list(a={"extra": [{"pairs": str(extra), "weight": 0.5}]})
        desk.do("run")
        (config,) = desk.folder.glob("work/experiments/*/run/config.yaml")
        assert [set(item) for item in yaml.safe_load(config.read_text())["data"]["train"]] == [
            {"source", "target"},
            {"pairs", "weight"},
        ]
        extra.write_text("a\tc\n")
        desk.do("run")
        assert len(desk.results.rows()) == 2

    def test_a_new_option_of_the_program_pays_for_nothing_and_a_new_default_does(self, desk):
        desk.do("run")
        shutil.rmtree(desk.folder / "work")
        newer = DEFAULTS | {"training": DEFAULTS["training"] | {"r_drop": 0.0}}
        desk.settings(defaults=newer)
        desk.do("run")
        assert len(desk.results.rows()) == 1
        desk.settings(defaults=newer | {"model": {"size": 64}})
        desk.do("run")
        assert len(desk.results.rows()) == 2

    def test_without_a_config_what_the_program_chooses_decides(self, desk, capsys):
        desk.list(a={"config": None})
        desk.do("run")
        assert desk.results.rows()[0]["held_out"] is True
        shutil.rmtree(desk.folder / "work")
        # The choice is known only when the training has begun: it is ended before its first update.
        desk.settings(loading=1.0)
        assert desk.do("run") == 0
        assert len(desk.journal("update")) == 5
        assert "in the table already" in capsys.readouterr().err
        shutil.rmtree(desk.folder / "work")
        desk.settings(automatic={"training": {"max_steps": 6}})
        desk.do("run")
        assert [row["updates"] for row in desk.results.rows()] == [5, 6]

    def test_corpora_are_fetched(self, desk, capsys):
        desk.list(a={}, top={"texts": {"small": {"corpus": "small"}}})
        desk.do("status")
        assert "the corpus small is not in" in capsys.readouterr().out
        assert desk.do("run") == 0
        desk.do("run")
        assert desk.journal("fetch") == [["fetch", "small"]]

    def test_the_others_are_tested_against_the_baseline(self, desk):
        desk.list(a={}, b={"set": {"model.size": 16}}, top={"baseline": "a"})
        desk.do("run")
        assert [row["val"].get("p_values") for row in desk.results.rows()] == [
            None,
            {"against": "a", "BLEU": 0.04, "chrF2": 0.04},
        ]

    def test_a_failure_stops_no_other(self, desk, capsys):
        desk.list(a={"set": {"training.rate": "wrong"}}, b={})
        assert desk.do("run") == 1
        output = capsys.readouterr().err
        assert "a, seed 1: the training failed (Error: training.rate is wrong): see " in output
        assert "Traceback" not in output
        assert [row["recipe"] for row in desk.results.rows()] == ["b"]
        desk.do("status")
        assert "a, seed 1: failed: Error: training.rate is wrong" in capsys.readouterr().out

    def test_a_text_that_is_missing_stops_no_other(self, desk, capsys):
        texts = {"small": {"folder": str(desk.text)}, "gone": {"folder": "$NO_SUCH_VARIABLE/text"}}
        desk.list(a={"text": "gone"}, b={}, top={"texts": texts})
        assert desk.do("run") == 1
        assert "NO_SUCH_VARIABLE/text names an environment variable that is not set" in capsys.readouterr().err
        assert [row["recipe"] for row in desk.results.rows()] == ["b"]


class TestKills:
    def test_a_killed_workbench_goes_on_and_pays_for_no_update_twice(self, desk):
        desk.config({"training": {"max_steps": 40}})
        desk.settings(seconds=0.05)
        workbench = desk.start()
        desk.wait_for("update", 5)
        workbench.send_signal(signal.SIGKILL)
        workbench.communicate()
        assert not desk.results.rows()
        if sys.platform == "linux":  # elsewhere the training goes on to its end
            while one_at_a_time.holder_of(desk.folder / "lock"):
                time.sleep(0.02)
            assert len(desk.journal("update")) < 20
        assert desk.do("run") == 0
        assert [int(step) for _, _, step in desk.journal("update")] == list(range(1, 41))
        (row,) = desk.results.rows()
        assert row["updates"] == 40
        assert row["sessions"] == 2
        assert not desk.journal("overlap")

    def test_a_training_that_outlives_its_workbench_has_the_machine(self, desk, capsys):
        desk.config({"training": {"max_steps": 30}})
        desk.settings(seconds=0.1, deaf=True)
        workbench = desk.start()
        desk.wait_for("update", 3)
        workbench.send_signal(signal.SIGKILL)
        workbench.communicate()
        assert desk.do("run", "--no-wait") == 1
        assert "the machine is taken by a, seed 1 of list.yaml" in capsys.readouterr().err
        desk.do("status")
        assert "begun: " in (output := capsys.readouterr().out)
        assert "the machine is taken by a, seed 1 of list.yaml" in output
        assert desk.do("run") == 0
        assert "waiting for a, seed 1 of list.yaml" in capsys.readouterr().err
        assert [int(step) for _, _, step in desk.journal("update")] == list(range(1, 31))
        assert not desk.journal("overlap")

    @pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
    def test_a_signal_is_passed_on_and_said(self, desk, number, status):
        desk.config({"training": {"max_steps": 40}})
        desk.settings(seconds=0.05)
        workbench = desk.start()
        desk.wait_for("update", 3)
        workbench.send_signal(number)
        _, output = workbench.communicate(timeout=30)
        assert workbench.returncode == status
        assert f"stopped by {signal.Signals(number).name}; the same command goes on from there" in output
        assert "Traceback" not in output
        if number == signal.SIGTERM:  # the stand-in takes Ctrl-C as Python does, and leaves its mark
            assert desk.do("run") == 0
            assert len(desk.journal("update")) == 40

    def test_a_killed_training_is_a_failure_that_goes_on(self, desk):
        desk.config({"training": {"max_steps": 20}})
        desk.settings(seconds=0.05)
        workbench = desk.start()
        desk.wait_for("update", 3)
        children = Path(f"/proc/{workbench.pid}/task/{workbench.pid}/children")
        if not children.exists():
            workbench.terminate()
            workbench.communicate()
            pytest.skip("the system does not tell a process's children")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        _, output = workbench.communicate(timeout=30)
        assert workbench.returncode == 1 and "the training failed" in output
        (desk.state / "busy").unlink()
        assert desk.do("run") == 0
        assert len(desk.journal("update")) == 20

    def test_two_workbenches_take_turns(self, desk):
        desk.config({"training": {"max_steps": 8}})
        desk.settings(seconds=0.05)
        desk.list(seeds=(1, 2), a={})
        both = [desk.start("--seed", "1"), desk.start("--seed", "2")]
        assert [each.wait(30) for each in both] == [0, 0]
        for each in both:
            each.communicate()
        assert not desk.journal("overlap")
        assert sorted(row["seed"] for row in desk.results.rows()) == [1, 2]


class TestTestSet:
    def test_it_is_scored_once(self, desk, capsys):
        desk.list(seeds=(1, 2), a={})
        desk.do("run", "--seed", "1")
        assert desk.do("test", "a") == 1
        assert "a, seed 2 is not finished: run it first" in capsys.readouterr().err
        desk.do("run")
        assert desk.do("test", "a") == 0
        assert capsys.readouterr().out.count("test BLEU 30.00") == 2
        assert desk.do("test", "a") == 1
        assert "was scored on test on" in capsys.readouterr().err
        assert [source for _, source in desk.journal("translate")].count("test.en") == 2

    def test_a_second_look_is_forced_and_recorded(self, desk, capsys):
        desk.do("run")
        desk.do("test", "a")
        assert desk.do("test", "a", "--force") == 0
        assert [row["look"] for row in desk.results.tests()] == [1, 2]
        assert "§" in results_table.markdown(desk.results.rows(), desk.results.tests())

    def test_a_new_name_brings_no_second_look(self, desk):
        desk.do("run")
        desk.do("test", "a")
        desk.list(better={})
        assert desk.do("test", "better") == 1
        assert len(desk.results.tests()) == 1

    def test_a_model_that_is_gone(self, desk, capsys):
        desk.do("run")
        shutil.rmtree(desk.folder / "work")
        assert desk.do("test", "a") == 1
        assert "has no model in" in capsys.readouterr().err


class TestList:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"recipes": {"a": {"sed": 1}}}, "unknown key 'recipes.a.sed': did you mean 'seeds'?"),
            ({"recipes": {"a": {"text": "smal"}}}, "a names the text 'smal': did you mean 'small'?"),
            ({"recipes": {"a": {"direction": "english"}}}, "recipes.a.direction"),
            ({"recipes": {"a": {"seeds": []}}}, "recipes.a.seeds"),
            ({"recipes": {"a": {"seeds": [1, 1]}}}, "recipes.a: a seed is given twice"),
            ({"recipes": {"a": {"set": ["x=1"]}}}, "recipes.a: set is a mapping"),
            ({"recipes": {"a": {"set": {"training.seed": 4}}}}, "set has no 'training.seed': give seeds"),
            ({"recipes": {"a": {"set": {"data": {}, "data.train.pairs": "x"}}}}, "set has no 'data.train.pairs'"),
            ({"recipes": {"a": {"config": None, "extra": [{"pairs": "x"}]}}}, "extra needs a config"),
            ({"recipes": {"a": 3}}, "recipes.a: a recipe is a mapping"),
            ({"recipes": {}}, "recipes"),
            ({"baseline": "b"}, "the baseline 'b' is no recipe"),
            ({"texts": {"small": {}}}, "texts.small: give corpus"),
            ({"texts": {"small": {"folder": "x", "val": "test"}}}, "val and test must be different splits"),
            ({"defaults": {}}, "the key 'recipes.a.text' is missing"),
            ({"wrong": 1}, "unknown key 'wrong'"),
        ],
    )
    def test_mistakes_are_named(self, desk, capsys, change, sentence):
        desk.list(a={}, top=change)
        assert desk.do("run") == 2
        output = capsys.readouterr().err
        assert sentence in output and "list.yaml" in output
        assert len(output.strip().splitlines()) == 1

    def test_a_mistake_has_its_line(self, desk, capsys):
        (desk.folder / "list.yaml").write_text(
            "texts:\n  small: {folder: x}\nrecipes:\n  a:\n    text: small\n    size: 3\n"
        )
        desk.do("run")
        assert "list.yaml, line 6: unknown key 'recipes.a.size'" in capsys.readouterr().err

    def test_unknown_recipes(self, desk, capsys):
        assert desk.do("run", "unknown") == 1
        assert "there is no recipe 'unknown' in the list: known are: a" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("break_text", "sentence"),
        [
            (lambda folder: (folder / "dev.de").unlink(), "dev.de does not exist"),
            (lambda folder: (folder / "train.de").write_text("x\n"), "they must correspond"),
            (lambda folder: None, "has 20 lines, not 21: lower the recipe's pairs"),
        ],
    )
    def test_texts_that_do_not_fit(self, desk, capsys, break_text, sentence):
        break_text(desk.text)
        desk.list(a={"pairs": 21} if "21" in sentence else {})
        assert desk.do("run") == 1
        assert sentence in capsys.readouterr().err


def row(recipe="a", seed=1, bleu=30.0, **changes):
    return {
        "recipe": recipe,
        "source": "workbench",
        "seed": seed,
        "config_hash": "0123",
        "edition": 1,
        "held_out": False,
        "search": {"beam_size": 5},
        "text": {"name": "small", "direction": "en-de", "pairs": 8000, "sha256": "ab"},
        "wall_minutes": 10.0 + seed,
        "cpu_minutes": 20.0,
        "updates": 1000,
        "val": {"loss": 2.0, "BLEU": bleu, "chrF2": 50.0, "length_ratio": 0.98, "BLEU_interval": [bleu - 1, bleu + 1]},
        **changes,
    }


class TestTable:
    def cells(self, text, recipe):
        lines = [line for line in text.splitlines() if line.startswith("| ")]
        header = [cell.strip() for cell in lines[0].strip("|").split("|")]
        (line,) = [line for line in lines if line.startswith(f"| {recipe} ")]
        return dict(zip(header, [cell.strip() for cell in line.strip("|").split("|")], strict=True))

    def test_mean_and_spread_over_seeds(self):
        rows = [row(seed=1, bleu=30.0), row(seed=2, bleu=31.0), row(seed=3, bleu=32.0), row("b", bleu=40.0)]
        text = results_table.markdown(rows, [])
        assert "### small, en-de, 8,000 pairs" in text
        cells = self.cells(text, "a")
        assert cells["seeds"] == "1, 2, 3"
        assert cells["val BLEU"] == "31.00 ± 1.00"
        assert cells["minutes"] == "12.0 ± 1.0"
        assert cells["95 % interval"] == "30.0-32.0"
        assert self.cells(text, "b")["val BLEU"] == "40.00"
        assert text.index("| b ") < text.index("| a ")

    def test_an_edited_recipe_is_another_line(self):
        text = results_table.markdown([row(), row(config_hash="4567", seed=2)], [])
        assert text.count("| a ") == 2

    def test_marks(self):
        looked = {**row(), "BLEU": 29.0, "look": 1, "split": "test"}
        text = results_table.markdown(
            [row(), row("b", source="by hand", stopped=True), row("c", held_out=True)], [looked]
        )
        assert self.cells(text, "a")["test BLEU"] == "29.00"
        assert self.cells(text, "b †")["updates"] == "1,000 ¶"
        assert self.cells(text, "c")["val loss"] == "2.000 ‡"
        assert "† measured by hand" in text and "‡ loss on pairs held out" in text and "§" not in text

    def test_nothing_yet(self, desk, capsys):
        with pytest.raises(SystemExit):
            command_line.main(["table", "--results", str(desk.results.folder)])
        assert "No experiment was done yet" in capsys.readouterr().out

    def test_a_damaged_line_is_named(self, desk, capsys):
        desk.results.folder.mkdir()
        desk.results.rows_file.write_text(f"{json.dumps(row())}\n<<<<<<< HEAD\n")
        with pytest.raises(SystemExit):
            command_line.main(["table", "--results", str(desk.results.folder)])
        assert "results.jsonl, line 2: not a JSON object: mend or delete the line" in capsys.readouterr().err

    def test_what_was_measured_by_hand_is_added_once(self, desk, capsys):
        file = desk.folder / "by-hand.jsonl"
        file.write_text(f"{json.dumps(row(config_hash=None))}\n")
        for _ in range(2):
            with pytest.raises(SystemExit):
                command_line.main(["add", str(file), "--results", str(desk.results.folder)])
        output = capsys.readouterr().out
        assert "1 rows added, 0 were there already" in output and "0 rows added, 1 were there already" in output
        assert [each["source"] for each in desk.results.rows()] == ["by hand"]
        file.write_text(json.dumps({key: value for key, value in row().items() if key != "updates"}) + "\n")
        with pytest.raises(SystemExit):
            command_line.main(["add", str(file), "--results", str(desk.results.folder)])
        assert "row 1: a row lacks 'updates'" in capsys.readouterr().err


def test_the_time_of_a_running_process():
    while time.process_time() < 0.1:
        pass
    seconds = ledger.cpu_seconds_of(os.getpid())
    if sys.platform != "linux":
        assert seconds is None
    else:
        own = os.times()
        assert seconds == pytest.approx(own.user + own.system + own.children_user + own.children_system, abs=0.5)


def test_the_lock_is_free_when_its_holder_is_gone(tmp_path):
    lock = tmp_path / "lock"
    with one_at_a_time.machine_lock(lock, "this", wait=False, report=print):
        assert one_at_a_time.holder_of(lock) == f"this (process {os.getpid()})"
    assert one_at_a_time.holder_of(lock) is None


def test_the_table_that_is_kept_is_whole():
    kept = results.Results(ROOT / "docs" / "recipes")
    configs = {each["config_hash"]: each for each in results.read_json_lines(kept.configs_file)}
    for each in kept.rows():
        results.check_row(each, "results.jsonl")
        assert each["source"] in ("workbench", "by hand")
        if each["source"] == "workbench":
            assert resolved_config.checksum(configs[each["config_hash"]]["values"]) == each["config_hash"]
    assert results_table.markdown(kept.rows(), kept.tests())


def test_the_list_that_is_kept_can_be_read():
    kept = recipe_list.read_list(ROOT / "docs" / "recipes" / "recipes.yaml")
    for recipe in kept.recipes.values():
        assert recipe.config is None or (ROOT / recipe.config).is_file()


@pytest.mark.slow
def test_a_real_training_from_the_bundled_corpus(tmp_path, capsys):
    tiny = {
        "tokenizer.vocabulary_size": 450,
        "model.embedding_size": 16,
        "model.encoder_size": 8,
        "model.decoder_size": 16,
        "training.epochs": None,
        "training.max_steps": 12,
        "training.validate_steps": 6,
        "training.validation_sentences": 20,
        "training.snapshot_steps": 1,
        "training.threads": 1,
    }
    recipes = {
        "texts": {"traveller": {"corpus": "traveller"}},
        "recipes": {
            "tiny": {
                "text": "traveller",
                "direction": "de-en",
                "pairs": 400,
                "config": "configs/quickstart.yaml",
                "set": tiny,
            }
        },
    }
    (tmp_path / "list.yaml").write_text(yaml.safe_dump(recipes))
    places = ["--results", tmp_path / "results", "--work", tmp_path / "work", "--lock", tmp_path / "lock"]
    arguments = ["run", "--list", str(tmp_path / "list.yaml"), *map(str, places)]
    # A kill with updates done: the second command takes up the run.
    first = subprocess.Popen([sys.executable, "-m", "scripts.recipes", *arguments], cwd=ROOT)
    deadline = time.monotonic() + 300
    while not any('"step"' in log.read_text() for log in tmp_path.glob("work/experiments/*/run/log.jsonl")):
        assert first.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    first.kill()
    first.wait()
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            command_line.main(arguments)
        assert not ended.value.code
        # What the config resolves to is foreseen just as it is, so that the table alone is enough.
        shutil.rmtree(tmp_path / "work" / "experiments", ignore_errors=True)
    assert "in the table already" in capsys.readouterr().err
    (row,) = results.Results(tmp_path / "results").rows()
    assert row["updates"] == 12 and row["sessions"] == 2
    assert row["text"]["direction"] == "de-en" and row["text"]["pairs"] == 400
    assert row["val"]["loss"] > 0 and 0 <= row["val"]["chrF2"] <= 100
    assert [entry[0] for entry in row["curve"]] == [6, 12]
    assert row["precision"] in ("float32", "bfloat16")
