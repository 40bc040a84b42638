"""Experiments: a recipe with one seed, from nothing to a row of the table, each step done once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scripts.benchmarks.machine import describe
from scripts.recipes.ledger import Ledger
from scripts.recipes.one_at_a_time import machine_lock
from scripts.recipes.program import ROOT, Program
from scripts.recipes.recipe_list import Recipe, RecipeList
from scripts.recipes.recipe_text import RecipeText, fetch_text, prepare_text
from scripts.recipes.resolved_config import (
    ResolvedConfig,
    checksum,
    flatten,
    given_values,
    predict,
    read_defaults,
    read_yaml,
)
from scripts.recipes.results import EXPERIMENT, Results, Row, looks_at
from scripts.recipes.run_facts import read_run
from scripts.recipes.scoring import score
from scripts.recipes.training_process import NotNeeded, supervise
from seq2seq.errors import UserError


@dataclass(frozen=True)
class Experiment:
    """A recipe with one seed, and the folder that it works in."""

    name: str
    recipe: Recipe
    seed: int
    text: RecipeText
    folder: Path

    @property
    def run(self) -> Path:
        """The run folder of its training. Recipes that differ only in their search share it."""
        return self.folder / "run"

    @property
    def model(self) -> Path:
        """The best model."""
        return self.run / "model"

    @property
    def held_out(self) -> bool:
        """Whether the training holds its validation pairs out of the training text, as the two-file command does."""
        return self.recipe.config is None

    @property
    def identity(self) -> dict[str, Any]:
        """What makes it this experiment, beside its config."""
        return {
            "edition": self.recipe.edition,
            "text": self.text.facts,
            "held_out": self.held_out,
            "seed": self.seed,
            "search": self.recipe.search,
        }

    def translations(self, split: str) -> Path:
        """The file of its translations of "val" or "test"."""
        return self.folder / f"{split}-{checksum(self.recipe.search)}.txt"

    def ledger(self) -> Ledger:
        """What it has cost so far."""
        return Ledger.load(self.folder / "ledger.json")

    def __str__(self) -> str:
        """For reports."""
        return f"{self.name}, seed {self.seed}"


@dataclass(frozen=True)
class Workbench:
    """The places of work, and what works there."""

    program: Program
    results: Results
    work: Path
    """Gets run folders, fetched corpora and cut texts."""
    lock: Path
    mirror: str | None = None
    wait: bool = True
    report: Callable[[str], None] = field(default=print)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Of every key of a config, by the program as it is now."""
        return read_defaults(self.program)

    def experiments(
        self, recipes: RecipeList, name: str, *, seeds: tuple[int, ...] = (), fetch: bool = True
    ) -> list[Experiment]:
        """The experiments of a recipe, one a seed.

        Args:
            recipes: the list.
            name: the recipe's.
            seeds: only these; all where empty.
            fetch: whether a missing corpus is fetched.

        Raises:
            UserError: the text is missing or not as it should be.
        """
        recipe = recipes.recipes[name]
        source = recipes.texts[recipe.text]
        if fetch:
            fetch_text(source, self.work, self.program, self.mirror)
        text = prepare_text(recipe, source, self.work)
        # By what the recipe says, not by what it resolves to: a new option of the program must not lose a run that has
        # begun.
        key = checksum([recipe.config is None, flatten(given_values(recipe)), text.sha256, recipe.edition])
        return [
            Experiment(name, recipe, seed, text, self.work / "experiments" / f"{key}-seed{seed}")
            for seed in recipe.seeds
            if not seeds or seed in seeds
        ]

    def config_of(self, experiment: Experiment) -> ResolvedConfig | None:
        """What an experiment resolves to: as its run folder says, or as can be foreseen."""
        file = experiment.run / "config.yaml"
        if file.is_file():
            return ResolvedConfig.build(read_yaml(file), flatten(self.defaults))
        return predict(experiment.recipe, self.defaults)

    def row_of(self, experiment: Experiment) -> Row | None:
        """The row that was paid for, by this or by an equal experiment."""
        return self.results.find(experiment.identity, self.config_of(experiment))

    def do(self, experiment: Experiment, list_name: str, baseline: Experiment | None) -> Row | None:
        """Trains, scores and writes the row, whichever of these are not done yet.

        Args:
            experiment: what to do.
            list_name: the list's, for the row.
            baseline: what it is tested against, if that was scored here before.

        Returns:
            The new row; None where there was one already.

        Raises:
            UserError: a step failed.
            Stopped: a signal ended it; what was done stays.
        """
        if self.row_of(experiment) is not None:
            return None
        with machine_lock(self.lock, f"{experiment} of {list_name}", wait=self.wait, report=self.report) as lock:
            if self.row_of(experiment) is not None:
                return None  # whoever had the machine before us did it
            experiment.folder.mkdir(parents=True, exist_ok=True)
            ledger = experiment.ledger()
            if not ledger.trained:
                self.report(f"{experiment}: training in {experiment.folder}")
                try:
                    self._train(experiment, ledger, lock)
                except NotNeeded:
                    return None
            self.report(f"{experiment}: scoring the validation split")
            row = self._row(experiment, ledger, list_name, baseline)
            self.results.add(row, self.config_of(experiment))
            return row

    def _train(self, experiment: Experiment, ledger: Ledger, lock: int) -> None:
        def is_paid() -> bool | None:
            if not (experiment.run / "config.yaml").is_file():
                return None
            return self.row_of(experiment) is not None

        supervise(self.train_command(experiment), experiment.folder / "train.log", ledger, lock, is_paid)

    def train_command(self, experiment: Experiment) -> list[str]:
        """The command line of an experiment's training."""
        recipe, text = experiment.recipe, experiment.text
        overrides: dict[str, Any] = dict(recipe.overrides)
        train, val = ({"source": str(s), "target": str(t)} for s, t in (text.train, text.val))
        if recipe.config is None:
            what = ["--source", train["source"], "--target", train["target"]]
        else:
            source, target = recipe.languages
            what = [str(ROOT / recipe.config)]
            overrides = {
                "data.corpus": None,
                "data.train": [train, *recipe.extra] if recipe.extra else train,
                "data.dev": val,
                "data.source_language": source,
                "data.target_language": target,
            } | overrides
        overrides["training.seed"] = experiment.seed
        # JSON is YAML, and shows where a string ends.
        sets = [part for key, value in overrides.items() for part in ("--set", f"{key}={json.dumps(value)}")]
        return self.program.line("train", *what, "--output", experiment.run, *sets)

    def _row(self, experiment: Experiment, ledger: Ledger, list_name: str, baseline: Experiment | None) -> Row:
        facts = read_run(experiment.run)
        against = None
        if baseline is not None and baseline.translations("val").is_file() and baseline != experiment:
            against = baseline.translations("val")
        scores = score(
            experiment.model,
            experiment.text.val,
            experiment.recipe.search,
            experiment.translations("val"),
            self.program,
            against,
        )
        if against is not None and baseline is not None:
            scores["p_values"] = {"against": baseline.name, **scores["p_values"]}
        config = self.config_of(experiment)
        recipe = experiment.recipe
        return {
            "recipe": experiment.name,
            "source": "workbench",
            "list": list_name,
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "commit": ledger.commit,
            "config": recipe.config,
            "set": recipe.overrides,
            "config_hash": None if config is None else config.hash,
            **experiment.identity,
            "wall_minutes": round(ledger.wall_minutes, 2),
            "cpu_minutes": round(ledger.cpu_minutes, 2),
            "sessions": len(ledger.sessions),
            "updates": facts.updates,
            "epochs": None if facts.epochs is None else round(facts.epochs, 2),
            "best_update": facts.best_update,
            "val": {"loss": round(facts.loss, 4), **scores},
            "curve": facts.curve,
            "precision": facts.precision,
            "threads": facts.threads,
            "processor": describe(),
            **({"note": recipe.note} if recipe.note else {}),
        }

    def test(self, experiment: Experiment, list_name: str, split: str, *, force: bool) -> Row:
        """Scores the test split of a finished experiment and records it.

        Args:
            experiment: it has a row, and its model is here.
            list_name: the list's, for the row.
            split: the test split's name.
            force: whether to look again at what was looked at before.

        Raises:
            UserError: it is not finished, it was scored before, or its model is gone.
        """
        row = self.row_of(experiment)
        if row is None:
            raise UserError(f"{experiment} is not finished: run it first")
        looks = [look for look in looks_at(row, self.results.tests()) if look["split"] == split]
        if looks and not force:
            raise UserError(
                f"{experiment} was scored on {split} on {looks[0]['date']} (BLEU {looks[0]['BLEU']:.2f}): the test set "
                "is looked at once a recipe; --force looks again, and that is recorded"
            )
        if not experiment.model.exists():
            raise UserError(f"{experiment} has no model in {experiment.run}: score it where it was trained")
        with machine_lock(self.lock, f"the test of {experiment}", wait=self.wait, report=self.report):
            scores = score(
                experiment.model,
                experiment.text.test,
                experiment.recipe.search,
                experiment.translations("test"),
                self.program,
            )
            new = {
                "recipe": experiment.name,
                "list": list_name,
                "date": time.strftime("%Y-%m-%d", time.gmtime()),
                "split": split,
                "look": len(looks) + 1,
                **{key: row[key] for key in EXPERIMENT},
                **scores,
            }
            self.results.add_test(new)
        return new
