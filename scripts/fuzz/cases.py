"""One case: damage something, have the program read it, and judge what came of it."""

from __future__ import annotations

import resource
import shutil
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from scripts.fuzz import folder_mutations, graph_mutations, text_mutations
from scripts.fuzz.base_folders import LINES
from scripts.fuzz.folder_mutations import Mutation
from scripts.fuzz.watch import Watch
from seq2seq.errors import UserError
from seq2seq.translation.translator import Translator

FOLDER_KINDS: dict[str, tuple[int, Mutation]] = {
    "metadata value": (10, folder_mutations.metadata_value),
    "metadata key": (2, folder_mutations.metadata_key),
    "metadata bytes": (2, folder_mutations.metadata_bytes),
    "tensor header": (3, folder_mutations.tensor_header),
    "tensor values": (2, folder_mutations.tensor_values),
    "tensor bytes": (2, folder_mutations.tensor_bytes),
    "tokenizer bytes": (2, folder_mutations.tokenizer_bytes),
    "tokenizer pieces": (2, folder_mutations.tokenizer_pieces),
    "graph bytes": (3, graph_mutations.graph_bytes),
    "graph parts": (8, graph_mutations.graph_parts),
    "kind of file": (2, folder_mutations.file_kind),
    "name of a file": (1, folder_mutations.file_name),
    "swapped files": (1, folder_mutations.swapped_files),
}
"""Kinds of folders: how many of each there are among forty, and what makes them."""
LONGEST_MESSAGE = 2000
"""Characters of an error's sentence."""
SLOW = 20.0
"""Seconds of processor time that no case needs."""
MEMORY = 2**30
"""Bytes of memory that a case may take beside what the process has."""


@dataclass
class Outcome:
    """What came of a case: "error" (one clean sentence), "right" (as the sound one), "other" or "failure"."""

    kind: str
    result: str
    detail: str = ""


def kind_of(number: int) -> str:
    """The kind of a folder by its number; every forty folders have all kinds in their shares."""
    kinds = [kind for kind, (share, _) in FOLDER_KINDS.items() for _ in range(share)]
    return kinds[number % len(kinds)]


@dataclass
class Runner:
    """Runs cases in this process.

    Attributes:
        place: A folder for what is made.
        seed: Decides, with a case's number, what it is.
        bases: Sound folders.
        engine: The engine that folders are loaded with.
        watch: Records which files are opened.
    """

    place: Path
    seed: int
    bases: list[Path]
    engine: str
    watch: Watch
    _right: dict[Path, list[str]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Translates with every sound folder, so that all libraries are loaded before a case is watched."""
        for base in self.bases:
            self._right[base] = Translator.load(base, engine=self.engine, threads=1).translate(LINES)

    def folder(self, number: int) -> Outcome:
        """Damages a folder, loads it and translates with it."""
        kind = kind_of(number)
        random = Random(f"{self.seed} folder {number}")
        base = self.bases[random.randrange(len(self.bases))]
        path = self.place / f"folder-{number}"
        shutil.copytree(base, path)
        harmless = FOLDER_KINDS[kind][1](path, random)

        def work() -> str:
            found = Translator.load(path, engine=self.engine, threads=1).translate(LINES)
            if found == self._right[base]:
                return "right"
            if len(found) != len(LINES) or any("\n" in line for line in found):
                raise AssertionError(f"{len(LINES)} lines became {found!r:.200}")
            if harmless:
                raise AssertionError("a harmless change changed the translation")
            return "other"

        outcome = self._judged(kind, path, work)
        shutil.rmtree(path)
        return outcome

    def config(self, number: int) -> Outcome:
        """Reads a hostile config."""
        from seq2seq.config.loading import load_config

        path, overrides = text_mutations.make_config(self.place, Random(f"{self.seed} config {number}"))

        def work() -> str:
            load_config(path, overrides).to_yaml()
            return "right"

        return self._judged("config", self.place, work)

    def card(self, number: int) -> Outcome:
        """Reads a hostile corpus card."""
        from seq2seq.text.catalogue import read_card

        path = text_mutations.make_card(self.place, Random(f"{self.seed} card {number}"))

        def work() -> str:
            card = read_card(path)
            repr((card.size, card.is_bundled, card.folder, card.file_names()))
            return "right"

        return self._judged("corpus card", self.place, work)

    def _judged(self, kind: str, place: Path, work: Callable[[], str]) -> Outcome:
        start = time.process_time()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.watch.begin(place)
        try:
            result, detail = work(), ""
        except UserError as error:
            message = str(error)
            clean = "\n" not in message and len(message) <= LONGEST_MESSAGE and message.isprintable()
            result, detail = ("error", message) if clean else ("failure", f"an unclean message: {message[:500]!r}")
        except BaseException:
            result, detail = "failure", traceback.format_exc(limit=-4)
        opened = self.watch.end()
        if opened:
            result, detail = "failure", f"it opened {sorted(opened)[:5]}"
        if (used := time.process_time() - start) > SLOW:
            result, detail = "failure", f"it took {used:.0f} seconds of processor time"
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        if grown > MEMORY:
            result, detail = "failure", f"it took {grown / 2**20:.0f} MiB of memory"
        return Outcome(kind, result, detail)
