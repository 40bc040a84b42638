"""The run folder: everything that a training run keeps on the disk.

config.yaml     the config, defaults filled in
run.json        what results depend on beside the config: threads, precision, versions, checksums of the text,
                and what was chosen for options that the config leaves out
tokenizer.model the SentencePiece model; source.model and target.model where each side has its own
models/<step>/  model folders of validations, and of snapshots before the first
model           a link to the best of them; before the first validation, to that of the newest snapshot
snapshots/      what the run goes on from after a kill
validation/     sentences of the dev set: source, reference, and translations by step
training.html   a page about the run, drawn anew while the run is trained
log.jsonl       a line for each update, validation and session
tensorboard/    the same figures for TensorBoard
"""

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seq2seq.config.filling import fill
from seq2seq.config.loading import load_config
from seq2seq.config.schema import Config
from seq2seq.errors import ConfigError, UserError
from seq2seq.files import remove_folder, remove_leftovers, replace_link, write_errors, write_file
from seq2seq.model_folder.run_models import BEST_MODEL, MODELS, steps_in
from seq2seq.training.run.changes import CHANGEABLE, differences
from seq2seq.yaml_text import parse_yaml

CHOSEN = "chosen"
"""The key of run.json for what was put in place of defaults when the run began; older runs lack it."""


class Claim(NamedTuple):
    """A run folder that this process has for itself.

    Attributes:
        config: The config to go on with; of a run that has begun, with what was chosen then for keys
            that it leaves out.
        changes: What differs from the config of the run so far: key → what it was and is.
    """

    config: Config
    changes: dict[str, str]


class RunFolder:
    """The paths of a run, and the lock that keeps other processes out."""

    def __init__(self, path: Path) -> None:
        """Names the paths; nothing is written yet."""
        self.path = path
        self.config = path / "config.yaml"
        self.facts = path / "run.json"
        self.models = path / MODELS
        self.model = path / BEST_MODEL
        self.snapshots = path / "snapshots"
        self.validation = path / "validation"
        self.log = path / "log.jsonl"
        self.tensorboard = path / "tensorboard"

    @contextlib.contextmanager
    def claim(self, config: Config) -> Iterator[Claim]:
        """Makes the folder for `config`, or opens the run of the same config in it, for the length of a block.

        Yields:
            The config to go on with. The folder's config.yaml stays as it was until `begin` or `save_config`.

        Raises:
            UserError: The folder holds something else, another process trains in it, or it cannot be written.
        """
        self.refuse_foreign()
        with write_errors(self.path):
            for folder in (self.path, self.models, self.snapshots, self.validation):
                folder.mkdir(parents=True, exist_ok=True)
            lock = (self.path / ".lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UserError(
                    f"another process is training in {self.path}: wait for it or choose another --output"
                ) from error
            for folder in (self.path, self.models, self.snapshots, self.validation):
                remove_leftovers(folder)
            # A run begins once its text has been read: until then a wrong path can be corrected in place.
            if self.begun:
                config = self._as_it_began(config)
                yield Claim(config, self._compare(config))
            else:
                self.save_config(config)
                yield Claim(config, {})

    @property
    def begun(self) -> bool:
        """Whether the folder holds a run that has read its text, so that its config is settled."""
        return self.config.is_file() and self.facts.is_file()

    def refuse_foreign(self) -> None:
        """Raises a `UserError` if the folder holds something else than a run."""
        with write_errors(self.path):
            foreign = self.path.exists() and not self.config.is_file() and any(self.path.iterdir())
        if foreign:
            raise UserError(f"{self.path} is not empty and holds no run: choose another --output")

    def _as_it_began(self, config: Config) -> Config:
        """`config` with what was chosen for keys that it leaves out when the run began.

        So neither another amount of text nor a newer version of the presets changes a run.
        """
        chosen = (self.load_facts() or {}).get(CHOSEN)
        if chosen is not None:
            return fill(config, chosen)
        # The run is older than presets, and what was a default then may be none now.
        before, _ = parse_yaml(self.config.read_bytes(), str(self.config))
        sections = {name: before.get(name) or {} for name in ("tokenizer", "training")}
        old = {
            "tokenizer.normalization": sections["tokenizer"].get("normalization"),
            "training.epochs": sections["training"].get("epochs"),
        }
        config = fill(config, {key: value for key, value in old.items() if value is not None})
        is_new = config.preset == "auto" and "preset" not in before
        return config.model_copy(update={"preset": None}) if is_new else config

    def _compare(self, config: Config) -> dict[str, str]:
        """The differences to the config that the run began with, or last went on with; only some are possible."""
        try:  # options that are newer than the run get their defaults
            before = load_config(self.config).model_dump(mode="json")
        except ConfigError:
            before, _ = parse_yaml(self.config.read_bytes(), str(self.config))
        found = dict(differences(before, config.model_dump(mode="json")))
        if fixed := [text for key, text in found.items() if key not in CHANGEABLE]:
            raise UserError(
                f"{self.path} holds another run ({fixed[0]}): choose another --output, or give the config it "
                "began with to go on"
            )
        return found

    def begin(self, config: Config, facts: Mapping[str, Any]) -> None:
        """Writes the config with what was chosen for it, and what else the run depends on: now it has begun."""
        self.save_config(config)
        self.save_facts(facts)

    def save_config(self, config: Config) -> None:
        """Writes the config that the run goes on with."""
        write_file(self.config, config.to_yaml())

    def load_facts(self) -> dict[str, Any] | None:
        """Reads what the run depends on, or gives None if it has not begun."""
        return json.loads(self.facts.read_text()) if self.facts.is_file() else None

    def save_facts(self, facts: Mapping[str, Any]) -> None:
        """Writes what the run depends on."""
        write_file(self.facts, json.dumps(dict(facts), indent=2) + "\n")

    def choose_model(self, step: int) -> None:
        """Links `model` to the model of a step."""
        replace_link(self.model, f"{MODELS}/{step}")

    def model_step(self) -> int:
        """The step of the model that `model` links to; 0 if there is none."""
        name = self.model.resolve().name
        return int(name) if name.isdigit() and self.model.exists() else 0

    def prune_models(self, best_step: int, keep: int) -> None:
        """Removes all models but the best, the newest `keep` and the one that `model` links to.

        After a kill the link may be newer than the best model that the snapshot knows.
        """
        kept = {str(best_step), self.model.resolve().name}
        for step in steps_in(self.models)[:-keep]:
            if str(step) not in kept:
                remove_folder(self.models / str(step))
